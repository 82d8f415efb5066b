/**
 * Adopts what a CLI rotated: when a file holds a newer login of the very account that follows it, that becomes the grant.
 * Another account's login, an older one and anything incomplete never do. The file is only read.
 */

import type { CredentialReading } from '../cli-credentials/credential-file.ts'
import { changeAccount } from '../db/account-store.ts'
import { type FollowedGrant, listFollowedGrants, wasSpent, writeAdoption } from '../db/credential-file-store.ts'
import { wasCurrent } from '../db/generation-store.ts'
import type { GrantChanges } from '../db/grant-store.ts'
import { type Identity, isSameIdentity } from '../oauth/identity.ts'
import type { AccountsContext } from './context.ts'
import {
  claimedIdentity,
  type FileLogin,
  foreignClientId,
  isReadOnClick,
  type LiveReading,
  missingNames,
  placeOfPath,
  provenIdentity,
  readPlace,
  withCli,
} from './file-login.ts'
import { type SealedGrantTokens, sealTokens } from './grant-tokens.ts'
import { thisMachineId } from './machines.ts'
import { observeFile } from './observe-file.ts'
import { nextRefreshAt } from './refresh-policy.ts'

/**
 * `unchanged`: the stored grant stays. `other_account`: the file is somebody else's now. `not_live`: no login is in it.
 * `doubtful`: a newer login is in it that says it is of this account, and nobody can confirm that now: the stored refresh
 * token is probably spent.
 */
export type Adoption = 'adopted' | 'unchanged' | 'doubtful' | 'other_account' | 'not_live'

/**
 * Reads again the files of this machine that an account's grant follows or that hold a copy of it, and adopts what is
 * newer in one.
 *
 * Errors: StoreError; then nothing was changed
 */
export async function adoptFromFile(context: AccountsContext, accountId: string): Promise<Adoption> {
  const machineId = thisMachineId(context)
  const files = await listFollowedGrants(context.database, { machineId, accountId })
  const outcomes: Adoption[] = []
  for (const { grant } of files) {
    // What one file gave is what the next is compared with.
    const now = await listFollowedGrants(context.database, { machineId, accountId })
    const followed = now.find((file) => file.grant.credentialPath === grant.credentialPath)
    const provider = withCli(context.providers.get(followed?.account.provider ?? ''))
    if (!followed || !provider) continue
    const place = placeOfPath(context, provider, grant.credentialPath)
    if (isReadOnClick(place)) continue
    const reading = await readPlace(context, place)
    const { adoption, identity } = await adoptReading(context, provider, followed, reading)
    await observeFile(context, place, reading, identity)
    outcomes.push(adoption)
  }
  return MOST_TELLING.find((adoption) => outcomes.includes(adoption)) ?? 'unchanged'
}

/** Of several files, what matters most to whoever is about to refresh. */
const MOST_TELLING: readonly Adoption[] = ['adopted', 'doubtful', 'other_account', 'not_live']

/** What became of a file's login. */
export interface FileAdoption {
  adoption: Adoption
  /** Whose login the file holds; null when there is none or nobody can tell. */
  identity: Identity | null
  /** The provider could not be asked just now: worth another look although the file did not change. */
  isWorthAnotherLook: boolean
}

/** The same for a file that was read already. */
export async function adoptReading(
  context: AccountsContext,
  provider: FileLogin['provider'],
  followed: FollowedGrant,
  reading: CredentialReading,
): Promise<FileAdoption> {
  if (reading.state !== 'live') return { adoption: 'not_live', identity: null, isWorthAnotherLook: false }
  const next = sealTokens(context.vault, followed.account.id, followed.grant.generation + 1, reading.tokens)
  const { account, grant } = followed
  const claimed = claimedIdentity(provider, reading)
  if (isSameLogin(grant, next)) {
    // The tokens are the account's own, whatever a neighbouring file says meanwhile.
    const isConfirmed = claimed !== null && isSameIdentity(claimed, account)
    if (isConfirmed) await fillGaps(context, followed, claimed)
    return { adoption: 'unchanged', identity: isConfirmed ? claimed : account, isWorthAnotherLook: false }
  }
  const proven = await provenIdentity(context, provider, reading)
  if (!proven?.isCertain) {
    const isWorthAnotherLook = proven?.isWorthAnotherLook ?? true
    const isDoubtful =
      claimed !== null &&
      !proven?.isRejected &&
      mayBeSame(claimed, account) &&
      (await isNewer(context, grant, reading, next))
    return {
      adoption: isDoubtful ? 'doubtful' : 'unchanged',
      identity: proven?.identity ?? null,
      isWorthAnotherLook,
    }
  }
  const { identity } = proven
  if (!isSameIdentity(identity, account)) return { adoption: 'other_account', identity, isWorthAnotherLook: false }
  const isWanted = await isNewer(context, grant, reading, next)
  const isAdopted = isWanted && (await adopt(context, provider, followed, reading, next))
  if (isAdopted) await fillGaps(context, followed, identity)
  // Somebody else wrote meanwhile: what is stored now may be older than the file.
  return { adoption: isAdopted ? 'adopted' : 'unchanged', identity, isWorthAnotherLook: isWanted && !isAdopted }
}

