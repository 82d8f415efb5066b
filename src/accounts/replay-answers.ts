/**
 * Brings answers from the spool into the database: at a start, and again and again while some wait there. Each takes effect
 * once, however often it is brought, because it names the refresh token that was spent for it.
 */

import { findAccountById } from '../db/account-store.ts'
import { StoreError } from '../db/query.ts'
import { commitRefresh } from '../db/refresh-commit-store.ts'
import { DAY_MS, HOUR_MS } from '../lib/clock.ts'
import type { SpooledAnswer } from './answer-spool.ts'
import type { AccountsContext } from './context.ts'
import { answerPlace } from './grant-tokens.ts'
import type { Answer } from './save-answer.ts'

/** An answer whose account is not in this database is kept so long, in case the database is not the one it was meant for. */
const STRANGER_KEPT_MS = 30 * DAY_MS
const DRAFT_KEPT_MS = HOUR_MS

/** What became of the answers that waited. */
export interface Replay {
  applied: number
  /** The grant had moved on: the answer is in quarantine in the database. */
  superseded: number
  /** Still in the spool: the database refused, the key is another one, or the account is not there. */
  waiting: number
}

/**
 * Replays the spool of this installation.
 *
 * Shape:  a refusing database ends the replay for now; what it did not take waits
 * Errors: none expected
 */
export async function replayAnswers(context: AccountsContext): Promise<Replay> {
  const replay: Replay = { applied: 0, superseded: 0, waiting: 0 }
  const { answerSpool: spool, clock, log } = context
  if (!spool) return replay
  const { answers, unreadable } = spool.list()
  for (const name of unreadable) log.error('spool.file_unreadable', { name })
  for (const spooled of answers) replay[await bring(context, spooled)] += 1
  spool.removeDrafts(clock.now() - DRAFT_KEPT_MS)
  return replay
}

async function bring(context: AccountsContext, spooled: SpooledAnswer): Promise<keyof Replay> {
  const { database, log, events, vault } = context
  const { answer, writtenAt } = spooled
  const { attempt, sealed, next, details, actor } = answer
  const fields = { account: attempt.accountId, attempt: attempt.id }
  if (!isOurs(vault, answer)) {
    log.error('spool.answer_of_other_key', fields)
    return 'waiting'
  }
  try {
    if ((await findAccountById(database, attempt.accountId)) === null) {
      if (context.clock.now() - writtenAt > STRANGER_KEPT_MS) context.answerSpool?.remove(answer)
      return 'waiting'
    }
    const saved = await commitRefresh(database, attempt, sealed, next, details, actor)
    context.answerSpool?.remove(answer)
    log.warn(saved === 'applied' ? 'spool.answer_applied' : 'spool.answer_superseded', fields)
    if (saved === 'applied') events.publish({ type: 'grant.refreshed', accountId: attempt.accountId })
    return saved
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    log.warn('spool.answer_waits', { ...fields, code: error.code })
    return 'waiting'
  }
}

/** Opens, for the one answer and grant that it names: it was sealed here, and by nobody else. */
function isOurs(vault: AccountsContext['vault'], { attempt, sealed }: Answer): boolean {
  try {
    vault.open(answerPlace(attempt.accountId, attempt.generation), sealed.answerSealed)
    return true
  } catch {
    return false
  }
}
