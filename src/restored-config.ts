/**
 * config.toml of a restore: it waits beside its place until the restored database is in its own, and is put there by
 * whoever comes next. So the database decides alone whether a restore has happened, wherever it was cut off.
 */

import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import type { Database } from './db/client.ts'
import { readMeta, writeMeta } from './db/meta-store.ts'
import { waitingConfigOf } from './home-places.ts'
import { moveDurably, replaceDurably } from './lib/durable-file.ts'

const META_NAME = 'restoring_config'

/** Lays the text beside its place and notes in the database, which is not in its place yet, that it belongs to it. */
export async function prepareConfig(database: Database, path: string, text: Buffer | null): Promise<void> {
  rmSync(waitingConfigOf(path), { force: true })
  if (text === null) return
  replaceDurably(waitingConfigOf(path), text)
  await writeMeta(database, META_NAME, hashOf(text))
}

/**
 * Puts a text that waits into its place, if it is the one of this database; takes away any other. Costs one look at the
 * disk where none waits.
 *
 * Shape:  → where what lay in the place was set aside to; null when nothing was, undefined when nothing waited
 * Errors: those of the file system; StoreError
 */
export async function putWaitingConfig(
  database: Database,
  path: string,
  stamp: string,
): Promise<string | null | undefined> {
  if (!existsSync(waitingConfigOf(path))) return undefined
  const text = readFileSync(waitingConfigOf(path))
  if ((await readMeta(database, META_NAME)) === hashOf(text)) return putConfig(path, text, stamp)
  rmSync(waitingConfigOf(path))
  return undefined
}

function putConfig(path: string, text: Buffer, stamp: string): string | null {
  const present = existsSync(path) ? readFileSync(path) : null
  const aside = present === null || present.equals(text) ? null : `${path}.before-restore-${stamp}`
  // Copied, so that one of the two lies in the place at every moment.
  if (present && aside) replaceDurably(aside, present)
  moveDurably(waitingConfigOf(path), path)
  return aside
}

function hashOf(text: Buffer): string {
  return createHash('sha256').update(text).digest('hex')
}
