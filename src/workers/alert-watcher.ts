/** Looks for crossings a moment after something happened, and now and then; then tells what is due. Never by page loads. */

import type { AccountsContext } from '../accounts/context.ts'
import { deliverAlerts } from '../alerts/deliver-alerts.ts'
import { alertsMarkOf, newAlertMemory, watchAccounts } from '../alerts/watch-accounts.ts'
import { SECOND_MS } from '../lib/clock.ts'
import { createNappingLoop } from './napping-loop.ts'

/** A crowd of news is one look. */
const PAUSE_MS = 5 * SECOND_MS
/** States pass with time too, and other machines share the tables. */
const EVERY_MS = 30 * SECOND_MS

/** Starts to watch. The result stops it, after what is under way. */
export function startAlertWatcher(context: AccountsContext): () => Promise<void> {
  const stopping = new AbortController()
  const memory = newAlertMemory()
  let mark: string | null = null
  const loop = createNappingLoop({
    clock: context.clock,
    async round() {
      await watchAccounts(context, memory)
      await deliverAlerts(context, stopping.signal)
      const before = mark
      mark = await alertsMarkOf(context)
      // Somebody else raised or saw some: pages here show it too.
      if (before !== null && before !== mark) context.events.publish({ type: 'alerts.changed' })
      return EVERY_MS
    },
    onFailure: (error) => context.log.error('alerts.not_watched', { error }),
    restMs: EVERY_MS,
    gatherMs: () => PAUSE_MS,
  })
  const unsubscribe = context.events.subscribe(({ type }) => {
    if (!type.startsWith('alert')) loop.wake()
  })
  loop.start()
  return async () => {
    unsubscribe()
    stopping.abort()
    await loop.stop()
  }
}
