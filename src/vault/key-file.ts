/**
 * The key as a file: one line, 0600, in a 0700 directory away from the database, so that a copy of the data is worth
 * nothing without it. Made once, whole, and never written over.
 */

import {
  chmodSync,
  closeSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { Secret } from '../lib/secret.ts'
import { KeyRefusal } from './key-refusal.ts'
import { keyIdOf, MASTER_KEY_BYTES } from './keys.ts'

/** Nobody needs a longer line here; bytes. */
const MAX_BYTES = 64 * 1024

/**
 * The key in the file, or null when there is no file. A file of ours that others could read is narrowed to 0600.
 *
 * Errors: KeyRefusal `key_damaged`, `key_not_permitted`
 */
export function readKeyFile(path: string): Buffer | null {
  const line = readPrivateFile(path, 'key file')
  return line && parseKeyLine(line, `The key file ${path}`)
}

/** Writes a key where there is no file yet, through to the disk. Gives the key that lies there afterwards. */
export function createKeyFile(path: string, key: Buffer): Buffer {
  const directory = dirname(path)
  const draft = `${path}.${process.pid}.new`
  try {
    const isNew = mkdirSync(directory, { recursive: true, mode: 0o700 }) !== undefined
    if (isNew && process.platform !== 'win32') chmodSync(directory, 0o700)
    rmSync(draft, { force: true })
    const file = openSync(draft, 'wx', 0o600)
    try {
      writeSync(file, `${keyLine(key).reveal()}\n`)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    try {
      // Linking fails where a file already lies; renaming would put a new key over an old one.
      linkSync(draft, path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    } finally {
      rmSync(draft, { force: true })
    }
    syncDirectory(directory)
  } catch (error) {
    throw new KeyRefusal('key_not_permitted', `The key file ${path} cannot be written (${codeOf(error)}).`)
  }
  return readKeyFile(path) ?? key
}

/**
 * The text of a file that only its owner may read, or null when there is none.
 *
 * Errors: KeyRefusal `key_not_permitted`
 */
export function readPrivateFile(path: string, what: string): Secret | null {
  const refuse = (why: string) => new KeyRefusal('key_not_permitted', `The ${what} ${path} ${why}.`)
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw refuse(`cannot be read (${codeOf(error)})`)
  }
  try {
    const stat = fstatSync(file)
    if (!stat.isFile()) throw refuse('is not a file')
    if (stat.size > MAX_BYTES) throw refuse('is too long')
    if (process.platform !== 'win32') {
      const isOwn = stat.uid === process.getuid?.()
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

/** A key as text: its version, its name, its bytes. The name shows a damaged line as damaged, not as another key. */
export function keyLine(key: Buffer): Secret {
  return new Secret(`v1.${keyIdOf(key)}.${key.toString('base64url')}`)
}

/**
 * Reads what `keyLine` made; `where` begins the sentence when it is not that.
 *
 * Errors: KeyRefusal `key_damaged`
 */
export function parseKeyLine(line: Secret, where: string): Buffer {
  const [version, id, text, ...rest] = line.reveal().trim().split('.')
  const key = Buffer.from(text ?? '', 'base64url')
  if (version !== 'v1' || rest.length > 0 || key.length !== MASTER_KEY_BYTES || keyIdOf(key) !== id) {
    throw new KeyRefusal('key_damaged', `${where} is damaged. Nothing was changed. Put back a copy of it.`)
  }
  return key
}

function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(directory, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown'
}
