/** @jsxImportSource #html */
/** The home page: every account as a row, or, when there is none, the ways to a first one. */

import type { AccountSummary } from '../../accounts/account-summary.ts'
import type { ImportCandidate } from '../../accounts/import-candidate.ts'
import type { Revocation } from '../../accounts/revocations.ts'
import type { RunningPlace } from '../../switching/running-now.ts'
import { type AccountFilter, countAccounts, isFiltering, SORTS, STATES } from '../account-filter.ts'
import type { ProviderChoice } from '../dialogs/add-account-dialog.tsx'
import { Layout } from '../layout.tsx'
import { AccountList } from '../partials/account-list.tsx'
import { EmptyAccounts } from '../partials/empty-accounts.tsx'
import type { FlashMessage } from '../partials/flash.tsx'
import { RevocationList } from '../partials/revocation-list.tsx'
import { RunningNow } from '../partials/running-now.tsx'
import { dialogLink, hx } from '../ui/hx.ts'
import { Icon } from '../ui/icon.tsx'
import type { ViewContext } from '../view-context.ts'

export interface AccountsPageProps {
  view: ViewContext
  accounts: readonly AccountSummary[]
  filter: AccountFilter
  providers: readonly ProviderChoice[]
  /** Only looked at when there is no account. */
  candidates: readonly ImportCandidate[]
  /** Logins that are being ended at their providers. */
  revocations: readonly Revocation[]
  /** Which login each CLI has now. */
  running: readonly RunningPlace[]
  flash: FlashMessage | null
}

export interface AccountsPartsProps extends Omit<AccountsPageProps, 'flash' | 'revocations' | 'running'> {
  /** The page that asks shows no account yet. */
  wasEmpty: boolean
}

export function AccountsPage(props: AccountsPageProps) {
  const { view, accounts, filter, providers, candidates, revocations, running, flash } = props
  const { t } = view
  const isEmpty = accounts.length === 0
  return (
    <Layout view={view} title={t.accounts.title} section="accounts" frame={{ counts: countAccounts(accounts), flash }}>
      <AccountsHead view={view} accounts={accounts} filter={filter} />
      <RunningNow view={view} places={running} />
      <RevocationList view={view} revocations={revocations} />
      {isEmpty ? (
        <EmptyAccounts view={view} providers={providers} candidates={candidates} />
      ) : (
        <AccountList view={view} accounts={accounts} filter={filter} />
      )}
    </Layout>
  )
}

type HeadProps = Pick<AccountsPageProps, 'view' | 'accounts' | 'filter'>

/** Title, filters and the way to add an account; only the title while there is none. Swapped with the list when that changes. */
function AccountsHead({ view, accounts, filter }: HeadProps) {
  const { t } = view
  const isEmpty = accounts.length === 0
  return (
    <div id="accounts-head" class="page-head">
      <h1 class="page-head__title">{t.accounts.title}</h1>
      {!isEmpty && <Toolbar view={view} accounts={accounts} filter={filter} />}
      {!isEmpty && (
        <a class="btn btn--primary" data-shortcut="n" {...dialogLink(view, '/authorizations/new')}>
          <Icon name="plus" /> {t.accounts.add}
        </a>
      )}
    </div>
  )
}

/** The list, or what stands in its place; with the head where the first account came or the last one went. */
export function AccountsParts({ view, accounts, filter, providers, candidates, wasEmpty }: AccountsPartsProps) {
  const isEmpty = accounts.length === 0
  return (
    <>
      {isEmpty ? (
        <EmptyAccounts view={view} providers={providers} candidates={candidates} />
      ) : (
        <AccountList view={view} accounts={accounts} filter={filter} />
      )}
      {(isEmpty || wasEmpty) && (
        <hx-partial hx-target="#accounts-head" hx-swap="outerMorph">
          <AccountsHead view={view} accounts={accounts} filter={filter} />
        </hx-partial>
      )}
    </>
  )
}

function Toolbar({ view, accounts, filter }: HeadProps) {
  const { t } = view
  const providers = [...new Map(accounts.map((account) => [account.provider, account.providerName]))]
  const live = hx(view, {
    get: '/',
    target: '#accounts',
    swap: 'outerMorph',
    trigger: 'change, submit, input delay:250ms',
  })
  return (
    <search class="toolbar-place">
      <form class="toolbar" method="get" action="/" aria-label={t.accounts.search} {...live}>
        <span class="toolbar__search">
          <Icon name="search" />
          <input
            class="input input--search"
            type="search"
            name="q"
            value={filter.search}
            maxlength={100}
            placeholder={t.accounts.search}
            aria-label={t.accounts.searchHint}
            data-shortcut="/"
          />
        </span>
        {providers.length > 1 && (
          <select class="input" name="provider" aria-label={t.accounts.provider}>
            <option value="">{t.accounts.allProviders}</option>
            {providers.map(([id, name]) => (
              <option value={id} selected={filter.provider === id}>
                {name}
              </option>
            ))}
          </select>
        )}
        <select class="input" name="state" aria-label={t.accounts.state}>
          {STATES.map((state) => (
            <option value={state} selected={filter.state === state}>
              {t.accounts.states[state]}
            </option>
          ))}
        </select>
        <select class="input" name="sort" aria-label={t.accounts.sort}>
          {SORTS.map((sort) => (
            <option value={sort} selected={filter.sort === sort}>
              {t.accounts.sorts[sort]}
            </option>
          ))}
        </select>
        {providers.length > 1 && (
          <label class="toolbar__check">
            <input type="checkbox" name="group" value="provider" checked={filter.isGrouped} /> {t.accounts.group}
          </label>
        )}
        <noscript>
          <button type="submit" class="btn">
            {t.accounts.apply}
          </button>
        </noscript>
        {isFiltering(filter) && (
          <a class="toolbar__reset" href="/">
            {t.accounts.showAll}
          </a>
        )}
      </form>
    </search>
  )
}
