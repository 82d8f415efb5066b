/**
 * Makes a good answer durable and does not let go of it before that. It holds sealed text only.
 */

import { findAccountById } from '../db/account-store.ts'
import type { NextGeneration, RunningAttempt, SealedAnswer } from '../db/attempt-store.ts'
import { StoreError } from '../db/query.ts'
import { commitRefresh } from '../db/refresh-commit-store.ts'
import { backoffMs } from '../lib/backoff.ts'
import { SECOND_MS } from '../lib/clock.ts'
import type { AccountsContext, Actor } from './context.ts'
import { waiting } from './refresh-decision.ts'
import type { RefreshOutcome } from './refresh-outcome.ts'

/** An answer on its way to the disk. */
export interface Answer {
  attempt: RunningAttempt
  sealed: SealedAnswer
  next: NextGeneration
  details: Record<string, string | number | boolean | null>
  actor: Actor
}

/** `gone`: the account was removed meanwhile, so nobody wants the answer. */
export type SavedAnswer = 'applied' | 'superseded' | 'gone'

/** Tries in quick succession, while the callers wait: about two seconds. */
const QUICK_SAVES = 7
const QUICK = { firstMs: 15, factor: 2, maxMs: SECOND_MS, jitter: 0.2 }
const PATIENT = { firstMs: SECOND_MS, factor: 1.5, maxMs: 5 * SECOND_MS, jitter: 0.2 }

/**
 * Writes the answer. When the database refuses for about two seconds, the callers are told and the writing goes on in
 * the background until it is done: shutdown waits for it as for any refresh.
 *
 * Shape:  → what became of it, or 'not_saved' when it still waits in memory; `whenSaved` is called once it is durable
 * Errors: none; a refusing database is what this is for
 */
export async function saveAnswer(
  context: AccountsContext,
  answer: Answer,
  whenSaved: (saved: SavedAnswer) => void,
): Promise<SavedAnswer | 'not_saved'> {
  // A database on this machine is as durable as a file, and quicker; one that is far away may not answer for hours.
  let isSpooled = context.isDatabaseRemote === true && spool(context, answer)
  for (let failures = 0; failures < QUICK_SAVES; failures++) {
    if (failures > 0) await context.clock.sleep(backoffMs(QUICK, failures, context.random))
    const saved = await tryToSave(context, answer)
    if (saved) {
      if (isSpooled) context.answerSpool?.remove(answer)
      whenSaved(saved)
      return saved
    }
  }
  const fields = { account: answer.attempt.accountId, attempt: answer.attempt.id }
  isSpooled ||= spool(context, answer)
  context.log.error('grant.answer_not_saved', { ...fields, isSpooled })
  // A remote database may stay away for long: the file is safe, whoever replays the spool brings it, and this process may end.
  if (isSpooled && context.isDatabaseRemote) return 'not_saved'
  void context.refreshes.run(savingKey(answer.attempt.accountId), () => saveInBackground(context, answer, whenSaved))
  return 'not_saved'
}

/** True when the answer is on the disk as a file. A full or read-only disk leaves it in memory, as before. */
function spool(context: AccountsContext, answer: Answer): boolean {
  if (!context.answerSpool) return false
  try {
    context.answerSpool.write(answer)
    return true
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    context.log.error('grant.answer_not_spooled', { account: answer.attempt.accountId, code })
    return false
  }
}

/** True while a good answer of this account is not in the database. Its refresh token is spent: nothing may be sent. */
export function isUnsaved(context: AccountsContext, accountId: string): boolean {
  return context.refreshes.isRunning(savingKey(accountId)) || context.answerSpool?.holds(accountId) === true
}

function savingKey(accountId: string): string {
  return `saving ${accountId}`
}

async function saveInBackground(
  context: AccountsContext,
  answer: Answer,
  whenSaved: (saved: SavedAnswer) => void,
): Promise<RefreshOutcome> {
  for (let failures = 1; ; failures++) {
    await context.clock.sleep(backoffMs(PATIENT, failures, context.random))
    const saved = await tryToSave(context, answer)
    if (!saved) {
      context.log.error('grant.answer_not_saved', {
        account: answer.attempt.accountId,
        attempt: answer.attempt.id,
        failures,
      })
      continue
    }
    context.answerSpool?.remove(answer)
    context.log.warn('grant.answer_saved_late', { account: answer.attempt.accountId, failures })
    whenSaved(saved)
    return waiting(
      { accessTokenExpiresAt: answer.next.accessTokenExpiresAt ?? null, nextRefreshAt: null },
      'retry_scheduled',
      'not_saved',
    )
  }
}

async function tryToSave(context: AccountsContext, answer: Answer): Promise<SavedAnswer | null> {
  const { attempt, sealed, next, details, actor } = answer
  try {
    return await commitRefresh(context.database, attempt, sealed, next, details, actor)
  } catch (error) {
    const isContradicted = error instanceof StoreError && error.code === 'constraint'
    return isContradicted && (await isRemoved(context, attempt.accountId)) ? 'gone' : null
  }
}

/** A database that does not answer has removed nothing. */
function isRemoved(context: AccountsContext, accountId: string): Promise<boolean> {
  return findAccountById(context.database, accountId).then(
    (account) => account === null,
    () => false,
  )
}
