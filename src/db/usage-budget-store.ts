/**
 * The ledger of calls for usage, one budget per identity, shared by every tab, process and machine: a call is written down
 * before it is sent, in one statement that counts the others. Knows identities by fingerprint only.
 */

import { eq, gt, lte, or, type SQL, sql } from 'drizzle-orm'
import { HOUR_MS } from '../lib/clock.ts'
import type { Database } from './client.ts'
import { query } from './query.ts'
import { usageCalls, usageHolds } from './schema-usage.ts'

/** Epoch milliseconds by the clock that every process goes by: the database's, where that is another machine's. */
export type SharedNow = number | SQL<number>

/** The span over which calls are counted. */
export const BUDGET_SPAN_MS = HOUR_MS
/** Written by a clock that ran ahead; nobody waits for such an instant to come. */
const FARTHEST_HOLD_MS = 25 * HOUR_MS

/** Which call is wanted. */
export interface CallRequest {
  identity: string
  owner: string
  now: SharedNow
  /** Calls in the rolling hour, this one included. */
  most: number
  /** Milliseconds since the last call; 0 for the second try after a rejected token. */
  floorMs: number
}

/** How an identity's budget stands. Instants in epoch milliseconds. */
export interface BudgetState {
  now: number
  calls: number
  /** Of the calls that count, the first and the last; null when there is none. */
  firstAt: number | null
  lastAt: number | null
  /** Until when the provider asked not to be asked; null when it did not. */
  heldUntil: number | null
  holdCode: string | null
}

/**
 * Writes a call down if there is room for it: fewer than `most` in the last hour, none within the floor, no hold. What
 * stands afterwards comes with it.
 *
 * Errors: StoreError
 */
export async function reserveCall(
  database: Database,
  request: CallRequest,
): Promise<{ isReserved: boolean; state: BudgetState }> {
  const { identity, owner, now, most, floorMs } = request
  const counted = countedCalls(identity, now)
  const [inserted, rows] = await query(() =>
    database.batch([
      database.all<{ id: number }>(sql`insert into usage_calls (identity, owner, at)
        select ${identity}, ${owner}, ${now}
        where (select count(*) from usage_calls where ${counted}) < ${most}
          and not exists (select 1 from usage_calls where ${counted} and at > ${now} - ${floorMs})
          and not exists (select 1 from usage_holds
            where identity = ${identity} and until > ${now} and until < ${now} + ${FARTHEST_HOLD_MS})
        returning id`),
      database.all<BudgetRow>(stateQuery(identity, now)),
    ]),
  )
  return { isReserved: inserted.length === 1, state: asState(rows[0]!) }
}

/** How the budget of an identity stands now. Errors: StoreError */
export async function readBudget(database: Database, identity: string, now: SharedNow): Promise<BudgetState> {
  const rows = await query(() => database.all<BudgetRow>(stateQuery(identity, now)))
  return asState(rows[0]!)
}

/**
 * Holds every call for an identity: as long as the provider asked for, and longer each time it has to ask again.
 *
 * Shape:  → epoch milliseconds by that clock until which nobody asks
 * Units:  milliseconds; `retryAfterMs` null = the provider did not say
 * Errors: StoreError
 */
export async function holdCalls(
  database: Database,
  hold: {
    identity: string
    now: SharedNow
    code: string
    retryAfterMs: number | null
    firstMs: number
    mostMs: number
    jitterMs: number
  },
): Promise<number> {
  const { identity, now, code, firstMs, mostMs, jitterMs } = hold
  const asked = Math.min(hold.retryAfterMs ?? 0, FARTHEST_HOLD_MS - HOUR_MS)
  const grown = sql`min(${mostMs}, max(${firstMs}, usage_holds.wait_ms * 2))`
  const rows = await query(() =>
    database.all<{ until: number }>(sql`insert into usage_holds (identity, until, wait_ms, code)
      values (${identity}, ${now} + max(${firstMs}, ${asked}) + ${jitterMs}, ${firstMs}, ${code})
      on conflict (identity) do update set
        until = ${now} + max(${grown}, ${asked}) + ${jitterMs}, wait_ms = ${grown}, code = excluded.code
      returning until`),
  )
  return rows[0]!.until
}

/** Forgets calls that no budget counts any more, and holds that ended long ago. Errors: StoreError */
export function forgetOldCalls(database: Database, now: SharedNow): Promise<unknown> {
  return query(() =>
    database.batch([
      database
        .delete(usageCalls)
        .where(
          or(lte(usageCalls.at, sql`${now} - ${2 * BUDGET_SPAN_MS}`), gt(usageCalls.at, sql`${now} + ${HOUR_MS}`)),
        ),
      database.delete(usageHolds).where(lte(usageHolds.until, sql`${now} - ${24 * HOUR_MS}`)),
    ]),
  )
}

/** Statement that ends a hold: the provider answered. For the batch that keeps its answer. */
export function releaseHold(database: Database, identity: string) {
  return database.delete(usageHolds).where(eq(usageHolds.identity, identity))
}

interface BudgetRow {
  now: number
  calls: number
  first_at: number | null
  last_at: number | null
  held_until: number | null
  hold_code: string | null
}

/** Calls of the last hour. One that a clock ahead of this one wrote counts as well, for as long as that may be true. */
function countedCalls(identity: string, now: SharedNow): SQL {
  return sql`identity = ${identity} and at > ${now} - ${BUDGET_SPAN_MS} and at < ${now} + ${BUDGET_SPAN_MS}`
}

function stateQuery(identity: string, now: SharedNow): SQL {
  const counted = countedCalls(identity, now)
  const held = sql`identity = ${identity} and until > ${now} and until < ${now} + ${FARTHEST_HOLD_MS}`
  return sql`select ${now} as now, count(*) as calls, min(at) as first_at, max(at) as last_at,
    (select until from usage_holds where ${held}) as held_until,
    (select code from usage_holds where ${held}) as hold_code
    from usage_calls where ${counted}`
}

function asState({ now, calls, first_at, last_at, held_until, hold_code }: BudgetRow): BudgetState {
  return { now, calls, firstAt: first_at, lastAt: last_at, heldUntil: held_until, holdCode: hold_code }
}
