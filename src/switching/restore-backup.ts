/**
 * Undoes a switch: byte for byte where nothing was changed since, otherwise by the keys of the login alone, and always with
 * the newest tokens of whoever was there.
 */

import { accountName } from '../accounts/account-summary.ts'
import type { AccountsContext, Actor } from '../accounts/context.ts'
import { AccountError } from '../accounts/errors.ts'
import { machineOf } from '../accounts/file-login.ts'
import { getAccount } from '../accounts/list-accounts.ts'
import { namingStoreRefusals } from '../accounts/store-refusals.ts'
import { type PlaceFiles, readPlaceFiles } from '../cli-credentials/place-files.ts'
import { type LoginPlan, type PlannedFile, planLogin } from '../cli-credentials/plan-login.ts'
import type { WritableLogin } from '../cli-credentials/writable-login.ts'
import { noteActivation, noteRestoration } from '../db/activation-store.ts'
import { Secret } from '../lib/secret.ts'
import { type OpenBackup, openBackup } from './backups.ts'
import { namingFileRefusals, placeOfRecord } from './cli-place.ts'
import { prepareIncoming, refuseIncoming } from './incoming.ts'
import { isHeldIn } from './outgoing.ts'
import { filesOfBackup, type PreviousLogin, previousLogin } from './previous-login.ts'
import { holdsLogin, switchPlace } from './switch-place.ts'
import { inTurn } from './under-way.ts'
import { verifySwitch } from './verify-switch.ts'

/** What was put back. */
export interface Restoration {
  activationId: string
  /** Of what was replaced by it. */
  backupId: string
  /** Whose login is there again; null: none, or nobody's of ours. */
  accountId: string | null
  verifiedAs: string
  verifiedBy: 'cli' | 'file'
  /** Every file is byte for byte as it was. */
  isExact: boolean
}

/**
 * Puts back what a switch replaced.
 *
 * Errors: AccountError backup_not_found, backup_nothing_to_undo for one that was put back already, backup_previous_gone;
 *   what handing over refuses; place_…, file_…, store_failed
 */
export function restoreBackup(
  context: AccountsContext,
  { backupId, actor }: { backupId: string; actor: Actor },
): Promise<Restoration> {
  return namingStoreRefusals(async () => {
    const open = await openBackup(context, backupId)
    if (open.backup.restoredAt !== null) throw new AccountError('backup_nothing_to_undo')
    const { place } = placeOfRecord(context, open.backup, open.files)
    return inTurn(context, place.directory, () => restoreSwitch(context, { backupId, actor, isRollBack: false }))
  })
}

/** The same for whoever has its turn on the directory. A roll back asks no CLI: it was the CLI that said no. */
export async function restoreSwitch(
  context: AccountsContext,
  { backupId, actor, isRollBack }: { backupId: string; actor: Actor; isRollBack: boolean },
): Promise<Restoration> {
  const open = await openBackup(context, backupId)
  const { backup } = open
  const place = placeOfRecord(context, backup, open.files)
  return namingFileRefusals(place.place.path, async () => {
    const files = await readPlaceFiles(place.place, machineOf(context))
    const previous = await previousLogin(context, files, open)
    const accountId = previous.kind === 'ours' ? previous.accountId : null
    if (accountId !== null) {
      const isThere = await isHeldIn(context, place, accountId)
      await prepareIncoming(context, accountId, place, { actor, isThere })
    }
    let isExact = false
    const switched = await switchPlace(context, {
      ...{ ...place, accountId, actor, restores: backupId },
      refuse: (found, incoming) => refuseIncoming(incoming, place, found.accountId),
      plan: (now, login) => {
        const plan = planBack(now, open, previous, login, (text) => context.vault.fingerprint('file', text))
        isExact = plan.isExact
        return plan
      },
    })
    const at = context.clock.now()
    await noteRestoration(context.database, backup, at)
    if (isRollBack) await noteActivation(context.database, backup.activationId, { rolledBackAt: at })
    const { state, as, by } = await verifySwitch(context, place, switched.record, { asksCli: !isRollBack })
    if (state !== 'there') {
      const name = accountId === null ? '—' : accountName(await getAccount(context, accountId))
      throw new AccountError('activation_not_rolled_back', { account: name, path: place.place.path })
    }
    const { activation } = switched.record
    context.log.info('place.restored', { backup: backupId, isExact })
    return {
      activationId: activation.id,
      backupId: switched.record.backup.id,
      accountId,
      verifiedAs: as,
      verifiedBy: by,
      isExact,
    }
  })
}

/**
 * The way back. Files that nobody changed since take the backup's text, with newer tokens in it where there are any; others
 * keep everything but the login.
 */
function planBack(
  now: PlaceFiles,
  open: OpenBackup,
  previous: PreviousLogin,
  login: WritableLogin | null,
  fingerprint: (text: Secret) => string,
): LoginPlan & { isExact: boolean } {
  const isUntouched = open.files.every(({ path, writtenFingerprint }) => {
    const file = now.files.find((candidate) => candidate.path === path)
    return writtenFingerprint !== null && fingerprint(file?.text ?? new Secret('')) === writtenFingerprint
  })
  const before = filesOfBackup(now, open)
  const wanted = login ?? rawLogin(previous)
  const isNewest = previous.kind !== 'ours' || holdsLogin(before, login)
  if (!isUntouched && !isWholeOther(previous, before)) return { ...planLogin(now, wanted), isExact: false }
  const newer = isNewest ? [] : planLogin(before, wanted).files
  const files = before.files.flatMap((file): PlannedFile[] => {
    const current = now.files.find(({ path }) => path === file.path)!
    const after = newer.find(({ path }) => path === file.path)?.after ?? file.text
    if (after?.reveal() === current.text?.reveal()) return []
    const { role, path, target } = file
    return [{ role, path, target, before: current.text, after, expected: current.facts, changes: [] }]
  })
  return { files, isExact: isUntouched && isNewest }
}

/** A login whose owner nobody knows can only be put back as it was. */
function rawLogin(previous: PreviousLogin): WritableLogin | null {
  if (previous.kind !== 'raw') return null
  const { identity } = previous.login
  return identity === null ? null : { ...previous.login, identity }
}

/**
 * True for a file that is another kind of login as a whole, such as an API key: nothing in it can have been spent, and the
 * keys of an account's login would not bring it back.
 */
function isWholeOther(previous: PreviousLogin, { files }: PlaceFiles): boolean {
  return previous.kind === 'none' && files.length === 1 && files[0]!.text !== null
}
