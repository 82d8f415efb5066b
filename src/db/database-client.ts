/**
 * The connection to a local database file: set up so that one process owns the file, that a commit is on the disk when it
 * returns, and that a connection which SQLite left stuck after "busy" is replaced. Knows no tables.
 */

import type { Client } from '@libsql/client/sqlite3'
import { letOthersRun } from '../lib/let-others-run.ts'
import { type CountingClient, createFileClient } from './file-client.ts'
import { CLAIM } from './file-settings.ts'
import { storeErrorCodeOf } from './query.ts'

/** After so many commits the log of writes goes into the file: between two commits, where nobody waits, and not inside one. The settings hold a net only. */
const CHECKPOINT_AFTER = 128

/** Tries to have the file from a closed connection of this process; about a tenth of a second in all. */
const CLAIM_TRIES = 12

/**
 * Opens the file and takes its lock until `close`.
 *
 * Errors: LibsqlError, `SQLITE_BUSY` when another process has the file open
 */
export async function openFileClient(path: string): Promise<CountingClient> {
  // One connection, because PRAGMAs reach one connection only.
  const client = createFileClient(path)
  try {
    await claimPatiently(client)
  } catch (error) {
    client.close()
    throw error
  }
  return recovering(client)
}

async function claim(client: Client): Promise<void> {
  // A read may be enough for the lock, a write surely is: two starting processes cannot both believe they own the file.
  await client.executeMultiple(`${CLAIM};BEGIN IMMEDIATE;COMMIT`)
}

/**
 * Closed connections of this process keep their file, and so its lock, until the garbage collector has been by: a new one
 * may have to wait for that.
 */
async function claimPatiently(client: Client): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await claim(client)
    } catch (error) {
      if (storeErrorCodeOf(error) !== 'busy' || tries === CLAIM_TRIES) throw error
      await client.reconnect()
      Bun.gc(true)
      await new Promise((resolve) => setTimeout(resolve, tries))
    }
  }
}

/**
 * Gives the same client with one more try: after "busy" the connection may stay stuck for good (libsql-client-ts issue
 * 352), so it is replaced and set up anew. A statement or batch that ended in "busy" was not carried out, so trying it
 * again cannot do it twice.
 */
function recovering(client: CountingClient): CountingClient {
  let repair: Promise<void> | null = null
  const reconnect = () => {
    repair ??= (async () => {
      await client.reconnect()
      await claimPatiently(client)
    })().finally(() => {
      repair = null
    })
    return repair
  }
  let commits = 0
  const written = <T>(result: T): T => {
    if (++commits % CHECKPOINT_AFTER === 0) setImmediate(checkpoint)
    return result
  }
  // One that fails, on a full disk for example, leaves everything in the log; the net tries again.
  const checkpoint = () => {
    if (!client.closed) client.execute('PRAGMA wal_checkpoint(PASSIVE)').catch(() => {})
  }
  const turn = createTurns()
  const retried = async <T>(run: () => Promise<T>): Promise<T> => {
    const wait = turn()
    if (wait) await wait
    if (repair) await repair
    try {
      return await run()
    } catch (error) {
      if (storeErrorCodeOf(error) !== 'busy' || client.closed) throw error
      await reconnect()
      return await run()
    }
  }
  return {
    execute: ((...args: Parameters<Client['execute']>) => retried(() => client.execute(...args))) as Client['execute'],
    batch: (statements, mode) => retried(() => client.batch(statements, mode)).then(written),
    migrate: (statements) => retried(() => client.migrate(statements)),
    executeMultiple: (sql) => retried(() => client.executeMultiple(sql)),
    transaction: () => client.transaction(),
    sync: () => client.sync(),
    reconnect,
    close: () => client.close(),
    get closed() {
      return client.closed
    },
    get protocol() {
      return client.protocol
    },
    get revision() {
      return client.revision
    },
  }
}

/** How long queries may follow each other before whatever else waits gets its turn. Milliseconds. */
const TURN_MS = 10

/**
 * A file answers at once, so somebody who asks it a thousand things in a row would keep the event loop standing still, for
 * all that he waits for each of them. Gives null, or what to wait for before the next query.
 */
function createTurns(): () => Promise<void> | null {
  let beganAt: number | null = null
  return () => {
    const now = performance.now()
    if (beganAt === null) {
      beganAt = now
      setImmediate(() => {
        beganAt = null
      })
    }
    return now - beganAt > TURN_MS ? letOthersRun() : null
  }
}
