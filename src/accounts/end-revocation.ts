/**
 * What a person does with sign-outs that are under way: try now, stop trying, dismiss one that has ended. And what nobody may
 * do meanwhile: bring the very login back that is being ended.
 */

import { areOfOneLogin } from '../db/generation-store.ts'
import {
  claimRevocation,
  deleteEndedRevocation,
  findRevocation,
  listPendingRevocations,
  type RevocationRow,
  writeTry,
} from '../db/revocation-store.ts'
import type { Secret } from '../lib/secret.ts'
import type { TokenSet } from '../oauth/token-set.ts'
import { EnvelopeError } from '../vault/envelope.ts'
import type { AccountsContext, Actor } from './context.ts'
import { AccountError } from './errors.ts'
import { CLAIM_MS, revocationPlace, type TryOutcome, tryRevocation } from './revocations.ts'
import { namingStoreRefusals } from './store-refusals.ts'

/** Kept with a sign-out that a person stopped. */
const STOPPED = 'stopped'

/**
 * Asks the provider now, without waiting for the planned try.
 *
 * Errors: AccountError sign_out_not_found, sign_out_over, try_again_later (a try is under way elsewhere), store_failed
 */
export function tryRevocationNow(context: AccountsContext, id: string, actor: Actor): Promise<TryOutcome> {
  return namingStoreRefusals(async () => {
    const row = await requirePending(context, id)
    const until = context.clock.now() + CLAIM_MS
    if (!(await claimRevocation(context.database, row, until)))
      throw new AccountError('try_again_later', { retryAt: until })
    return tryRevocation(context, { ...row, tries: row.tries + 1 }, { actor })
  })
}

/**
 * Stops trying: the login stays as it is at the provider, and its token is given up here, so nobody can name it there again.
 *
 * Errors: AccountError sign_out_not_found, sign_out_over, store_failed
 */
export function stopRevocation(context: AccountsContext, id: string, actor: Actor): Promise<void> {
  return namingStoreRefusals(async () => {
    const row = await requirePending(context, id)
    const now = context.clock.now()
    const changes = { tokenSealed: '', nextTryAt: null, gaveUpAt: now, lastFailureCode: STOPPED }
    const details = { provider: row.provider, tries: row.tries }
    const event = { at: now, accountId: row.accountId, kind: 'revocation.stopped', actor, details }
    await writeTry(context.database, row, changes, event)
    context.events.publish({ type: 'revocation.changed', revocationId: id })
  })
}

/**
 * Takes one that has ended off the list; the history keeps it.
 *
 * Errors: AccountError sign_out_not_found, sign_out_pending, store_failed
 */
export function dismissRevocation(context: AccountsContext, id: string): Promise<void> {
  return namingStoreRefusals(async () => {
    const row = await findRevocation(context.database, id)
    if (!row) throw new AccountError('sign_out_not_found')
    if (!(await deleteEndedRevocation(context.database, id))) throw pending(row)
    context.events.publish({ type: 'revocation.changed', revocationId: id })
  })
}

/**
 * Refuses a login that is being ended at its provider, with whichever of its tokens it comes: it would stop working under
 * whoever uses it. A new sign-in is another login, with tokens of its own.
 *
 * Errors: AccountError sign_out_pending; StoreError
 */
export async function refuseWhileSignedOut(context: AccountsContext, tokens: TokenSet): Promise<void> {
  for (const row of await listPendingRevocations(context.database)) {
    if (await isOf(context, row, tokens)) throw pending(row)
  }
}

async function isOf(
  { vault, database }: AccountsContext,
  row: RevocationRow,
  { accessToken, refreshToken }: TokenSet,
): Promise<boolean> {
  try {
    const ending = vault.open(revocationPlace(row.id), row.tokenSealed)
    if (ending.equals(accessToken)) return true
    if (refreshToken === null) return false
    const fingerprintOf = (token: Secret) => vault.fingerprint('refresh_token', token)
    return ending.equals(refreshToken) || areOfOneLogin(database, fingerprintOf(ending), fingerprintOf(refreshToken))
  } catch (error) {
    // Of another key: whoever has that key knows.
    if (error instanceof EnvelopeError) return false
    throw error
  }
}

async function requirePending({ database }: AccountsContext, id: string): Promise<RevocationRow> {
  const row = await findRevocation(database, id)
  if (!row) throw new AccountError('sign_out_not_found')
  if (row.nextTryAt === null) throw new AccountError('sign_out_over')
  return row
}

function pending(row: RevocationRow): AccountError {
  return new AccountError('sign_out_pending', { account: row.accountName, revocation: row.id })
}
