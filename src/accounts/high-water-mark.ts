/**
 * How far the database had come when it was last seen, kept as a small file outside it. A database that is behind its mark,
 * or that does not hold the event which the mark names, was restored from an older copy: its refresh tokens may have been
 * spent since. Knows nothing of tokens.
 */

import { readFileSync } from 'node:fs'
import { suspectGrants } from '../db/grant-store.ts'
import { newestEvent, readEventInstant } from '../db/high-water-store.ts'
import { writeMetaOnce } from '../db/meta-store.ts'
import { MINUTE_MS } from '../lib/clock.ts'
import { replaceDurably } from '../lib/durable-file.ts'
import { randomToken } from '../lib/random.ts'
import type { AccountsContext } from './context.ts'

/** The newest event of the history of a database: its number, which only grows, and its instant. */
export interface Mark {
  sequence: number
  at: number
}

/** By the random name that each database was given when it was made. */
type Marks = Record<string, Mark>

/** The file of marks in the home. */
export class HighWaterMark {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /** The mark of a database, or null for one that was never seen; a file that cannot be read says nothing. */
  read(databaseId: string): Mark | null {
    const mark = this.#all()[databaseId]
    return Number.isSafeInteger(mark?.sequence) && Number.isSafeInteger(mark?.at) ? mark! : null
  }

  /** Keeps a mark through to the disk. Errors: those of the file system */
  write(databaseId: string, mark: Mark): void {
    const text = JSON.stringify({ ...this.#all(), [databaseId]: mark })
    replaceDurably(this.#path, text)
  }

  #all(): Marks {
    try {
      const marks: unknown = JSON.parse(readFileSync(this.#path, 'utf8'))
      return typeof marks === 'object' && marks !== null ? (marks as Marks) : {}
    } catch {
      return {}
    }
  }
}

/** The first refresh of a suspect grant that nobody asked for comes this much later, and the others in the hours after. */
const SUSPECT_REST_MS = 15 * MINUTE_MS
const SUSPECT_SPREAD_MS = 6 * 60 * MINUTE_MS

/**
 * Looks whether the database is the one that was left, and puts every login under suspicion when it is an older copy. To
 * be called before anything is refreshed or written.
 *
 * Shape:  → how many logins came under suspicion
 * Errors: StoreError
 */
export async function suspectRestoredDatabase(context: AccountsContext): Promise<number> {
  const { highWaterMark, database, clock, random, log } = context
  if (!highWaterMark) return 0
  const mark = highWaterMark.read(await databaseId(context))
  if (!mark || (await hasReached(context, mark))) return 0
  const now = clock.now()
  const fromMs = SUSPECT_REST_MS
  const seed = Math.floor(random.fraction() * SUSPECT_SPREAD_MS)
  const suspects = await suspectGrants(database, { now, fromMs, windowMs: SUSPECT_SPREAD_MS, seed })
  log.warn('database.restored_from_older_copy', { suspects, marked: mark.sequence })
  context.events.publish({ type: 'settings.changed' })
  // Only now: a process that ends before this looks again.
  await raiseMark(context)
  return suspects
}

/** Keeps how far the database has come. Errors: StoreError, or those of the file system */
export async function raiseMark(context: AccountsContext): Promise<void> {
  const newest = context.highWaterMark ? await newestEvent(context.database) : null
  if (newest) context.highWaterMark?.write(await databaseId(context), newest)
}

async function hasReached({ database }: AccountsContext, mark: Mark): Promise<boolean> {
  const found = await readEventInstant(database, mark.sequence)
  return found === 'forgotten' || found === mark.at
}

function databaseId({ database, random }: AccountsContext): Promise<string> {
  return writeMetaOnce(database, 'database_id', randomToken(random, 12))
}
