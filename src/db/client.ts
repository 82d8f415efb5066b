/**
 * Opens and closes the database. A local file belongs to one process at a time, from here to `close`; a remote libSQL
 * server is opened without the things that only a file has. Refuses in one readable line, and never makes a new database
 * over an existing file.
 */

import { fileURLToPath } from 'node:url'
import type { Client } from '@libsql/client/sqlite3'
import type { LibSQLDatabase } from 'drizzle-orm/libsql'
import { drizzle } from 'drizzle-orm/libsql/sqlite3'
import { type Clock, systemClock } from '../lib/clock.ts'
import type { Secret } from '../lib/secret.ts'
import { CHECK_ALWAYS_BELOW_BYTES, isSound } from './database-check.ts'
import { openFileClient } from './database-client.ts'
import { type DatabaseFile, filePathOf, prepareDatabaseFile } from './database-file.ts'
import { DatabaseRefusal, refusalCodeOf } from './database-refusal.ts'
import { bringUpToDate } from './migrate.ts'
import * as schema from './schema.ts'

export { DatabaseRefusal } from './database-refusal.ts'

/** What stores take. Transactions are `database.batch([...])`: `database.transaction` is refused. */
export type Database = LibSQLDatabase<typeof schema>

export interface OpenedDatabase {
  database: Database
  /** Writes everything into the one file and lets go of it. May be called twice. */
  close(): Promise<void>
}

export interface OpenDatabaseOptions {
  /** `file:/path`, `:memory:`, `http(s)://…` or `libsql://…`. */
  url: string
  authToken?: Secret | null
  migrationsFolder?: string
  /** Where a database is copied before it is migrated; no copy is made when absent, or of a remote database. */
  backupsDirectory?: string
  /** How long to wait for another process to let go of the file; milliseconds, 0 unless told. */
  waitMs?: number
  clock?: Clock
}

/** How often a file that is in use is tried again; milliseconds. */
const TRY_AGAIN_MS = 25

/**
 * Opens the database and brings its tables up to date.
 *
 * Errors: DatabaseRefusal
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<OpenedDatabase> {
  const { url, backupsDirectory = null, clock = systemClock, waitMs = 0 } = options
  const migrationsFolder = options.migrationsFolder ?? fileURLToPath(new URL('./migrations', import.meta.url))
  const path = filePathOf(url)
  const place = path ?? placeOf(url)
  const deadline = clock.monotonic() + waitMs
  for (;;) {
    try {
      const { client, file } = path ? await openFile(path) : { client: await openOther(options), file: null }
      try {
        if (file && needsCheck(file) && !(await isSound(client))) throw new DatabaseRefusal('corrupt', place)
        const database = drizzle({ client, schema, casing: 'snake_case' })
        await bringUpToDate(client, database, { place, migrationsFolder, backupsDirectory: file && backupsDirectory })
        return { database, close: () => closeClient(client, file !== null) }
      } catch (error) {
        client.close()
        throw error
      }
    } catch (error) {
      const refusal = error instanceof DatabaseRefusal ? error : new DatabaseRefusal(refusalCodeOf(error), place)
      if (refusal.code !== 'busy' || clock.monotonic() >= deadline) throw refusal
      await clock.sleep(TRY_AGAIN_MS)
    }
  }
}

async function openFile(path: string): Promise<{ client: Client; file: DatabaseFile }> {
  const file = await prepareDatabaseFile(path)
  // The path once more as a URL: `file:` URLs are percent-decoded by libSQL.
  return { client: await openFileClient(`file:${encodeURI(path).replace(/[?#]/g, encodeURIComponent)}`), file }
}

/** Memory and remote databases. The remote client is loaded only for those who have one. */
async function openOther({ url, authToken }: OpenDatabaseOptions): Promise<Client> {
  const { createClient } = await import('@libsql/client')
  return createClient({ url, authToken: authToken?.reveal(), concurrency: 1 })
}

function needsCheck(file: DatabaseFile): boolean {
  return !file.isNew && (file.wasInterrupted || file.bytes <= CHECK_ALWAYS_BELOW_BYTES)
}

async function closeClient(client: Client, isFile: boolean): Promise<void> {
  if (client.closed) return
  try {
    // libSQL does not do this at close; without it a copy of the one file would lack the newest rows.
    if (isFile) await client.execute('PRAGMA wal_checkpoint(TRUNCATE)')
  } catch {
    // A full or broken disk: the write-ahead log keeps what it holds, and the next start reads it.
  } finally {
    client.close()
  }
}

/** An address that can be shown: without user, password and query. */
function placeOf(url: string): string {
  const parsed = URL.parse(url)
  return parsed?.host ? `${parsed.protocol}//${parsed.host}` : url.replace(/[?#].*$/s, '')
}
