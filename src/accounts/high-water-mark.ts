/**
 * How far the database had come when it was last seen, kept outside it: in the home, and once more beside the key, so that a
 * home that is put back as a whole does not vouch for itself. A database that does not hold the event which a mark names, or
 * that lies in another file than the one which was left, came from a copy: its refresh tokens may have been spent since.
 * Knows nothing of tokens.
 */

import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { type FileTrace, traceOf } from '../db/database-file.ts'
import { suspectGrants } from '../db/grant-store.ts'
import { newestEvent, readEventInstant } from '../db/high-water-store.ts'
import { writeMetaOnce } from '../db/meta-store.ts'
import { MINUTE_MS } from '../lib/clock.ts'
import { replaceDurably, replaceDurablyBeside } from '../lib/durable-file.ts'
import { codeOf } from '../lib/private-file.ts'
import { randomToken } from '../lib/random.ts'
import type { AccountsContext } from './context.ts'

/** The newest event of the history of a database: its number, which only grows, and its instant. */
export interface Mark {
  sequence: number
  at: number
}

/** A mark in the home; `file` is null for a database that is no file here. Marks of earlier versions do not say. */
interface KeptMark extends Mark {
  file?: (FileTrace & { path: string }) | null
}

/** By the random name that each database was given when it was made. */
type Marks = Record<string, KeptMark>

export interface MarkPlaces {
  /** The file of marks in the home. */
  home: string
  /** A directory outside the home, which a copy of the home does not bring back; null: none. */
  outside?: string | null
  /** The database, where it is a file of this machine. */
  databaseFile?: string | null
}

/** A key may lie where nobody writes, as the secrets of a container do. */
const NOT_WRITABLE: ReadonlySet<string> = new Set(['EROFS', 'EACCES', 'EPERM'])

/** Where a database is unless told. */
const USUAL = 'tokendeck.db'

/** What may stand in the name of a file: a database may come from anywhere. */
const DATABASE_ID = /^[\w-]{1,64}$/

/** Where the marks of this home are kept. */
export class HighWaterMark {
  readonly #home: string
  #outside: string | null
  readonly #databaseFile: string | null

  constructor({ home, outside = null, databaseFile = null }: MarkPlaces) {
    this.#home = home
    this.#outside = outside
    this.#databaseFile = databaseFile
  }

