/**
 * One process owns a database file: a lock beside it, held until released and freed by the system when the process dies
 * in any way. Taken before the database itself is touched, since libSQL keeps half a lock on a file that it could not
 * have, and two waiting processes would then keep each other out for good.
 */

import { Database } from 'bun:sqlite'

/** Locks of this process. Referred to from here, since the garbage collector would let go of a lock that nobody mentions. */
const held = new Set<Database>()

/** Takes the lock of the database at `path` and gives the way to release it, or null when another process has it. */
export function takeDatabaseLock(path: string): (() => void) | null {
  const lock = new Database(`${path}-lock`, { create: true })
  try {
    // Nothing is ever written, so no journal need lie beside it.
    lock.run('PRAGMA journal_mode=MEMORY')
    lock.run('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) return null
    throw error
  }
  held.add(lock)
  return () => {
    held.delete(lock)
    lock.close()
  }
}
