/**
 * Reading files that only their owner may read, with a look at whose they are. Knows nothing of what is in them.
 */

import { closeSync, fchmodSync, fstatSync, openSync, readFileSync, type Stats } from 'node:fs'
import { Secret } from './secret.ts'

/** Nobody needs a longer line here; bytes. */
const MAX_BYTES = 64 * 1024

/** A file is not ours alone, or cannot be read. One readable line; `exitCode` is EX_CONFIG of sysexits.h. */
export class FileRefusal extends Error {
  override readonly name = 'FileRefusal'
  readonly exitCode = 78
}

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
 * The text of a file that only its owner may read, or null when there is none. One of ours that others could read is
 * narrowed to 0600. `what` names it for people.
 *
 * Errors: FileRefusal
 */
export function readPrivateFile(path: string, what: string, machine: FileOwnership = thisMachine): Secret | null {
  const refuse = (why: string) => new FileRefusal(`The ${what} ${path} ${why}.`)
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

/** The system's code for a failure, such as ENOSPC. */
export function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code)
}
