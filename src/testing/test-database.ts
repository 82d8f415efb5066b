/** A real database for one test: in memory, migrated as the shipped one is. */

import { fileURLToPath } from 'node:url'
import { createClient } from '@libsql/client'
import { drizzle } from 'drizzle-orm/libsql'
import { migrate } from 'drizzle-orm/libsql/migrator'
import type { OpenedDatabase } from '../db/client.ts'
import * as schema from '../db/schema.ts'

const MIGRATIONS = fileURLToPath(new URL('../db/migrations', import.meta.url))

/** A new, empty, migrated database that lives until `close`. */
export async function openTestDatabase(): Promise<OpenedDatabase> {
  const client = createClient({ url: ':memory:', concurrency: 1 })
  const database = drizzle(client, { schema, casing: 'snake_case' })
  await migrate(database, { migrationsFolder: MIGRATIONS })
  return { database, close: async () => client.close() }
}
