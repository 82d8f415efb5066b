/** Rows of `profiles`: directories of their own for accounts, on each machine that shares the database. Touches no directory. */

import { and, asc, eq, isNull } from 'drizzle-orm'
import type { Database } from './client.ts'
import { query } from './query.ts'
import { profiles } from './schema-activations.ts'

export type ProfileRow = typeof profiles.$inferSelect
export type ProfileChanges = Partial<Pick<ProfileRow, 'accountId' | 'shared' | 'removedAt'>>

/** Keeps a new profile. One that is kept already for this directory stays as it is. */
export async function insertProfile(database: Database, row: ProfileRow): Promise<void> {
  await query(() =>
    database
      .insert(profiles)
      .values(row)
      .onConflictDoNothing({ target: [profiles.machineId, profiles.directory] }),
  )
}

/** The profiles of a machine that were not removed, oldest first. */
export async function listProfileRows(database: Database, machineId: string): Promise<ProfileRow[]> {
  return query(() =>
    database
      .select()
      .from(profiles)
      .where(and(eq(profiles.machineId, machineId), isNull(profiles.removedAt)))
      .orderBy(asc(profiles.createdAt), asc(profiles.id)),
  )
}

/** Changes the profile of a directory; nothing where there is none. */
export async function changeProfile(
  database: Database,
  place: { machineId: string; directory: string },
  changes: ProfileChanges,
): Promise<void> {
  await query(() =>
    database
      .update(profiles)
      .set(changes)
      .where(and(eq(profiles.machineId, place.machineId), eq(profiles.directory, place.directory))),
  )
}
