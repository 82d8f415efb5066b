/**
 * Whose login lies in a place now, and its newest tokens brought home before anything there is replaced. Changes no file
 * and no custody.
 */

import { adoptReading } from '../accounts/adopt-from-file.ts'
import { connectFile } from '../accounts/connect-file.ts'
import type { AccountsContext, Actor } from '../accounts/context.ts'
import { AccountError } from '../accounts/errors.ts'
import { claimedIdentity, fileRefusal, type LiveReading, provenIdentity, readPlace } from '../accounts/file-login.ts'
import { thisMachineId } from '../accounts/machines.ts'
import type { CredentialReading } from '../cli-credentials/credential-file.ts'
import { loginOf } from '../cli-credentials/harvest-login.ts'
import type { PlaceFiles } from '../cli-credentials/place-files.ts'
import { findAccountById, findAccountByIdentity } from '../db/account-store.ts'
import { type FollowedGrant, listFollowedGrants } from '../db/credential-file-store.ts'
import { findCurrentGrant } from '../db/grant-store.ts'
import { type Identity, isSameIdentity } from '../oauth/identity.ts'
import type { ProviderPlace } from './cli-place.ts'
import type { FoundMembers } from './writable-login.ts'

/** An account whose grant is held in the place, or was. */
export interface Leaving {
  accountId: string
  /** Its login is what the file holds now. False: the CLI ended it there, or another took its place. */
  isInFile: boolean
}

/** What was there, and is safe now. */
export interface Harvest {
  leaving: Leaving[]
  /** Whose login the file holds; null when none is there or nobody can tell. */
  identity: Identity | null
  /** The account of that identity, when it is one of ours. */
  accountId: string | null
  isLive: boolean
  /** What the CLI keeps beside the tokens of that account; whoever replaces the files keeps it. */
  members: FoundMembers | null
}

/** Refuses a place whose login is not in a file, or whose file is not one to be written. */
export function refuseUnusable({ place }: Pick<ProviderPlace, 'place'>, reading: CredentialReading): void {
  const { state } = reading
  if (state === 'keyring' || state === 'foreign' || state === 'not_permitted' || state === 'torn') {
    throw fileRefusal(place, reading)
  }
}

/** The grants whose file this is, without those that only have a copy there. */
export async function followersOf(context: AccountsContext, path: string): Promise<FollowedGrant[]> {
  const followed = await listFollowedGrants(context.database, { machineId: thisMachineId(context) })
  return followed.filter(({ grant }) => grant.credentialPath === path && grant.isFollowed)
}

/** True when a place's file says that it holds this account's login. A look from outside the locks. */
export async function isHeldIn(
  context: AccountsContext,
  { provider, place }: ProviderPlace,
  accountId: string,
): Promise<boolean> {
  const reading = await readPlace(context, place)
  if (reading.state !== 'live') return false
  const account = await findAccountById(context.database, accountId)
  const identity = claimedIdentity(provider, reading)
  return account !== null && identity !== null && isSameIdentity(identity, account)
}

/**
 * Brings home what a place holds: newer tokens of the accounts that are held there are adopted, a login that nobody here
 * knows becomes an account.
 *
 * Shape:  `files` are what is about to be replaced; called while the CLI's locks are held
 * Errors: AccountError file_… for an unusable file, activation_outgoing_doubtful; StoreError
 */
export async function harvest(
  context: AccountsContext,
  { provider, place }: ProviderPlace,
  files: PlaceFiles,
  actor: Actor,
): Promise<Harvest> {
  const reading = await readPlace(context, place)
  refuseUnusable({ place }, reading)
  const leaving: Leaving[] = []
  let identity = reading.state === 'live' ? claimedIdentity(provider, reading) : null
  for (const followed of await followersOf(context, place.path)) {
    const result = await adoptReading(context, provider, followed, reading)
    // Replacing it now could destroy the only copy of the newest token.
    if (result.adoption === 'doubtful') throw new AccountError('activation_outgoing_doubtful', { path: place.path })
    identity = result.identity ?? identity
    const isSame = result.identity !== null && isSameIdentity(result.identity, followed.account)
    leaving.push({ accountId: followed.account.id, isInFile: isSame && reading.state === 'live' })
  }
  const isKnown = leaving.some(({ isInFile }) => isInFile)
  const found =
    reading.state === 'live' && !isKnown ? await welcome(context, { provider, place }, reading, actor) : null
  if (found?.isConnected) leaving.push({ accountId: found.accountId, isInFile: true })
  const accountId = leaving.find(({ isInFile }) => isInFile)?.accountId ?? found?.accountId ?? null
  const isOurs = isKnown || found?.isConnected === true
  const members = isOurs ? (loginOf(files, identity ?? undefined)?.members ?? null) : null
  const kept = accountId !== null && members !== null ? { accountId, members } : null
  return { leaving, identity, accountId, isLive: reading.state === 'live', members: kept }
}

/**
 * Makes an account of a login that nobody here holds, so that it outlives the backup. One whose account has a login
 * already, here or in another place, stays in the backup alone, as does one that nobody can name.
 */
async function welcome(
  context: AccountsContext,
  { provider, place }: ProviderPlace,
  reading: LiveReading,
  actor: Actor,
): Promise<{ accountId: string; isConnected: boolean } | null> {
  const proven = await provenIdentity(context, provider, reading)
  if (!proven?.isCertain) return null
  const { identity } = proven
  const known = await findAccountByIdentity(context.database, { provider: provider.id, ...identity })
  const grant = known && (await findCurrentGrant(context.database, known.id))
  if (known && grant && grant.refusedAt === null) return { accountId: known.id, isConnected: false }
  const request = { actor, path: place.path }
  const account = await connectFile(context, { provider, place, reading }, identity, request, {
    ...{ custody: 'cli', origin: 'link' },
  })
  return { accountId: account.id, isConnected: true }
}
