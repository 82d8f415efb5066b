/**
 * One commit for everything that is asked for in one turn of the event loop. Reaching the disk is most of the work of a
 * small write, and answers that came together wait for it once instead of one after another. Each part stays whole: it is
 * carried out entirely or not at all, and nobody is told before it is durable.
 */

import type { ResultSet } from '@libsql/client/sqlite3'
import type { Database } from './client.ts'
import { type FilledQuery, runKeptTogether } from './kept-query.ts'
import { storeErrorCodeOf } from './query.ts'

/** Queries that belong together, and whom to tell. */
interface Part {
  queries: FilledQuery[]
  done: (results: ResultSet[]) => void
  failed: (error: unknown) => void
}

const waiting = new WeakMap<Database, Part[]>()

/** Runs queries in one commit, perhaps with those of others. For the inside of `query`. */
export function commitWithOthers(database: Database, queries: FilledQuery[]): Promise<ResultSet[]> {
  return new Promise((done, failed) => {
    const part = { queries, done, failed }
    const others = waiting.get(database)
    if (others) {
      others.push(part)
      return
    }
    waiting.set(database, [part])
    setImmediate(() => {
      const parts = waiting.get(database)!
      waiting.delete(database)
      void commit(database, parts)
    })
  })
}

async function commit(database: Database, parts: Part[]): Promise<void> {
  try {
    const results = await runKeptTogether(
      database,
      parts.flatMap(({ queries }) => queries),
    )
    let place = 0
    for (const { queries, done } of parts) {
      done(results.slice(place, place + queries.length))
      place += queries.length
    }
  } catch (error) {
    // One that contradicts another row must not cost the others theirs; a disk or a network that fails does so for all.
    if (parts.length > 1 && storeErrorCodeOf(error) === 'constraint') {
      for (const part of parts) await commit(database, [part])
    } else {
      for (const { failed } of parts) failed(error)
    }
  }
}
