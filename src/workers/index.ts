/** Starts and stops everything that recurs: recovery first, and nothing lost at the end. What that is stands in recurring-work.ts. */

import { resumeAuthorizations } from '../accounts/authorizations.ts'
import type { AccountsContext } from '../accounts/context.ts'
import { prepareAccounts } from '../accounts/prepare-accounts.ts'
import { stopSignIns } from '../accounts/sign-ins-under-way.ts'
import { errorName } from '../lib/log.ts'
import { stopCliSignIns } from '../switching/profile-sign-in.ts'
import { aftercareEnded } from '../switching/under-way.ts'
import { startJob } from './recurring-job.ts'
import { KEEPERS, RECURRING_JOBS } from './recurring-work.ts'

export interface Workers {
  /** Resolves when recovery is over and everything runs. */
  ready: Promise<void>
  /** Takes no new work; resolves when everything that was under way has ended and every answer is durable. */
  stop(): Promise<void>
}

/** How long after a failed recovery it is tried again; milliseconds. */
const RECOVERY_PAUSE_MS = 5_000

/** Recovers from whatever a former process left, and only then starts to refresh. */
export function startWorkers(context: AccountsContext): Workers {
  const stopping = new AbortController()
  const stops: (() => Promise<void>)[] = []
  const ready = start(context, context.clock.now(), stopping.signal, stops)
  return {
    ready,
    async stop() {
      stopping.abort()
      await ready
      await Promise.all(stops.map((stop) => stop()))
      await aftercareEnded(context)
      await context.refreshes.settled()
    },
  }
}

async function start(
  context: AccountsContext,
  startedAt: number,
  signal: AbortSignal,
  stops: (() => Promise<void>)[],
): Promise<void> {
  await recover(context, signal)
  if (signal.aborted) return
  stops.push(...KEEPERS.map((keeper) => keeper.start(context)))
  await resumeAuthorizations(context).catch((error: unknown) => {
    context.log.error('workers.sign_ins_not_resumed', { error: errorName(error) })
  })
  stops.push(() => stopSignIns(context))
  stops.push(() => stopCliSignIns(context))
  stops.push(...RECURRING_JOBS.map((job) => startJob(context, job, startedAt)))
}

/** A token of unknown outcome must be known as such before anybody may spend it, so nothing starts without this. */
async function recover(context: AccountsContext, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const recovery = await prepareAccounts(context)
      if (Object.values(recovery).some((count) => count > 0)) {
        context.log.warn('workers.recovered', { ...recovery })
      }
      return
    } catch (error) {
      context.log.error('workers.recovery_failed', { error: errorName(error) })
      await context.clock.sleep(RECOVERY_PAUSE_MS, signal)
    }
  }
}
