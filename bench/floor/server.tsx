/** @jsxImportSource hono/jsx */
/**
 * The floor: the smallest honest program on the same stack. Hono, hono/jsx, Drizzle and libSQL show an accounts table and the
 * same as JSON. Goals are ratios against it, measured in the same run.
 */

import { createClient } from '@libsql/client'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/libsql'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { Hono } from 'hono'

const accounts = sqliteTable('accounts', {
  id: text().primaryKey(),
  provider: text().notNull(),
  email: text().notNull(),
  plan: text().notNull(),
  organization: text().notNull(),
  expiresAt: integer().notNull(),
})

const [, , port, path, count] = Bun.argv
const client = createClient({ url: `file:${path}`, concurrency: 1 })
const database = drizzle(client, { casing: 'snake_case', schema: { accounts } })
await client.execute(
  'create table if not exists accounts (id text primary key, provider text, email text, plan text, organization text, expires_at integer)',
)
const [row] = await database.select({ rows: sql<number>`count(*)` }).from(accounts)
if (row!.rows === 0) {
  const rows = Array.from({ length: Number(count) }, (_, index) => ({
    id: `acc_${index}`,
    provider: index % 2 ? 'codex' : 'claude',
    email: `person-${index}@example.com`,
    plan: 'max',
    organization: 'Example Organisation',
    expiresAt: 1_800_000_000_000 + index,
  }))
  for (let start = 0; start < rows.length; start += 500)
    await database.insert(accounts).values(rows.slice(start, start + 500))
}

const app = new Hono()
app.get('/healthz', (c) => c.json({ status: 'ok' }))
app.get('/', async (c) => {
  const rows = await database.select().from(accounts)
  return c.html(
    <html lang="en">
      <head>
        <title>Accounts</title>
      </head>
      <body>
        <h1>Accounts</h1>
        <table>
          {rows.map((account) => (
            <tr id={account.id}>
              <td>{account.provider}</td>
              <td>{account.email}</td>
              <td>{account.organization}</td>
              <td>{account.plan}</td>
              <td>{new Date(account.expiresAt).toISOString()}</td>
              <td>
                <form method="post" action={`/accounts/${account.id}/refreshes`}>
                  <button type="submit">Refresh</button>
                </form>
              </td>
            </tr>
          ))}
        </table>
      </body>
    </html>,
  )
})
app.get('/api/accounts', async (c) => c.json({ accounts: await database.select().from(accounts) }))

export const server = Bun.serve({ hostname: '127.0.0.1', port: Number(port), fetch: app.fetch })
