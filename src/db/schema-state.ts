/** Where the tables of a database stand against the migrations that this program knows. Asks no database itself. */

import { readFileSync } from 'node:fs'

interface Journal {
  entries: { when: number; tag: string }[]
}

/** `tag`: the last migration that an older database holds. */
export type SchemaState = { kind: 'current' } | { kind: 'empty' } | { kind: 'older'; tag: string } | { kind: 'newer' }

/** The migrations of this program. */
export const MIGRATIONS_FOLDER = `${import.meta.dirname}/migrations`

/** What `schemaStateOf` wants to know: the creation instants of the migrations that were applied, which are also their names. */
export const APPLIED_MIGRATIONS = 'select created_at from __drizzle_migrations'

/** Shape: `applied` in epoch milliseconds; empty = no tables yet */
export function schemaStateOf(applied: readonly number[], migrationsFolder = MIGRATIONS_FOLDER): SchemaState {
  const journal = JSON.parse(readFileSync(`${migrationsFolder}/meta/_journal.json`, 'utf8')) as Journal
  const known = new Map(journal.entries.map((entry) => [entry.when, entry.tag]))
  if (applied.length === 0) return { kind: 'empty' }
  if (applied.some((when) => !known.has(when))) return { kind: 'newer' }
  const latest = Math.max(...applied)
  return latest === Math.max(...known.keys()) ? { kind: 'current' } : { kind: 'older', tag: known.get(latest)! }
}
