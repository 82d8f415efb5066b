/**
 * Finishes switches that a process which ended left half done, or takes them back: afterwards the files are the old ones or
 * the new ones, and custody is where the login is. Doing it twice changes nothing.
 */

import type { AccountsContext, Actor } from '../accounts/context.ts'
import { AccountError } from '../accounts/errors.ts'
import { machineOf, readPlace } from '../accounts/file-login.ts'
import { thisMachineId } from '../accounts/machines.ts'
import { observeFile } from '../accounts/observe-file.ts'
import { CredentialError } from '../cli-credentials/credential-error.ts'
import { loginOf } from '../cli-credentials/harvest-login.ts'
import { type PlaceFiles, readPlaceFiles } from '../cli-credentials/place-files.ts'
import { planLogin } from '../cli-credentials/plan-login.ts'
import { removeUnfinished, replaceFile } from '../cli-credentials/replace-file.ts'
import {
  type ActivationRow,
  findActivation,
  findBackup,
  listOpenActivations,
  noteActivation,
  noteRestoration,
} from '../db/activation-store.ts'
import { findAccountAndGrant } from '../db/grant-store.ts'
import type { Secret } from '../lib/secret.ts'
import { openBackup } from './backups.ts'
import { type ProviderPlace, placeOfRecord } from './cli-place.ts'
import { takeBack } from './custody.ts'
import { followersOf, harvest, isHeldIn } from './outgoing.ts'
import { LEFT_AFTER_MS, lockForSwitch, refuseLost, writtenOf } from './switch-place.ts'
import { inTurn, isUnderWay } from './under-way.ts'
import { verifySwitch } from './verify-switch.ts'
import { keepMembers, writableLogin } from './writable-login.ts'

/** How many switches were finished, and how many taken back; the rest waits for its file or its lock. */
export interface SwitchRecovery {
  finished: number
  takenBack: number
}

/** Recovers. Errors: StoreError; what concerns one place alone is logged and tried again by the next call */
export async function recoverSwitches(context: AccountsContext): Promise<SwitchRecovery> {
  const recovery = { finished: 0, takenBack: 0 }
  for (const row of await listOpenActivations(context.database, thisMachineId(context))) {
    const isLeft = context.isSoleOwner === true || context.clock.now() - row.at >= LEFT_AFTER_MS
    if (!isLeft || isUnderWay(context, row.directory)) continue
    try {
      const end = await inTurn(context, row.directory, () => recover(context, row))
      if (end) recovery[end] += 1
    } catch (error) {
      if (!(error instanceof CredentialError || error instanceof AccountError)) throw error
      context.log.warn('switch.not_recovered', { activation: row.id, code: error.code })
    }
  }
  return recovery
}

async function recover(context: AccountsContext, { id }: ActivationRow): Promise<keyof SwitchRecovery | null> {
  const row = await findActivation(context.database, id)
  if (!row || row.verifiedAt !== null || row.rolledBackAt !== null || row.failedAt !== null) return null
  const backup = row.backupId === null ? null : await findBackup(context.database, row.backupId)
  const place = placeOfRecord(context, row, backup?.files ?? [])
  const lock = await lockForSwitch(context, place)
  try {
    const files = await readPlaceFiles(place.place, machineOf(context))
    const isWritten = row.writtenAt !== null || (await isWrittenAlready(context, place, row, files))
    await refuseLost(lock)
    for (const { target } of files.files) await removeUnfinished(target)
    return isWritten ? await finish(context, place, row, files) : await takeItBack(context, place, row)
  } finally {
    await lock.release()
  }
}

/** True when the credentials themselves are in their place; the file beside them may be missing still. */
async function isWrittenAlready(
  context: AccountsContext,
  place: ProviderPlace,
  row: ActivationRow,
  files: PlaceFiles,
): Promise<boolean> {
  if (row.accountId !== null) {
    const found = await findAccountAndGrant(context.database, row.accountId)
    const isHandedOver = found?.grant.custody === 'cli' && found.grant.credentialPath === place.place.path
    // The file may have held another login of this very account before.
    return isHandedOver && (await isHeldIn(context, place, row.accountId)) && !(await isAsBefore(context, place, row))
  }
  const credentials = files.files.find(({ role }) => role === 'credentials')
  if (row.restores === null) return loginOf(files) === null
  const { files: kept } = await openBackup(context, row.restores)
  const text = kept.find(({ path }) => path === credentials?.path)?.text
  return text !== undefined && text?.reveal() === credentials?.text?.reveal()
}

async function finish(
  context: AccountsContext,
  place: ProviderPlace,
  row: ActivationRow,
  files: PlaceFiles,
): Promise<'finished'> {
  const actor: Actor = 'startup'
  const { members } = await harvest(context, place, files, actor)
  await keepMembers(context, members)
  const holder = row.accountId === null ? null : await findAccountAndGrant(context.database, row.accountId)
  if (holder && row.writtenAt === null) {
    const plan = planLogin(files, await writableLogin(context, place.provider, holder))
    for (const file of plan.files) await (await replaceFile(file, machineOf(context))).close()
  }
  for (const { account } of await followersOf(context, place.place.path)) {
    if (account.id !== row.accountId) await takeBack(context, account.id, { path: place.place.path, actor })
  }
  const now = await readPlaceFiles(place.place, machineOf(context))
  await keepWritten(context, row, now)
  if (row.restores !== null) await noteRestored(context, row.restores)
  const { state } = await verifySwitch(context, place, { activation: row }, { asksCli: false })
  if (state !== 'there')
    await noteActivation(context.database, row.id, { failedAt: context.clock.now(), failureCode: state })
  await observeFile(context, place.place, await readPlace(context, place.place), holder?.account ?? null)
  context.log.warn('switch.finished', { activation: row.id })
  return 'finished'
}

async function keepWritten(context: AccountsContext, row: ActivationRow, { files }: PlaceFiles): Promise<void> {
  if (row.writtenAt !== null || row.backupId === null) return
  const backupId = row.backupId
  const written = files.map(({ path, text }: { path: string; text: Secret | null }) => ({
    ...writtenOf(context, path, text),
    backupId,
  }))
  await noteActivation(context.database, row.id, { writtenAt: context.clock.now() }, { written })
}

async function noteRestored(context: AccountsContext, backupId: string): Promise<void> {
  const { backup } = await openBackup(context, backupId)
  await noteRestoration(context.database, backup, context.clock.now())
}

/** The file is the old one, or somebody else's by now: the incoming login was never in it, or is not any more. */
async function takeItBack(context: AccountsContext, place: ProviderPlace, row: ActivationRow): Promise<'takenBack'> {
  if (row.accountId !== null) {
    const isForeign = !(await isAsBefore(context, place, row))
    await takeBack(context, row.accountId, { path: place.place.path, actor: 'startup', isSuspect: isForeign })
  }
  await noteActivation(context.database, row.id, { failedAt: context.clock.now(), failureCode: 'interrupted' })
  context.log.warn('switch.taken_back', { activation: row.id })
  return 'takenBack'
}

/** True when the files are exactly what the backup kept: then nothing was ever written. */
async function isAsBefore(context: AccountsContext, { place }: ProviderPlace, row: ActivationRow): Promise<boolean> {
  const open = row.backupId === null ? null : await openBackup(context, row.backupId).catch(() => null)
  if (open === null) return false
  const { files } = await readPlaceFiles(place, machineOf(context))
  return open.files.every(
    ({ path, text }) => files.find((file) => file.path === path)?.text?.reveal() === text?.reveal(),
  )
}
