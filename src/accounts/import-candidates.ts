/**
 * What could be imported from this machine: every credential file of a CLI, whose login it holds, who uses it, and what
 * can be done with it. Reads files and process names; changes nothing and asks no provider.
 */

import { realpath } from 'node:fs/promises'
import type { CredentialPlace, CredentialReading } from '../cli-credentials/credential-file.ts'
import { profilePlaces } from '../cli-credentials/credential-places.ts'
import { isOpenedOnRequest, keyringItem } from '../cli-credentials/keyring-items.ts'
import { type RunningCli, usersOf, visibleClis } from '../cli-credentials/running-clis.ts'
import { type GrantFacts, listAccountFacts } from '../db/account-facts-store.ts'
import { type AccountIdentity, type FollowedGrant, listFollowedGrants } from '../db/credential-file-store.ts'
import { type KnownCopy, listKnownCopies } from '../db/grant-copy-store.ts'
import { type Identity, isSameIdentity } from '../oauth/identity.ts'
import type { AccountsContext } from './context.ts'
import { claimedIdentity, isReadOnClick, machineOf, placeOfPath, readPlace, withCli } from './file-login.ts'
import { heldCopy, rivalsOf } from './held-copies.ts'
import type { ImportAdvice, ImportCandidate } from './import-candidate.ts'
import { keychainPlace } from './keychain-login.ts'
import { thisMachineId } from './machines.ts'
import { listOtherPlaces } from './other-homes.ts'
import { listToolPlaces } from './tool-places.ts'

/** What is known of an account that a file may belong to. */
interface Known {
  account: AccountIdentity
  /** Places of this machine in which a copy of its very login was seen. */
  copies: ReadonlySet<string>
  grant: Pick<FollowedGrant['grant'], 'custody' | 'refreshTokenFingerprint'> & {
    credentialPath: string | null
    refusedAt: number | null
  }
}

/**
 * The CLIs' own places, our profiles, and files that accounts follow, each once. A place with nothing in it is left out
 * unless an account follows it.
 */
export async function listCandidates(context: AccountsContext): Promise<ImportCandidate[]> {
  const [places, facts, copies, running] = await Promise.all([
    listPlaces(context),
    listAccountFacts(context.database),
    listKnownCopies(context.database),
    visibleClis(context.system.processRoot),
  ])
  const known = facts.map(({ account, grant }) => ({
    account,
    grant,
    copies: placesOf(context, grant, account, copies),
  }))
  const candidates = await Promise.all(
    places.map(async (place) => describe(context, place, await readPlace(context, place), known, running)),
  )
  return candidates.filter(({ state, accountId }) => state !== 'missing' || accountId !== null)
}

function placesOf(
  context: AccountsContext,
  grant: Pick<GrantFacts, 'accessTokenExpiresAt'>,
  { id }: AccountIdentity,
  copies: readonly KnownCopy[],
): ReadonlySet<string> {
  const judge = { ...grant, now: context.clock.now(), machineId: thisMachineId(context) }
  const held = copies.filter(({ accountId }) => accountId === id).map((copy) => heldCopy(copy, judge))
  return new Set(rivalsOf(held, null).flatMap(({ place, machine }) => (machine?.isThis ? [place] : [])))
}

async function listPlaces(context: AccountsContext): Promise<CredentialPlace[]> {
  const followed = (await listFollowedGrants(context.database, { machineId: thisMachineId(context) })).flatMap(
    ({ account, grant }) => {
      const provider = withCli(context.providers.get(account.provider))
      return provider ? [placeOfPath(context, provider, grant.credentialPath)] : []
    },
  )
  const profiles = await profilePlaces(context.profilesDirectory, context.providers.values())
  const places = [
    ...context.credentialPlaces,
    ...followed,
    ...profiles,
    ...(await listOtherPlaces(context)),
    ...(await listToolPlaces(context)),
  ]
  return places.filter(
    (place, index) => !isReadOnClick(place) && places.findIndex(({ path }) => path === place.path) === index,
  )
}

