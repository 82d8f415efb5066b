/** The schedule of readings as it is stored: who comes first, who is new to it, and which reading is this process's. */

import type { AccountsContext } from '../accounts/context.ts'
import { thisMachineId } from '../accounts/machines.ts'
import { forgetOldCalls } from '../db/usage-budget-store.ts'
import {
  listScheduledReadings,
  type ScheduledReading,
  scheduleNewAccounts,
  scheduleReading,
  takeReading,
} from '../db/usage-state-store.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { sharedNow } from './usage-budget.ts'

export type { ScheduledReading } from '../db/usage-state-store.ts'

/** Rows that are looked at in one go. */
const WINDOW = 64
/** A crowd of new accounts is read over this time, so that a start is quiet. */
const SPREAD_MS = 20 * SECOND_MS
/** A reading that its process never finished comes again after this. */
const TAKEN_MS = 2 * MINUTE_MS
/** Longer than any wait that a provider may ask for: what is later was written by a wrong clock. */
const FARTHEST_MS = DAY_MS + HOUR_MS

/** The readings that come first, due or not. Errors: StoreError */
export function listReadings(context: AccountsContext): Promise<ScheduledReading[]> {
  return listScheduledReadings(context.database, { machineId: thisMachineId(context), limit: WINDOW })
}

/** Takes a reading for this process; false when another one took it. Errors: StoreError */
export function takeDueReading(context: AccountsContext, reading: ScheduledReading): Promise<boolean> {
  return takeReading(context.database, { ...reading, until: context.clock.now() + TAKEN_MS })
}

/** Gives every account its place in the schedule, and forgets what no budget counts any more. Errors: StoreError */
export async function tendSchedule(context: AccountsContext): Promise<void> {
  const now = context.clock.now()
  const seed = Math.floor(context.random.fraction() * SPREAD_MS)
  await scheduleNewAccounts(context.database, { now, spreadMs: SPREAD_MS, seed, farthestMs: FARTHEST_MS })
  await forgetOldCalls(context.database, sharedNow(context))
}

/** A login that is new, newer or changed may be read at once, whatever was said of the one before. Errors: StoreError */
export function readSoon(context: AccountsContext, accountId: string): Promise<void> {
  return scheduleReading(context.database, accountId, context.clock.now())
}
