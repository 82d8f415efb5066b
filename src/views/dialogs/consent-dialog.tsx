/** @jsxImportSource #html */
/** The rule about signing in to a provider inside another program, in plain words, and the deliberate "I understand". */

import type { ConsentView } from '../../accounts/consent.ts'
import { CsrfField } from '../ui/csrf-field.tsx'
import { DialogContent, DismissButton } from '../ui/dialog-content.tsx'
import { dialogForm } from '../ui/hx.ts'
import type { ViewContext } from '../view-context.ts'

export interface ConsentDialogProps {
  view: ViewContext
  consent: ConsentView
  /** Goes on with this sign-in after the consent. */
  method: string | null
  variant: string | null
  accountId: string | null
  label: string | null
}

export function ConsentDialog({ view, consent, method, variant, accountId, label }: ConsentDialogProps) {
  const { provider, providerName, notice, profileCli } = consent
  const t = view.t.consent
  const words = notice && t.notices[notice]
  const rest = (
    <>
      <CsrfField view={view} />
      <input type="hidden" name="provider" value={provider} />
      {accountId && <input type="hidden" name="account" value={accountId} />}
      {label && <input type="hidden" name="label" value={label} />}
    </>
  )
  return (
    <DialogContent view={view} title={t.title(providerName)}>
      <div class="dialog-content__body stack">
        {words && (
          <>
            <p>
              <strong>{words.lead(providerName)}</strong>
            </p>
            <p>{words.rule(providerName)}</p>
          </>
        )}
        <p>{t.what}</p>
        {words && profileCli && (
          <div class="notice">
            <div class="stack">
              <p>{words.alternative(profileCli)}</p>
              <form {...dialogForm(view, '/authorizations')}>
                {rest}
                <input type="hidden" name="method" value="cli_profile" />
                <button type="submit" class="btn">
                  {t.useProfile}
                </button>
              </form>
            </div>
          </div>
        )}
        <p class="quiet">{t.once}</p>
      </div>
      <footer class="dialog-content__foot">
        <DismissButton view={view} />
        <form {...dialogForm(view, '/consents')}>
          {rest}
          {method && <input type="hidden" name="method" value={method} />}
          {variant && <input type="hidden" name="variant" value={variant} />}
          <button type="submit" class="btn btn--primary">
            {t.agree}
          </button>
        </form>
      </footer>
    </DialogContent>
  )
}
