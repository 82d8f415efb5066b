/** @jsxImportSource #html */
/** The ways to add an account, or to sign in again to one that is here. */

import type { AuthorizationView } from '../../accounts/account-summary.ts'
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
            <ul class="ways">
              {provider.methods.map((method, index) => (
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

interface BeginFormProps {
  view: ViewContext
  provider: ProviderChoice
  method: AuthorizationView['method']
  accountId: string | null
  isFirst: boolean
}

function BeginForm({ view, provider, method, accountId, isFirst }: BeginFormProps) {
  const words = view.t.add.methods[method]
  return (
    <form {...dialogForm(view, '/authorizations')}>
      <CsrfField view={view} />
      <input type="hidden" name="provider" value={provider.id} />
      <input type="hidden" name="method" value={method} />
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
