/** Runs one job again and again at its cadence, one run at a time. Knows nothing of what the job does. */

import type { AccountsContext } from '../accounts/context.ts'
import { errorName } from '../lib/log.ts'

/** A job of the list in recurring-work.ts. */
export interface RecurringJob {
  name: string
  /** Milliseconds from the end of a run to the next; wall-clock sleep may stretch it. */
  cadenceMs: number
  /** Why it exists, for whoever reads the list. */
  reason: string
  run(context: AccountsContext, signal: AbortSignal, run: JobRun): Promise<void>
}

/** Which run of a job it is. */
export interface JobRun {
  /** When all this was started, epoch milliseconds. */
  startedAt: number
  /** None before it has ended well. */
  isFirst: boolean
}

/** Starts a job. The result stops it, and resolves when its run has ended. A run that fails is logged, and the next comes. */
export function startJob(
  context: AccountsContext,
  job: RecurringJob,
  startedAt = context.clock.now(),
): () => Promise<void> {
  const stopping = new AbortController()
  const loop = repeat(context, job, startedAt, stopping.signal)
  return async () => {
    stopping.abort()
    await loop
  }
}

async function repeat(
  context: AccountsContext,
  job: RecurringJob,
  startedAt: number,
  signal: AbortSignal,
): Promise<void> {
  let isFirst = true
  while (!signal.aborted) {
    try {
      await job.run(context, signal, { startedAt, isFirst })
      isFirst = false
    } catch (error) {
      context.log.error('job.failed', { job: job.name, error: errorName(error) })
    }
    await context.clock.sleep(job.cadenceMs, signal)
  }
}
