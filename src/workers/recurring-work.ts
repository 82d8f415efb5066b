/** The one list of everything that recurs: what has a cadence of its own, and what is done again and again besides. */

import { expireAuthorizations } from '../accounts/authorizations.ts'
import type { AccountsContext } from '../accounts/context.ts'
import { noteDatabaseCopies } from '../accounts/database-copies.ts'
import { createCredentialFollower } from '../accounts/follow-credentials.ts'
import { forgetOldRecords } from '../accounts/forget-old-records.ts'
import { noteThisMachine } from '../accounts/machines.ts'
import { readOldProfiles } from '../accounts/read-profile.ts'
import { recoverAbandoned } from '../accounts/recover-attempts.ts'
import { replayAnswers } from '../accounts/replay-answers.ts'
import { retryRevocations } from '../accounts/revocations.ts'
import { finishKeyRotations } from '../accounts/rotate-key.ts'
import { forgetOldAlerts } from '../alerts/watch-accounts.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { countTranscripts } from '../limits/count-transcripts.ts'
import { scorePastForecasts } from '../limits/keep-forecasts.ts'
import { thinHistory } from '../limits/thin-history.ts'
import { expireBackups } from '../switching/backups.ts'
import { recoverSwitches } from '../switching/recover-switches.ts'
import { startAlertWatcher } from './alert-watcher.ts'
import { startForecaster } from './forecaster.ts'
import { startMarkKeeper } from './mark-keeper.ts'
import { startProfileReader } from './profile-reader.ts'
import type { RecurringJob } from './recurring-job.ts'
import { createRefreshScheduler } from './refresh-scheduler.ts'
import { startStatusKeeper } from './status-keeper.ts'
import { startTrailKeeper } from './trail-keeper.ts'
import { createUsagePoller } from './usage-poller.ts'

/** Something that hears news, and decides by itself when it works. */
export interface Keeper {
  name: string
  /** When it works, for whoever reads the list. */
  cadence: string
  /** Why it exists. */
  reason: string
  /** Starts it; the result stops it, after what is under way. */
  start(context: AccountsContext): () => Promise<void>
}

/** In the order in which they are started. */
export const KEEPERS: readonly Keeper[] = [
  {
    name: 'refresh scheduler',
    cadence:
      'when the next login is due, upon news of logins, and at least every 30 s; a provider out of reach is looked for every 30 s',
    reason: 'Logins are renewed before they end.',
    start: (context) => started(createRefreshScheduler(context)),
  },
  {
    name: 'credential follower',
    cadence: 'upon changes of files, 0.15 s after the last of them, and every minute',
    reason: 'What a CLI renews or signs in by itself is known here at once.',
    start: (context) => started(createCredentialFollower(context)),
  },
  {
    name: 'usage poller',
    cadence: 'when the next reading is due, upon news of logins, and at least every 30 s',
    reason: 'Limits are shown as they are, within a budget of calls.',
    start: (context) => started(createUsagePoller(context)),
  },
  {
    name: 'profile reader',
    cadence: 'upon each new account',
    reason: 'Plan and organisation of a new account are shown at once; the job below reads them daily.',
    start: startProfileReader,
  },
  {
    name: 'mark keeper',
    cadence: '1 s after a login changed',
    reason: 'An older copy of the database is told by how far this one had come.',
    start: startMarkKeeper,
  },
  {
    name: 'trail keeper',
    cadence: '1 s after any news or call to a provider, and every minute',
    reason: 'History and record of calls are linked and written beside what they tell of, not in its way.',
    start: startTrailKeeper,
  },
  {
    name: 'forecaster',
    cadence: 'after each reading of limits',
    reason: 'What is foretold follows from what was read last.',
    start: startForecaster,
  },
  {
    name: 'status keeper',
    cadence: '1 s after any news, or twenty times what the last file took, and every minute',
    reason: 'Prompts and completion read a file, because they cannot wait for anything else.',
    start: startStatusKeeper,
  },
  {
    name: 'alert watcher',
    cadence: '5 s after any news, and every 30 s',
    reason: 'A limit that is crossed, or a login that ends, is told once.',
    start: startAlertWatcher,
  },
]

function started(worker: { start(): void; stop(): Promise<void> }): () => Promise<void> {
  worker.start()
  return () => worker.stop()
}

/** While answers wait, the database is asked this often in a run; the pause in milliseconds. */
const REPLAY_TRIES = 12
const REPLAY_PAUSE_MS = 5 * SECOND_MS

/** What is done once at the start and then at a cadence. */
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
    name: 'note copies of the database',
    cadenceMs: HOUR_MS,
    reason: 'A copy made before an upgrade or a restore holds logins too; the list of copies says where.',
    run: noteDatabaseCopies,
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
  {
    name: 'finish key rotations',
    cadenceMs: HOUR_MS,
    reason: 'A rotation that was cut off, or had to leave out what was being refreshed, is finished by itself.',
    // Only the first run destroys old keys: nothing is under way then that still has one.
    run: (context, _, { startedAt, isFirst }) => finishKeyRotations(context, { isStart: isFirst, startedAt }),
  },
]
