/** Foretells the limits of an account after each reading of them, one account after another and never in a reading's way. */

import type { AccountsContext } from '../accounts/context.ts'
import { errorName } from '../lib/log.ts'
import { keepForecasts } from '../limits/keep-forecasts.ts'

/** Starts it. The result stops it, after the forecast that is being made. */
export function startForecaster(context: AccountsContext): () => Promise<void> {
  const waiting = new Set<string>()
  let isStopped = false
  let running: Promise<void> = Promise.resolve()
  let isRunning = false
  const unsubscribe = context.events.subscribe((event) => {
    if (event.type !== 'usage.read' || isStopped) return
    waiting.add(event.accountId)
    if (!isRunning) running = run()
  })

  async function run(): Promise<void> {
    isRunning = true
    for (const accountId of waiting) {
      waiting.delete(accountId)
      if (isStopped) break
      await keepForecasts(context, accountId).catch((error: unknown) =>
        context.log.error('forecast.not_kept', { error: errorName(error) }),
      )
    }
    isRunning = false
  }

  return async () => {
    isStopped = true
    unsubscribe()
    await running
  }
}
