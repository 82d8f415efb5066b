/**
 * Where it is kept how far a database had come: a file in the home, and one beside the key. Asks no database, so that who
 * hands out a token at once can look here too.
 */

import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { type FileTrace, traceOf } from '../db/database-file.ts'
import { replaceDurably, replaceDurablyBeside } from '../lib/durable-file.ts'
import { codeOf } from '../lib/private-file.ts'

/** The row of `meta` with the random name that each database was given when it was made. */
export const DATABASE_ID_NAME = 'database_id'

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
