/** Takes the login out of a CLI's place: nothing is revoked, and what was there is refreshed here from now on. */

import { accountName } from '../accounts/account-summary.ts'
import type { AccountsContext, Actor } from '../accounts/context.ts'
import { AccountError } from '../accounts/errors.ts'
import { getAccount } from '../accounts/list-accounts.ts'
import { thisMachineId } from '../accounts/machines.ts'
import { namingStoreRefusals } from '../accounts/store-refusals.ts'
import { findCurrentGrant } from '../db/grant-store.ts'
import { choosePlace, namingFileRefusals, type ProviderPlace, placeOfProvider } from './cli-place.ts'
import { takeBack } from './custody.ts'
import { followersOf, isHeldIn } from './outgoing.ts'
import { switchPlace } from './switch-place.ts'
import { inTurn } from './under-way.ts'
import { verifySwitch } from './verify-switch.ts'

/** What was taken out. `backupId` null: no login was in the file any more, and only custody came back. */
export interface Clearing {
  backupId: string | null
  /** Whose logins are refreshed here again. */
  accountIds: string[]
}

/**
 * Empties the place of a path and takes home what is held there.
 *
 * Shape:  `provider` is needed only for a path that no account follows and that is no CLI's own
 * Errors: AccountError activation_unsupported, activation_empty, activation_outgoing_doubtful, place_…, file_…, store_failed
 */
export function clearPlace(
  context: AccountsContext,
  { path, provider, actor }: { path: string; provider?: string; actor: Actor },
): Promise<Clearing> {
  return namingStoreRefusals(async () => {
    const place = await placeOfAnyone(context, path, provider)
    return namingFileRefusals(path, () => inTurn(context, place.place.directory, () => clear(context, place, actor)))
  })
}

/** The same for the place that a provider's CLI uses by itself, or another directory of it. Errors: the same */
export function clearDirectory(
  context: AccountsContext,
  { provider, directory, actor }: { provider: string; directory?: string; actor: Actor },
): Promise<Clearing> {
  const { place } = choosePlace(context, provider, directory)
  return clearPlace(context, { path: place.path, provider, actor })
}

/**
 * Takes an account back from the CLI that holds it. Where its file holds somebody else's login by now, that one stays.
 *
 * Errors: AccountError account_not_found, activation_not_held, and those of `clearPlace`
 */
export function deactivateAccount(
  context: AccountsContext,
  { accountId, actor }: { accountId: string; actor: Actor },
): Promise<Clearing> {
  return namingStoreRefusals(async () => {
    const account = await getAccount(context, accountId)
    const grant = await findCurrentGrant(context.database, accountId)
    const path = grant?.credentialPath
    if (!path || grant.custody !== 'cli') {
      throw new AccountError('activation_not_held', { account: accountName(account) })
    }
    // A file of another machine cannot be emptied from here.
    const isHere = grant.credentialMachineId === null || grant.credentialMachineId === thisMachineId(context)
    if (!isHere) throw new AccountError('activation_elsewhere', { account: accountName(account), path })
    const place = placeOfProvider(context, account.provider, path)
    if (await isHeldIn(context, place, accountId))
      return clearPlace(context, { path, provider: account.provider, actor })
    const act = () => takeBack(context, accountId, { path, actor, isSuspect: true })
    await inTurn(context, place.place.directory, act)
    return { backupId: null, accountIds: [accountId] }
  })
}

async function clear(context: AccountsContext, place: ProviderPlace, actor: Actor): Promise<Clearing> {
  const { record, leaving } = await switchPlace(context, {
    ...{ ...place, accountId: null, actor },
    refuse: ({ isLive, leaving: held }) => {
      if (!isLive && held.length === 0) throw new AccountError('activation_empty', { path: place.place.path })
    },
  })
  await verifySwitch(context, place, record)
  context.log.info('place.emptied', { path: place.place.path })
  context.events.publish({ type: 'candidates.changed' })
  return { backupId: record.backup.id, accountIds: leaving.map(({ accountId }) => accountId) }
}

async function placeOfAnyone(context: AccountsContext, path: string, provider?: string): Promise<ProviderPlace> {
  if (provider !== undefined) return placeOfProvider(context, provider, path)
  const own = context.credentialPlaces.find((place) => place.path === path)
  const [follower] = own ? [] : await followersOf(context, path)
  const known = own?.provider ?? follower?.account.provider
  if (known === undefined) throw new AccountError('file_unknown_provider', { path })
  return placeOfProvider(context, known, path)
}
