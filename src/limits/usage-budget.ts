/**
 * How often a provider may be asked about the limits of one identity, whoever asks: a tab, the button, another process or
 * another machine. The counting is done by the database (db/usage-budget-store.ts).
 *
 * Source: at about 28 calls in a rolling hour an honest User-Agent is refused (measured by others, 2026-08)
 */

import type { AccountsContext } from '../accounts/context.ts'
import type { AccountRow } from '../db/account-store.ts'
import { DATABASE_NOW } from '../db/grant-store.ts'
import { BUDGET_SPAN_MS, type BudgetState, holdCalls, type SharedNow } from '../db/usage-budget-store.ts'
import { MINUTE_MS } from '../lib/clock.ts'
import { Secret } from '../lib/secret.ts'

/** Calls for one identity in any hour. */
export const CALLS_PER_HOUR = 24
/** Kept back from the schedule for whoever presses the button. */
export const CALLS_FOR_PEOPLE = 4
/** Nobody asks more often than this. */
export const CALL_FLOOR_MS = MINUTE_MS
/** The first wait after a provider asked for patience, also where it named 0 or nothing; it doubles up to the last. */
const FIRST_HOLD_MS = 5 * MINUTE_MS
const LONGEST_HOLD_MS = 60 * MINUTE_MS
const HOLD_JITTER_MS = 30_000

type BudgetContext = Pick<AccountsContext, 'vault' | 'clock' | 'random' | 'database' | 'isDatabaseRemote'>

/** The name under which calls for an account are counted: who it is at the provider, not which row of ours. */
export function budgetIdentity(
  { vault }: Pick<AccountsContext, 'vault'>,
  { provider, subject, organizationId }: Pick<AccountRow, 'provider' | 'subject' | 'organizationId'>,
): string {
  return vault.fingerprint('identity', new Secret([provider, subject, organizationId].join('\n')))
}

/** The clock that all processes share: this machine's, or the database's where that is elsewhere. */
export function sharedNow({ clock, isDatabaseRemote }: Pick<AccountsContext, 'clock' | 'isDatabaseRemote'>): SharedNow {
  return isDatabaseRemote ? DATABASE_NOW : clock.now()
}

/** Why a call may not be made. */
export type BudgetRefusal = 'budget_spent' | 'held' | 'too_soon'

/**
 * Why a call was not reserved, and how long to wait for one.
 *
 * Shape:  a state in which there is no room → code and milliseconds
 */
export function budgetRefusal(state: BudgetState, most: number): { code: BudgetRefusal; waitMs: number } {
  const { now, calls, firstAt, lastAt, heldUntil } = state
  if (heldUntil !== null) return { code: 'held', waitMs: heldUntil - now }
  if (calls >= most) return { code: 'budget_spent', waitMs: Math.max(0, (firstAt ?? now) + BUDGET_SPAN_MS - now) }
  return { code: 'too_soon', waitMs: Math.max(0, (lastAt ?? now) + CALL_FLOOR_MS - now) }
}

/**
 * Leaves an identity alone after a 429, for everybody and across restarts. Gives how long. Milliseconds.
 *
 * Errors: StoreError
 */
export async function holdAfterRefusal(
  context: BudgetContext,
  identity: string,
  retryAfterMs: number | null,
): Promise<number> {
  const now = sharedNow(context)
  const until = await holdCalls(context.database, {
    ...{ identity, now, code: 'rate_limited', retryAfterMs },
    ...{ firstMs: FIRST_HOLD_MS, mostMs: LONGEST_HOLD_MS },
    jitterMs: Math.round(context.random.fraction() * HOLD_JITTER_MS),
  })
  return typeof now === 'number' ? until - now : Math.max(FIRST_HOLD_MS, retryAfterMs ?? 0)
}
