/** @jsxImportSource #html */
/** The accounts as rows, in one list or one per provider, with what the live CLI logins hold above them. */

import type { AccountSummary } from '../../accounts/account-summary.ts'
import { type AccountFilter, type AccountsOfPage, filterAccounts, listHref, pageOf } from '../account-filter.ts'
import { hx } from '../ui/hx.ts'
import { Icon } from '../ui/icon.tsx'
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
  const matching = filterAccounts(view, accounts, filter)
  const shown = pageOf(matching, filter)
  return (
    <div
      id="accounts"
      {...hx(view, {
        get: listHref({ ...filter, page: shown.page }),
        swap: 'outerMorph',
        trigger: 'accounts-changed from:body',
      })}
    >
      {matching.length === 0 ? (
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
            <span>{t.limits.title}</span>
            <span>{t.accounts.columns.next}</span>
            <span />
          </div>
          {groups(shown.members, filter).map(({ name, members }) => (
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
            {shown.pages === 1
              ? t.counts.shown(matching.length, accounts.length)
              : t.counts.range(shown.from, shown.to, matching.length)}
          </p>
          {shown.pages > 1 && <Pager view={view} filter={filter} shown={shown} />}
        </>
      )}
    </div>
  )
}

/** Links to the pages before and after: ordinary ones, so that each page starts at its top. */
function Pager({ view, filter, shown }: { view: ViewContext; filter: AccountFilter; shown: AccountsOfPage }) {
  const { t } = view
  const { page, pages } = shown
  const href = (wanted: number) => listHref({ ...filter, page: wanted })
  return (
    <nav class="pager" aria-label={t.accounts.pages}>
      {page > 1 && (
        <a class="btn" rel="prev" href={href(page - 1)}>
          <Icon name="back" /> {t.accounts.previousPage}
        </a>
      )}
      <span class="quiet">{t.accounts.pageOf(page, pages)}</span>
      {page < pages && (
        <a class="btn" rel="next" href={href(page + 1)}>
          {t.accounts.nextPage} <Icon name="arrow" />
        </a>
      )}
    </nav>
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
