/** Rows of signed-in browsers. Knows hashes of cookies, never a cookie; what a session is worth is decided in access/. */

import { desc, eq, lt, or } from 'drizzle-orm'
import type { Database } from './client.ts'
import { query } from './query.ts'
import { sessions } from './schema.ts'

export type SessionRow = typeof sessions.$inferSelect

/** Adds a session. */
export async function insertSession(database: Database, row: SessionRow): Promise<void> {
  await query(() => database.insert(sessions).values(row).run())
}

/** The session with that hash, however old, or null. */
export async function selectSession(database: Database, idHash: string): Promise<SessionRow | null> {
  const row = await query(() => database.select().from(sessions).where(eq(sessions.idHash, idHash)).get())
  return row ?? null
}

/** Every session, the last seen first. */
export async function selectSessions(database: Database): Promise<SessionRow[]> {
  return await query(() => database.select().from(sessions).orderBy(desc(sessions.lastSeenAt)).all())
}

/** Notes that a session was used. */
export async function touchSession(database: Database, idHash: string, lastSeenAt: number): Promise<void> {
  await query(() => database.update(sessions).set({ lastSeenAt }).where(eq(sessions.idHash, idHash)).run())
}

/** Removes one session; removing one that is gone is fine. */
export async function deleteSession(database: Database, idHash: string): Promise<void> {
  await query(() => database.delete(sessions).where(eq(sessions.idHash, idHash)).run())
}

/** Removes every session that was last seen before `seenBefore` or made before `createdBefore` (epoch milliseconds). */
export async function deleteEndedSessions(
  database: Database,
  limits: { seenBefore: number; createdBefore: number },
): Promise<void> {
  await query(() =>
    database
      .delete(sessions)
      .where(or(lt(sessions.lastSeenAt, limits.seenBefore), lt(sessions.createdAt, limits.createdBefore)))
      .run(),
  )
}
