/**
 * Takes over the login in a CLI's file: from now on it is refreshed here. The file is not changed, so it holds a copy
 * until the CLI signs in anew, and that is shown as a conflict.
 */

import { findAccountByIdentity } from '../db/account-store.ts'
import { findCurrentGrant } from '../db/grant-store.ts'
import { type AccountSummary, accountName } from './account-summary.ts'
import { chooseFile, type ImportRequest } from './choose-file.ts'
import { connectFile } from './connect-file.ts'
import type { AccountsContext } from './context.ts'
import { AccountError } from './errors.ts'
import { type FileLogin, provenIdentity } from './file-login.ts'
import { namingStoreRefusals } from './store-refusals.ts'

/**
 * Connects the account of a credential file in `dashboard` custody; an account that was linked changes custody.
 *
 * Errors: AccountError: what choosing the file refuses, `no_refresh_token`, `reauthorization_required` when the login's own
 *   end has passed, `identity_unknown`, `already_dashboard` when the account has a working login of our own, `store_failed`
 */
export function takeOverAccount(context: AccountsContext, request: ImportRequest): Promise<AccountSummary> {
  return namingStoreRefusals(() => takeOver(context, request))
}

async function takeOver(context: AccountsContext, request: ImportRequest): Promise<AccountSummary> {
  return takeOverLogin(context, await chooseFile(context, request), request)
}

/** The same for a login that was read already. Errors: as above, but for choosing the file */
export async function takeOverLogin(
  context: AccountsContext,
  login: FileLogin,
  request: ImportRequest,
): Promise<AccountSummary> {
  const { provider, place, reading } = login
  const { refreshToken, loginExpiresAt } = reading.tokens
  if (refreshToken === null) throw new AccountError('no_refresh_token', { path: place.path })
  const proven = await provenIdentity(context, provider, reading)
  if (proven === null) throw new AccountError('identity_unknown', { provider: provider.name })
  const { identity } = proven
  const account = await findAccountByIdentity(context.database, { provider: provider.id, ...identity })
  const name = accountName({ label: null, ...account, ...identity, providerName: provider.name })
  if (loginExpiresAt !== null && loginExpiresAt <= context.clock.now()) {
    throw new AccountError('reauthorization_required', { account: name })
  }
  const grant = account && (await findCurrentGrant(context.database, account.id))
  if (grant?.custody === 'dashboard' && grant.refusedAt === null) {
    throw new AccountError('already_dashboard', { account: name })
  }
  return connectFile(context, login, identity, request, { custody: 'dashboard', origin: 'take_over' })
}
