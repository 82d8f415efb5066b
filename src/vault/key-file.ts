/**
 * The key as a file: one line, 0600, in a 0700 directory away from the database, so that a copy of the data is worth
 * nothing without it. Made whole, and never written over: another key that lies there is set aside.
 */

import { existsSync, linkSync, readdirSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { removeDraft, replaceDurably, syncPath, writeDraft } from '../lib/durable-file.ts'
import { codeOf } from '../lib/private-file.ts'
import { Secret } from '../lib/secret.ts'
import { KeyRefusal } from './key-refusal.ts'
import { keyIdOf, MASTER_KEY_BYTES } from './keys.ts'
import { overwriteFile, readSecretFile } from './secret-file.ts'

/**
 * The key in the file, or null when there is no file. A file of ours that others could read is narrowed to 0600.
 *
 * Errors: KeyRefusal `key_damaged`, `key_not_permitted`
 */
export function readKeyFile(path: string): Buffer | null {
  const line = readSecretFile(path, 'key file')
  return line && parseKeyLine(line, `The key file ${path}`)
}

/**
 * The key of that name: the file's, or the one that was set aside under its name when another took the place. Where neither
 * has that name, what lies in the file.
 *
 * Errors: as readKeyFile
 */
export function readKeyFileOf(path: string, keyId: string): Buffer | null {
  const key = readKeyFile(path)
  if (key && keyIdOf(key) === keyId) return key
  return readKeyFile(setAsidePath(path, keyId)) ?? key
}

function setAsidePath(path: string, keyId: string): string {
  return `${path}.${keyId}`
}

/** Where a key stands noted as one of several databases: none of them may destroy it for the others. */
function sharedMark(path: string, keyId: string): string {
  return `${setAsidePath(path, keyId)}.shared`
}

/** Notes that a second database uses the key in the file. */
export function markKeyShared(path: string, keyId: string): void {
  const mark = sharedMark(path, keyId)
  writing(mark, () => replaceDurably(mark, ''))
}

/**
 * Destroys a key that was set aside, unless another database uses it too.
 *
 * Errors: KeyRefusal `key_not_permitted`
 */
export function deleteSetAsideKey(path: string, keyId: string): void {
  if (existsSync(sharedMark(path, keyId))) return
  for (const place of [setAsidePath(path, keyId), ...draftsOf(path, keyId)]) {
    if (!existsSync(place)) continue
    writing(place, () => {
      overwriteFile(place, statSync(place).size)
      rmSync(place)
      syncPath(dirname(place))
    })
  }
}

/** Files that a process which was cut off has left on their way to a name, with that key in them. */
function draftsOf(path: string, keyId: string): string[] {
  const directory = dirname(path)
  const names = existsSync(directory) ? readdirSync(directory) : []
  return names
    .filter((name) => name.startsWith(`${basename(path)}.`) && name.endsWith('.new'))
    .map((name) => join(directory, name))
    .filter((place) => readSecretFile(place, 'key file')?.reveal().split('.')[1] === keyId)
}

/** Writes a key where there is no file yet, through to the disk. Gives the key that lies there afterwards. */
export function createKeyFile(path: string, key: Buffer): Buffer {
  writing(path, () => {
    const draft = writeDraft(path, `${keyLine(key).reveal()}\n`)
    try {
      // Linking fails where a file already lies; renaming would put a new key over an old one.
      linkSync(draft, path)
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    }
    syncPath(dirname(path))
  })
  return readKeyFile(path) ?? key
}

/** What became of the file that lay where a key was put. */
export interface ReplacedKeyFile {
  /** Its new place; null when there was none. */
  setAside: string | null
  /** Puts the former one back in its place. */
  undo(): void
}

/**
 * Puts a key where another may lie, through to the disk. The other is copied aside first, under its own name, so that at
 * every moment both can be had.
 *
 * Errors: KeyRefusal `key_not_permitted`
 */
export function replaceKeyFile(path: string, key: Buffer): ReplacedKeyFile {
  const before = readSecretFile(path, 'key file')
  if (before?.equals(keyLine(key))) return { setAside: null, undo() {} }
  const put = (text: string) => replaceDurably(path, text)
  return writing(path, () => {
    const setAside = before && copyAside(path, before)
    put(`${keyLine(key).reveal()}\n`)
    return {
      setAside,
      undo: () =>
        writing(path, () => {
          if (before) put(`${before.reveal()}\n`)
          else rmSync(path)
        }),
    }
  })
}

/** Copies a key file to the first free name beside it. One that lies there with the same text already will do. */
function copyAside(path: string, text: Secret): string {
  const name = setAsidePath(path, nameOf(text))
  for (let count = 1; ; count++) {
    const place = count === 1 ? name : `${name}-${count}`
    if (!existsSync(place)) {
      replaceDurably(place, `${text.reveal()}\n`)
      return place
    }
    if (readSecretFile(place, 'key file')?.equals(text)) return place
  }
}

function nameOf(text: Secret): string {
  try {
    return keyIdOf(parseKeyLine(text, ''))
  } catch {
    return 'damaged'
  }
}

/** Runs what writes a key file; what the system refuses comes out as words. */
function writing<T>(path: string, write: () => T): T {
  try {
    return write()
  } catch (error) {
    if (error instanceof KeyRefusal) throw error
    throw new KeyRefusal('key_not_permitted', `The key file ${path} cannot be written (${codeOf(error)}).`)
  } finally {
    // What was not put in its place must not lie about.
    removeDraft(path)
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
  const [version, id, text = '', ...rest] = line.reveal().trim().split('.')
  const key = Buffer.from(text, 'base64url')
  if (version !== 'v1' || rest.length > 0 || key.length !== MASTER_KEY_BYTES || keyIdOf(key) !== id) {
    throw new KeyRefusal('key_damaged', `${where} is damaged. Nothing was changed. Put back a copy of it.`)
  }
  return key
}
