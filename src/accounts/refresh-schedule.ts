/**
 * The schedule of refreshes as it is stored: who comes first, and how a crowd is spread. Refreshes nothing itself.
 */

import {
  countDueGrants,
  hastenGrants,
  listScheduledGrants,
  rescheduleGrantsFromTheFuture,
  type ScheduledGrant,
  spreadDueGrants,
} from '../db/grant-store.ts'
import { MINUTE_MS } from '../lib/clock.ts'
import type { AccountsContext } from './context.ts'
import { MIN_EXCHANGE_INTERVAL_MS, UNREACHED_CODES } from './refresh-policy.ts'

export type { ScheduledGrant } from '../db/grant-store.ts'

/** Rows that are looked at in one go. */
const SCHEDULE_WINDOW = 64
/** The longest time over which a crowd of due grants is spread, and the share of it that each one adds. */
const LONGEST_SPREAD_MS = MINUTE_MS
const SPREAD_PER_GRANT_MS = 500
/** So few are not a crowd. */
const CROWD = 8

/**
 * The earliest grants in the schedule of these providers, due or not, and beside them of `uncertainOf` those whose last
 * outcome is not known. Errors: StoreError
 */
export function listSchedule(
  context: AccountsContext,
  of: { providers: readonly string[]; uncertainOf: readonly string[] },
): Promise<ScheduledGrant[]> {
  return listScheduledGrants(context.database, { ...of, limit: SCHEDULE_WINDOW })
}

/**
 * After a start, a sleep or a clock that jumped: spreads those that are due together over up to a minute, and brings those
 * back that a clock running ahead had put far into the future. Errors: StoreError
 */
export async function spreadSchedule(context: AccountsContext): Promise<void> {
  const now = context.clock.now()
  const seed = Math.floor(context.random.fraction() * LONGEST_SPREAD_MS)
  const due = await countDueGrants(context.database, now)
  if (due > CROWD) {
    const windowMs = Math.min(LONGEST_SPREAD_MS, due * SPREAD_PER_GRANT_MS)
    await spreadDueGrants(context.database, { now, windowMs, seed })
  }
  await rescheduleGrantsFromTheFuture(context.database, {
    ...{ now, fromMs: MIN_EXCHANGE_INTERVAL_MS, windowMs: LONGEST_SPREAD_MS, seed },
  })
}

/** Makes due what waits only because this provider could not be reached: it can be now. Errors: StoreError */
export async function hastenUnreached(context: AccountsContext, provider: string): Promise<void> {
  await hastenGrants(context.database, { provider, codes: UNREACHED_CODES, now: context.clock.now() })
}