async function describe(
  context: AccountsContext,
  place: CredentialPlace,
  reading: CredentialReading,
  known: readonly Known[],
  running: readonly RunningCli[] | null,
): Promise<ImportCandidate> {
  const live = reading.state === 'live' ? reading : null
  const provider = context.providers.get(place.provider)
  const identity = live && provider ? claimedIdentity(provider, live) : null
  const keychain =
    reading.state === 'keyring' && isOpenedOnRequest(place, machineOf(context).platform)
      ? await keychainPlace(place)
      : null
  const owner = ownerOf(keychain ?? place, identity, known)
  const isOurs = owner?.grant.custody === 'dashboard' && owner.grant.refusedAt === null
  const isLinkedHere = owner?.grant.custody === 'cli' && owner.grant.credentialPath === place.path
  const tokens = live?.tokens
  const now = context.clock.now()
  const isOver = isPast(tokens?.loginExpiresAt, now)
  const isExpired = isPast(tokens?.accessTokenExpiresAt, now)
  const isNameable = identity !== null || provider?.profileUrl !== null
  const usedBy = await usersOf(place.directory, running)
  const isUsed = usedBy !== null && usedBy.length > 0
  const advice = (): ImportAdvice => {
    if (keychain) return isOurs ? 'keychain_conflict' : owner ? 'keychain_linked' : 'keychain'
    if (place.entry) return toolAdvice()
    if (reading.state !== 'live') return reading.state
    if (isOurs)
      return owner.copies.has(place.path) || isCopy(context, owner, reading) ? 'conflict' : 'dashboard_has_own'
    if (isLinkedHere) return 'linked'
    if (isOver) return 'login_over'
    if (identity === null) return 'identity_unknown'
    if (reading.tokens.refreshToken === null) return 'no_refresh_token'
    if (isUsed) return 'link_in_use'
    return isExpired ? 'expired' : 'link'
  }
  const toolAdvice = (): ImportAdvice => {
    if (reading.state === 'blanked') return 'unusable'
    if (reading.state !== 'live') return reading.state
    const isCopyOfOurs = isOurs && (owner.copies.has(place.path) || isCopy(context, owner, reading))
    if (isOurs) return isCopyOfOurs ? 'tool_conflict' : 'dashboard_has_own'
    if (isLinkedHere) return 'tool_linked'
    if (!isNameable) return 'identity_unknown'
    if (reading.tokens.refreshToken === null) return 'no_refresh_token'
    if (identity === null) return 'tool_identity_asked'
    return isUsed ? 'link_tool_in_use' : 'link_tool'
  }
  return {
    path: place.path,
    provider: place.provider,
    kind: place.kind,
    ...(await storeOf(place, reading)),
    entry: place.entry ? { tool: place.entry.tool, name: place.entry.name } : null,
    state: reading.state,
    advice: advice(),
    identity: identity && {
      subject: identity.subject,
      organizationId: identity.organizationId,
      organizationName: identity.organizationName,
      email: identity.email,
      plan: identity.plan,
    },
    modifiedAt: 'modifiedAt' in reading ? reading.modifiedAt : null,
    accessTokenExpiresAt: tokens?.accessTokenExpiresAt ?? null,
    loginExpiresAt: tokens?.loginExpiresAt ?? null,
    usedBy,
    accountId: owner?.account.id ?? null,
    canLink: live !== null && isNameable && !isOurs && !isLinkedHere,
    canReadKeychain: keychain !== null,
    canTakeOver: live !== null && isNameable && !isOurs && !isOver && live.tokens.refreshToken !== null,
  }
}

/** Where the login is. An item of a keyring is named, so that a person can find it; nobody opens it here. */
async function storeOf(
  place: CredentialPlace,
  { state }: CredentialReading,
): Promise<Pick<ImportCandidate, 'store' | 'storeItem'>> {
  if (state !== 'keyring') return { store: 'file', storeItem: null }
  const { store, service, account } = keyringItem(place, await realpath(place.directory).catch(() => place.directory))
  const storeItem = account === null ? service : `${service} · ${account}`
  return { store, storeItem }
}

function isPast(instant: number | null | undefined, now: number): boolean {
  return instant !== null && instant !== undefined && instant <= now
}

/** The account whose login is in the file; of an empty or unreadable file, the account that follows it. */
function ownerOf(place: CredentialPlace, identity: Identity | null, known: readonly Known[]): Known | undefined {
  return known.find(({ account, grant }) =>
    identity === null
      ? grant.credentialPath === place.path
      : account.provider === place.provider && isSameIdentity(account, identity),
  )
}

function isCopy(context: AccountsContext, owner: Known, { tokens }: CredentialReading & { state: 'live' }): boolean {
  const { refreshTokenFingerprint } = owner.grant
  return (
    refreshTokenFingerprint !== null &&
    tokens.refreshToken !== null &&
    context.vault.fingerprint('refresh_token', tokens.refreshToken) === refreshTokenFingerprint
  )
}
