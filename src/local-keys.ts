/**
 * The database and the places of its key, without opening the vault: for commands that mend what keeps it shut. The
 * database is this process's alone meanwhile.
 */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Config, withoutCredentials } from './config.ts'
import { type OpenedDatabase, openDatabase } from './db/client.ts'
import { copyDatabase } from './db/database-copy.ts'
import { filePathOf } from './db/database-file.ts'
import { fileStamp, SECOND_MS, systemClock } from './lib/clock.ts'
import { systemRandom } from './lib/random.ts'
import type { Secret } from './lib/secret.ts'
import { quietFetch, tidyProcess } from './process-hygiene.ts'
import { type ExportedKit, exportKey, type ImportedKey, importKey } from './vault/recover-key.ts'
import { forecastReset, type KeyReset, type ResetForecast, resetKey } from './vault/reset-key.ts'

/** A command that is at work on the database is done within a moment. */
const WAIT_MS = 3 * SECOND_MS

export interface LocalKeys {
  exportKey(passphrase: () => Promise<Secret>): Promise<ExportedKit>
  importKey(kitText: string, passphrase: () => Promise<Secret>): Promise<ImportedKey>
  forecastReset(): Promise<ResetForecast>
  /** `backup`: the copy that was made before; null where the database is not a file of this machine. */
  resetKey(): Promise<KeyReset & { backup: string | null }>
  close(): Promise<void>
}

/** There is nothing that could have a key. */
class NoDatabase extends Error {
  override readonly name = 'NoDatabase'
  readonly exitCode = 78
}

/**
 * Opens the database for work on its key.
 *
 * Errors: NoDatabase, DatabaseRefusal: one readable line and an exit code each
 */
export async function openLocalKeys(config: Config): Promise<LocalKeys> {
  const { database, close, path, backupsDirectory } = await openKeyWork(config)
  const { keySource, keyFile, passphraseFile } = config
  const options = { database, random: systemRandom, clock: systemClock, keySource, keyFile, passphraseFile }
  return {
    exportKey: (passphrase) => exportKey(options, passphrase),
    importKey: (kitText, passphrase) => importKey(options, kitText, passphrase),
    forecastReset: () => forecastReset(database),
    async resetKey() {
      const stamp = fileStamp(systemClock.now())
      const backup = path && (await copyDatabase(database, backupsDirectory, `before-key-reset-${stamp}`))
      return { backup, ...(await resetKey({ ...options, actor: 'cli' })) }
    },
    close,
  }
}

/** A database without a vault; `path` is null where it is not a file of this machine. */
export interface KeyWork extends OpenedDatabase {
  path: string | null
  backupsDirectory: string
}

/** Opens a database that is there already, and leaves its vault shut. Errors: as openLocalKeys */
export async function openKeyWork(config: Config): Promise<KeyWork> {
  tidyProcess()
  const path = filePathOf(config.databaseUrl)
  if (path !== null && !existsSync(path)) {
    throw new NoDatabase(
      `There is no database at ${withoutCredentials(config.databaseUrl)}, so there is no key either.`,
    )
  }
  const backupsDirectory = join(config.home, 'backups')
  const opened = await openDatabase({
    url: config.databaseUrl,
    authToken: config.databaseAuthToken,
    backupsDirectory,
    waitMs: WAIT_MS,
    clock: systemClock,
    fetch: quietFetch,
  })
  return { ...opened, path, backupsDirectory }
}
