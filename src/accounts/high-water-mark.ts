/**
 * How far the database had come when it was last seen, kept outside it: in the home, and once more beside the key, so that a
 * home that is put back as a whole does not vouch for itself. A database that does not hold the event which a mark names, or
 * that lies in another file than the one which was left, came from a copy: its refresh tokens may have been spent since.
 * Knows nothing of tokens.
 */

import { suspectGrants } from '../db/grant-store.ts'
import { newestEvent, readEventInstant } from '../db/high-water-store.ts'
import { writeMetaOnce } from '../db/meta-store.ts'
import { MINUTE_MS } from '../lib/clock.ts'
import { randomToken } from '../lib/random.ts'
import type { AccountsContext } from './context.ts'
import { DATABASE_ID_NAME, type HighWaterMark, type Mark } from './high-water-file.ts'

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
  return writeMetaOnce(database, DATABASE_ID_NAME, randomToken(random, 12))
}
