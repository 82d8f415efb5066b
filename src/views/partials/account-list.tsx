/** @jsxImportSource #html */
/** The accounts as rows, in one list or one per provider, with what the live CLI logins hold above them. */

import type { AccountSummary } from '../../accounts/account-summary.ts'
import { type AccountFilter, filterAccounts, listHref } from '../account-filter.ts'
import { hx } from '../ui/hx.ts'
import { accountTitle } from '../ui/mask.ts'
import type { ViewContext } from '../view-context.ts'
import { AccountItem } from './account-row.tsx'

interface AccountListProps {
  view: ViewContext
  accounts: readonly AccountSummary[]
  filter: AccountFilter
}

/** Everything below the toolbar of the home page; its root `accounts` is swapped when the filter or the set of accounts changes. */
export function AccountList({ view, accounts, filter }: AccountListProps) {
  const { t } = view
  const shown = filterAccounts(view, accounts, filter)
  return (
    <div
      id="accounts"
      {...hx(view, { get: listHref(filter), swap: 'outerMorph', trigger: 'accounts-changed from:body' })}
    >
      <RunningNow view={view} accounts={accounts} />
      {shown.length === 0 ? (
        <p class="accounts__nothing">
          {t.accounts.noMatch} <a href="/">{t.accounts.showAll}</a>
        </p>
      ) : (
        <>
          <div class="account-head" aria-hidden="true">
            <span />
            <span>{t.accounts.columns.account}</span>
            <span>{t.accounts.columns.plan}</span>
            <span class="account-head__marks">
              <span>{t.accounts.columns.login}</span>
              <span>{t.accounts.columns.data}</span>
              <span>{t.accounts.columns.ownership}</span>
            </span>
            <span>{t.accounts.columns.next}</span>
            <span />
          </div>
          {groups(shown, filter).map(({ name, members }) => (
            <section class="account-group">
              {name !== null && (
                <h2 class="account-group__name">
                  {name} <span class="quiet">{t.counts.accounts(members.length)}</span>
                </h2>
              )}
              <ul class="account-list" aria-label={name ?? t.accounts.list}>
                {members.map((account) => (
                  <AccountItem view={view} account={account} />
                ))}
              </ul>
            </section>
          ))}
          <p class="accounts__shown quiet" role="status">
            {t.counts.shown(shown.length, accounts.length)}
          </p>
        </>
      )}
    </div>
  )
}

function groups(
  accounts: AccountSummary[],
  filter: AccountFilter,
): { name: string | null; members: AccountSummary[] }[] {
  if (!filter.isGrouped) return [{ name: null, members: accounts }]
  const byProvider = Map.groupBy(accounts, (account) => account.providerName)
  return [...byProvider].map(([name, members]) => ({ name, members }))
}

function RunningNow({ view, accounts }: Omit<AccountListProps, 'filter'>) {
  const running = accounts.flatMap((account) => account.activeIn.map((cli) => ({ cli, account })))
  if (running.length === 0) return null
  return (
    <p class="running-now">
      <span class="running-now__title">{view.t.accounts.runningNow}</span>
      {running.map(({ cli, account }) => (
        <span class="running-now__item">
          <code>{cli}</code> <a href={`/accounts/${account.id}`}>{accountTitle(view, account)}</a>
        </span>
      ))}
    </p>
  )
}
