/** What a switch replaced, kept sealed for 30 days: written down before anything is replaced, listed, and forgotten in time. */

import { accountName } from '../accounts/account-summary.ts'
import type { AccountsContext } from '../accounts/context.ts'
import { AccountError } from '../accounts/errors.ts'
import { thisMachineId } from '../accounts/machines.ts'
import { backupFilePlace } from '../accounts/sealed-places.ts'
import { namingStoreRefusals } from '../accounts/store-refusals.ts'
import type { PlaceFile, PlaceFiles } from '../cli-credentials/place-files.ts'
import type { LoginPlan } from '../cli-credentials/plan-login.ts'
import { findAccountById } from '../db/account-store.ts'
import {
  type ActivationRow,
  type BackupFileRow,
  type BackupRow,
  beginActivation,
  changeBackupFile,
  deleteExpiredBackups,
  findBackup,
  listBackups as listBackupRows,
} from '../db/activation-store.ts'
import type { CliMembersRow, CustodyMove } from '../db/custody-store.ts'
import { DAY_MS } from '../lib/clock.ts'
import { newId } from '../lib/random.ts'
import type { Secret } from '../lib/secret.ts'
import { backupCopy, forgetBackupCopies, noteBackupCopy } from './backup-copies.ts'
import type { SwitchRequest } from './switch-place.ts'

/** How long what was replaced can be put back. */
export const BACKUP_LIFE_MS = 30 * DAY_MS
/** More backups than this are not listed. */
const LISTED = 200

/** A switch as it was written down before it was done. */
export interface SwitchRecord {
  activation: ActivationRow
  backup: BackupRow
  files: BackupFileRow[]
}

/** What is about to be done. */
export interface PlannedSwitch {
  files: PlaceFiles
  plan: LoginPlan
  previousAccountId: string | null
  /** Committed together with the record. */
  members: CliMembersRow | null
  handOver: CustodyMove | null
}

/**
 * Writes down a switch with the files that it replaces, sealed, and hands the incoming login over.
 *
 * Errors: StoreError; then nothing was written
 */
export async function recordSwitch(
  context: AccountsContext,
  request: SwitchRequest,
  { files, plan, previousAccountId, members, handOver }: PlannedSwitch,
): Promise<{ record: SwitchRecord; isHandedOver: boolean }> {
  const { random, clock, database } = context
  const { provider, place, accountId, actor, restores = null } = request
  const at = clock.now()
  const where = { machineId: thisMachineId(context), provider: provider.id, directory: place.directory, at }
  const activation: ActivationRow = {
    ...{ id: newId(random, 'act'), ...where, accountId, previousAccountId, actor, restores },
    ...{ backupId: newId(random, 'bak'), writtenAt: null, verifiedAt: null, verifiedAs: null, verifiedBy: null },
    ...{ rolledBackAt: null, undoneAt: null, failedAt: null, failureCode: null },
  }
  const backup: BackupRow = {
    ...{ id: activation.backupId!, activationId: activation.id, ...where },
    ...{ expiresAt: at + BACKUP_LIFE_MS, restoredAt: null },
  }
  // Files that stay as they are need no copy: exactly what is touched is kept.
  const touched = files.files.filter((file) => plan.files.some(({ path }) => path === file.path))
  const rows = touched.map((file) => backupFile(context, backup.id, file))
  const copy = await backupCopy(context, backup, files)
  const isHandedOver = await beginActivation(database, { activation, backup, files: rows, members, copy, handOver })
  return { record: { activation, backup, files: rows }, isHandedOver }
}

function backupFile(context: AccountsContext, backupId: string, file: PlaceFile): BackupFileRow {
  const id = newId(context.random, 'bkf')
  const contentSealed = file.text && context.vault.seal(backupFilePlace(id), file.text)
  const mode = file.facts ? file.facts.mode & 0o777 : null
  return { id, backupId, path: file.path, contentSealed, mode, writtenFingerprint: null }
}

/** Keeps what a file held in the end, when it was changed after the switch was written down. */
export async function keepReplaced(
  context: AccountsContext,
  record: SwitchRecord,
  files: PlaceFiles,
  plan: LoginPlan,
): Promise<void> {
  for (const { path } of plan.files) {
    const row = record.files.find((file) => file.path === path)
    const file = files.files.find((candidate) => candidate.path === path)
    if (!row || !file) continue
    const contentSealed = file.text && context.vault.seal(backupFilePlace(row.id), file.text)
    await changeBackupFile(context.database, row.id, { contentSealed })
  }
  await noteBackupCopy(context, record.backup, files)
}

/** A backup with its files open. `text` is null where there was no such file. */
export interface OpenBackup {
  backup: BackupRow
  files: { path: string; text: Secret | null; writtenFingerprint: string | null }[]
}

/**
 * A backup of this machine, opened.
 *
 * Errors: AccountError backup_not_found, also for one whose time is over or whose key was given up; store_failed
 */
export function openBackup(context: AccountsContext, backupId: string): Promise<OpenBackup> {
  return namingStoreRefusals(async () => {
    const found = await findBackup(context.database, backupId)
    const isHere = found?.backup.machineId === thisMachineId(context)
    const isLost = found?.files.some(({ contentSealed }) => contentSealed === '')
    if (!found || !isHere || isLost || found.backup.expiresAt <= context.clock.now()) {
      throw new AccountError('backup_not_found')
    }
    const files = found.files.map(({ id, path, contentSealed, writtenFingerprint }) => ({
      ...{ path, writtenFingerprint },
      text: contentSealed === null ? null : context.vault.open(backupFilePlace(id), contentSealed),
    }))
    return { backup: found.backup, files }
  })
}

/** A backup for people: whose login was where, and what took its place. Instants in epoch milliseconds. */
export interface BackupView {
  id: string
  activationId: string
  provider: string
  directory: string
  at: number
  expiresAt: number
  restoredAt: number | null
  /** Whose login it holds; null: none, or nobody's of ours. */
  previous: { accountId: string; name: string } | null
  /** What took its place; null: the place was emptied. */
  next: { accountId: string; name: string } | null
  /** It belongs to an undoing itself. */
  isUndo: boolean
  verifiedAs: string | null
  paths: string[]
}

/** The backups of this machine that can still be put back, newest first. Errors: AccountError store_failed */
export function listBackups(context: AccountsContext): Promise<BackupView[]> {
  return namingStoreRefusals(async () => {
    const { database, clock } = context
    const rows = await listBackupRows(database, { machineId: thisMachineId(context), now: clock.now(), limit: LISTED })
    const ids = new Set(rows.flatMap(({ activation }) => [activation.accountId, activation.previousAccountId]))
    const names = new Map<string, string>()
    for (const id of ids) if (id !== null) names.set(id, await nameOf(context, id))
    const named = (id: string | null) => (id === null ? null : { accountId: id, name: names.get(id)! })
    return rows.map(({ activation, paths, machineId: _, ...backup }) => ({
      ...backup,
      previous: named(activation.previousAccountId),
      next: named(activation.accountId),
      isUndo: activation.restores !== null,
      verifiedAs: activation.verifiedAs,
      paths,
    }))
  })
}

async function nameOf({ database, providers }: AccountsContext, id: string): Promise<string> {
  const account = await findAccountById(database, id)
  if (!account) return id
  return accountName({ ...account, providerName: providers.get(account.provider)?.name ?? account.provider })
}

/** Forgets backups whose 30 days are over. Errors: StoreError */
export async function expireBackups(context: AccountsContext): Promise<void> {
  await deleteExpiredBackups(context.database, context.clock.now())
  await forgetBackupCopies(context)
}
