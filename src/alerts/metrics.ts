/**
 * What monitoring reads: how accounts stand, and counters of calls and refreshes. Ids stand in labels; names and e-mail
 * addresses do not. A fixed number of queries however many accounts there are.
 */

import type { AccountSummary } from '../accounts/account-summary.ts'
import type { AccountsContext } from '../accounts/context.ts'
import { listAccounts } from '../accounts/list-accounts.ts'
import { namingStoreRefusals } from '../accounts/store-refusals.ts'
import { countDeliveries } from '../db/alert-channel-store.ts'
import { countAlerts } from '../db/alert-store.ts'
import { type CallTally, lastCallId, tallyCalls } from '../db/call-store.ts'
import { countPendingRevocations } from '../db/revocation-store.ts'
import { SECOND_MS } from '../lib/clock.ts'

/** One family of the exposition format. */
export interface Metric {
  name: string
  help: string
  type: 'gauge' | 'counter'
  samples: { labels: Record<string, string>; value: number }[]
}

/** Counts from the start of this process on; made once. */
export interface MetricsMemory {
  /** Number of the last call that was counted; null before the first look. */
  lastCall: number | null
  calls: Map<string, CallTally>
  /** By account and outcome. */
  refreshes: Map<string, { accountId: string; provider: string; outcome: string; count: number }>
  reading: Promise<unknown>
}

const OUTCOMES: Record<string, string> = {
  'grant.refreshed': 'refreshed',
  'grant.refresh_failed': 'failed',
  'grant.adopted': 'adopted',
}

/** Starts to count. */
export function newMetricsMemory(context: Pick<AccountsContext, 'events'>): MetricsMemory {
  const memory: MetricsMemory = { lastCall: null, calls: new Map(), refreshes: new Map(), reading: Promise.resolve() }
  context.events.subscribe((event) => {
    const outcome = OUTCOMES[event.type]
    if (outcome === undefined || !('accountId' in event)) return
    const key = `${event.accountId} ${outcome}`
    const known = memory.refreshes.get(key) ?? { accountId: event.accountId, provider: '', outcome, count: 0 }
    memory.refreshes.set(key, { ...known, count: known.count + 1 })
  })
  return memory
}

/** Everything, as of now. Errors: AccountError store_failed */
export function readMetrics(context: AccountsContext, memory: MetricsMemory): Promise<Metric[]> {
  // One after another: two readers would count the same calls twice.
  const reading = memory.reading.then(() => namingStoreRefusals(() => collect(context, memory)))
  memory.reading = reading.catch(() => {})
  return reading
}

async function collect(context: AccountsContext, memory: MetricsMemory): Promise<Metric[]> {
  const { database, clock } = context
  const [accounts, revocations, alerts, deliveries] = await Promise.all([
    listAccounts(context),
    countPendingRevocations(database),
    countAlerts(database),
    countDeliveries(database),
  ])
  await countNewCalls(context, memory)
  return [
    ...accountMetrics(accounts, clock.now()),
    {
      name: 'tokendeck_refreshes_total',
      help: 'Refreshes of logins since this process started, by how they came out.',
      type: 'counter',
      samples: refreshSamples(accounts, memory),
    },
    {
      name: 'tokendeck_provider_calls_total',
      help: 'Requests to providers since this process started, by endpoint and how they came out.',
      type: 'counter',
      samples: [...memory.calls.values()].map(({ provider, endpoint, outcome, count }) => ({
        labels: { provider, endpoint, outcome },
        value: count,
      })),
    },
    gauge('tokendeck_pending_revocations', 'Logins that a provider has not ended yet.', [
      { labels: {}, value: revocations },
    ]),
    gauge(
      'tokendeck_alerts_open',
      'Told crossings that last, by kind.',
      alerts.map(({ kind, open }) => ({ labels: { kind }, value: open })),
    ),
    gauge(
      'tokendeck_alerts_unseen',
      'Told crossings that nobody has seen, by kind.',
      alerts.map(({ kind, unseen }) => ({ labels: { kind }, value: unseen })),
    ),
    gauge(
      'tokendeck_alert_deliveries',
      'Deliveries of alerts to channels, by how they stand.',
      deliveries.map(({ kind, state, count }) => ({ labels: { channel: kind, state }, value: count })),
    ),
  ]
}

