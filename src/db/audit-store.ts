/**
 * Writes and reads the history. Details are ids, codes and paths; nothing here ever sees a token.
 */

import { desc, eq } from 'drizzle-orm'
import type { Database } from './client.ts'
import { query } from './query.ts'
import { auditEvents } from './schema.ts'

export type AuditDetails = Record<string, string | number | boolean | null>

/** Something that happened. `at` in epoch milliseconds. */
export interface AuditEvent {
  at: number
  accountId: string | null
  kind: string
  actor: string
  details: AuditDetails
}

export function recordAuditEvent(database: Database, event: AuditEvent): Promise<unknown> {
  return query(() => database.insert(auditEvents).values(event))
}

/** What happened to an account, newest first, at most `limit`. */
export function listAuditEvents(database: Database, accountId: string, limit: number): Promise<AuditEvent[]> {
  return query(() =>
    database
      .select({
        at: auditEvents.at,
        accountId: auditEvents.accountId,
        kind: auditEvents.kind,
        actor: auditEvents.actor,
        details: auditEvents.details,
      })
      .from(auditEvents)
      .where(eq(auditEvents.accountId, accountId))
      .orderBy(desc(auditEvents.at), desc(auditEvents.id))
      .limit(limit),
  )
}
