/**
 * What signing an account out at its provider would end: who else holds the login, and which programs use it now. Reads
 * files and process names; changes nothing and asks no provider.
 */

import { type RunningCli, runningClis, usersOf } from '../cli-credentials/running-clis.ts'
import { findAccountById } from '../db/account-store.ts'
import { findCurrentGrant, type GrantRow } from '../db/grant-store.ts'
import type { AccountsContext } from './context.ts'
import { custodyMap, followedPlace, lookForCopies } from './custody-map.ts'
import { AccountError } from './errors.ts'
import { placeOfPath, withCli } from './file-login.ts'
import { hasTokens } from './grant-tokens.ts'
import { type CopyKind, type HeldCopy, otherMachine } from './held-copies.ts'
import { namingStoreRefusals } from './store-refusals.ts'

/** Somebody else who holds the login. */
export interface LoginCopy {
  kind: CopyKind
  /** A path or another readable place. */
  place: string
  /** The name of another machine; null on this one. */
  machine: string | null
  /** Programs that use it now, such as `claude (4242)`. */
  usedBy: string[]
}

/** What signing out would mean. */
export interface SignOutPreview {
  /**
   * What the provider can be asked to end: the whole `login`, or only the `access_token` or `setup_token` that is here.
   * `not_supported`: the provider takes no such request. `key_reset`: the token was given up with its key.
   */
  reach: 'login' | 'access_token' | 'setup_token' | 'not_supported' | 'key_reset'
  /** The provider may have handed out a newer token that never arrived here. */
  isUncertain: boolean
  copies: LoginCopy[]
  /** A CLI or another machine holds it: signing out needs a second yes. */
  needsSecondYes: boolean
}

/** Errors: AccountError account_not_found, store_failed */
export function previewSignOut(context: AccountsContext, accountId: string): Promise<SignOutPreview> {
  return namingStoreRefusals(async () => {
    const account = await findAccountById(context.database, accountId)
    const grant = account && (await findCurrentGrant(context.database, accountId))
    if (!account || !grant) throw new AccountError('account_not_found', { account: accountId })
    return previewGrant(context, account.provider, grant)
  })
}

/** The same for a grant that was read already. Errors: StoreError */
export async function previewGrant(
  context: AccountsContext,
  providerId: string,
  grant: GrantRow,
): Promise<SignOutPreview> {
  await lookForCopies(context, grant.accountId)
  const map = await custodyMap(context, grant.accountId)
  const running = await runningClis(context.system.processRoot)
  const known = map.copies.filter(({ holds, isFollowed }) => holds !== 'separate' || isFollowed)
  const copies = await Promise.all(known.map((copy) => loginCopy(context, providerId, copy, running)))
  const followed = followedPlace(grant)
  // A file that is followed may be ended too, also where its login cannot be read now.
  const unseen = followed !== null && known.every(({ isFollowed }) => !isFollowed)
  if (unseen) copies.unshift({ kind: 'cli_file', place: followed.path, machine: null, usedBy: [] })
  return {
    reach: reachOf(context, providerId, grant),
    isUncertain: grant.uncertainAt !== null || grant.suspectAt !== null,
    copies,
    needsSecondYes: copies.some(({ kind }) => kind !== 'export' && kind !== 'backup'),
  }
}

/** Who uses a copy can be told on this machine only. */
async function loginCopy(
  context: AccountsContext,
  providerId: string,
  copy: HeldCopy,
  running: readonly RunningCli[],
): Promise<LoginCopy> {
  const { kind, place } = copy
  const provider = withCli(context.providers.get(providerId))
  const machine = otherMachine(copy)
  const isRead = machine === null && copy.mayRefresh && provider !== null
  const usedBy = isRead ? await usersOf(placeOfPath(context, provider, place).directory, running) : []
  return { kind, place, machine, usedBy }
}

function reachOf(context: AccountsContext, providerId: string, grant: GrantRow): SignOutPreview['reach'] {
  if (!context.providers.get(providerId)?.revocationUrl) return 'not_supported'
  if (!hasTokens(grant)) return 'key_reset'
  if (grant.refreshTokenSealed !== null) return 'login'
  return grant.origin === 'setup_token' ? 'setup_token' : 'access_token'
}
