/**
 * The floor of refreshing: fetch, and one durable commit with Drizzle. `refresh-loop.ts ORIGIN DATABASE COUNT IN_FLIGHT`.
 * Prints { ms, count }.
 */

import { createClient } from '@libsql/client'
import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/libsql'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { inFlight } from '../in-flight.ts'

const grants = sqliteTable('grants', { id: integer().primaryKey(), refreshToken: text().notNull() })

const [origin, path, count, places] = Bun.argv.slice(2) as [string, string, string, string]
const client = createClient({ url: `file:${path}`, concurrency: 1 })
const database = drizzle(client, { casing: 'snake_case', schema: { grants } })
await client.executeMultiple('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA locking_mode=EXCLUSIVE')
await client.execute('drop table if exists grants')
await client.execute('create table grants (id integer primary key, refresh_token text not null)')
const rows = Array.from({ length: Number(count) }, (_, id) => ({ id, refreshToken: `sk-ant-ort01-FAKE-floor${id}-1` }))
await database.insert(grants).values(rows)

const startedAt = performance.now()
await inFlight(Number(places), rows, async ({ id, refreshToken }) => {
  const response = await fetch(`${origin}/claude/v1/oauth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ grant_type: 'refresh_token', refresh_token: refreshToken }),
  })
  const answer = (await response.json()) as { refresh_token: string }
  await database.update(grants).set({ refreshToken: answer.refresh_token }).where(eq(grants.id, id))
})
process.stdout.write(JSON.stringify({ ms: performance.now() - startedAt, count: rows.length }))
process.exit(0)
