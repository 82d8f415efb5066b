/**
 * An access token that is good now, handed out without the rest of the program: most tokens that helpers ask for are, and a
 * helper in a shell prompt waits for everything that is loaded. It decides and writes as `issueToken` does, in one commit;
 * where anything at all is not as usual, it has done nothing and the long way does what must be done.
 */

import { readdirSync } from 'node:fs'
import type { AuditEvent } from '../db/audit-store.ts'
import { type DatabaseAtHand, withDatabaseAtHand } from '../db/database-at-hand.ts'
import type { Clock } from '../lib/clock.ts'
import { isId } from '../lib/random.ts'
import { AUDIT_HEAD_NAME, openAuditHead } from '../vault/audit-head.ts'
import { findKey } from '../vault/find-key.ts'
import type { KeyPlaces } from '../vault/key-places.ts'
import { type OpenKeys, openKeys } from '../vault/open-keys.ts'
import { PINNED_KEY_NAME, parsePinnedKey } from '../vault/pinned-key.ts'
import { accountNamed } from './account-named.ts'
import { linkEvents } from './audit-links.ts'
import { grantPlace } from './grant-tokens.ts'
import { DATABASE_ID_NAME, type HighWaterMark } from './high-water-file.ts'
import { type IssuedToken, isGoodEnough, issuedEvent } from './issued-token.ts'

/** Where an installation keeps what decides. */
export interface HandPlaces extends KeyPlaces {
  databaseFile: string
  /** Answers that the database has not taken yet; see answer-spool.ts. */
  spoolDirectory: string
  highWaterMark: HighWaterMark
  clock: Clock
}

/**
 * The token that `issueToken` would hand out for a reference (an id, a label or an e-mail) without refreshing anything.
 *
 * Shape:  null = take the long way; nothing was written then
 * Errors: none; the long way meets the same trouble and has the words for it
 */
export async function tokenAtHand(
  places: HandPlaces,
  reference: string,
  minValidityMs: number | undefined,
): Promise<IssuedToken | null> {
  try {
    if (!isEmpty(places.spoolDirectory)) return null
    return await withDatabaseAtHand(places.databaseFile, (database) =>
      handOut(database, places, reference, minValidityMs),
    )
  } catch {
    return null
  }
}

/** True for a directory with nothing in it, and for none. */
function isEmpty(directory: string): boolean {
  try {
    return readdirSync(directory).length === 0
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
}

async function handOut(
  database: DatabaseAtHand,
  places: HandPlaces,
  reference: string,
  minValidityMs: number | undefined,
): Promise<IssuedToken | null> {
  if (!isTheOneThatWasLeft(database, places.highWaterMark)) return null
  const grant = database.soundGrant(isId(reference, 'acc') ? reference : accountNamed(reference, database.names()))
  const at = places.clock.now()
  if (grant === null || !isGoodEnough(grant, at, minValidityMs)) return null
  const keys = await keysOf(database, places)
  if (keys === null) return null
  const { accountId, generation, accessTokenSealed, accessTokenExpiresAt: expiresAt } = grant
  const accessToken = keys.open(grantPlace(accountId, generation, 'access_token_sealed'), accessTokenSealed)
  const isRecorded = record(database, keys, issuedEvent(grant, { at, actor: 'cli' }))
  return isRecorded ? { accessToken, tokenType: 'Bearer', expiresAt } : null
}

/** As `suspectRestoredDatabase`, but doubtful wherever that would have to look longer. */
function isTheOneThatWasLeft(database: DatabaseAtHand, highWaterMark: HighWaterMark): boolean {
  const id = database.meta(DATABASE_ID_NAME)
  const inHome = id === null ? null : highWaterMark.read(id)
  if (id === null || inHome === null || highWaterMark.isOfAnotherFile(id)) return false
  const marks = [inHome, highWaterMark.readOutside(id) ?? inHome]
  return marks.every(({ sequence, at }) => database.eventInstant(sequence) === at)
}

/** Null while a former key waits for its end: whoever opens the database then has more to do. Errors: KeyRefusal */
async function keysOf(database: DatabaseAtHand, places: HandPlaces): Promise<OpenKeys | null> {
  const text = database.meta(PINNED_KEY_NAME)
  const pinned = text === null ? null : parsePinnedKey(text)
  if (pinned === null || pinned.former.length > 0) return null
  return openKeys(await findKey(places, pinned), pinned, places.random)
}

/** Writes the event as a link of the chain. False where the chain has no head that opens. */
function record(database: DatabaseAtHand, keys: OpenKeys, event: AuditEvent): boolean {
  const headBefore = database.meta(AUDIT_HEAD_NAME)
  const head = headBefore === null ? null : openAuditHead(keys, headBefore)
  if (headBefore === null || head === null) return false
  const growth = linkEvents(keys, head, [database.record(event)])
  database.grow({ headName: AUDIT_HEAD_NAME, headBefore, ...growth })
  return true
}
