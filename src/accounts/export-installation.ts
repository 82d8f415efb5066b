/**
 * Everything of this installation in one sealed block: the whole database, config.toml and the key. Works while everything
 * goes on; what is being refreshed meanwhile is in it as it was before or after.
 */

import { readFile, rm } from 'node:fs/promises'
import type { Database } from '../db/client.ts'
import { copyDatabase } from '../db/database-copy.ts'
import { recordExport } from '../db/transfer-store.ts'
import { codeOf } from '../lib/private-file.ts'
import { type Random, randomToken } from '../lib/random.ts'
import type { Secret } from '../lib/secret.ts'
import type { AccountsContext, Actor } from './context.ts'
import { namingStoreRefusals } from './store-refusals.ts'

/** Where an installation keeps what belongs into an export. */
export interface ExportSource {
  database: Database
  /** Where the database is copied to for a moment. */
  copiesDirectory: string
  configFile: string
  random: Random
}

/**
 * The database as it is now, and config.toml. The copy is sealed values as they lie in the database, and is gone when this
 * is over.
 *
 * Errors: those of the database and the file system
 */
export async function partsOfInstallation(source: ExportSource): Promise<{ database: Buffer; config: Buffer | null }> {
  const name = `for-export-${randomToken(source.random, 6)}`
  const copy = await copyDatabase(source.database, source.copiesDirectory, name)
  try {
    return { database: await readFile(copy), config: await readIfAny(source.configFile) }
  } finally {
    await rm(copy)
  }
}

async function readIfAny(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

export interface InstallationExport {
  keyId: string
  bytes: Buffer
}

/**
 * An export of the running installation, and a note of where it will lie; null where the database is not a file of this
 * machine, so that no copy of it can be made here.
 *
 * Errors: AccountError store_failed; those of the file system
 */
export async function exportInstallation(
  context: AccountsContext,
  { configFile, passphrase, place, actor }: { configFile: string; passphrase: Secret; place: string; actor: Actor },
): Promise<InstallationExport | null> {
  const { database, copiesDirectory, isDatabaseRemote, machine, keys, vault, clock, random } = context
  if (isDatabaseRemote || copiesDirectory === undefined || machine === undefined) return null
  return namingStoreRefusals(async () => {
    for (;;) {
      const madeAt = clock.now()
      const { keyId } = vault
      const parts = await partsOfInstallation({ database, copiesDirectory, configFile, random })
      const sealed = await keys.sealExport({ madeAt, machine, isMove: false }, parts, passphrase)
      // The key was rotated meanwhile: the copy belongs to the former one.
      if (sealed.keyId !== keyId || vault.keyId !== keyId) continue
      const event = { at: madeAt, accountId: null, kind: 'export.made', actor, details: { machine: machine.id } }
      await recordExport(database, event, { place, machineId: machine.id })
      return sealed
    }
  })
}
