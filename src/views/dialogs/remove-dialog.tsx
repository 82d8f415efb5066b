/** @jsxImportSource #html */
/** Taking an account away: "forget here" or "sign out at the provider", and what each would break. */

import type { AccountSummary } from '../../accounts/account-summary.ts'
import type { LoginCopy, SignOutPreview } from '../../accounts/sign-out-preview.ts'
import { CsrfField } from '../ui/csrf-field.tsx'
import { DialogContent, DismissButton, FormError } from '../ui/dialog-content.tsx'
import { dialogForm } from '../ui/hx.ts'
import { accountTitle, personalPath } from '../ui/mask.ts'
import type { ViewContext } from '../view-context.ts'

export interface RemoveDialogProps {
  view: ViewContext
  account: AccountSummary
  preview: SignOutPreview
  error?: { title: string; detail: string } | null
}

export function RemoveDialog({ view, account, preview, error = null }: RemoveDialogProps) {
  const { removal } = view.t
  return (
    <DialogContent view={view} title={removal.title(accountTitle(view, account))}>
      <div class="dialog-content__body stack">
        <FormError error={error} />
        <p>{removal.lead}</p>
        {account.activeIn.map((cli) => (
          <div class="notice" data-tone="warn">
            <p>{removal.activeIn(cli)}</p>
          </div>
        ))}
        <div class="choices">
          <section class="choice">
            <h3 class="choice__title">{removal.forget}</h3>
            <p>{account.custody === 'cli' ? removal.forgetCli : removal.forgetHint}</p>
            <form {...dialogForm(view, `/accounts/${account.id}/removals`)}>
              <CsrfField view={view} />
              <input type="hidden" name="revoke" value="no" />
              <button type="submit" class="btn btn--negative">
                {removal.confirmForget}
              </button>
            </form>
          </section>
          <section class="choice">
            <h3 class="choice__title">{removal.revoke}</h3>
            <SignOutChoice view={view} account={account} preview={preview} />
          </section>
        </div>
      </div>
      <footer class="dialog-content__foot">
        <DismissButton view={view} />
      </footer>
    </DialogContent>
  )
}

function SignOutChoice({ view, account, preview }: RemoveDialogProps) {
  const { removal } = view.t
  const { reach, copies, isUncertain, needsSecondYes } = preview
  if (reach === 'not_supported' || reach === 'key_reset') return <p>{removal.reach[reach]}</p>
  return (
    <>
      <p>{removal.reach[reach]}</p>
      {isUncertain && <p>{removal.uncertain}</p>}
      <Copies view={view} copies={copies} />
      <p class="quiet">{removal.persists}</p>
      <form class="stack" {...dialogForm(view, `/accounts/${account.id}/removals`)}>
        <CsrfField view={view} />
        <input type="hidden" name="revoke" value="yes" />
        {needsSecondYes && (
          <label class="check check--text">
            <input type="checkbox" name="confirm_cli" value="yes" required /> <span>{removal.secondYes}</span>
          </label>
        )}
        <button type="submit" class="btn btn--negative">
          {removal.confirmRevoke}
        </button>
      </form>
    </>
  )
}

function Copies({ view, copies }: { view: ViewContext; copies: readonly LoginCopy[] }) {
  const { removal } = view.t
  if (copies.length === 0) return <p class="quiet">{removal.noCopies}</p>
  return (
    <div class="copies">
      <p>{removal.breaks}</p>
      <ul class="choice__points">
        {copies.map((copy) => (
          <li>
            <code>{personalPath(view, copy.place)}</code>
            <span class="quiet"> {factsOf(view, copy)}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

function factsOf(view: ViewContext, { kind, machine, usedBy }: LoginCopy): string {
  const { removal } = view.t
  return [
    removal.kinds[kind],
    ...(machine === null ? [] : [removal.onMachine(machine)]),
    ...(usedBy.length === 0 ? [] : [removal.usedBy(usedBy.join(', '))]),
  ].join(' · ')
}
