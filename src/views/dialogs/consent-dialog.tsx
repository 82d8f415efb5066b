/** @jsxImportSource #html */
/** The rule about signing in to a provider inside another program, in plain words, and the deliberate "I understand". */

import { CsrfField } from '../ui/csrf-field.tsx'
import { DialogContent, DismissButton } from '../ui/dialog-content.tsx'
import { dialogForm } from '../ui/hx.ts'
import type { ViewContext } from '../view-context.ts'

export interface ConsentDialogProps {
  view: ViewContext
  provider: string
  /** Goes on with this sign-in after the consent. */
  method: string | null
  variant: string | null
  accountId: string | null
  label: string | null
}

export function ConsentDialog({ view, provider, method, variant, accountId, label }: ConsentDialogProps) {
  const { consent } = view.t
  const rest = (
    <>
      <CsrfField view={view} />
      <input type="hidden" name="provider" value={provider} />
      {accountId && <input type="hidden" name="account" value={accountId} />}
      {label && <input type="hidden" name="label" value={label} />}
    </>
  )
  return (
    <DialogContent view={view} title={consent.title}>
      <div class="dialog-content__body stack">
        <p>
          <strong>{consent.lead}</strong>
        </p>
        <p>{consent.rule}</p>
        <p>{consent.what}</p>
        <div class="notice">
          <div class="stack">
            <p>{consent.alternative}</p>
            <form {...dialogForm(view, '/authorizations')}>
              {rest}
              <input type="hidden" name="method" value="cli_profile" />
              <button type="submit" class="btn">
                {consent.useProfile}
              </button>
            </form>
          </div>
        </div>
        <p class="quiet">{consent.once}</p>
      </div>
      <footer class="dialog-content__foot">
        <DismissButton view={view} />
        <form {...dialogForm(view, '/consents')}>
          {rest}
          {method && <input type="hidden" name="method" value={method} />}
          {variant && <input type="hidden" name="variant" value={variant} />}
          <button type="submit" class="btn btn--primary">
            {consent.agree}
          </button>
        </form>
      </footer>
    </DialogContent>
  )
}
