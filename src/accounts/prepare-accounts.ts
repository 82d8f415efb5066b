/**
 * What must be done before anybody may refresh, in its order: is the database the one that was left, do answers wait in
 * the spool, did a process end in the middle of a refresh? Sends nothing.
 */

import type { AccountsContext } from './context.ts'
import { suspectRestoredDatabase } from './high-water-mark.ts'
import { noteThisMachine } from './machines.ts'
import { type Recovery, recoverAttempts } from './recover-attempts.ts'
import { replayAnswers } from './replay-answers.ts'
import { resealSpool } from './reseal-spool.ts'

/** What was found and mended. */
export interface Preparation extends Recovery {
  /** Logins under suspicion, because the database came from an older copy. */
  suspects: number
  /** Answers that were brought from the spool, and those that still wait there. */
  replayed: number
  waiting: number
}

/** Prepares. Errors: StoreError; then it must be done again before anything is refreshed */
export async function prepareAccounts(context: AccountsContext): Promise<Preparation> {
  // First of all, since everything else writes and would make the database look newer than it is.
  const suspects = await suspectRestoredDatabase(context)
  const { applied, superseded, waiting } = await replayAnswers(context)
  // Before it says that it was here: then former keys may be destroyed elsewhere.
  const left = context.keys.former().reduce((sum, { id }) => sum + resealSpool(context, id), 0)
  if (left === 0) await noteThisMachine(context)
  const recovery = await recoverAttempts(context)
  return { ...recovery, suspects, replayed: applied + superseded, waiting }
}
