/**
 * What is coming in the next two weeks, made of what is known of the accounts: resets, ends of logins, scheduled refreshes
 * and foretold exhaustion. Only known instants; nothing is extrapolated. Pure.
 */

import type { AccountSummary } from '../accounts/account-summary.ts'
import { DAY_MS } from '../lib/clock.ts'

const TIMELINE_MS = 14 * DAY_MS

/** What a timeline names. */
export const DATE_KINDS = ['runs_out', 'login_end', 'reset', 'refresh'] as const
export type DateKind = (typeof DATE_KINDS)[number]

/** A window, as its name needs it. */
export type DatedWindow = Pick<
  AccountSummary['usage']['windows'][number],
  'id' | 'kind' | 'label' | 'durationMs' | 'usedFraction'
>

/** Something that will happen. Instants in epoch milliseconds. */
export interface ComingDate {
  kind: DateKind
  at: number
  /** The ends of a forecast's band, where it has two. */
  earliest: number | null
  latest: number | null
  window: DatedWindow | null
  /** When the fact became known that this rests on. */
  knownAt: number
}

/** What comes for one account, in order of time. */
export interface Lane {
  account: AccountSummary
  dates: ComingDate[]
}

export interface Timeline {
  from: number
  until: number
  lanes: Lane[]
}

/** The lanes of these accounts, in their order. Errors: none; total */
export function timelineOf(accounts: readonly AccountSummary[], now: number): Timeline {
  const until = now + TIMELINE_MS
  const isNear = ({ at }: ComingDate) => at > now && at <= until
  return {
    from: now,
    until,
    lanes: accounts.map((account) => ({
      account,
      dates: datesOf(account)
        .filter(isNear)
        .sort((a, b) => a.at - b.at),
    })),
  }
}

function datesOf(account: AccountSummary): ComingDate[] {
  const { login, usage, custody, createdAt, pausedAt } = account
  const readAt = usage.readAt ?? createdAt
  const provedAt = login.lastProofAt ?? createdAt
  const plain = { earliest: null, latest: null, window: null }
  const windows = usage.windows.flatMap((window): ComingDate[] => {
    const { id, kind, label, durationMs, usedFraction, resetsAt, forecast } = window
    const named = { id, kind, label, durationMs, usedFraction }
    const reset: ComingDate[] =
      resetsAt === null ? [] : [{ ...plain, kind: 'reset', at: resetsAt, window: named, knownAt: readAt }]
    if (forecast?.kind !== 'runs_out') return reset
    const { at, earliest, latest } = forecast
    return [...reset, { kind: 'runs_out', at, earliest, latest, window: named, knownAt: readAt }]
  })
  const endsAt = custody === 'none' ? login.accessTokenExpiresAt : login.loginExpiresAt
  const isOver = login.status === 'sign_in_again'
  const end: ComingDate[] =
    endsAt === null || isOver ? [] : [{ ...plain, kind: 'login_end', at: endsAt, knownAt: provedAt }]
  const isRefreshed = custody === 'dashboard' && !isOver && pausedAt === null && login.nextRefreshAt !== null
  const refresh: ComingDate[] = isRefreshed
    ? [{ ...plain, kind: 'refresh', at: login.nextRefreshAt!, knownAt: provedAt }]
    : []
  return [...windows, ...end, ...refresh]
}
