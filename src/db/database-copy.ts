/** Copies a database file away, whole and on the disk, before something that cannot be taken back. */

import { chmodSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { moveDurably, syncPath } from '../lib/durable-file.ts'
import type { Database } from './client.ts'

/**
 * Copies a local database to `tokendeck-NAME.db` in a directory for its owner alone. An older copy of that name is
 * replaced, and nothing is there under it before the copy is whole.
 *
 * Shape:  → the path of the copy
 * Errors: what the disk and the database say
 */
export async function copyDatabase(database: Database, directory: string, name: string): Promise<string> {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const path = join(directory, `tokendeck-${name}.db`)
  const draft = `${path}.part`
  if (existsSync(draft)) rmSync(draft)
  await database.run(sql`VACUUM INTO ${draft}`)
  chmodSync(draft, 0o600)
  syncPath(draft)
  moveDurably(draft, path)
  return path
}
