/** Keeps the trails a moment behind what happens: soon after news or a call to a provider, and once a minute as a net. */

import type { AccountsContext } from '../accounts/context.ts'
import { keepTrails } from '../accounts/keep-trails.ts'
import { MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { errorName } from '../lib/log.ts'
import { createNappingLoop } from './napping-loop.ts'

/** What happens together is written together, and not while it still happens. */
const GATHER_MS = SECOND_MS

/** Starts it. The result stops it, after everything that has happened is in the trails. */
export function startTrailKeeper(context: AccountsContext): () => Promise<void> {
  const onFailure = (error: string) => context.log.error('trails.not_kept', { error })
  const loop = createNappingLoop({
    clock: context.clock,
    async round() {
      await keepTrails(context)
      return MINUTE_MS
    },
    onFailure,
    restMs: MINUTE_MS,
    gatherMs: () => GATHER_MS,
  })
  const unsubscribe = [context.events.subscribe(loop.wake), context.calls.subscribe(loop.wake)]
  loop.start()
  return async () => {
    for (const end of unsubscribe) end()
    await loop.stop()
    await keepTrails(context).catch((error: unknown) => onFailure(errorName(error)))
  }
}
