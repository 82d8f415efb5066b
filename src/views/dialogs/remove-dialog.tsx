/** @jsxImportSource #html */
/** Taking an account away: "forget here" or "sign out at the provider", and what each would break. */

import type { AccountSummary } from '../../accounts/account-summary.ts'
import { CsrfField } from '../ui/csrf-field.tsx'
import { DialogContent, DismissButton, FormError } from '../ui/dialog-content.tsx'
import { dialogForm } from '../ui/hx.ts'
import { accountTitle, personalPath } from '../ui/mask.ts'
import type { ViewContext } from '../view-context.ts'

export interface RemoveDialogProps {
  view: ViewContext
  account: AccountSummary
  error?: { title: string; detail: string } | null
}

export function RemoveDialog({ view, account, error = null }: RemoveDialogProps) {
  const { removal } = view.t
  const copies = account.ownership.holders.flatMap((holder) => (holder.path === null ? [] : [holder.path]))
  const isOwnedByCli = account.custody === 'cli'
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
            <p>{isOwnedByCli ? removal.forgetCli : removal.forgetHint}</p>
            <RemovalForm view={view} account={account} revoke="no" words={removal.confirmForget} />
          </section>
          <section class="choice">
            <h3 class="choice__title">{removal.revoke}</h3>
            {isOwnedByCli ? (
              <p>{removal.revokeImpossible}</p>
            ) : (
              <>
                <p>{removal.revokeHint}</p>
                {copies.length > 0 && (
                  <>
                    <p>{removal.revokeBreaks}</p>
                    <ul>
                      {copies.map((path) => (
                        <li>
                          <code>{personalPath(view, path)}</code>
                        </li>
                      ))}
                    </ul>
                  </>
                )}
                <RemovalForm view={view} account={account} revoke="yes" words={removal.confirmRevoke} />
              </>
            )}
          </section>
        </div>
      </div>
      <footer class="dialog-content__foot">
        <DismissButton view={view} />
      </footer>
    </DialogContent>
  )
}

function RemovalForm({ view, account, revoke, words }: RemoveDialogProps & { revoke: 'yes' | 'no'; words: string }) {
  return (
    <form {...dialogForm(view, `/accounts/${account.id}/removals`)}>
      <CsrfField view={view} />
      <input type="hidden" name="revoke" value={revoke} />
      <button type="submit" class="btn btn--negative">
        {words}
      </button>
    </form>
  )
}
