/** The one list of everything that recurs, and the way to start and stop it all. */

import { expireAuthorizations, resumeAuthorizations } from '../accounts/authorizations.ts'
import type { AccountsContext } from '../accounts/context.ts'
import { createCredentialFollower } from '../accounts/follow-credentials.ts'
import { forgetOldRecords } from '../accounts/forget-old-records.ts'
import { noteThisMachine } from '../accounts/machines.ts'
import { prepareAccounts } from '../accounts/prepare-accounts.ts'
import { readOldProfiles } from '../accounts/read-profile.ts'
import { recoverAbandoned } from '../accounts/recover-attempts.ts'
import { replayAnswers } from '../accounts/replay-answers.ts'
import { retryRevocations } from '../accounts/revocations.ts'
import { finishKeyRotations } from '../accounts/rotate-key.ts'
import { stopSignIns } from '../accounts/sign-ins-under-way.ts'
import { forgetOldAlerts } from '../alerts/watch-accounts.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { countTranscripts } from '../limits/count-transcripts.ts'
import { scorePastForecasts } from '../limits/keep-forecasts.ts'
import { thinHistory } from '../limits/thin-history.ts'
import { expireBackups } from '../switching/backups.ts'
import { stopCliSignIns } from '../switching/profile-sign-in.ts'
import { recoverSwitches } from '../switching/recover-switches.ts'
import { aftercareEnded } from '../switching/under-way.ts'
import { startAlertWatcher } from './alert-watcher.ts'
import { startForecaster } from './forecaster.ts'
import { startMarkKeeper } from './mark-keeper.ts'
import { startProfileReader } from './profile-reader.ts'
import { type RecurringJob, startJob } from './recurring-job.ts'
import { createRefreshScheduler } from './refresh-scheduler.ts'
import { startStatusKeeper } from './status-keeper.ts'
import { startTrailKeeper } from './trail-keeper.ts'
import { createUsagePoller } from './usage-poller.ts'

/** While answers wait, the database is asked this often in a run; the pause in milliseconds. */
const REPLAY_TRIES = 12
const REPLAY_PAUSE_MS = 5 * SECOND_MS

/** Beside these run the refresh scheduler and the poller of limits (ticks of at most 30 s and news), and the follower of credential files. */
export const RECURRING_JOBS: readonly RecurringJob[] = [
  {
    name: 'expire authorizations',
    cadenceMs: MINUTE_MS,
    reason: 'A sign-in that nobody finishes must free its callback port and say so.',
    run: expireAuthorizations,
  },
  {
    name: 'replay answers',
    cadenceMs: MINUTE_MS,
    reason: 'An answer that the database did not take waits as a file, and its account waits with it.',
    run: async (context, signal) => {
      for (let tries = 1; (await replayAnswers(context)).waiting > 0 && tries < REPLAY_TRIES; tries++) {
        await context.clock.sleep(REPLAY_PAUSE_MS, signal)
        if (signal.aborted) return
      }
    },
  },
  {
    name: 'recover abandoned refreshes',
    cadenceMs: MINUTE_MS,
    reason: 'A process that shared the database may have died in the middle of a refresh.',
    run: recoverAbandoned,
  },
  {
    name: 'note this machine',
    cadenceMs: MINUTE_MS,
    reason: 'Machines that share a database see in the settings which of them is alive.',
    run: noteThisMachine,
  },
  {
    name: 'read profiles',
    cadenceMs: HOUR_MS,
    reason: 'Plan and organisation are read once a day for each account; the hour is for those that failed.',
    run: readOldProfiles,
  },
  {
    name: 'retry revocations',
    cadenceMs: 30 * SECOND_MS,
    reason: 'A login that a provider could not end yet is still valid there. A look at an index that is mostly empty.',
    run: retryRevocations,
  },
  {
    name: 'recover switches',
    cadenceMs: MINUTE_MS,
    reason: 'A switch of a CLI that was cut off is finished or taken back; the first look is at the start.',
    run: async (context) => void (await recoverSwitches(context)),
  },
  {
    name: 'expire backups',
    cadenceMs: DAY_MS,
    reason: 'What a switch replaced can be put back for 30 days.',
    run: expireBackups,
  },
  {
    name: 'forget old records',
    cadenceMs: DAY_MS,
    reason: 'Sealed text that nobody needs any more is not kept.',
    run: forgetOldRecords,
  },
  {
    name: 'score forecasts',
    cadenceMs: 30 * MINUTE_MS,
    reason: 'A forecast is judged once its window was reset, while every reading of it is still there.',
    run: scorePastForecasts,
  },
  {
    name: 'thin history',
    cadenceMs: DAY_MS,
    reason: 'The history of limits is bounded: coarser with age, and gone after two years.',
    run: thinHistory,
  },
  {
    name: 'forget old alerts',
    cadenceMs: DAY_MS,
    reason: 'What was over for 90 days is not listed any more.',
    run: forgetOldAlerts,
  },
  {
    name: 'count transcripts',
    cadenceMs: 10 * MINUTE_MS,
    reason: 'What CLIs noted on this machine is set against what the provider counted. Only what is new is read.',
    run: countTranscripts,
  },
]

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
  const scheduler = createRefreshScheduler(context)
  const follower = createCredentialFollower(context)
  scheduler.start()
  const poller = createUsagePoller(context)
  follower.start()
  poller.start()
  stops.push(
    () => scheduler.stop(),
    () => follower.stop(),
    () => poller.stop(),
    startProfileReader(context),
    startMarkKeeper(context),
    startTrailKeeper(context),
    startForecaster(context),
    startStatusKeeper(context),
    startAlertWatcher(context),
  )
  await resumeAuthorizations(context).catch((error: unknown) => {
    context.log.error('workers.sign_ins_not_resumed', { error: error instanceof Error ? error.message : 'unknown' })
  })
  stops.push(() => stopSignIns(context))
  stops.push(() => stopCliSignIns(context))
  stops.push(...[...RECURRING_JOBS, keyRotationJob(startedAt)].map((job) => startJob(context, job)))
}

/** Finishes what a former process began. Only its first run destroys old keys: nothing is under way then that still has one. */
function keyRotationJob(startedAt: number): RecurringJob {
  let isStart = true
  return {
    name: 'finish key rotations',
    cadenceMs: HOUR_MS,
    reason: 'A rotation that was cut off, or had to leave out what was being refreshed, is finished by itself.',
    async run(context) {
      await finishKeyRotations(context, { isStart, startedAt })
      isStart = false
    },
  }
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
      context.log.error('workers.recovery_failed', { error: error instanceof Error ? error.message : 'unknown' })
      await context.clock.sleep(RECOVERY_PAUSE_MS, signal)
    }
  }
}
