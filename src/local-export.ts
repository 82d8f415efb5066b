/**
 * Exports this installation into one encrypted file: the whole database, config.toml and the key. For a move it also gives
 * up the logins here, after the file is on the disk and before it has its name.
 */

import { existsSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { partsOfInstallation } from './accounts/export-installation.ts'
import { openMachine } from './accounts/machines.ts'
import type { Config } from './config.ts'
import { filePathOf } from './db/database-file.ts'
import { recordExport, retireMovedLogins } from './db/transfer-store.ts'
import { systemClock } from './lib/clock.ts'
import { moveDurably, syncPath, writeNewFile } from './lib/durable-file.ts'
import { systemRandom } from './lib/random.ts'
import type { Secret } from './lib/secret.ts'
import { openKeyWork } from './local-keys.ts'
import { sealExport } from './vault/export-file.ts'
import { findKey } from './vault/find-key.ts'
import { readPinnedKey } from './vault/pinned-key.ts'

/** What was asked for cannot be done, in words. Nothing has been changed when one of these is thrown. */
export class TransferRefusal extends Error {
  override readonly name = 'TransferRefusal'

  constructor(
    message: string,
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message)
  }
}

export interface Exported {
  keyId: string
  bytes: number
  /** Logins that were given up here; null when it is no move. */
  moved: number | null
}

/**
 * Writes an export to a new file. `passphrase` is asked for only when there is something to export.
 *
 * Errors: TransferRefusal, NoDatabase, DatabaseRefusal, KeyRefusal, StoreError; whatever `passphrase` throws
 */
export async function exportTo(
  config: Config,
  { file, isMove, passphrase }: { file: string; isMove: boolean; passphrase: () => Promise<Secret> },
): Promise<Exported> {
  const draft = draftFor(config, file)
  const { database, close } = await openKeyWork(config)
  try {
    const pinned = await readPinnedKey(database)
    if (!pinned) throw new TransferRefusal('This database has no key yet: there is nothing to export.')
    const key = await findKey({ ...config, random: systemRandom, clock: systemClock }, pinned)
    const secret = await passphrase()
    const machine = openMachine(join(config.home, 'machine'), hostname(), systemRandom)
    const now = systemClock.now()
    const source = { database, copiesDirectory: join(config.home, 'backups'), configFile: config.configFile }
    const parts = await partsOfInstallation({ ...source, random: systemRandom })
    const facts = { madeAt: now, machine, keyId: pinned.id, isMove }
    const sealed = await sealExport(facts, { ...parts, key }, { passphrase: secret, random: systemRandom })
    writeWhole(draft, sealed)
    const event = { at: now, accountId: null, actor: 'cli', details: { machine: machine.id } }
    let moved: number | null = null
    try {
      if (isMove) moved = await retireMovedLogins(database, { ...event, kind: 'export.moved_away' })
      else await recordExport(database, { ...event, kind: 'export.made' }, { place: file, machineId: machine.id })
    } catch (error) {
      // It would say that the logins are nowhere else.
      rmSync(draft)
      throw error
    }
    moveDurably(draft, file)
    return { keyId: pinned.id, bytes: sealed.length, moved }
  } finally {
    await close()
  }
}

/**
 * Writes an export that the running dashboard made to a new file.
 *
 * Errors: TransferRefusal; whatever `make` throws; then there is no file
 */
export async function writeExport(
  config: Config,
  file: string,
  make: () => Promise<{ keyId: string; bytes: Buffer }>,
): Promise<Exported> {
  const draft = draftFor(config, file)
  const { keyId, bytes } = await make()
  writeWhole(draft, bytes)
  moveDurably(draft, file)
  return { keyId, bytes: bytes.length, moved: null }
}

/** Where an export is written before it gets its name. Errors: TransferRefusal where there can be none */
function draftFor(config: Config, file: string): string {
  const draft = `${file}.part`
  for (const path of [file, draft])
    if (existsSync(path)) throw new TransferRefusal(`${path} is there already. Nothing was changed. Name another file.`)
  if (filePathOf(config.databaseUrl) === null)
    throw new TransferRefusal(
      'The database is not a file of this machine. Save it where it is, and its key with `tokendeck key export`.',
    )
  return draft
}

/** A new file for its owner alone, on the disk whole or not at all. Errors: TransferRefusal */
function writeWhole(path: string, bytes: Buffer): void {
  try {
    writeNewFile(path, bytes)
    syncPath(dirname(path))
  } catch (error) {
    rmSync(path, { force: true })
    const { code } = error as NodeJS.ErrnoException
    throw new TransferRefusal(`${path} cannot be written (${code}). Nothing was changed.`)
  }
}
