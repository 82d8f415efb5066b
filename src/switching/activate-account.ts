/** Hands an account to a CLI: planned, backed up, written under the CLI's locks, verified, or put back. */

import { accountName } from '../accounts/account-summary.ts'
import type { AccountsContext, Actor } from '../accounts/context.ts'
import { AccountError } from '../accounts/errors.ts'
import { getAccount } from '../accounts/list-accounts.ts'
import { namingStoreRefusals } from '../accounts/store-refusals.ts'
import { noteActivation } from '../db/activation-store.ts'
import { choosePlace, namingFileRefusals, type ProviderPlace } from './cli-place.ts'
import { prepareIncoming, refuseIncoming } from './incoming.ts'
import { isHeldIn } from './outgoing.ts'
import { restoreSwitch } from './restore-backup.ts'
import { type Switched, switchPlace } from './switch-place.ts'
import { inTurn } from './under-way.ts'
import { verifySwitch } from './verify-switch.ts'

export interface ActivationRequest {
  accountId: string
  /** The CLI's directory, where it is not the one that it uses by itself: another of its own, or a profile. */
  directory?: string
  /** For callers that know it; the account's own otherwise. */
  provider?: string
  actor: Actor
}

/** An activation that is verified. */
export interface Activation {
  activationId: string
  backupId: string
  accountId: string
  /** An e-mail mostly. */
  verifiedAs: string
  /** `file`: the CLI is not installed, or could not be asked. */
  verifiedBy: 'cli' | 'file'
}

/**
 * Activates an account.
 *
 * Errors: AccountError account_not_found, activation_…, place_…, file_…, no_refresh_token, reauthorization_required,
 *   try_again_later, store_failed. After `activation_not_verified` everything is as it was; after
 *   `activation_not_rolled_back` it is not
 */
export function activateAccount(context: AccountsContext, request: ActivationRequest): Promise<Activation> {
  return namingStoreRefusals(async () => {
    const account = await getAccount(context, request.accountId)
    const place = choosePlace(context, request.provider ?? account.provider, request.directory)
    return namingFileRefusals(accountName(account), () => activate(context, place, request))
  })
}

async function activate(
  context: AccountsContext,
  place: ProviderPlace,
  { accountId, actor }: ActivationRequest,
): Promise<Activation> {
  await prepareIncoming(context, accountId, place, { actor, isThere: await isHeldIn(context, place, accountId) })
  return inTurn(context, place.place.directory, async () => {
    const switched = await switchPlace(context, {
      ...{ ...place, accountId, actor },
      // What was seen before the locks were held may be otherwise now.
      refuse: (found, incoming) => refuseIncoming(incoming, place, found.accountId),
    })
    return verified(context, place, switched, actor)
  })
}

async function verified(
  context: AccountsContext,
  place: ProviderPlace,
  { record }: Switched,
  actor: Actor,
): Promise<Activation> {
  const { activation, backup } = record
  const accountId = activation.accountId!
  const { state, as, by } = await verifySwitch(context, place, record)
  if (state === 'there') {
    context.log.info('account.activated', { account: accountId, by })
    context.events.publish({ type: 'account.changed', accountId })
    return { activationId: activation.id, backupId: backup.id, accountId, verifiedAs: as, verifiedBy: by }
  }
  if (state === 'overwritten') {
    // It is not ours to put anything back over what somebody else wrote.
    await noteActivation(context.database, activation.id, { failedAt: context.clock.now(), failureCode: state })
    throw new AccountError('activation_overwritten', { path: place.place.path, actual: as })
  }
  const name = accountName(await getAccount(context, accountId))
  try {
    await restoreSwitch(context, { backupId: backup.id, actor, isRollBack: true })
  } catch (error) {
    // The message of a foreign error may quote the file that was being written.
    const code = error instanceof AccountError ? error.code : (error as Error).name
    context.log.error('switch.not_rolled_back', { error: code })
    throw new AccountError('activation_not_rolled_back', { account: name, path: place.place.path })
  }
  throw new AccountError('activation_not_verified', { account: name, actual: as })
}
