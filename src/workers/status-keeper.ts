/** Keeps `status.json` for prompts and completion: a moment after something happened, and now and then. */

import type { AccountsContext } from '../accounts/context.ts'
import { keepStatusFile } from '../accounts/keep-status-file.ts'
import { MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { createNappingLoop } from './napping-loop.ts'

/** A crowd of news is one file. */
const PAUSE_MS = SECOND_MS
/** Thousands of accounts that change all the time must not keep the process busy: a twentieth of it at most. */
const REST_FACTOR = 20
/** States pass with time too: a token expires, a window begins anew. */
const EVERY_MS = MINUTE_MS

/** Starts to keep the file. The result stops it; the file stays, with its age. */
export function startStatusKeeper(context: AccountsContext): () => Promise<void> {
  const path = context.statusFile
  if (path === undefined) return async () => {}
  const loop = createNappingLoop({
    clock: context.clock,
    async round() {
      await keepStatusFile(path, context)
      return EVERY_MS
    },
    onFailure: (error) => context.log.warn('status.not_kept', { error }),
    restMs: EVERY_MS,
    gatherMs: (tookMs) => Math.max(PAUSE_MS, tookMs * REST_FACTOR),
  })
  const unsubscribe = context.events.subscribe(() => loop.wake())
  loop.start()
  return async () => {
    unsubscribe()
    await loop.stop()
  }
}
