/**
 * Links the login in a CLI's file: it is read and watched, and only the CLI ever refreshes it. The file is not changed.
 */

import { findAccountByIdentity } from '../db/account-store.ts'
import { findCurrentGrant } from '../db/grant-store.ts'
import type { Identity } from '../oauth/identity.ts'
import type { Provider } from '../oauth/provider.ts'
import { type AccountSummary, accountName } from './account-summary.ts'
import { chooseFile, type ImportRequest } from './choose-file.ts'
import { connectFile } from './connect-file.ts'
import type { AccountsContext } from './context.ts'
import { AccountError } from './errors.ts'
import { type FileLogin, provenIdentity } from './file-login.ts'
import { namingStoreRefusals } from './store-refusals.ts'

/**
 * Connects the account of a credential file in `cli` custody.
 *
 * Errors: AccountError: what choosing the file refuses, `identity_unknown`, `already_linked` when this file is followed
 *   already, `already_dashboard` when the account has a working login of our own, `store_failed`
 */
export function linkAccount(context: AccountsContext, request: ImportRequest): Promise<AccountSummary> {
  return namingStoreRefusals(() => link(context, request))
}

async function link(context: AccountsContext, request: ImportRequest): Promise<AccountSummary> {
  return linkLogin(context, await chooseFile(context, request), request)
}

/** The same for a login that was read already. Errors: as above, but for choosing the file */
export async function linkLogin(
  context: AccountsContext,
  login: FileLogin,
  request: ImportRequest,
): Promise<AccountSummary> {
  const { provider, place } = login
  const proven = await provenIdentity(context, provider, login.reading)
  if (proven === null) throw new AccountError('identity_unknown', { provider: provider.name })
  await refuseSecondHolder(context, provider, proven.identity, place.path)
  return connectFile(context, login, proven.identity, request, { custody: 'cli', origin: 'link' })
}

async function refuseSecondHolder(
  context: AccountsContext,
  provider: Provider,
  identity: Identity,
  path: string,
): Promise<void> {
  const account = await findAccountByIdentity(context.database, { provider: provider.id, ...identity })
  const grant = account && (await findCurrentGrant(context.database, account.id))
  if (!account || !grant) return
  const name = accountName({ ...account, providerName: provider.name })
  if (grant.custody === 'cli' && grant.credentialPath === path) {
    throw new AccountError('already_linked', { account: name })
  }
  if (grant.custody === 'dashboard' && grant.refusedAt === null) {
    throw new AccountError('already_dashboard', { account: name })
  }
}
