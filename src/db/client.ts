/**
 * Opens and closes the database. A local file belongs to one process at a time, from here to `close`; a remote libSQL
 * server is opened without the things that only a file has. Refuses in one readable line, and never makes a new database
 * over an existing file.
 */

import type { Client } from '@libsql/client/sqlite3'
import type { LibSQLDatabase } from 'drizzle-orm/libsql'
import { drizzle } from 'drizzle-orm/libsql/sqlite3'
import { type Clock, systemClock } from '../lib/clock.ts'
import type { Secret } from '../lib/secret.ts'
import { isSound } from './database-check.ts'
import { openFileClient } from './database-client.ts'
import { type DatabaseFile, filePathOf, makeDirectory, prepareDatabaseFile, rememberAsLeft } from './database-file.ts'
import { takeDatabaseLock } from './database-lock.ts'
import { DatabaseRefusal, refusalCodeOf } from './database-refusal.ts'
import type { CountingClient } from './file-client.ts'
import { bringUpToDate } from './migrate.ts'
import { type RemoteFetch, withDeadline } from './remote-fetch.ts'
import * as schema from './schema.ts'
import { MIGRATIONS_FOLDER } from './schema-state.ts'

export { DatabaseRefusal } from './database-refusal.ts'

/** What stores take. Transactions are `database.batch([...])`: `database.transaction` is refused. */
export type Database = LibSQLDatabase<typeof schema>

export interface OpenedDatabase {
  database: Database
  /**
   * Writes everything into the one file. May be called twice. Other processes can have the file when this one ends; before
   * that, when the garbage collector has been by.
   */
  close(): Promise<void>
}

export interface OpenDatabaseOptions {
  /** `file:/path`, `:memory:`, `http(s)://…` or `libsql://…`. */
  url: string
  authToken?: Secret | null
  migrationsFolder?: string
  /** Where a database is copied before it is migrated; no copy is made when absent, or of a remote database. */
  backupsDirectory?: string
  /** Files that exist only where there was a database at that path: then a missing one is not made anew. */
  notes?: readonly string[]
  /** How long to wait for another process to let go of the file; milliseconds, 0 unless told. */
  waitMs?: number
  clock?: Clock
  /** The way to a remote database; the machine's own fetch unless told. */
  fetch?: RemoteFetch
}

/** How often a file that is in use is tried again; milliseconds. */
const TRY_AGAIN_MS = 25
/** Requests to a remote database that may be under way at once. */
const REMOTE_CONCURRENCY = 20

/**
 * Opens the database and brings its tables up to date.
 *
 * Errors: DatabaseRefusal
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<OpenedDatabase> {
  const {
    url,
    backupsDirectory = null,
    migrationsFolder = MIGRATIONS_FOLDER,
    clock = systemClock,
    waitMs = 0,
  } = options
  const path = filePathOf(url)
  const place = path ?? placeOf(url)
  const deadline = clock.monotonic() + waitMs
  for (;;) {
    try {
      const { client, file, release } = path ? await openFile(path, options.notes) : await openOther(options)
      const close = async () => {
        if (!client.closed) await closeClient(client, path)
        release()
      }
      try {
        if (file && !file.isAsLeft && !(await isSound(client))) throw new DatabaseRefusal('corrupt', place)
        const database = drizzle({ client, schema, casing: 'snake_case' })
        await bringUpToDate(client, database, { place, migrationsFolder, backupsDirectory: file && backupsDirectory })
        return { database, close }
      } catch (error) {
        client.close()
        release()
        throw error
      }
    } catch (error) {
      const refusal = error instanceof DatabaseRefusal ? error : new DatabaseRefusal(refusalCodeOf(error), place)
      if (refusal.code !== 'busy' || clock.monotonic() >= deadline) throw refusal
      await clock.sleep(TRY_AGAIN_MS)
    }
  }
}

/**
 * A number that stays the same only while nothing is written. Null where others may write too: a remote database.
 */
export function revisionOf(database: Database): number | null {
  const { $client: client } = database as unknown as { $client?: Partial<CountingClient> }
  return client?.revision ?? null
}

/** A connection, what is known of its file, and the way to let go of the file's lock. */
interface Opened {
  client: Client
  file: DatabaseFile | null
  release(): void
}

async function openFile(path: string, notes?: readonly string[]): Promise<Opened> {
  makeDirectory(path)
  const release = takeDatabaseLock(path)
  if (!release) throw new DatabaseRefusal('busy', path)
  try {
    const file = await prepareDatabaseFile(path, notes)
    const client = await openFileClient(path)
    return { client, file, release }
  } catch (error) {
    release()
    throw error
  }
}

/** Memory and remote databases. The remote client is loaded only for those who have one. */
async function openOther({ url, authToken, fetch }: OpenDatabaseOptions): Promise<Opened> {
  const { createClient } = await import('@libsql/client')
  const isMemory = url === ':memory:'
  const client = createClient({
    url,
    authToken: authToken?.reveal(),
    // Memory is one connection; a server takes several requests, so that a slow one holds up no other.
    concurrency: isMemory ? 1 : REMOTE_CONCURRENCY,
    fetch: withDeadline(fetch ?? ((request) => globalThis.fetch(request))),
  })
  return { client, file: null, release() {} }
}

async function closeClient(client: Client, path: string | null): Promise<void> {
  try {
    if (!path) return
    // libSQL does not do this at close; without it a copy of the one file would lack the newest rows.
    await client.execute('PRAGMA wal_checkpoint(TRUNCATE)')
    rememberAsLeft(path)
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
