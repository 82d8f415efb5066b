/** Looks for crossings a moment after something happened, and now and then; then tells what is due. Never by page loads. */

import type { AccountsContext } from '../accounts/context.ts'
import { deliverAlerts } from '../alerts/deliver-alerts.ts'
import { alertsMarkOf, newAlertMemory, watchAccounts } from '../alerts/watch-accounts.ts'
import { SECOND_MS } from '../lib/clock.ts'
import { errorName } from '../lib/log.ts'

/** A crowd of news is one look. */
const PAUSE_MS = 5 * SECOND_MS
/** States pass with time too, and other machines share the tables. */
const EVERY_MS = 30 * SECOND_MS

/** Starts to watch. The result stops it, after what is under way. */
export function startAlertWatcher(context: AccountsContext): () => Promise<void> {
  const stopping = new AbortController()
  const memory = newAlertMemory()
  let nap = new AbortController()
  let mark: string | null = null
  const unsubscribe = context.events.subscribe(({ type }) => {
    if (!type.startsWith('alert')) nap.abort()
  })

  async function look(): Promise<void> {
    await watchAccounts(context, memory)
    await deliverAlerts(context, stopping.signal)
    const before = mark
    mark = await alertsMarkOf(context)
    // Somebody else raised or saw some: pages here show it too.
    if (before !== null && before !== mark) context.events.publish({ type: 'alerts.changed' })
  }

  const run = async () => {
    while (!stopping.signal.aborted) {
      nap = new AbortController()
      await look().catch((error: unknown) => context.log.error('alerts.not_watched', { error: errorName(error) }))
      await context.clock.sleep(EVERY_MS, AbortSignal.any([nap.signal, stopping.signal]))
      await context.clock.sleep(PAUSE_MS, stopping.signal)
    }
  }
  const running = run()
  return async () => {
    unsubscribe()
    stopping.abort()
    await running
  }
}
