/** @jsxImportSource #html */
/** Accounts of which nothing is told for a while. */

import type { AccountSummary } from '../../accounts/account-summary.ts'
import { CsrfField } from '../ui/csrf-field.tsx'
import { accountTitle } from '../ui/mask.ts'
import { relativeText } from '../ui/time.tsx'
import type { ViewContext } from '../view-context.ts'
import { SpanChoice } from './alert-table.tsx'

interface AccountSnoozesProps {
  view: ViewContext
  accounts: readonly AccountSummary[]
  snoozes: ReadonlyMap<string, number>
}

export function AccountSnoozes({ view, accounts, snoozes }: AccountSnoozesProps) {
  const { alerts: t } = view.t
  if (accounts.length === 0) return null
  return (
    <section class="panel stack" aria-labelledby="snoozes-title">
      <h2 id="snoozes-title" class="panel__title">
        {t.accountSnoozes}
      </h2>
      {accounts
        .filter(({ id }) => snoozes.has(id))
        .map((account) => (
          <form class="alerts__snoozed" method="post" action="/alerts/account-snoozes">
            <CsrfField view={view} />
            <input type="hidden" name="account" value={account.id} />
            <input type="hidden" name="span" value="" />
            <span>{t.accountSnoozed(accountTitle(view, account), relativeText(view, snoozes.get(account.id)!))}</span>
            <button type="submit" class="btn btn--small" aria-label={t.endSnoozeOf(accountTitle(view, account))}>
              {t.endSnooze}
            </button>
          </form>
        ))}
      <form class="alerts__pair" method="post" action="/alerts/account-snoozes">
        <CsrfField view={view} />
        <select class="input" name="account" aria-label={t.account}>
          {accounts.map((account) => (
            <option value={account.id}>{accountTitle(view, account)}</option>
          ))}
        </select>
        <SpanChoice view={view} label={t.span} />
        <button type="submit" class="btn">
          {t.snoozeAccount}
        </button>
      </form>
    </section>
  )
}
