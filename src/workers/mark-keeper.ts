/** Keeps the mark of how far the database has come, a moment after something happened: never while anybody waits for it. */

import type { AccountsContext } from '../accounts/context.ts'
import { raiseMark } from '../accounts/high-water-mark.ts'
import type { AppEvent } from '../events/bus.ts'
import { SECOND_MS } from '../lib/clock.ts'
import { errorName } from '../lib/log.ts'

/** News after which an older copy of the database would hold a spent token. */
const TELLING: readonly AppEvent['type'][] = ['account.connected', 'grant.adopted', 'grant.refreshed']
/** A crowd of refreshes is one mark. */
const PAUSE_MS = SECOND_MS

/** Starts to keep the mark. The result stops it; the last mark is kept when the database is closed. */
export function startMarkKeeper(context: AccountsContext): () => Promise<void> {
  const stopping = new AbortController()
  let running: Promise<void> | null = null
  const keep = async () => {
    await context.clock.sleep(PAUSE_MS, stopping.signal)
    running = null
    if (stopping.signal.aborted) return
    await raiseMark(context).catch((error: unknown) =>
      context.log.warn('database.mark_not_kept', { error: errorName(error) }),
    )
  }
  const unsubscribe = context.events.subscribe((event) => {
    if (TELLING.includes(event.type)) running ??= keep()
  })
  return async () => {
    unsubscribe()
    stopping.abort()
    await running
  }
}
