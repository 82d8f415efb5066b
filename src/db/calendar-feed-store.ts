/** Rows of `calendar_feeds`: addresses under which dates can be read. Knows hashes of their tokens only. */

import { and, desc, eq, isNull } from 'drizzle-orm'
import type { AuditEvent } from './audit-store.ts'
import type { Database } from './client.ts'
import { query } from './query.ts'
import { calendarFeeds } from './schema-alerts.ts'
import { auditEvents } from './schema-trails.ts'

export type CalendarFeedRow = typeof calendarFeeds.$inferSelect

/** Keeps a feed, with the history, in one commit. */
export async function insertCalendarFeed(database: Database, row: CalendarFeedRow, event: AuditEvent): Promise<void> {
  await query(() =>
    database.batch([database.insert(calendarFeeds).values(row), database.insert(auditEvents).values(event)]),
  )
}

/** Feeds that can be read, the newest first. */
export function listCalendarFeedRows(database: Database): Promise<CalendarFeedRow[]> {
  return query(() =>
    database
      .select()
      .from(calendarFeeds)
      .where(isNull(calendarFeeds.revokedAt))
      .orderBy(desc(calendarFeeds.createdAt), desc(calendarFeeds.id)),
  )
}

/** The feed of a token, by its hash; null when there is none, or it was revoked. */
export async function findCalendarFeed(database: Database, tokenHash: string): Promise<CalendarFeedRow | null> {
  const rows = await query(() =>
    database
      .select()
      .from(calendarFeeds)
      .where(and(eq(calendarFeeds.tokenHash, tokenHash), isNull(calendarFeeds.revokedAt))),
  )
  return rows[0] ?? null
}

/** Keeps when a feed was read last; epoch milliseconds. */
export async function noteFeedRead(database: Database, id: string, at: number): Promise<void> {
  await query(() => database.update(calendarFeeds).set({ lastReadAt: at }).where(eq(calendarFeeds.id, id)))
}

/** Ends a feed, with the history, in one commit. Its hash goes with it. Shape: → false when there is none */
export async function revokeCalendarFeed(
  database: Database,
  { id, at }: { id: string; at: number },
  event: AuditEvent,
): Promise<boolean> {
  const rows = await query(() =>
    database
      .update(calendarFeeds)
      .set({ revokedAt: at, tokenHash: id })
      .where(and(eq(calendarFeeds.id, id), isNull(calendarFeeds.revokedAt)))
      .returning({ id: calendarFeeds.id }),
  )
  if (rows.length === 0) return false
  await query(() => database.insert(auditEvents).values(event))
  return true
}
