/** Runs one job again and again at its cadence, one run at a time. Knows nothing of what the job does. */

import type { AccountsContext } from '../accounts/context.ts'
import { errorName } from '../lib/log.ts'

/** A job of the list in index.ts. */
export interface RecurringJob {
  name: string
  /** Milliseconds from the end of a run to the next; wall-clock sleep may stretch it. */
  cadenceMs: number
  /** Why it exists, for whoever reads the list. */
  reason: string
  run(context: AccountsContext, signal: AbortSignal): Promise<void>
}

/** Starts a job. The result stops it, and resolves when its run has ended. A run that fails is logged, and the next comes. */
export function startJob(context: AccountsContext, job: RecurringJob): () => Promise<void> {
  const stopping = new AbortController()
  const loop = repeat(context, job, stopping.signal)
  return async () => {
    stopping.abort()
    await loop
  }
}

async function repeat(context: AccountsContext, job: RecurringJob, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await job.run(context, signal)
    } catch (error) {
      context.log.error('job.failed', { job: job.name, error: errorName(error) })
    }
    await context.clock.sleep(job.cadenceMs, signal)
  }
}
