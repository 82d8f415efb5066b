/**
 * Writing files that must outlive a power cut: whole beside their place, through to the disk, and only then by their name.
 * Knows nothing of what is in them. Other programs' files have rules of their own (`cli-credentials/replace-file.ts`).
 */

import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'

/** For their owner alone, unless told. */
const PRIVATE = 0o600
const PRIVATE_DIRECTORY = 0o700

const isWindows = process.platform === 'win32'

/**
 * Puts a whole file in its place, in a directory made for its owner where there was none. Cut off anywhere, the old or the
 * new one lies there.
 *
 * Errors: those of the file system, with nothing left beside the place
 */
export function replaceDurably(path: string, content: string | Uint8Array, mode = PRIVATE): void {
  try {
    moveDurably(writeDraft(path, content, mode), path)
  } catch (error) {
    removeDraft(path)
    throw error
  }
}

/** The same, for what nobody waits for: the process goes on with other things while the disk writes. */
export async function replaceDurablyBeside(path: string, content: string): Promise<void> {
  // Read when it is needed: most commands are done sooner than this is loaded.
  const { chmod, mkdir, open, rename, rm } = await import('node:fs/promises')
  const [directory, draft] = [dirname(path), draftOf(path)]
  const isNew = (await mkdir(directory, { recursive: true, mode: PRIVATE_DIRECTORY })) !== undefined
  if (isNew && !isWindows) await chmod(directory, PRIVATE_DIRECTORY)
  await rm(draft, { force: true })
  try {
    const file = await open(draft, 'wx', PRIVATE)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (error) {
    removeDraft(path)
    throw error
  }
  if (isWindows) return
  const names = await open(directory, 'r')
  try {
    await names.sync()
  } finally {
    await names.close()
  }
}

/** Where a file is written before it gets its name. */
function draftOf(path: string): string {
  return `${path}.${process.pid}.new`
}

/** Takes away what was left on its way to a place. Removing what is not there fails where no directory is. */
export function removeDraft(path: string): void {
  if (existsSync(draftOf(path))) rmSync(draftOf(path))
}

/** A whole file beside `path`, on the disk; in a directory made for its owner where there was none. */
export function writeDraft(path: string, content: string | Uint8Array, mode = PRIVATE): string {
  const directory = dirname(path)
  const draft = draftOf(path)
  const isNew = mkdirSync(directory, { recursive: true, mode: PRIVATE_DIRECTORY }) !== undefined
  if (isNew && !isWindows) chmodSync(directory, PRIVATE_DIRECTORY)
  rmSync(draft, { force: true })
  writeNewFile(draft, content, mode)
  return draft
}

/** A whole file where none lies yet, on the disk but for its name. Errors: those of the file system; EEXIST */
export function writeNewFile(path: string, content: string | Uint8Array, mode = PRIVATE): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  const file = openSync(path, 'wx', mode)
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Gives a file that is on the disk its name, in place of whatever has that. */
export function moveDurably(from: string, to: string): void {
  renameSync(from, to)
  syncPath(dirname(to))
}

/** Writes what a file holds, or the names in a directory, through to the disk. */
export function syncPath(path: string): void {
  const isDirectory = isWindows && statSync(path).isDirectory()
  // Windows cannot open a directory for this, and a file only for writing.
  if (isDirectory) return
  const file = openSync(path, isWindows ? 'r+' : 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
