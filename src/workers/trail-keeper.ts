/** Keeps the trails a moment behind what happens: soon after news or a call to a provider, and once a minute as a net. */

import type { AccountsContext } from '../accounts/context.ts'
import { keepTrails } from '../accounts/keep-trails.ts'
import { MINUTE_MS, SECOND_MS } from '../lib/clock.ts'

/** What happens together is written together, and not while it still happens. */
const GATHER_MS = SECOND_MS

/** Starts it. The result stops it, after everything that has happened is in the trails. */
export function startTrailKeeper(context: AccountsContext): () => Promise<void> {
  const stopping = new AbortController()
  let news = new AbortController()
  const wake = () => news.abort()
  const unsubscribe = [context.events.subscribe(wake), context.calls.subscribe(wake)]
  const loop = run()

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await context.clock.sleep(MINUTE_MS, AbortSignal.any([stopping.signal, news.signal]))
      await context.clock.sleep(GATHER_MS, stopping.signal)
      news = new AbortController()
      await keep(context)
    }
  }

  return async () => {
    stopping.abort()
    for (const end of unsubscribe) end()
    await loop
  }
}

async function keep(context: AccountsContext): Promise<void> {
  await keepTrails(context).catch((error: unknown) =>
    context.log.error('trails.not_kept', { error: error instanceof Error ? error.message : 'unknown' }),
  )
}
