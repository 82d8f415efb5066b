/**
 * Files that only their owner may read: read with a look at whose they are, written whole and through to the disk. Knows
 * nothing of what is in them.
 */

import {
  chmodSync,
  closeSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  type Stats,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { Secret } from '../lib/secret.ts'
import { KeyRefusal } from './key-refusal.ts'

/** Nobody needs a longer line here; bytes. */
const MAX_BYTES = 64 * 1024

/** What decides about whose a file is. */
export interface FileOwnership {
  /** False where files have no owners and modes that mean something to us: Windows. */
  hasModes: boolean
  uid: number | undefined
  stat(file: number): Stats
}

const thisMachine: FileOwnership = {
  hasModes: process.platform !== 'win32',
  uid: process.getuid?.(),
  stat: (file) => fstatSync(file),
}

/**
 * The text of a file that only its owner may read, or null when there is none.
 *
 * Errors: KeyRefusal `key_not_permitted`
 */
export function readPrivateFile(path: string, what: string, machine: FileOwnership = thisMachine): Secret | null {
  const refuse = (why: string) => new KeyRefusal('key_not_permitted', `The ${what} ${path} ${why}.`)
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw refuse(`cannot be read (${codeOf(error)})`)
  }
  try {
    const stat = machine.stat(file)
    if (!stat.isFile()) throw refuse('is not a file')
    if (stat.size > MAX_BYTES) throw refuse('is too long')
    if (machine.hasModes) {
      const isOwn = stat.uid === machine.uid
      if (!isOwn && stat.uid !== 0) throw refuse('belongs to another user')
      if ((stat.mode & 0o077) !== 0) {
        if (!isOwn) throw refuse('can be read by others and is not ours to narrow')
        fchmodSync(file, 0o600)
      }
    }
    return new Secret(readFileSync(file, 'utf8').replace(/\r?\n$/, ''))
  } finally {
    closeSync(file)
  }
}

/** Where a file is written before it gets its name. */
export function draftOf(path: string): string {
  return `${path}.${process.pid}.new`
}

/** A whole file beside `path`, on the disk, for its owner alone; in a directory made so where there was none. */
export function writeDraft(path: string, text: string): string {
  const directory = dirname(path)
  const draft = draftOf(path)
  const isNew = mkdirSync(directory, { recursive: true, mode: 0o700 }) !== undefined
  if (isNew && thisMachine.hasModes) chmodSync(directory, 0o700)
  rmSync(draft, { force: true })
  const file = openSync(draft, 'wx', 0o600)
  try {
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  return draft
}

/** Writes zeros over what a file holds, through to the disk. Disks that write elsewhere keep the old bytes for a while. */
export function overwriteFile(path: string, bytes: number): void {
  const file = openSync(path, 'r+')
  try {
    writeSync(file, Buffer.alloc(bytes), 0, bytes, 0)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Writes names in a directory through to the disk. */
export function syncDirectory(directory: string): void {
  // Windows cannot open a directory for this.
  if (!thisMachine.hasModes) return
  const handle = openSync(directory, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** The system's code for a failure, such as ENOSPC. */
export function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code)
}
