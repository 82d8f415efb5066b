/** Which accounts the home page shows and in what order. The chosen view lives in the address, so that it survives a reload. */

import type { AccountSummary } from '../accounts/account-summary.ts'
import { accountTitle } from './ui/mask.ts'
import type { ViewContext } from './view-context.ts'

export const STATES = ['all', 'healthy', 'unsettled', 'need_you', 'paused'] as const
export const SORTS = ['position', 'name', 'next', 'proof'] as const

export interface AccountFilter {
  search: string
  provider: string | null
  state: (typeof STATES)[number]
  sort: (typeof SORTS)[number]
  isGrouped: boolean
  /** From 1; one beyond the last stands for the last. */
  page: number
}

/** Accounts on one page of the list. Making more rows in one go would keep everybody else waiting. */
export const ROWS_PER_PAGE = 100

/** Reads the query of the home page; what is not understood is left at its default. */
export function parseAccountFilter(query: URLSearchParams): AccountFilter {
  return {
    search: (query.get('q') ?? '').trim().slice(0, 100),
    provider: query.get('provider') || null,
    state: STATES.find((state) => state === query.get('state')) ?? 'all',
    sort: SORTS.find((sort) => sort === query.get('sort')) ?? 'position',
    isGrouped: query.get('group') === 'provider',
    page: /^[1-9]\d{0,6}$/.test(query.get('page') ?? '') ? Number(query.get('page')) : 1,
  }
}

/** The address of the home page that shows this view. */
export function listHref(filter: AccountFilter): string {
  const query = new URLSearchParams()
  if (filter.search !== '') query.set('q', filter.search)
  if (filter.provider !== null) query.set('provider', filter.provider)
  if (filter.state !== 'all') query.set('state', filter.state)
  if (filter.sort !== 'position') query.set('sort', filter.sort)
  if (filter.isGrouped) query.set('group', 'provider')
  if (filter.page > 1) query.set('page', String(filter.page))
  return query.size === 0 ? '/' : `/?${query}`
}

/** True when the filter may hide an account. */
export function isFiltering(filter: AccountFilter): boolean {
  return filter.search !== '' || filter.provider !== null || filter.state !== 'all'
}

/** How an account stands as a whole, for the counts of the header: only a person can help, something is open, or all is well. */
function standing(account: AccountSummary): 'healthy' | 'unsettled' | 'need_you' {
  if (account.mainAction === 'sign_in_again' || account.mainAction === 'resolve') return 'need_you'
  return account.login.status === 'valid' ? 'healthy' : 'unsettled'
}

export interface AccountCounts {
  healthy: number
  unsettled: number
  needYou: number
}

/** How many accounts stand how. */
export function countAccounts(accounts: readonly AccountSummary[]): AccountCounts {
  const counts = { healthy: 0, unsettled: 0, needYou: 0 }
  for (const account of accounts) {
    const stands = standing(account)
    if (stands === 'need_you') counts.needYou++
    else counts[stands]++
  }
  return counts
}

/** The accounts that a filter lets through, in its order. */
export function filterAccounts(
  view: ViewContext,
  accounts: readonly AccountSummary[],
  filter: AccountFilter,
): AccountSummary[] {
  const needle = filter.search.toLocaleLowerCase(view.language)
  const shown = accounts.filter(
    (account) =>
      (filter.provider === null || account.provider === filter.provider) &&
      matchesState(account, filter.state) &&
      (needle === '' || searchText(account).toLocaleLowerCase(view.language).includes(needle)),
  )
  return shown.sort(comparison(view, filter.sort))
}

/** Some accounts of many. */
export interface AccountsOfPage {
  members: AccountSummary[]
  page: number
  pages: number
  /** Places of the first and the last member among all, from 1. */
  from: number
  to: number
}

/** The accounts on the page that the filter names. Groups are not torn: those of one provider follow each other. */
export function pageOf(
  accounts: readonly AccountSummary[],
  { page: wanted, isGrouped }: AccountFilter,
): AccountsOfPage {
  const ordered = isGrouped ? [...Map.groupBy(accounts, ({ providerName }) => providerName).values()].flat() : accounts
  const pages = Math.max(1, Math.ceil(ordered.length / ROWS_PER_PAGE))
  const page = Math.min(wanted, pages)
  const start = (page - 1) * ROWS_PER_PAGE
  const members = ordered.slice(start, start + ROWS_PER_PAGE)
  return { members, page, pages, from: start + 1, to: start + members.length }
}

function matchesState(account: AccountSummary, state: AccountFilter['state']): boolean {
  if (state === 'all') return true
  if (state === 'paused') return account.pausedAt !== null
  return standing(account) === state
}

function searchText(account: AccountSummary): string {
  const { label, email, displayName, organization, plan, providerName } = account
  return [label, email, displayName, organization?.name, plan, providerName].filter(Boolean).join('\n')
}

function comparison(
  view: ViewContext,
  sort: AccountFilter['sort'],
): (left: AccountSummary, right: AccountSummary) => number {
  if (sort === 'name') {
    const collator = new Intl.Collator(view.language, { numeric: true })
    return (left, right) => collator.compare(accountTitle(view, left), accountTitle(view, right))
  }
  if (sort === 'next')
    return (left, right) => (nextAt(left) ?? Infinity) - (nextAt(right) ?? Infinity) || left.position - right.position
  if (sort === 'proof')
    return (left, right) =>
      (right.login.lastProofAt ?? 0) - (left.login.lastProofAt ?? 0) || left.position - right.position
  return (left, right) => left.position - right.position
}

function nextAt(account: AccountSummary): number | null {
  const { nextRefreshAt, accessTokenExpiresAt, loginExpiresAt } = account.login
  return nextRefreshAt ?? accessTokenExpiresAt ?? loginExpiresAt
}
