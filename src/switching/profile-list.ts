/** The profiles of this machine as a person sees them: whose each is, what lies in it, and who uses it now. Changes no directory. */

import type { AccountSummary } from '../accounts/account-summary.ts'
import { accountName } from '../accounts/account-summary.ts'
import type { AccountsContext } from '../accounts/context.ts'
import { AccountError } from '../accounts/errors.ts'
import { claimedIdentity, readPlace, withCli } from '../accounts/file-login.ts'
import { listAccounts } from '../accounts/list-accounts.ts'
import { thisMachineId } from '../accounts/machines.ts'
import type { CredentialPlace, CredentialReading } from '../cli-credentials/credential-file.ts'
import { profilePlace } from '../cli-credentials/credential-places.ts'
import { usersOf, visibleClis } from '../cli-credentials/running-clis.ts'
import { listProfileRows, type ProfileRow } from '../db/profile-store.ts'

/** A profile. Instants in epoch milliseconds. */
export interface ProfileView {
  id: string
  provider: string
  providerName: string
  directory: string
  /** The credential file in it, whether it is there or not. */
  path: string
  accountId: string | null
  accountName: string | null
  /** E-mail or subject of whoever's login lies in it; null when none can be read there. */
  identity: string | null
  state: CredentialReading['state']
  /** True when the login in it is the one by which its account lives. */
  isHolder: boolean
  /** Names of running programs that use it now; null where this system does not show them. */
  usedBy: string[] | null
  shared: string[]
  createdAt: number
}

/** Every profile of this machine, oldest first. Errors: StoreError */
export async function listProfiles(context: AccountsContext): Promise<ProfileView[]> {
  const [rows, accounts, running] = await Promise.all([
    listProfileRows(context.database, thisMachineId(context)),
    listAccounts(context),
    visibleClis(context.system.processRoot),
  ])
  const views = await Promise.all(
    rows.map(async (row) => {
      const place = placeOfProfile(context, row)
      return place && (await describe(context, row, place, accounts, await usersOf(row.directory, running)))
    }),
  )
  return views.filter((view) => view !== null)
}

/** One profile. Errors: AccountError `profile_not_found`; StoreError */
export async function getProfile(context: AccountsContext, id: string): Promise<ProfileView> {
  const found = (await listProfiles(context)).find((profile) => profile.id === id)
  if (!found) throw new AccountError('profile_not_found')
  return found
}

/** The profile that holds the login of an account now, or null. */
export async function profileOfAccount(context: AccountsContext, accountId: string): Promise<ProfileView | null> {
  const own = (await listProfiles(context)).filter((profile) => profile.accountId === accountId)
  return own.find(({ isHolder }) => isHolder) ?? null
}

/** The credential place of a profile; null when its provider is not known any more, or has no CLI. */
function placeOfProfile(
  context: Pick<AccountsContext, 'providers'>,
  row: Pick<ProfileRow, 'provider' | 'directory'>,
): CredentialPlace | null {
  const provider = withCli(context.providers.get(row.provider))
  return provider && profilePlace(provider.cli, provider.id, row.directory)
}

async function describe(
  context: AccountsContext,
  row: ProfileRow,
  place: CredentialPlace,
  accounts: readonly AccountSummary[],
  usedBy: string[] | null,
): Promise<ProfileView> {
  const reading = await readPlace(context, place)
  const holder = accounts.find(
    ({ custody, credentialPath, credentialMachine }) =>
      custody === 'cli' && credentialPath === place.path && credentialMachine === null,
  )
  const account = holder ?? accounts.find(({ id }) => id === row.accountId) ?? null
  const provider = context.providers.get(row.provider)
  const identity = reading.state === 'live' && provider ? claimedIdentity(provider, reading) : null
  return {
    id: row.id,
    provider: row.provider,
    providerName: provider?.name ?? row.provider,
    directory: row.directory,
    path: place.path,
    accountId: account?.id ?? null,
    accountName: account && accountName(account),
    identity: identity && (identity.email ?? identity.subject),
    state: reading.state,
    isHolder: holder !== undefined && reading.state === 'live',
    usedBy,
    shared: row.shared,
    createdAt: row.createdAt,
  }
}
