/**
 * A profile for an account: its directory is made, what is chosen is shared with it, and the account's login is handed to the
 * CLI there, by the same verified switch as everywhere. From then on the CLI alone refreshes it.
 */

import { accountName } from '../accounts/account-summary.ts'
import { makeProfileDirectory } from '../accounts/cli-profile.ts'
import type { AccountsContext, Actor } from '../accounts/context.ts'
import { AccountError } from '../accounts/errors.ts'
import { type FileLogin, withCli } from '../accounts/file-login.ts'
import { getAccount } from '../accounts/list-accounts.ts'
import { thisMachineId } from '../accounts/machines.ts'
import { changeProfile } from '../db/profile-store.ts'
import { SingleFlight } from '../lib/single-flight.ts'
import { activateAccount } from './activate-account.ts'
import { discardProfileDirectory } from './profile-directory.ts'
import { getProfile, type ProfileView, profileOfAccount } from './profile-list.ts'
import { type SharedKind, shareWithProfile } from './profile-sharing.ts'

export interface ProfileRequest {
  accountId: string
  /** What is shared with the CLI's main home; the default where nothing is said. */
  shared?: readonly SharedKind[]
  actor: Actor
}

/** Shared unless told otherwise: how the CLI works, and nothing of what was talked about. */
export const SHARED_BY_DEFAULT: readonly SharedKind[] = ['settings', 'instructions', 'commands', 'agents', 'skills']

/** One profile is made for an account at a time: a second terminal gets the same. */
const making = new WeakMap<AccountsContext['events'], SingleFlight<ProfileView>>()

/**
 * The profile of an account, made when it has none. Where it has one, what is shared is changed if that was asked for.
 *
 * Errors: AccountError `account_not_found`, `method_not_offered` for a provider without a CLI, `no_refresh_token`,
 *   `profile_login_elsewhere`, and what a switch refuses; then nothing of it is left
 */
export function makeProfile(context: AccountsContext, request: ProfileRequest): Promise<ProfileView> {
  const flights = making.get(context.events) ?? new SingleFlight<ProfileView>()
  making.set(context.events, flights)
  return flights.run(request.accountId, () => make(context, request))
}

async function make(context: AccountsContext, { accountId, shared, actor }: ProfileRequest): Promise<ProfileView> {
  const account = await getAccount(context, accountId)
  const name = accountName(account)
  const provider = withCli(context.providers.get(account.provider))
  if (provider === null) {
    throw new AccountError('method_not_offered', { provider: account.providerName, method: 'cli_profile' })
  }
  const own = await profileOfAccount(context, accountId)
  if (own !== null) {
    if (shared) await share(context, provider, own.directory, shared, { replacesCopies: true })
    return getProfile(context, own.id)
  }
  if (account.custody === 'none') throw new AccountError('no_refresh_token', {})
  if (account.custody === 'cli') {
    throw new AccountError('profile_login_elsewhere', { account: name, path: account.credentialPath })
  }
  const { id, directory } = await makeProfileDirectory(context, provider, accountId)
  try {
    await share(context, provider, directory, shared ?? SHARED_BY_DEFAULT)
    await activateAccount(context, { accountId, provider: provider.id, directory, actor })
  } catch (error) {
    await discardProfileDirectory(context, provider, directory)
    throw error
  }
  context.log.info('profile.made', { account: accountId, path: directory })
  return getProfile(context, id)
}

async function share(
  context: AccountsContext,
  provider: FileLogin['provider'],
  directory: string,
  chosen: readonly SharedKind[],
  options: { replacesCopies?: boolean } = {},
): Promise<void> {
  const main = context.credentialPlaces.find((place) => place.provider === provider.id)
  if (main) await shareWithProfile(provider.cli, main.directory, directory, chosen, options)
  const place = { machineId: thisMachineId(context), directory }
  await changeProfile(context.database, place, { shared: [...chosen] })
}
