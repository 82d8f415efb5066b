/** Writes and reads API keys that were made through a login. Sealed text goes in and out as it is. */

import { and, desc, eq, isNull } from 'drizzle-orm'
import type { AuditEvent } from './audit-store.ts'
import type { Database } from './client.ts'
import { query } from './query.ts'
import { consoleKeys } from './schema-console-keys.ts'
import { auditEvents } from './schema-trails.ts'

export type ConsoleKeyRow = typeof consoleKeys.$inferSelect

/**
 * Notes that a key is about to be made, with the history, in one commit.
 *
 * Shape:  → false when one of this id was noted before
 * Errors: StoreError; then nothing was noted
 */
export async function noteConsoleKey(database: Database, row: ConsoleKeyRow, event: AuditEvent): Promise<boolean> {
  const [noted] = await query(() =>
    database.batch([
      database.insert(consoleKeys).values(row).onConflictDoNothing().returning({ id: consoleKeys.id }),
      database.insert(auditEvents).values(event),
    ]),
  )
  return noted.length === 1
}

/** Changes a key, with the history, in one commit. Errors: StoreError; then nothing was changed */
export async function changeConsoleKey(
  database: Database,
  id: string,
  changes: Partial<Pick<ConsoleKeyRow, 'hint' | 'keySealed' | 'forgottenAt'>>,
  event: AuditEvent,
): Promise<void> {
  await query(() =>
    database.batch([
      database.update(consoleKeys).set(changes).where(eq(consoleKeys.id, id)),
      database.insert(auditEvents).values(event),
    ]),
  )
}

/** Takes away the note of a key that was certainly not made, with the history, in one commit. */
export async function deleteConsoleKey(database: Database, id: string, event: AuditEvent): Promise<void> {
  await query(() =>
    database.batch([
      database.delete(consoleKeys).where(eq(consoleKeys.id, id)),
      database.insert(auditEvents).values(event),
    ]),
  )
}

/** The keys of an account that are not forgotten, newest first. */
export function listConsoleKeyRows(database: Database, accountId: string): Promise<ConsoleKeyRow[]> {
  return query(() =>
    database
      .select()
      .from(consoleKeys)
      .where(and(eq(consoleKeys.accountId, accountId), isNull(consoleKeys.forgottenAt)))
      .orderBy(desc(consoleKeys.createdAt), desc(consoleKeys.id)),
  )
}
