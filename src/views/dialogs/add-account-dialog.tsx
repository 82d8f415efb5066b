/** @jsxImportSource #html */
/** The ways to add an account, or to sign in again to one that is here. */

import type { AuthorizationView } from '../../accounts/authorization-view.ts'
import { CsrfField } from '../ui/csrf-field.tsx'
import { DialogContent, DismissButton, FormError } from '../ui/dialog-content.tsx'
import { dialogForm, hx } from '../ui/hx.ts'
import { Icon } from '../ui/icon.tsx'
import { ProviderMark } from '../ui/provider-mark.tsx'
import type { ViewContext } from '../view-context.ts'

/** What a view needs to know of a provider. */
export interface ProviderChoice {
  id: string
  name: string
  methods: AuthorizationView['methods']
  /** Its other sign-ins, by id. */
  variants: readonly string[]
  /** Where a person registers a client, for a provider that has none; null for one that can be signed in to. */
  registrationUrl: string | null
}

export interface AddAccountDialogProps {
  view: ViewContext
  providers: readonly ProviderChoice[]
  /** Set when an existing account signs in again; then there is one provider. */
  again: { accountId: string; name: string } | null
  error?: { title: string; detail: string } | null
}

export function AddAccountDialog({ view, providers, again, error = null }: AddAccountDialogProps) {
  const { add } = view.t
  return (
    <DialogContent view={view} title={again ? add.titleAgain(again.name) : add.title}>
      <div class="dialog-content__body">
        <FormError error={error} />
        {again && <p>{add.again(again.name)}</p>}
        {providers.map((provider) => (
          <section class="provider-choice">
            <h3 class="provider-choice__name">
              <ProviderMark name={provider.name} isNamedBeside /> {add.signInWith(provider.name)}
            </h3>
            {provider.registrationUrl !== null && <NeedsClient view={view} provider={provider} />}
            <ul class="ways">
              {(provider.registrationUrl === null ? provider.methods : []).map((method, index) => (
                <li class="way">
                  <p class="way__words quiet">{add.methodHints[method]}</p>
                  <BeginForm
                    view={view}
                    provider={provider}
                    method={method}
                    accountId={again?.accountId ?? null}
                    isFirst={index === 0}
                  />
                </li>
              ))}
              {provider.variants.map((variant) => (
                <li class="way">
                  <p class="way__words quiet">{view.t.consoleKeys.variantHints[variant] ?? ''}</p>
                  <BeginForm
                    view={view}
                    provider={provider}
                    method={provider.methods[0]!}
                    variant={variant}
                    accountId={again?.accountId ?? null}
                    isFirst={false}
                  />
                </li>
              ))}
            </ul>
          </section>
        ))}
        {!again && <OtherWays view={view} />}
      </div>
      <footer class="dialog-content__foot">
        <DismissButton view={view} />
      </footer>
    </DialogContent>
  )
}

/** What to do for a provider that the program brings no client for. */
function NeedsClient({ view, provider }: { view: ViewContext; provider: ProviderChoice }) {
  const { needsClient } = view.t.consoleKeys
  return (
    <div class="notice">
      <div class="stack">
        <p>{needsClient.lead(provider.name)}</p>
        <ol class="choice__points">
          <li>
            <a href={provider.registrationUrl!} rel="noreferrer noopener" target="_blank">
              {needsClient.register}
            </a>
          </li>
          <li>
            {needsClient.write} <code>{`[providers.${provider.id}] client_id = "…"`}</code>
          </li>
          <li>{needsClient.restart}</li>
        </ol>
      </div>
    </div>
  )
}

interface BeginFormProps {
  view: ViewContext
  provider: ProviderChoice
  method: AuthorizationView['method']
  variant?: string
  accountId: string | null
  isFirst: boolean
}

function BeginForm({ view, provider, method, variant, accountId, isFirst }: BeginFormProps) {
  const words = variant ? (view.t.consoleKeys.variants[variant] ?? variant) : view.t.add.methods[method]
  return (
    <form {...dialogForm(view, '/authorizations')}>
      <CsrfField view={view} />
      <input type="hidden" name="provider" value={provider.id} />
      <input type="hidden" name="method" value={method} />
      {variant && <input type="hidden" name="variant" value={variant} />}
      {accountId && <input type="hidden" name="account" value={accountId} />}
      <button
        type="submit"
        class={isFirst ? 'btn btn--small btn--primary' : 'btn btn--small'}
        aria-label={`${view.t.add.signInWith(provider.name)}: ${words}`}
      >
        {words}
      </button>
    </form>
  )
}

function OtherWays({ view }: { view: ViewContext }) {
  const { add } = view.t
  return (
    <section class="provider-choice">
      <h3 class="provider-choice__name">{add.otherWays}</h3>
      <ul class="ways">
        <li class="way">
          <p class="way__words quiet">{add.importHint}</p>
          <a class="btn btn--small" href="/imports/new" {...inPlace(view, '/imports/new')}>
            <Icon name="file" /> {add.import}
          </a>
        </li>
        <li class="way">
          <p class="way__words quiet">{add.pasteTokenHint}</p>
          <a class="btn btn--small" href="/added-tokens/new" {...inPlace(view, '/added-tokens/new')}>
            <Icon name="key" /> {add.pasteToken}
          </a>
        </li>
      </ul>
    </section>
  )
}

/** For a link inside a dialog to another dialog. */
function inPlace(view: ViewContext, href: string): Record<string, string> {
  return hx(view, { get: href, target: 'closest [data-dialog]', swap: 'outerHTML' })
}
