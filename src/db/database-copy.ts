/**
 * Copies a database file away, whole and on the disk, before something that cannot be taken back; and takes such copies away
 * when nothing is left that could read them.
 */

import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { open, readdir, rm } from 'node:fs/promises'
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

/** A copy, the log of one that was copied as it lay there, or one that never became whole. */
const COPY = /^tokendeck-.*\.db(-wal|\.part)?$/

/** The names of whole copies in a directory, without those that are on their way into an export. */
export function listCopies(directory: string): string[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory)
    .filter((name) => /^tokendeck-(?!for-export-).*\.db$/.test(name))
    .sort()
}

/** So much of a file is looked at at once; bytes. */
const CHUNK_BYTES = 256 * 1024

/**
 * Deletes every copy in a directory that holds a text somewhere, also where the database had deleted it. The process goes on
 * meanwhile.
 *
 * Shape:  → the names of the copies that are gone, without those of their logs
 * Errors: those of the file system
 */
export async function deleteCopiesHolding(directory: string, text: string): Promise<string[]> {
  if (!existsSync(directory)) return []
  const names = (await readdir(directory)).filter((name) => COPY.test(name))
  const doomed = new Set<string>()
  for (const name of names) if (await holds(join(directory, name), text)) doomed.add(name.replace(/-wal$/, ''))
  for (const name of names.filter((each) => doomed.has(each.replace(/-wal$/, '')))) await rm(join(directory, name))
  if (doomed.size > 0) syncPath(directory)
  return [...doomed].sort()
}

async function holds(path: string, text: string): Promise<boolean> {
  const file = await open(path, 'r')
  try {
    const wanted = Buffer.from(text)
    // What is cut in two between chunks is found in the next one, which begins with the end of the one before.
    const window = Buffer.alloc(wanted.length - 1 + CHUNK_BYTES)
    for (let kept = 0; ; ) {
      const { bytesRead } = await file.read(window, kept, CHUNK_BYTES, null)
      const seen = window.subarray(0, kept + bytesRead)
      if (seen.includes(wanted)) return true
      if (bytesRead === 0) return false
      kept = Math.min(wanted.length - 1, seen.length)
      window.copyWithin(0, seen.length - kept, seen.length)
    }
  } finally {
    await file.close()
  }
}
