/** @jsxImportSource #html */
/** One account in full: its marks explained, its facts, who holds copies, its history, and everything that can be done with it. */

import type { HistoryEntry } from '../../accounts/account-history.ts'
import type { AccountSummary } from '../../accounts/account-summary.ts'
import type { ConsoleKeys } from '../../accounts/console-keys.ts'
import type { CustodyMap } from '../../accounts/custody-map.ts'
import type { Lineage } from '../../accounts/lineage.ts'
import type { UsageHistory } from '../../limits/usage-history.ts'
import type { ProfileView } from '../../switching/profile-list.ts'
import { Explanation } from '../dialogs/explanation-dialog.tsx'
import { type FrameData, Layout } from '../layout.tsx'
import { AccountCustody } from '../partials/account-custody.tsx'
import { AccountFacts, AccountScopes } from '../partials/account-facts.tsx'
import { AccountHistory } from '../partials/account-history.tsx'
import { AccountLimits } from '../partials/account-limits.tsx'
import { AccountLineage } from '../partials/account-lineage.tsx'
import { AccountManage } from '../partials/account-manage.tsx'
import { AccountProfile } from '../partials/account-profile.tsx'
import { AccountRow } from '../partials/account-row.tsx'
import { AccountCalls, type CallFacts } from '../partials/call-counts.tsx'
import { AccountConsoleKeys } from '../partials/console-keys.tsx'
import { UsageHistoryPanel } from '../partials/usage-history.tsx'
import { Icon } from '../ui/icon.tsx'
import { MARKS } from '../ui/mark.tsx'
import { accountTitle } from '../ui/mask.ts'
import type { ViewContext } from '../view-context.ts'

export interface AccountPageProps {
  view: ViewContext
  account: AccountSummary
  history: readonly HistoryEntry[]
  lineage: Lineage
  custody: CustodyMap
  usageHistory: UsageHistory
  /** Calls to the provider in the last 24 hours, newest first. */
  calls: readonly CallFacts[]
  consoleKeys?: ConsoleKeys | null
  /** The provider's CLI, and the profile in which it holds the login. */
  profile?: { cli: string | null; own: ProfileView | null }
  frame: FrameData
  /** What was wrong with the label, and what was typed. */
  labelError?: { title: string; detail: string; typed: string } | null
}

export function AccountPage({
  view,
  account,
  history,
  lineage,
  custody,
  usageHistory,
  calls,
  consoleKeys = null,
  profile = { cli: null, own: null },
  frame,
  labelError = null,
}: AccountPageProps) {
  const title = accountTitle(view, account)
  return (
    <Layout view={view} title={title} frame={frame} section="accounts">
      <div class="page-head">
        <a class="page-head__back" href="/">
          <Icon name="back" /> {view.t.frame.accounts}
        </a>
        <h1 class="page-head__title">{title}</h1>
      </div>
      <div class="account-item account-item--alone">
        <AccountRow view={view} account={account} />
        <p id={`outcome_${account.id}`} class="outcome" role="status" />
      </div>
      <div class="account-page">
        <div class="account-page__main">
          <AccountLimits view={view} account={account} />
          <section class="panel" aria-labelledby="state-title">
            <h2 id="state-title" class="panel__title">
              {view.t.account.state}
            </h2>
            {MARKS.map((mark) => (
              <Explanation view={view} account={account} mark={mark} />
            ))}
          </section>
          <AccountCustody view={view} account={account} map={custody} />
          <UsageHistoryPanel view={view} accountId={account.id} history={usageHistory} />
          <AccountLineage view={view} lineage={lineage} />
          <AccountHistory view={view} history={history} />
        </div>
        <div class="account-page__side">
          <AccountFacts view={view} account={account} />
          <AccountProfile view={view} account={account} cli={profile.cli} profile={profile.own} />
          <AccountScopes view={view} account={account} />
          <AccountCalls view={view} calls={calls} />
          <AccountConsoleKeys view={view} account={account} consoleKeys={consoleKeys} />
          <AccountManage view={view} account={account} labelError={labelError} />
        </div>
      </div>
    </Layout>
  )
}
