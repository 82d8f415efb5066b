/** The end of a sign-in that a CLI did in a profile: the login that it left there becomes an account in its custody. */

import { dirname } from 'node:path'
import type { AuthorizationRow } from '../db/authorization-store.ts'
import { changeProfile } from '../db/profile-store.ts'
import { finishAuthorization } from './authorizations.ts'
import { connectAccount } from './connect-account.ts'
import type { AccountsContext } from './context.ts'
import { AccountError } from './errors.ts'
import { failSignIn } from './exchange-code.ts'
import { type FileLogin, foreignClientId, provenIdentity, tokenSetOf } from './file-login.ts'
import { thisMachineId } from './machines.ts'

/**
 * Connects the login that appeared in the profile of a waiting sign-in, in `cli` custody, and ends the sign-in: well, or
 * with the refusal that its dialog shows. A login that nobody can name yet is waited for.
 *
 * Shape:  → whether the sign-in has ended
 * Errors: StoreError; then it is tried again at the next look
 */
export async function connectProfile(
  context: AccountsContext,
  row: AuthorizationRow,
  { provider, place, reading }: FileLogin,
): Promise<boolean> {
  const proven = await provenIdentity(context, provider, reading)
  if (proven === null) return false
  try {
    const { accountId } = await connectAccount(context, {
      provider,
      tokens: tokenSetOf(reading),
      identity: proven.identity,
      custody: 'cli',
      origin: 'cli_profile',
      label: row.label ?? undefined,
      expectedAccountId: row.accountId ?? undefined,
      credentialPath: place.path,
      clientId: foreignClientId(provider, reading.tokens.clientId),
      actor: 'watcher',
    })
    const profile = { machineId: thisMachineId(context), directory: dirname(place.path) }
    await changeProfile(context.database, profile, { accountId })
    await finishAuthorization(context, row.id, accountId)
  } catch (error) {
    if (!(error instanceof AccountError)) throw error
    await failSignIn(context, row.id, error)
  }
  return true
}