async function countNewCalls({ database }: AccountsContext, memory: MetricsMemory): Promise<void> {
  const until = await lastCallId(database)
  const from = memory.lastCall ?? until
  for (const tally of until > from ? await tallyCalls(database, { from, until }) : []) {
    const key = `${tally.provider} ${tally.endpoint} ${tally.outcome}`
    memory.calls.set(key, { ...tally, count: tally.count + (memory.calls.get(key)?.count ?? 0) })
  }
  memory.lastCall = until
}

function refreshSamples(accounts: readonly AccountSummary[], { refreshes }: MetricsMemory): Metric['samples'] {
  const sums = new Map<string, Metric['samples'][number]>()
  for (const entry of refreshes.values()) {
    // An account that was removed since is remembered under the provider that it had.
    entry.provider = accounts.find(({ id }) => id === entry.accountId)?.provider ?? entry.provider
    const labels = { provider: entry.provider, outcome: entry.outcome }
    const key = `${labels.provider} ${labels.outcome}`
    sums.set(key, { labels, value: entry.count + (sums.get(key)?.value ?? 0) })
  }
  return [...sums.values()]
}

function gauge(name: string, help: string, samples: Metric['samples']): Metric {
  return { name, help, type: 'gauge', samples }
}

function accountMetrics(accounts: readonly AccountSummary[], now: number): Metric[] {
  const states = Map.groupBy(accounts, ({ provider, login }) => `${provider} ${login.status}`)
  const each = (value: (account: AccountSummary) => number | null) =>
    accounts.flatMap((account) => {
      const found = value(account)
      const labels = { account: account.id, provider: account.provider }
      return found === null ? [] : [{ labels, value: found }]
    })
  const seconds = (at: number | null) => (at === null ? null : Math.round((at - now) / SECOND_MS))
  const ofWindows = (value: (window: AccountSummary['usage']['windows'][number]) => number | null) =>
    accounts.flatMap((account) =>
      account.usage.windows.flatMap((window) => {
        const found = value(window)
        const labels = { account: account.id, provider: account.provider, window: window.id }
        return found === null ? [] : [{ labels, value: found }]
      }),
    )
  return [
    gauge(
      'tokendeck_accounts',
      'Accounts by provider and state of their login.',
      [...states.values()].map((own) => ({
        labels: { provider: own[0]!.provider, state: own[0]!.login.status },
        value: own.length,
      })),
    ),
    gauge(
      'tokendeck_access_token_expiry_seconds',
      'Seconds until the access token expires; negative when it has.',
      each(({ login }) => seconds(login.accessTokenExpiresAt)),
    ),
    gauge(
      'tokendeck_login_end_seconds',
      'Seconds until the whole login ends; negative when it has.',
      each(({ login }) => seconds(login.loginExpiresAt)),
    ),
    gauge(
      'tokendeck_usage_read_age_seconds',
      'Seconds since limits were read.',
      each(({ usage }) => (usage.readAt === null ? null : Math.round((now - usage.readAt) / SECOND_MS))),
    ),
    gauge(
      'tokendeck_window_used_ratio',
      'Share of a window that is used, as it was read last; 1 is everything.',
      ofWindows(({ usedFraction }) => usedFraction),
    ),
    gauge(
      'tokendeck_window_reset_seconds',
      'Seconds until a window resets.',
      ofWindows(({ resetsAt }) => seconds(resetsAt)),
    ),
    gauge(
      'tokendeck_window_runs_out_seconds',
      'Seconds until a window is foretold to run out; absent where it lasts.',
      ofWindows(({ forecast }) => (forecast?.kind === 'runs_out' ? seconds(forecast.at) : null)),
    ),
  ]
}
