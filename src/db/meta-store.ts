/** Rows of `meta`: facts about this installation. Does not know what they mean. */

import { and, eq, sql } from 'drizzle-orm'
import type { Database } from './client.ts'
import { query } from './query.ts'
import { accounts, authorizations, meta } from './schema.ts'

/** The value kept under a name, or null. */
export async function readMeta(database: Database, name: string): Promise<string | null> {
  const rows = await query(() => database.select({ value: meta.value }).from(meta).where(eq(meta.name, name)))
  return rows[0]?.value ?? null
}

/** Keeps a value under a name that has none yet, and gives the one that is kept: another writer may have been first. */
export async function writeMetaOnce(database: Database, name: string, value: string): Promise<string> {
  await query(() => database.insert(meta).values({ name, value }).onConflictDoNothing())
  return (await readMeta(database, name)) ?? value
}

/** Keeps a value under a name, in place of what was there. */
export async function writeMeta(database: Database, name: string, value: string): Promise<void> {
  await query(() =>
    database.insert(meta).values({ name, value }).onConflictDoUpdate({ target: meta.name, set: { value } }),
  )
}

/** Puts a value in place of the one that was read. False when that one is no longer there, and nothing was changed. */
export async function replaceMeta(
  database: Database,
  name: string,
  { before, after }: { before: string; after: string },
): Promise<boolean> {
  const rows = await query(() =>
    database
      .update(meta)
      .set({ value: after })
      .where(and(eq(meta.name, name), eq(meta.value, before)))
      .returning({ name: meta.name }),
  )
  return rows.length === 1
}

/** True when any row holds an envelope. Envelopes hang on accounts, or on sign-ins before there is an account. */
export async function hasSealedRows(database: Database): Promise<boolean> {
  const rows = await query(() =>
    database.all<{ found: number }>(
      sql`select exists(select 1 from ${accounts}) or exists(select 1 from ${authorizations}) as found`,
    ),
  )
  return Number(rows[0]?.found) === 1
}
