/**
 * The database as a file: its directory, its permissions, its first bytes. Looked at before libSQL opens it, because
 * libSQL makes a new database where it finds an empty file and ends the process on text that is not UTF-8.
 */

import {
  chmodSync,
  closeSync,
  existsSync,
  fstatSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { syncPath } from '../lib/durable-file.ts'
import { DatabaseRefusal, refusalCodeOf } from './database-refusal.ts'

const MAGIC = 'SQLite format 3\0'
const HEADER_BYTES = 100

/** What can be told from outside. */
export interface DatabaseFile {
  /** Nobody has touched it since a process of ours closed it in order (or it was made just now): no need to look inside. */
  isAsLeft: boolean
}

/**
 * The path of a `file:` URL, or null for any other URL (memory, remote).
 *
 * Errors: DatabaseRefusal `url_invalid` when it names no path
 */
export function filePathOf(url: string): string | null {
  if (!url.startsWith('file:') || url.startsWith('file::memory:')) return null
  const rest = url.slice('file:'.length).replace(/[?#].*$/, '')
  const path = rest.startsWith('//') ? rest.replace(/^\/\/(localhost)?/, '') : rest
  if (path === '') throw new DatabaseRefusal('url_invalid', url)
  return decodeURIComponent(path)
}

/** Makes the directory of the database, for its owner alone. */
export function makeDirectory(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
}

/**
 * Makes sure that a whole database file lies at `path`: an existing one is judged by its header and never touched, a
 * missing one is made whole beside its place and then linked into it, so that an empty file is never one of ours. Where a
 * note tells that there was a database, none is made: `notes` are files that do, beside the one of a close in order.
 *
 * Errors: DatabaseRefusal
 */
export async function prepareDatabaseFile(path: string, notes: readonly string[] = []): Promise<DatabaseFile> {
  try {
    if (!existsSync(path)) {
      if (sizeOf(`${path}-wal`) > 0) throw new DatabaseRefusal('corrupt', path)
      const told = [noteOf(path), ...notes].filter((note) => existsSync(note))
      if (told.length > 0) throw new DatabaseRefusal('missing', path, told)
      await createEmptyDatabase(path)
      return { isAsLeft: true }
    }
    judgeHeader(path)
    for (const name of [path, `${path}-wal`, `${path}-shm`]) narrowPermissions(name)
    const isInterrupted = sizeOf(`${path}-wal`) > 0 || existsSync(`${path}-journal`)
    return { isAsLeft: !isInterrupted && readMark(path) === stateOf(path) }
  } catch (error) {
    throw error instanceof DatabaseRefusal ? error : new DatabaseRefusal(refusalCodeOf(error), path)
  }
}

async function createEmptyDatabase(path: string): Promise<void> {
  const { Database } = await import('bun:sqlite')
  const draft = `${path}.${process.pid}.new`
  rmSync(draft, { force: true })
  try {
    const database = new Database(draft, { create: true })
    database.run('PRAGMA journal_mode=WAL')
    database.close(true)
    chmodSync(draft, 0o600)
    syncPath(draft)
    putInPlace(draft, path)
    syncPath(dirname(path))
  } finally {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${draft}${suffix}`, { force: true })
  }
}

/** Linking fails where something already lies, which renaming would not; some file systems cannot link. */
function putInPlace(draft: string, path: string): void {
  try {
    linkSync(draft, path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    if (existsSync(path)) throw error
    renameSync(draft, path)
  }
}

/**
 * Refuses a file that does not begin as a database does, or is cut off. A page that a power cut left half written at its end
 * is no damage while the log of writes is there, which has it whole; what is inside is then looked at.
 */
function judgeHeader(path: string): void {
  const file = openSync(path, 'r')
  try {
    const stat = fstatSync(file)
    if (!stat.isFile()) throw new DatabaseRefusal('not_a_database', path)
    if (stat.size === 0) throw new DatabaseRefusal('corrupt', path)
    const header = Buffer.alloc(HEADER_BYTES)
    const read = readSync(file, header, 0, HEADER_BYTES, 0)
    if (header.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new DatabaseRefusal('not_a_database', path)
    const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16)
    const isPageSize = pageSize >= 512 && (pageSize & (pageSize - 1)) === 0
    const isCutOff = stat.size % pageSize !== 0 && sizeOf(`${path}-wal`) === 0
    if (read < HEADER_BYTES || !isPageSize || isCutOff) throw new DatabaseRefusal('corrupt', path)
  } finally {
    closeSync(file)
  }
}

/** Notes how the file looks after a close in order. A note lost is no harm: the next start looks inside. */
export function rememberAsLeft(path: string): void {
  writeFileSync(noteOf(path), stateOf(path), { mode: 0o600 })
}

/** When a process of ours last closed it in order; epoch milliseconds, null when that is not known. */
export function leftAt(path: string): number | null {
  return statSync(noteOf(path), { throwIfNoEntry: false })?.mtimeMs ?? null
}

function readMark(path: string): string | null {
  try {
    return readFileSync(noteOf(path), 'utf8')
  } catch {
    return null
  }
}

function noteOf(path: string): string {
  return `${path}-closed`
}

function stateOf(path: string): string {
  const { ino, size, mtimeNs } = statSync(path, { bigint: true })
  return `${ino} ${size} ${mtimeNs}`
}

/** By what a file is known again: a copy has another number, and was made at another time. */
export interface FileTrace {
  number: string
  /** Nanoseconds as text; null where the file system does not say. */
  madeAt: string | null
}

/** The trace of a file, or null when it cannot be looked at. */
export function traceOf(path: string): FileTrace | null {
  try {
    const { ino, birthtimeNs, ctimeNs } = statSync(path, { bigint: true })
    // Where the instant of making is not kept, systems give zero or that of the last change.
    const isKept = birthtimeNs > 0n && birthtimeNs !== ctimeNs
    return { number: String(ino), madeAt: isKept ? String(birthtimeNs) : null }
  } catch {
    return null
  }
}

function narrowPermissions(path: string): void {
  if (process.platform === 'win32' || !existsSync(path)) return
  const stat = statSync(path)
  if ((stat.mode & 0o077) !== 0 && stat.uid === process.getuid?.()) chmodSync(path, 0o600)
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
