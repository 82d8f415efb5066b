/**
 * Reads and closes the inbox: sealed 2xx answers that were kept before anything was done with them.
 */

import { and, asc, eq, isNull, lte, or, sql } from 'drizzle-orm'
import type { Database } from './client.ts'
import { query } from './query.ts'
import { inbox } from './schema.ts'

export type InboxRow = typeof inbox.$inferSelect

/** Answers that were neither applied nor put in quarantine, oldest first. */
export function listOpenAnswers(database: Database): Promise<InboxRow[]> {
  return query(() =>
    database
      .select()
      .from(inbox)
      .where(and(sql`${inbox.appliedAt} is null`, isNull(inbox.quarantinedAt)))
      .orderBy(asc(inbox.receivedAt)),
  )
}

/** Every answer that is kept for an account, oldest first. */
export function listAnswers(database: Database, accountId: string): Promise<InboxRow[]> {
  return query(() => database.select().from(inbox).where(eq(inbox.accountId, accountId)).orderBy(asc(inbox.receivedAt)))
}

export function markAnswerApplied(database: Database, id: string, now: number): Promise<unknown> {
  return query(() => database.update(inbox).set({ appliedAt: now }).where(eq(inbox.id, id)))
}

export function quarantineAnswer(database: Database, id: string, reason: string, now: number): Promise<unknown> {
  return query(() =>
    database.update(inbox).set({ quarantinedAt: now, quarantineReason: reason }).where(eq(inbox.id, id)),
  )
}

/** Forgets answers that nobody will need: applied ones and quarantined ones, each older than its own instant. */
export function deleteOldAnswers(
  database: Database,
  { appliedBefore, quarantinedBefore }: { appliedBefore: number; quarantinedBefore: number },
): Promise<unknown> {
  return query(() =>
    database.delete(inbox).where(or(lte(inbox.appliedAt, appliedBefore), lte(inbox.quarantinedAt, quarantinedBefore))),
  )
}
