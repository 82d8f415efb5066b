/**
 * Addresses under which a calendar program reads the dates. The address holds its own secret, of which only a hash is kept:
 * it opens the dates and nothing else, and can be revoked.
 */

import { createHash } from 'node:crypto'
import type { AccountsContext, Actor } from '../accounts/context.ts'
import { namingStoreRefusals } from '../accounts/store-refusals.ts'
import {
  type CalendarFeedRow,
  findCalendarFeed,
  insertCalendarFeed,
  listCalendarFeedRows,
  noteFeedRead,
  revokeCalendarFeed,
} from '../db/calendar-feed-store.ts'
import { HOUR_MS } from '../lib/clock.ts'
import { cleanText } from '../lib/foreign-text.ts'
import { newId, randomToken } from '../lib/random.ts'
import { Secret } from '../lib/secret.ts'

const MAX_NAME = 60
const MOST_FEEDS = 20
/** A calendar program reads often; that it does is noted this often. */
const NOTED_EVERY_MS = HOUR_MS

/** A feed as it is listed: never its address. Instants in epoch milliseconds. */
export type CalendarFeed = Pick<CalendarFeedRow, 'id' | 'name' | 'includesNames' | 'createdAt' | 'lastReadAt'>

/** A feed that cannot be made or revoked. */
export class CalendarFeedError extends Error {
  override readonly name = 'CalendarFeedError'

  constructor(readonly problem: 'not_found' | 'too_many') {
    super(problem)
  }
}

/**
 * Makes a feed. Its token is told this once.
 *
 * Errors: CalendarFeedError too_many; AccountError store_failed
 */
export function makeCalendarFeed(
  context: AccountsContext,
  { name, includesNames, actor }: { name: string; includesNames: boolean; actor: Actor },
): Promise<{ feed: CalendarFeed; token: Secret }> {
  return namingStoreRefusals(async () => {
    if ((await listCalendarFeedRows(context.database)).length >= MOST_FEEDS) throw new CalendarFeedError('too_many')
    const token = new Secret(randomToken(context.random))
    const id = newId(context.random, 'cal')
    const createdAt = context.clock.now()
    const kept = { id, name: cleanText(name, MAX_NAME) || 'Calendar', includesNames, createdAt, lastReadAt: null }
    await insertCalendarFeed(
      context.database,
      { ...kept, tokenHash: hashOf(token), revokedAt: null },
      { at: createdAt, accountId: null, kind: 'calendar_feed.made', actor, details: { feed: id } },
    )
    return { feed: kept, token }
  })
}

/** Of 256 random bits the plain hash is as good as any. */
function hashOf(token: Secret): string {
  return createHash('sha256').update(token.reveal()).digest('base64url')
}

/** Feeds that can be read, the newest first. Errors: AccountError store_failed */
export function listCalendarFeeds(context: AccountsContext): Promise<CalendarFeed[]> {
  return namingStoreRefusals(async () =>
    (await listCalendarFeedRows(context.database)).map(({ id, name, includesNames, createdAt, lastReadAt }) => ({
      ...{ id, name, includesNames, createdAt, lastReadAt },
    })),
  )
}

/** The feed of a token; null when there is none. Errors: AccountError store_failed */
export function openCalendarFeed(context: AccountsContext, token: Secret): Promise<CalendarFeed | null> {
  return namingStoreRefusals(async () => {
    const feed = await findCalendarFeed(context.database, hashOf(token))
    const now = context.clock.now()
    if (feed && now - (feed.lastReadAt ?? 0) >= NOTED_EVERY_MS) await noteFeedRead(context.database, feed.id, now)
    return feed
  })
}

/** Ends a feed: its address opens nothing any more. Errors: CalendarFeedError not_found; AccountError store_failed */
export function revokeFeed(context: AccountsContext, id: string, actor: Actor): Promise<void> {
  return namingStoreRefusals(async () => {
    const at = context.clock.now()
    const event = { at, accountId: null, kind: 'calendar_feed.revoked', actor, details: { feed: id } }
    if (!(await revokeCalendarFeed(context.database, { id, at }, event))) throw new CalendarFeedError('not_found')
  })
}
