/** Writes down how a refresh ended that brought nothing to keep, and tells it. */

import { endAttempt, type FailedAttempt, type RunningAttempt } from '../db/attempt-store.ts'
import { StoreError } from '../db/query.ts'
import type { AccountsContext } from './context.ts'

/** A database that refuses is asked this often before the attempt is left open. */
const RECORD_TRIES = 4
const RECORD_PAUSE_MS = 250

/**
 * Ends an attempt. A database that refuses leaves the attempt open, and an open attempt counts as of unknown outcome.
 *
 * Errors: none expected
 */
export async function recordEnd(context: AccountsContext, attempt: RunningAttempt, end: FailedAttempt): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await endAttempt(context.database, attempt, end)
      break
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      if (tries === RECORD_TRIES) {
        context.log.error('grant.failure_not_recorded', {
          account: attempt.accountId,
          attempt: attempt.id,
          code: end.code,
        })
        break
      }
      await context.clock.sleep(RECORD_PAUSE_MS * tries)
    }
  }
  context.log.warn('grant.refresh_failed', {
    account: attempt.accountId,
    attempt: attempt.id,
    outcome: end.outcome,
    code: end.code,
  })
  context.events.publish({ type: 'grant.refresh_failed', accountId: attempt.accountId })
}
