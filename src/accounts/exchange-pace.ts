/**
 * Remembers by the monotonic clock which grants this process refreshed in the last minutes, so that a wall clock that
 * jumps cannot bring the next refresh early. Forgets by itself; knows nothing of the grants.
 */

import type { AccountsContext } from './context.ts'
import { MIN_EXCHANGE_INTERVAL_MS } from './refresh-policy.ts'

const exchanges = new WeakMap<AccountsContext, Map<string, number>>()

/** Remembers that a grant was refreshed just now. */
export function notePace(context: AccountsContext, grantId: string): void {
  const times = exchanges.get(context) ?? new Map<string, number>()
  const now = context.clock.monotonic()
  for (const [id, at] of times) {
    if (now - at < MIN_EXCHANGE_INTERVAL_MS) break
    times.delete(id)
  }
  times.delete(grantId)
  times.set(grantId, now)
  exchanges.set(context, times)
}

/** Milliseconds until a machine may refresh this grant again; 0 when it may now. */
export function paceLeftMs(context: AccountsContext, grantId: string): number {
  const at = exchanges.get(context)?.get(grantId)
  return at === undefined ? 0 : Math.max(0, at + MIN_EXCHANGE_INTERVAL_MS - context.clock.monotonic())
}
