/** @jsxImportSource #html */
/** Everything that happened, whether that record is whole, and the calls that went to providers. */

import type { AccountSummary } from '../../accounts/account-summary.ts'
import { type FrameData, Layout } from '../layout.tsx'
import { HistoryDetails } from '../partials/account-history.tsx'
import { type CallCountFacts, CallCounts } from '../partials/call-counts.tsx'
import { TrailCheck, type TrailFindings } from '../partials/trail-check.tsx'
import { accountTitle } from '../ui/mask.ts'
import { FullTime } from '../ui/time.tsx'
import type { ViewContext } from '../view-context.ts'

export interface ActivityEntry {
  id: number
  at: number
  accountId: string | null
  kind: string
  actor: string
  details: Record<string, string | number | boolean | null>
}

export interface ActivityFilter {
  account: string
  kind: string
}

export interface ActivityPageProps {
  view: ViewContext
  frame: FrameData
  accounts: readonly AccountSummary[]
  entries: readonly ActivityEntry[]
  kinds: readonly string[]
  filter: ActivityFilter
  /** The address of older entries; null on the last page. */
  olderHref: string | null
  /** The address of the newest entries; null on the first page. */
  newestHref: string | null
  calls: readonly CallCountFacts[]
  /** What checking found; null before it was asked for. */
  check: TrailFindings | null
}

export function ActivityPage(props: ActivityPageProps) {
  const { view, frame, calls, check } = props
  const { activity } = view.t
  return (
    <Layout view={view} title={activity.title} frame={frame} section="activity">
      <div class="page-head">
        <h1 class="page-head__title">{activity.title}</h1>
      </div>
      <div class="activity">
        <section class="panel activity__events" aria-label={activity.title}>
          <p class="quiet">{activity.lead}</p>
          <Filter {...props} />
          <Events {...props} />
          <Paging {...props} />
        </section>
        <div class="activity__side">
          <TrailCheck view={view} check={check} />
          <CallCounts view={view} calls={calls} />
        </div>
      </div>
    </Layout>
  )
}

function Filter({ view, accounts, kinds, filter }: ActivityPageProps) {
  const { activity } = view.t
  return (
    <form class="activity__filter" method="get" action="/activity">
      <label class="field">
        <span class="field__label">{activity.account}</span>
        <select class="input" name="account">
          <option value="" selected={filter.account === ''}>
            {activity.allAccounts}
          </option>
          {accounts.map((account) => (
            <option value={account.id} selected={filter.account === account.id}>
              {accountTitle(view, account)}
            </option>
          ))}
          {filter.account !== '' && !accounts.some(({ id }) => id === filter.account) && (
            <option value={filter.account} selected>
              {activity.removedAccount(filter.account.slice(-4))}
            </option>
          )}
        </select>
      </label>
      <label class="field">
        <span class="field__label">{activity.kind}</span>
        <select class="input" name="kind">
          <option value="" selected={filter.kind === ''}>
            {activity.allKinds}
          </option>
          {kinds.map((kind) => (
            <option value={kind} selected={filter.kind === kind}>
              {view.t.history[kind] ?? kind}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="btn">
        {activity.show}
      </button>
    </form>
  )
}

function Events(props: ActivityPageProps) {
  const { view, entries } = props
  const { account, activity, actors, history } = view.t
  if (entries.length === 0) return <p class="quiet">{activity.nothing}</p>
  return (
    <table class="history">
      <thead>
        <tr>
          <th scope="col">{activity.number}</th>
          <th scope="col">{account.when}</th>
          <th scope="col">{activity.account}</th>
          <th scope="col">{account.what}</th>
          <th scope="col">{account.who}</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr>
            <td class="quiet">{entry.id}</td>
            <td>
              <FullTime view={view} at={entry.at} />
            </td>
            <td>
              <Concerned {...props} accountId={entry.accountId} />
            </td>
            <td>
              {history[entry.kind] ?? entry.kind}
              <HistoryDetails view={view} entry={entry} />
            </td>
            <td class="quiet">{actors[entry.actor] ?? entry.actor}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** The account's name as a link; one that is gone is known by the end of its id. */
function Concerned({ view, accounts, accountId }: ActivityPageProps & { accountId: string | null }) {
  const { activity } = view.t
  if (accountId === null) return <span class="quiet">{activity.installation}</span>
  const account = accounts.find(({ id }) => id === accountId)
  if (!account) return <span class="quiet">{activity.removedAccount(accountId.slice(-4))}</span>
  return <a href={`/accounts/${account.id}`}>{accountTitle(view, account)}</a>
}

function Paging({ view, olderHref, newestHref }: ActivityPageProps) {
  const { activity } = view.t
  if (olderHref === null && newestHref === null) return null
  return (
    <p class="button-row">
      {newestHref !== null && (
        <a class="btn" href={newestHref}>
          {activity.newest}
        </a>
      )}
      {olderHref !== null && (
        <a class="btn" href={olderHref}>
          {activity.older}
        </a>
      )}
    </p>
  )
}
