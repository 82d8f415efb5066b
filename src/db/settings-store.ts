/** Rows of `settings`: choices of the owner by name. Does not know which there are. */

import type { Database } from './client.ts'
import { query } from './query.ts'
import { settings } from './schema.ts'

/** All settings by name. */
export async function readSettings(database: Database): Promise<Map<string, string>> {
  const rows = await query(() => database.select({ name: settings.name, value: settings.value }).from(settings))
  return new Map(rows.map((row) => [row.name, row.value]))
}

/** Keeps one setting; `now` in epoch milliseconds. */
export async function writeSetting(database: Database, name: string, value: string, now: number): Promise<void> {
  await query(() =>
    database
      .insert(settings)
      .values({ name, value, changedAt: now })
      .onConflictDoUpdate({ target: settings.name, set: { value, changedAt: now } }),
  )
}
