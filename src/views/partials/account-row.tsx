/** @jsxImportSource #html */
/** One account as one row: who it is, three marks, how full its limits are, what comes next, the act that its state calls for, and a menu. */

import type { AccountSummary } from '../../accounts/account-summary.ts'
import { MarkLink } from '../ui/mark.tsx'
import { accountTitle, personal } from '../ui/mask.ts'
import { ProviderMark } from '../ui/provider-mark.tsx'
import type { ViewContext } from '../view-context.ts'
import { AccountActions } from './account-actions.tsx'
import { AccountUsage } from './account-usage.tsx'
import { LastProof, NextEvent } from './account-when.tsx'

/** The row. Its root `account_ID` is what live updates morph. */
export function AccountRow({ view, account }: { view: ViewContext; account: AccountSummary }) {
  const { t } = view
  const email = personal(view, account.email)
  const title = accountTitle(view, account)
  const organization = personal(view, organizationOf(account))
  return (
    <div
      id={`account_${account.id}`}
      class="account-row"
      data-login={account.login.status}
      aria-busy={account.isRefreshing ? 'true' : undefined}
    >
      <ProviderMark name={account.providerName} />
      <div class="account-row__who">
        <a class="account-row__name" href={`/accounts/${account.id}`} title={title} data-row>
          {title}
        </a>
        <span class="account-row__line quiet">
          {account.activeIn.map((cli) => (
            <span class="tag tag--live">{t.accounts.liveIn(cli)}</span>
          ))}
          {account.pausedAt !== null && <span class="tag">{t.accounts.paused}</span>}
          {account.label !== null && email !== null && <span class="account-row__email">{email}</span>}
          {(account.label === null || email === null) && <span class="account-row__email">{account.providerName}</span>}
        </span>
      </div>
      <div class="account-row__plan">
        <span class="account-row__line">{account.plan ?? <span class="quiet">{t.accounts.noPlan}</span>}</span>
        <span class="account-row__line quiet" title={organization ?? undefined}>
          {organization ?? '—'}
        </span>
      </div>
      <div class="account-row__marks">
        <MarkLink view={view} account={account} name="login" />
        <MarkLink view={view} account={account} name="data" />
        <MarkLink view={view} account={account} name="ownership" />
      </div>
      <AccountUsage view={view} account={account} />
      <div class="account-row__when">
        <NextEvent view={view} account={account} />
        <LastProof view={view} account={account} />
      </div>
      <AccountActions view={view} account={account} />
    </div>
  )
}

/** Name, or the end of the id: workspaces of one owner often differ only there. */
function organizationOf({ organization }: AccountSummary): string | null {
  return organization ? (organization.name ?? `…${organization.id.slice(-8)}`) : null
}

/** The row as an item of the list, with the place where the outcome of a refresh is told; live updates leave that place alone. */
export function AccountItem({ view, account }: { view: ViewContext; account: AccountSummary }) {
  return (
    <li class="account-item">
      <AccountRow view={view} account={account} />
      <p id={`outcome_${account.id}`} class="outcome" role="status" />
    </li>
  )
}
