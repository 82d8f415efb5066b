/** @jsxImportSource #html */
/** Pasting a token: what it will be able to do and what not is said before it is saved. */

import { CsrfField } from '../ui/csrf-field.tsx'
import { DialogContent, DismissButton, FormError } from '../ui/dialog-content.tsx'
import { Field } from '../ui/field.tsx'
import { dialogForm, hx } from '../ui/hx.ts'
import type { ViewContext } from '../view-context.ts'

export const TOKEN_KINDS = ['access_token', 'token_pair', 'setup_token'] as const
export type TokenKind = (typeof TOKEN_KINDS)[number]

export interface AddTokenDialogProps {
  view: ViewContext
  providers: readonly { id: string; name: string }[]
  provider: string
  kind: TokenKind
  label?: string
  error?: { title: string; detail: string } | null
}

export function AddTokenDialog({ view, providers, provider, kind, label, error = null }: AddTokenDialogProps) {
  const { token, frame } = view.t
  const abilities = token.abilities[kind]
  return (
    <DialogContent view={view} title={token.title}>
      <form class="kind-form" method="get" action="/added-tokens/new" {...kindSwap(view)}>
        <label class="field">
          <span class="field__label">{token.provider}</span>
          <select class="input" name="provider">
            {providers.map(({ id, name }) => (
              <option value={id} selected={id === provider}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span class="field__label">{token.kind}</span>
          <select class="input" name="kind">
            {TOKEN_KINDS.map((each) => (
              <option value={each} selected={each === kind}>
                {token.kinds[each]}
              </option>
            ))}
          </select>
        </label>
        <noscript>
          <button type="submit" class="btn">
            {view.t.imports.look}
          </button>
        </noscript>
      </form>
      <form {...dialogForm(view, '/added-tokens')} autocomplete="off">
        <div class="dialog-content__body stack">
          <CsrfField view={view} />
          <input type="hidden" name="provider" value={provider} />
          <input type="hidden" name="kind" value={kind} />
          <dl class="abilities">
            <div data-tone="good">
              <dt>{token.can}</dt>
              <dd>{abilities.can}</dd>
            </div>
            <div data-tone="warn">
              <dt>{token.cannot}</dt>
              <dd>{abilities.cannot}</dd>
            </div>
          </dl>
          <FormError error={error} />
          <Field
            id="access-token"
            name="access_token"
            label={token.accessToken}
            type="password"
            hint={token.secretHint}
            required
            autofocus
          />
          {kind === 'token_pair' && (
            <>
              <Field id="refresh-token" name="refresh_token" label={token.refreshToken} type="password" required />
              <Field id="id-token" name="id_token" label={token.idToken} type="password" />
            </>
          )}
          {kind !== 'setup_token' && (
            <Field id="expires-at" name="expires_at" label={token.expiresAt} type="datetime-local" />
          )}
          <Field id="token-label" name="label" label={token.label} value={label} maxlength={80} />
        </div>
        <footer class="dialog-content__foot">
          <DismissButton view={view} words={frame.cancel} />
          <button type="submit" class="btn btn--primary">
            {token.submit}
          </button>
        </footer>
      </form>
    </DialogContent>
  )
}

function kindSwap(view: ViewContext): Record<string, string> {
  return hx(view, { get: '/added-tokens/new', target: 'closest [data-dialog]', swap: 'outerHTML', trigger: 'change' })
}
