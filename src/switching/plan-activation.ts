/** What a switch would do, told before it is done: whose login goes and comes, which keys of which files, what stands against it. Changes nothing. */

import { accountName } from '../accounts/account-summary.ts'
import type { AccountsContext } from '../accounts/context.ts'
import { AccountError } from '../accounts/errors.ts'
import { claimedIdentity, machineOf, readPlace } from '../accounts/file-login.ts'
import { getAccount } from '../accounts/list-accounts.ts'
import { namingStoreRefusals } from '../accounts/store-refusals.ts'
import type { CredentialPlace } from '../cli-credentials/credential-file.ts'
import { type PlaceFiles, readPlaceFiles } from '../cli-credentials/place-files.ts'
import { type KeyChange, planLogin } from '../cli-credentials/plan-login.ts'
import { findAccountByIdentity } from '../db/account-store.ts'
import { findCurrentGrant } from '../db/grant-store.ts'
import { choosePlace, namingFileRefusals, type ProviderPlace } from './cli-place.ts'
import { isDue, readHolder, refusalOfIncoming } from './incoming.ts'
import { followersOf, refuseUnusable } from './outgoing.ts'
import { outrankingOf, type SwitchWarning } from './outranking.ts'
import { writableLogin } from './writable-login.ts'

/**
 * What becomes of the login that is there now. `returns`: refreshed here from then on. `welcomed`: nobody here had it; it
 * becomes an account. `backup_only`: it is kept in the backup alone, since its account has another login or nobody can name it.
 */
export type OutgoingFate = 'returns' | 'welcomed' | 'backup_only'

/** A plan for people. No token, and no value of a key. */
export interface ActivationPlan {
  provider: string
  providerName: string
  cli: string
  directory: string
  placeKind: CredentialPlace['kind']
  /** Null: the place is emptied. */
  incoming: { accountId: string; name: string; isRefreshedFirst: boolean } | null
  outgoing: { accountId: string | null; name: string; fate: OutgoingFate } | null
  files: { path: string; isNew: boolean; isRemoved: boolean; changes: KeyChange[] }[]
  warnings: SwitchWarning[]
  /** Why it would be refused as things stand; null when it would be tried. */
  refusal: AccountError | null
}

/** What is asked for. Without an account the place would be emptied. */
export interface PlanRequest {
  accountId: string | null
  provider?: string
  directory?: string
}

/**
 * Plans.
 *
 * Errors: AccountError account_not_found, unknown_provider, activation_unsupported, store_failed; everything else is told
 *   as the plan's refusal
 */
export function planActivation(
  context: AccountsContext,
  { accountId, provider, directory }: PlanRequest,
): Promise<ActivationPlan> {
  return namingStoreRefusals(async () => {
    const account = accountId === null ? null : await getAccount(context, accountId)
    const place = choosePlace(context, provider ?? account?.provider ?? '', directory)
    const name = account ? accountName(account) : place.place.path
    const plan: ActivationPlan = {
      provider: place.provider.id,
      providerName: place.provider.name,
      cli: place.place.cli,
      directory: place.place.directory,
      placeKind: place.place.kind,
      incoming: account && { accountId: account.id, name, isRefreshedFirst: false },
      ...{ outgoing: null, files: [], refusal: null },
      warnings: await outrankingOf(context, place),
    }
    try {
      return await namingFileRefusals(name, () => fill(context, place, plan))
    } catch (error) {
      if (error instanceof AccountError && error.code !== 'store_failed') return { ...plan, refusal: error }
      throw error
    }
  })
}

async function fill(context: AccountsContext, place: ProviderPlace, plan: ActivationPlan): Promise<ActivationPlan> {
  const reading = await readPlace(context, place.place)
  const found = await whatIsThere(context, place, plan, reading)
  const { outgoing } = found
  refuseUnusable(place, reading)
  const files = await readPlaceFiles(place.place, machineOf(context))
  if (plan.incoming === null) {
    const refusal =
      outgoing === null && !found.isFollowed ? new AccountError('activation_empty', { path: place.place.path }) : null
    return { ...plan, outgoing, refusal, files: changesOf(files, null) }
  }
  const { account, holder } = await readHolder(context, plan.incoming.accountId)
  const isThere = found.heldBy === account.id
  const refusal = refusalOfIncoming(account, holder.grant, place, { isThere })
  if (refusal?.code === 'activation_current') return { ...plan, outgoing, refusal }
  const login = await writableLogin(context, place.provider, holder)
  const isRefreshedFirst = refusal === null && isDue(context, holder.grant)
  return {
    ...plan,
    outgoing,
    refusal,
    incoming: { ...plan.incoming, isRefreshedFirst },
    files: changesOf(files, login),
  }
}

async function whatIsThere(
  context: AccountsContext,
  { provider, place }: ProviderPlace,
  { incoming }: ActivationPlan,
  reading: Awaited<ReturnType<typeof readPlace>>,
): Promise<{ outgoing: ActivationPlan['outgoing']; heldBy: string | null; isFollowed: boolean }> {
  const followers = await followersOf(context, place.path)
  const isFollowed = followers.length > 0
  if (reading.state !== 'live') return { outgoing: null, heldBy: null, isFollowed }
  const identity = claimedIdentity(provider, reading)
  if (identity === null) {
    return { outgoing: { accountId: null, name: place.path, fate: 'backup_only' }, heldBy: null, isFollowed }
  }
  const known = await findAccountByIdentity(context.database, { provider: provider.id, ...identity })
  const name = known
    ? accountName({ ...known, providerName: provider.name })
    : (identity.email ?? accountName({ label: null, ...identity, providerName: provider.name }))
  const grant = known && (await findCurrentGrant(context.database, known.id))
  const fate = fateOf({
    isFollower: followers.some(({ account }) => account.id === known?.id),
    hasLogin: grant !== null && grant.refusedAt === null,
  })
  const isSame = known !== null && known.id === incoming?.accountId && grant?.credentialPath === place.path
  const outgoing = isSame ? null : { accountId: known?.id ?? null, name, fate }
  return { outgoing, heldBy: known?.id ?? null, isFollowed }
}

function fateOf({ isFollower, hasLogin }: { isFollower: boolean; hasLogin: boolean }): OutgoingFate {
  if (isFollower) return 'returns'
  return hasLogin ? 'backup_only' : 'welcomed'
}

function changesOf(files: PlaceFiles, login: Parameters<typeof planLogin>[1]): ActivationPlan['files'] {
  return planLogin(files, login).files.map(({ path, before, after, changes }) => ({
    ...{ path, isNew: before === null, isRemoved: after === null, changes },
  }))
}