  /** The mark of a database in the home, or null for one that was never seen; a file that cannot be read says nothing. */
  read(databaseId: string): Mark | null {
    return markIn(this.#all()[databaseId])
  }

  /** The same beside the key. */
  readOutside(databaseId: string): Mark | null {
    const path = this.#outsideOf(databaseId)
    return path === null ? null : markIn(jsonIn(path))
  }

  /** The file of marks, where it tells of a database at the place of the present one; else nothing. */
  notes(): string[] {
    if (this.#databaseFile === null) return []
    const path = this.#databasePath()
    // A mark that does not say where its database was is of the usual place.
    const tells = Object.values(this.#all()).some(({ file }) => (file === undefined ? USUAL : file?.path) === path)
    return tells ? [this.#home] : []
  }

  /** True when the database lies in another file than the one that the mark was made of: one that was copied there. */
  isOfAnotherFile(databaseId: string): boolean {
    const left = this.#all()[databaseId]?.file
    const found = left && this.#databaseFile !== null ? traceOf(this.#databaseFile) : null
    // Some file systems number their files anew each time, and some do not know when one was made.
    return Boolean(
      found && left && left.madeAt !== null && left.number !== found.number && left.madeAt !== found.madeAt,
    )
  }

  /** Keeps a mark through to the disk. Errors: those of the file system */
  write(databaseId: string, mark: Mark): void {
    const trace = this.#databaseFile === null ? null : traceOf(this.#databaseFile)
    const file = trace && { ...trace, path: this.#databasePath() }
    replaceDurably(this.#home, JSON.stringify({ ...this.#all(), [databaseId]: { ...mark, file } }))
  }

  /** The same beside the key, while the process goes on: nobody's answer waits for it. Errors: those of the file system */
  async writeOutside(databaseId: string, { sequence, at }: Mark): Promise<void> {
    const path = this.#outsideOf(databaseId)
    if (path === null) return
    try {
      await replaceDurablyBeside(path, `${JSON.stringify({ sequence, at })}\n`)
    } catch (error) {
      // Nothing can be kept there: told once in a run, not after each refresh. The mark in the home is kept all the same.
      if (NOT_WRITABLE.has(codeOf(error))) this.#outside = null
      throw error
    }
  }

  #all(): Marks {
    return (jsonIn(this.#home) as Marks | null) ?? {}
  }

  /** Seen from the home, so that a home may be moved. */
  #databasePath(): string {
    return relative(dirname(this.#home), this.#databaseFile!)
  }

  #outsideOf(databaseId: string): string | null {
    return this.#outside !== null && DATABASE_ID.test(databaseId)
      ? join(this.#outside, `high-water-${databaseId}.json`)
      : null
  }
}

function jsonIn(path: string): object | null {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}

function markIn(value: Partial<Mark> | null | undefined): Mark | null {
  const { sequence, at } = value ?? {}
  return Number.isSafeInteger(sequence) && Number.isSafeInteger(at) ? { sequence: sequence!, at: at! } : null
}

/** The first refresh of a suspect grant that nobody asked for comes this much later, and the others in the hours after. */
const SUSPECT_REST_MS = 15 * MINUTE_MS
const SUSPECT_SPREAD_MS = 6 * 60 * MINUTE_MS

/**
 * Looks whether the database is the one that was left, and puts every login under suspicion when it came from a copy. To
 * be called before anything is refreshed or written.
 *
 * Shape:  → how many logins came under suspicion
 * Errors: StoreError
 */
export async function suspectRestoredDatabase(context: AccountsContext): Promise<number> {
  const { highWaterMark, database, clock, random, log } = context
  if (!highWaterMark) return 0
  const sign = await signOfACopy(context, highWaterMark)
  if (sign === null) return 0
  const now = clock.now()
  const fromMs = SUSPECT_REST_MS
  const seed = Math.floor(random.fraction() * SUSPECT_SPREAD_MS)
  const suspects = await suspectGrants(database, { now, fromMs, windowMs: SUSPECT_SPREAD_MS, seed })
  log.warn('database.restored_from_older_copy', { suspects, sign })
  context.events.publish({ type: 'settings.changed' })
  // Only now: a process that ends before this looks again.
  await raiseMark(context)
  return suspects
}

/** Keeps how far the database has come. Errors: StoreError, or those of the file system */
export async function raiseMark(
  context: Pick<AccountsContext, 'highWaterMark' | 'database' | 'random'>,
): Promise<void> {
  const { highWaterMark } = context
  const newest = highWaterMark ? await newestEvent(context.database) : null
  if (!highWaterMark || !newest) return
  const id = await databaseId(context)
  highWaterMark.write(id, newest)
  await highWaterMark.writeOutside(id, newest)
}

type Sign = 'mark_in_home' | 'mark_beside_key' | 'another_file'

/** By what a copy is known; null when it is the database that was left. */
async function signOfACopy(context: AccountsContext, highWaterMark: HighWaterMark): Promise<Sign | null> {
  const id = await databaseId(context)
  if (!(await hasReached(context, highWaterMark.read(id)))) return 'mark_in_home'
  if (!(await hasReached(context, highWaterMark.readOutside(id)))) return 'mark_beside_key'
  return highWaterMark.isOfAnotherFile(id) ? 'another_file' : null
}

/** No mark is reached by every database. */
async function hasReached({ database }: AccountsContext, mark: Mark | null): Promise<boolean> {
  const found = mark && (await readEventInstant(database, mark.sequence))
  return found === null || found === 'forgotten' || found === mark?.at
}

function databaseId({ database, random }: Pick<AccountsContext, 'database' | 'random'>): Promise<string> {
  return writeMetaOnce(database, 'database_id', randomToken(random, 12))
}
