/**
 * Brings the tables to the version that this program knows. One batch, so one transaction: a cut at any point leaves the
 * old tables or the new ones. Copies an existing database away first.
 */

import type { Client } from '@libsql/client/sqlite3'
import type { Database } from './client.ts'
import { DatabaseRefusal, refusalCodeOf } from './database-refusal.ts'
import { APPLIED_MIGRATIONS, type SchemaState, schemaStateOf } from './schema-state.ts'

/**
 * Migrates when there is something to do; one small query when there is not.
 *
 * Errors: DatabaseRefusal `newer_schema`, `not_ours`, `migration_failed`, or what the disk says
 */
export async function bringUpToDate(
  client: Client,
  database: Database,
  options: { place: string; migrationsFolder: string; backupsDirectory: string | null },
): Promise<void> {
  const { place, migrationsFolder, backupsDirectory } = options
  const state = await schemaState(client, migrationsFolder, place)
  if (state.kind === 'current') return
  // Named after the last migration that it holds. A copy of an interrupted try is replaced.
  if (state.kind === 'older' && backupsDirectory) {
    const { copyDatabase } = await import('./database-copy.ts')
    await copyDatabase(database, backupsDirectory, state.tag)
  }
  const { migrate } = await import('drizzle-orm/libsql/migrator')
  try {
    await migrate(database, { migrationsFolder })
  } catch (error) {
    // Another machine may have migrated a shared database in the meantime: then there is nothing left to do.
    if ((await schemaState(client, migrationsFolder, place)).kind === 'current') return
    const code = refusalCodeOf(error)
    throw new DatabaseRefusal(code === 'io' ? 'migration_failed' : code, place)
  }
}

async function schemaState(
  client: Client,
  migrationsFolder: string,
  place: string,
): Promise<Exclude<SchemaState, { kind: 'newer' }>> {
  const state = schemaStateOf(await appliedMigrations(client, place), migrationsFolder)
  if (state.kind === 'newer') throw new DatabaseRefusal('newer_schema', place)
  return state
}

/** The creation instants of the migrations that were applied, which are also their names; epoch milliseconds. */
async function appliedMigrations(client: Client, place: string): Promise<number[]> {
  try {
    const { rows } = await client.execute(APPLIED_MIGRATIONS)
    return rows.map((row) => Number(row[0]))
  } catch (error) {
    const { rows } = await client.execute("select count(*), sum(name = '__drizzle_migrations') from sqlite_master")
    const [tables, ours] = [Number(rows[0]?.[0]), Number(rows[0]?.[1])]
    if (ours > 0) throw error
    if (tables > 0) throw new DatabaseRefusal('not_ours', place)
    return []
  }
}
