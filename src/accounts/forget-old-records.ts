/** Forgets what nobody will need again: finished attempts, applied answers, sealed text of retired grants, and
 * sign-outs that are over. */

import { deleteOldAttempts } from '../db/attempt-store.ts'
import { deleteOldCalls } from '../db/call-store.ts'
import { deleteOldGenerations } from '../db/generation-store.ts'
import { deleteGoneCopies } from '../db/grant-copy-store.ts'
import { deleteRetiredGrants } from '../db/grant-store.ts'
import { deleteOldAnswers } from '../db/inbox-store.ts'
import { deleteOldRevocations } from '../db/revocation-store.ts'
import { DAY_MS } from '../lib/clock.ts'
import { CALLS_KEPT_MS } from './call-ledger.ts'
import type { AccountsContext } from './context.ts'

/** Old sealed text is kept this long, in case a login has to be rescued. */
const RESCUE_MS = 30 * DAY_MS
/** An answer that was applied is in its grant. */
const APPLIED_MS = DAY_MS
/** Attempts tell which refresh tokens were spent, so that an old credential file is never taken for a newer one. */
const SPENT_MS = 400 * DAY_MS
const UNSPENT_MS = 7 * DAY_MS

/** Deletes old rows. Errors: StoreError */
export async function forgetOldRecords(context: AccountsContext): Promise<void> {
  const now = context.clock.now()
  await deleteOldAttempts(context.database, { unspentBefore: now - UNSPENT_MS, spentBefore: now - SPENT_MS })
  await deleteOldAnswers(context.database, { appliedBefore: now - APPLIED_MS, quarantinedBefore: now - RESCUE_MS })
  await deleteOldCalls(context.database, now - CALLS_KEPT_MS)
  await deleteOldGenerations(context.database, now - SPENT_MS)
  await deleteGoneCopies(context.database, now - SPENT_MS)
  await deleteRetiredGrants(context.database, now - RESCUE_MS)
  await deleteOldRevocations(context.database, now - RESCUE_MS)
}
