/** Keeps `status.json` for prompts and completion: a moment after something happened, and now and then. */

import type { AccountsContext } from '../accounts/context.ts'
import { listAccounts } from '../accounts/list-accounts.ts'
import { writeStatusFile } from '../accounts/status-file.ts'
import { MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { errorName } from '../lib/log.ts'

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
  const stopping = new AbortController()
  let nap = new AbortController()
  const unsubscribe = context.events.subscribe(() => nap.abort())
  const run = async () => {
    while (!stopping.signal.aborted) {
      // Heard from here on: what is read next may already be older than it.
      nap = new AbortController()
      const startedAt = context.clock.monotonic()
      await keep(context, path)
      const tookMs = context.clock.monotonic() - startedAt
      await context.clock.sleep(EVERY_MS, AbortSignal.any([nap.signal, stopping.signal]))
      await context.clock.sleep(Math.max(PAUSE_MS, tookMs * REST_FACTOR), stopping.signal)
    }
  }
  const running = run()
  return async () => {
    unsubscribe()
    stopping.abort()
    await running
  }
}

async function keep(context: AccountsContext, path: string): Promise<void> {
  try {
    writeStatusFile(path, await listAccounts(context), context)
  } catch (error) {
    context.log.warn('status.not_kept', { error: errorName(error) })
  }
}