/** A file need not name the organisation. */
function mayBeSame(claimed: Identity, account: FollowedGrant['account']): boolean {
  return isSameIdentity({ ...claimed, organizationId: claimed.organizationId || account.organizationId }, account)
}

function isSameLogin(grant: FollowedGrant['grant'], next: SealedGrantTokens): boolean {
  return (
    grant.accessTokenFingerprint === next.accessTokenFingerprint &&
    grant.refreshTokenFingerprint === next.refreshTokenFingerprint
  )
}

/**
 * True when the file's login came after the stored one. Where only the CLI rotates, what it holds is newer unless both
 * clocks deny it. Where we rotate too, a token that was ever current here or that we spent is older, whatever it says: an old
 * file that is touched stays old. One that nobody here knows came of ours unless it ends earlier; two that end in the same
 * instant, as those of one second do, are told apart by that alone. Empty and unknown never win over what is known.
 */
async function isNewer(
  context: AccountsContext,
  grant: FollowedGrant['grant'],
  reading: LiveReading,
  next: SealedGrantTokens,
): Promise<boolean> {
  const { accessTokenExpiresAt: expiresAt, refreshToken } = reading.tokens
  const heldUntil = grant.accessTokenExpiresAt
  if (refreshToken === null && grant.refreshTokenFingerprint !== null) return false
  if (expiresAt === null && heldUntil !== null) return false
  if (grant.custody === 'cli') {
    const endsEarlier = expiresAt !== null && heldUntil !== null && expiresAt < heldUntil
    return !(endsEarlier && writtenAt(reading) <= grant.accessTokenIssuedAt)
  }
  if (expiresAt === null || expiresAt < (heldUntil ?? 0)) return false
  const fingerprint = next.refreshTokenFingerprint ?? ''
  if (fingerprint === grant.refreshTokenFingerprint) return expiresAt > (heldUntil ?? 0)
  const isOld = await wasCurrent(context.database, fingerprint)
  return !isOld && !(await wasSpent(context.database, fingerprint))
}

async function adopt(
  context: AccountsContext,
  provider: FileLogin['provider'],
  { account, grant }: FollowedGrant,
  reading: LiveReading,
  sealed: SealedGrantTokens,
): Promise<boolean> {
  const { clock, database, events, log } = context
  const { tokens } = reading
  const now = clock.now()
  const issuedAt = Math.min(writtenAt(reading), now)
  const schedule = {
    custody: grant.custody,
    isPaused: account.pausedAt !== null,
    hasRefreshToken: tokens.refreshToken !== null,
    refusedAt: null,
    generation: grant.generation + 1,
    accessTokenIssuedAt: issuedAt,
    accessTokenExpiresAt: tokens.accessTokenExpiresAt,
  }
  const next: GrantChanges & SealedGrantTokens = {
    ...sealed,
    clientId: foreignClientId(provider, tokens.clientId) ?? null,
    credentialPath: grant.credentialPath,
    credentialMachineId: thisMachineId(context),
    scopes: tokens.scopes.length > 0 ? tokens.scopes : grant.scopes,
    accessTokenIssuedAt: issuedAt,
    accessTokenExpiresAt: tokens.accessTokenExpiresAt,
    loginExpiresAt: tokens.loginExpiresAt ?? grant.loginExpiresAt,
    lastProofAt: issuedAt,
    refusedAt: null,
    refusalCode: null,
    uncertainAt: null,
    suspectAt: null,
    failures: 0,
    lastFailureAt: null,
    lastFailureCode: null,
    lastFailureDetail: null,
    nextRefreshAt: nextRefreshAt(schedule, context.random),
  }
  const details = { path: grant.credentialPath, generation: grant.generation + 1, custody: grant.custody }
  const event = { at: now, accountId: account.id, kind: 'grant.adopted', actor: 'watcher', details }
  if (!(await writeAdoption(database, grant, next, event))) return false
  log.info('grant.adopted', { account: account.id, generation: grant.generation + 1 })
  events.publish({ type: 'grant.adopted', accountId: account.id })
  return true
}

/** When the CLI got what is in the file, as well as can be told. Epoch milliseconds. */
function writtenAt({ tokens, modifiedAt }: LiveReading): number {
  return tokens.lastRefreshAt ?? modifiedAt
}

/** Names that only the CLI's files know are kept; what a profile said stays. */
async function fillGaps(context: AccountsContext, { account }: FollowedGrant, identity: Identity): Promise<void> {
  const names = missingNames(account, identity)
  if (Object.keys(names).length === 0) return
  await changeAccount(context.database, account.id, { account: names })
  context.events.publish({ type: 'account.changed', accountId: account.id })
}
