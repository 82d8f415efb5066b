/**
 * The custody and conflict map: for the login of an account, who holds a copy of it, which generation each has, and who may
 * refresh. The one way in which copies are known. It asks no provider; looking at files is a step of its own.
 */

import type { CredentialReading } from '../cli-credentials/credential-file.ts'
import { findAccountById } from '../db/account-store.ts'
import {
  type KnownCopy,
  listGoneCopies,
  listKnownCopies,
  listSetAsideAnswers,
  type SetAsideAnswer,
} from '../db/grant-copy-store.ts'
import { findCurrentGrant, findHolderOfRefreshToken, type GrantRow } from '../db/grant-store.ts'
import { type Identity, isSameIdentity } from '../oauth/identity.ts'
import type { AccountsContext } from './context.ts'
import { AccountError } from './errors.ts'
import { claimedIdentity, type FileLogin, type LiveReading, readPlace, withCli } from './file-login.ts'
import { type FollowedPlace, type HeldCopy, heldCopy, isFollowed, rivalsOf } from './held-copies.ts'
import { thisMachineId } from './machines.ts'
import { observeFile } from './observe-file.ts'
import { namingStoreRefusals } from './store-refusals.ts'
import { aliasesAmong, watchedPlaces } from './watched-places.ts'

/** Copies that are no more, of which so many are told. */
const GONE_SHOWN = 10

/** A copy in the map. */
export interface MappedCopy extends HeldCopy {
  /** The file that the grant is followed in. */
  isFollowed: boolean
  /** It may refresh beside the custodian. */
  isRival: boolean
}

/** Who holds what of one login. */
export interface CustodyMap {
  custody: GrantRow['custody']
  /** This database's own copy. */
  own: { generation: number; mayRefresh: boolean; seenAt: number }
  /** Rivals first. */
  copies: MappedCopy[]
  gone: MappedCopy[]
  /** Answers of the provider that did not fit any more: nobody refreshes with them. */
  setAside: SetAsideAnswer[]
  /** Two may refresh. */
  isConflict: boolean
}

/** Errors: AccountError account_not_found, store_failed */
export function custodyMap(context: AccountsContext, accountId: string): Promise<CustodyMap> {
  return namingStoreRefusals(async () => {
    const { database, clock } = context
    const grant = await findCurrentGrant(database, accountId)
    if (!grant) throw new AccountError('account_not_found', { account: accountId })
    const [known, gone, setAside] = [
      await listKnownCopies(database, accountId),
      await listGoneCopies(database, accountId, GONE_SHOWN),
      await listSetAsideAnswers(database, accountId),
    ]
    const copies = mapCopies(context, grant, known)
    return {
      custody: grant.custody,
      own: {
        generation: grant.generation,
        mayRefresh: grant.custody === 'dashboard' && grant.refreshTokenFingerprint !== null && grant.refusedAt === null,
        seenAt: clock.now(),
      },
      copies,
      gone: mapCopies(context, grant, gone).map((copy) => ({ ...copy, isRival: false })),
      setAside,
      isConflict: copies.some(({ isRival }) => isRival),
    }
  })
}

function mapCopies(context: AccountsContext, grant: GrantRow, known: readonly KnownCopy[]): MappedCopy[] {
  const judge = { ...grant, now: context.clock.now(), machineId: thisMachineId(context) }
  const held = known.map((copy) => heldCopy(copy, judge))
  const followed = followedPlace(grant)
  const rivals = new Set(grant.custody === 'none' ? [] : rivalsOf(held, followed))
  return held
    .map((copy) => ({ ...copy, isFollowed: isFollowed(copy, followed), isRival: rivals.has(copy) }))
    .toSorted((a, b) => Number(b.isRival) - Number(a.isRival))
}

/** Where a grant that a CLI owns is followed. */
export function followedPlace(
  grant: Pick<GrantRow, 'custody' | 'credentialPath' | 'credentialMachineId'>,
): FollowedPlace | null {
  if (grant.custody !== 'cli' || grant.credentialPath === null) return null
  return { path: grant.credentialPath, machineId: grant.credentialMachineId }
}

/**
 * Looks now at every place of this machine where a copy of this account's login may lie, and keeps what is seen. What a file
 * holds is not adopted.
 *
 * Errors: AccountError account_not_found, store_failed
 */
export function lookForCopies(context: AccountsContext, accountId: string): Promise<void> {
  return namingStoreRefusals(async () => {
    const account = await findAccountById(context.database, accountId)
    if (!account) throw new AccountError('account_not_found', { account: accountId })
    const provider = withCli(context.providers.get(account.provider))
    if (!provider) return
    const places = (await watchedPlaces(context)).filter((place) => place.provider === provider.id)
    const grant = await findCurrentGrant(context.database, accountId)
    const kept = new Set(grant?.credentialPath ? [grant.credentialPath] : [])
    const paths = places.map(({ path }) => path)
    const aliases = await aliasesAmong(paths, kept)
    const readings = await Promise.all(places.map((place) => readPlace(context, place)))
    for (const [index, place] of places.entries()) {
      const reading: CredentialReading = readings[index]!
      const identity = reading.state === 'live' ? await identityIn(context, provider, reading) : null
      await observeFile(context, place, reading, identity, { isAlias: aliases.has(place.path) })
    }
  })
}

/** A token that is stored here says itself whose it is, whatever a neighbouring file says meanwhile. */
async function identityIn(
  context: AccountsContext,
  provider: FileLogin['provider'],
  reading: LiveReading,
): Promise<Identity | null> {
  const claimed = claimedIdentity(provider, reading)
  const { refreshToken } = reading.tokens
  if (refreshToken === null) return claimed
  const fingerprint = context.vault.fingerprint('refresh_token', refreshToken)
  const holder = await findHolderOfRefreshToken(context.database, fingerprint)
  return holder === null || (claimed !== null && isSameIdentity(claimed, holder.account)) ? claimed : holder.account
}
