/** Finds transcripts in a CLI's directory. Symbolic links are not followed: what they show lies elsewhere, and is counted there. */

import type { Stats } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

const DEEPEST = 5
const MOST_FILES = 20_000

export interface FoundTranscript {
  path: string
  size: number
  modifiedAt: number
  /** When the file came to be; null where the file system does not tell, or where the file is older than itself: a copy. */
  createdAt: number | null
}

/**
 * Transcripts below `root` that were written after `since`, the newest first.
 *
 * Errors: none; what cannot be read is left out
 */
export async function findTranscripts(root: string, since: number): Promise<FoundTranscript[]> {
  const found: FoundTranscript[] = []
  if (!(await isDirectory(root))) return found
  await walk(root, 1, found)
  return found.filter(({ modifiedAt }) => modifiedAt >= since).sort((left, right) => right.modifiedAt - left.modifiedAt)
}

async function isDirectory(path: string): Promise<boolean> {
  return await lstat(path).then(
    (stat) => stat.isDirectory(),
    () => false,
  )
}

async function walk(directory: string, depth: number, found: FoundTranscript[]): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
  for (const entry of entries) {
    if (found.length >= MOST_FILES) return
    const path = join(directory, entry.name)
    if (entry.isDirectory() && depth < DEEPEST) await walk(path, depth + 1, found)
    if (!entry.isFile() || !entry.name.endsWith('.jsonl')) continue
    const stat = await lstat(path).catch(() => null)
    if (stat) found.push({ path, size: stat.size, modifiedAt: Math.floor(stat.mtimeMs), createdAt: createdAt(stat) })
  }
}

/** Some file systems name no birth, others the last change in its place. */
function createdAt({ birthtimeMs, ctimeMs, mtimeMs }: Stats): number | null {
  const isTold = birthtimeMs > 0 && (birthtimeMs !== ctimeMs || birthtimeMs !== mtimeMs)
  return isTold && birthtimeMs <= mtimeMs ? Math.floor(birthtimeMs) : null
}
