/** Writes down how a refresh ended that brought nothing to keep, and tells it. */

import { endAttempt, type FailedAttempt, type RunningAttempt } from '../db/attempt-store.ts'
import { SECOND_MS } from '../lib/clock.ts'
import type { AccountsContext } from './context.ts'
import { type Persistence, persistently } from './store-refusals.ts'

/** A database that refuses is asked this often before the attempt is left open. */
const RECORDING: Persistence = { tries: 4, waits: { firstMs: 250, factor: 2, maxMs: SECOND_MS, jitter: 0.2 } }

/**
 * Ends an attempt. A database that refuses leaves the attempt open, and an open attempt counts as of unknown outcome.
 *
 * Errors: none expected
 */
export async function recordEnd(context: AccountsContext, attempt: RunningAttempt, end: FailedAttempt): Promise<void> {
  const fields = { account: attempt.accountId, attempt: attempt.id, code: end.code }
  await persistently(context, RECORDING, () => endAttempt(context.database, attempt, end)).catch(() =>
    context.log.error('grant.failure_not_recorded', fields),
  )
  context.log.warn('grant.refresh_failed', { ...fields, outcome: end.outcome })
  context.events.publish({ type: 'grant.refresh_failed', accountId: attempt.accountId })
}
