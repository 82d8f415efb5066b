/** When the database fails in the middle of anything, the answer and the log name it, and quote nothing of what it held. */

import { getTableName, sql } from 'drizzle-orm'
import { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as schema from '../db/schema.ts'
import * as copies from '../db/schema-copies.ts'
import * as trails from '../db/schema-trails.ts'
import { createTestApp, type TestApp } from '../testing/test-app.ts'
import { apiRouteTable } from './api/v1/index.ts'

const CANARY = 'FAKE-CANARY'
const TOKEN = `sk-ant-oat01-${CANARY}-0001`
let web: TestApp
let accountId: string

beforeEach(async () => {
  web = await createTestApp()
  const body = { provider: 'claude', kind: 'setup_token', access_token: TOKEN, label: 'Work' }
  accountId = ((await (await web.call('POST', '/api/accounts', body)).json()) as { id: string }).id
})
afterEach(() => web.close())

/** What is asked of each route: enough for it to reach the store with something that must not come back. */
const BODIES: Record<string, unknown> = {
  'POST /api/oauth/authorize': { provider: 'codex', method: 'paste', label: 'New' },
  'POST /api/oauth/exchange': { response: `${CANARY}-code#${CANARY}-state` },
  'POST /api/accounts': {
    provider: 'claude',
    kind: 'setup_token',
    access_token: `${TOKEN}-2`,
    label: 'Other',
  },
  'PATCH /api/accounts/:id': { label: 'Changed' },
  'POST /api/accounts/:id/token': { min_validity_seconds: 60 },
}
const FORMS: [path: string, fields: Record<string, string>][] = [
  ['/added-tokens', { provider: 'claude', kind: 'setup_token', access_token: `${TOKEN}-3`, label: 'Third' }],
  ['/authorizations', { provider: 'codex', method: 'paste', label: 'Fourth' }],
  ['/accounts/:id/labels', { label: 'Fifth' }],
  ['/accounts/:id/refreshes', {}],
  ['/accounts/:id/removals', { revoke: 'no' }],
  ['/settings', { language: 'en' }],
  ['/sign-in', { token: CANARY }],
]
const PAGES = ['/', '/accounts/:id', '/accounts/:id/row', '/settings', '/imports/new', '/authorizations/new']

const tables = Object.values({ ...schema, ...trails, ...copies })
  .filter((table) => table instanceof SQLiteTable)
  .map(getTableName)

/** The answer, however long the program tries to save what it has. */
async function settled(asked: Promise<Response>): Promise<Response> {
  let isOver = false
  const over = asked.finally(() => {
    isOver = true
  })
  while (!isOver) {
    if (web.clock.pending() > 0) await web.clock.advance(5_000)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  return over
}

test.each(tables)('without the table %s', async (table) => {
  const path = (pattern: string) => pattern.replace(':id', accountId).replace(/:\w+/, 'claude')
  await web.context.database.run(sql.raw(`ALTER TABLE ${table} RENAME TO ${table}_gone`))
  const statuses = new Set<number>()
  const look = async (where: string, asked: Promise<Response>) => {
    const answer = await settled(asked)
    statuses.add(answer.status)
    const text = JSON.stringify([...answer.headers]) + (await answer.text())
    expect(text, where).not.toMatch(/failed query|\bselect\s+"|insert into|params:|no such table|SQLITE/i)
    expect(text, where).not.toContain(CANARY)
  }
  for (const { method, path: pattern, isTokenOnly } of apiRouteTable) {
    const name = `${method.toUpperCase()} ${pattern}`
    // What is asked for there is a token.
    if (!isTokenOnly) await look(name, web.call(method.toUpperCase(), path(pattern), BODIES[name]))
  }
  for (const page of PAGES) await look(`GET ${page}`, web.browse(path(page)))
  for (const [pattern, fields] of FORMS) await look(`POST ${pattern}`, web.submit(path(pattern), fields))

  const log = web.log.text()
  expect(log).not.toContain(CANARY)
  expect(log).not.toMatch(/failed query|insert into|params:/i)
  expect([...statuses].every((status) => status !== 500)).toBe(true)
})
