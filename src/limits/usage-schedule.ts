/**
 * When limits are read next. Pure: knows what was read and how much of the budget is left, and no database.
 */

import { type BackoffShape, backoffMs } from '../lib/backoff.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import type { Random } from '../lib/random.ts'
import type { UsageWindow } from '../usage/usage-reading.ts'
import { CALLS_FOR_PEOPLE } from './usage-budget.ts'

/** The usual time between two readings of an account. */
export const POLL_MS = 10 * MINUTE_MS
/** While nothing has moved for so long, an account is read less often. */
export const PARKED_AFTER_MS = 2 * HOUR_MS
export const PARKED_POLL_MS = 15 * MINUTE_MS
/** Near a limit, where ten minutes are a long time. */
export const CLOSE_POLL_MS = 5 * MINUTE_MS
const CLOSE_FRACTION = 0.85
/** The share of the time that is random, so that accounts do not meet. */
const JITTER = 0.1
/** After a reset it is seen soon that the window is empty, but not before the provider has noticed. */
const AFTER_RESET_MS = 45 * SECOND_MS
/** Two readings for two resets are never closer than this. */
const SHORTEST_MS = 3 * MINUTE_MS

/** After an answer that was none, or none at all. */
const FAILED: BackoffShape = { firstMs: POLL_MS, factor: 2, maxMs: HOUR_MS, jitter: 0.1 }
/** A token that the CLI has to renew, or an account that has to wait for its own refresh: looked at again by news first. */
const STALE_MS = 15 * MINUTE_MS

/** What the next reading depends on. Instants in epoch milliseconds. */
export interface ScheduleFacts {
  now: number
  windows: readonly Pick<UsageWindow, 'usedFraction' | 'resetsAt' | 'isActive'>[]
  isParked: boolean
  /** Calls that are left in this hour. */
  budgetLeft: number
}

/**
 * The instant of the next reading after a good one.
 *
 * Units:  epoch milliseconds in and out
 * Errors: none; total
 */
export function nextReadAt({ now, windows, isParked, budgetLeft }: ScheduleFacts, random: Random): number {
  const hasRoom = budgetLeft > CALLS_FOR_PEOPLE
  const isClose = windows.some(({ usedFraction, isActive }) => isActive && isNearLimit(usedFraction))
  const paceMs = isClose && hasRoom ? CLOSE_POLL_MS : isParked ? PARKED_POLL_MS : POLL_MS
  const usual = now + paceMs * (1 + JITTER * (2 * random.fraction() - 1))
  const resets = windows.flatMap(({ resetsAt }) => (resetsAt !== null && resetsAt > now ? [resetsAt] : []))
  const afterReset = resets.map((at) => Math.max(at + AFTER_RESET_MS, now + SHORTEST_MS))
  return Math.round(hasRoom ? Math.min(usual, ...afterReset) : usual)
}

/** At the limit nothing more happens until the reset, so that it is read no faster there. */
function isNearLimit(usedFraction: number | null): boolean {
  return usedFraction !== null && usedFraction >= CLOSE_FRACTION && usedFraction < 1
}

/** Failures that no reading mends: only a person, or a new login. */
const FINAL = new Set([
  'no_usage',
  'not_permitted',
  'reauthorization_required',
  'account_not_found',
  'unknown_provider',
])
/** A token that somebody else renews. */
const STALE = new Set(['stale_token', 'not_custodian', 'no_refresh_token', 'try_again_later'])

/**
 * The instant of the next try after a failed reading; null when trying again would change nothing.
 *
 * Shape:  `failures` in a row, this one included; `waitMs` asked for by the provider or the budget, null for none
 * Units:  epoch milliseconds in and out
 */
export function retryReadingAt(
  { now, code, failures, waitMs }: { now: number; code: string; failures: number; waitMs: number | null },
  random: Random,
): number | null {
  if (FINAL.has(code)) return null
  if (STALE.has(code)) return now + STALE_MS
  return now + Math.min(DAY_MS, Math.max(waitMs ?? 0, waitMs === null ? backoffMs(FAILED, failures, random) : 0))
}
