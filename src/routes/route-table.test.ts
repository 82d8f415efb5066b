/** Walks every route there is: none answers strangers, none trusts other hosts or sites, and no GET changes anything. */

import { getTableName, sql } from 'drizzle-orm'
import { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { keepTrails } from '../accounts/keep-trails.ts'
import * as schema from '../db/schema.ts'
import * as copies from '../db/schema-copies.ts'
import * as trails from '../db/schema-trails.ts'
import { createTestApp, TEST_PORT, type TestApp } from '../testing/test-app.ts'
import { apiRouteTable } from './api/v1/index.ts'
import { isPublicRoute } from './public-routes.ts'

let web: TestApp
let accountId: string

beforeEach(async () => {
  web = await createTestApp()
  const body = { provider: 'claude', kind: 'setup_token', access_token: 'sk-ant-oat01-FAKE-CANARY-0001', label: 'Work' }
  accountId = ((await (await web.call('POST', '/api/accounts', body)).json()) as { id: string }).id
  await keepTrails(web.context)
})
afterEach(() => web.close())

/** Every route with its path's parameters filled in. */
function allRoutes(): { method: string; path: string }[] {
  const mounted = web.app.routes.filter(({ method }) => method !== 'ALL')
  const api = [...apiRouteTable, { method: 'get', path: '/api/openapi.json' }, { method: 'get', path: '/api/events' }]
  return [...mounted, ...api].map(({ method, path }) => ({
    method: method.toUpperCase(),
    path: path.replace(':id', accountId).replace(/:\w+/g, 'claude'),
  }))
}

const privateRoutes = () => allRoutes().filter(({ method, path }) => !isPublicRoute(method, path))
const cookie = () => `__Host-tokendeck_${TEST_PORT}_s=${web.signedIn.cookieValue.reveal()}`

test('the list of public routes is this short', () => {
  const open = allRoutes().filter(({ method, path }) => isPublicRoute(method, path))
  expect(new Set(open.map(({ method, path }) => `${method} ${path}`))).toEqual(
    new Set([
      'GET /healthz',
      'GET /sign-in',
      'POST /sign-in',
      'GET /favicon.ico',
      'GET /assets/claude',
      'GET /calendar/claude',
    ]),
  )
  expect(privateRoutes().length).toBeGreaterThanOrEqual(20)
})

test('every other route refuses who is not signed in', async () => {
  for (const { method, path } of privateRoutes()) {
    const strangers: Record<string, string>[] = [
      {},
      { cookie: `__Host-tokendeck_${TEST_PORT}_s=x` },
      { authorization: 'Bearer x' },
    ]
    for (const headers of strangers) {
      const own = { origin: `http://localhost:${TEST_PORT}`, 'sec-fetch-site': 'same-origin', ...headers }
      const answer = await web.request(path, { method, headers: own })
      const isLedToSignIn = answer.status === 303 && answer.headers.get('location')!.startsWith('/sign-in')
      expect(isLedToSignIn || answer.status === 401, `${method} ${path} ${answer.status}`).toBe(true)
      expect(await answer.text()).not.toContain(accountId.slice(4))
    }
  }
})

test('every route refuses another host, whatever else is right', async () => {
  for (const { method, path } of allRoutes()) {
    const headers = { host: `evil.test:${TEST_PORT}`, origin: `http://evil.test:${TEST_PORT}`, cookie: cookie() }
    const answer = await web.app.request(path, { method, headers })
    expect(answer.status, `${method} ${path}`).toBe(421)
  }
})

test('every route refuses other sites and other ports, whatever else is right', async () => {
  for (const { method, path } of allRoutes()) {
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' },
      { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' },
      { origin: 'null' },
    ]
    for (const headers of foreign) {
      const all = { ...headers, cookie: cookie(), 'x-csrf-token': web.signedIn.session.csrfToken }
      expect((await web.request(path, { method, headers: all })).status, `${method} ${path}`).toBe(403)
    }
  }
})

test('every write of a browser needs its CSRF token', async () => {
  for (const { method, path } of privateRoutes().filter((route) => route.method !== 'GET')) {
    const headers = { origin: `http://localhost:${TEST_PORT}`, 'sec-fetch-site': 'same-origin', cookie: cookie() }
    expect((await web.request(path, { method, headers })).status, `${method} ${path}`).toBe(403)
  }
})

test('no GET changes a row, as page, as partial or as JSON; none answers with a secret', async () => {
  const before = await everyRow()
  const paths = allRoutes().flatMap(({ method, path }) => (method === 'GET' ? [path] : []))
  expect(paths).toEqual(expect.arrayContaining(['/metrics', '/calendar/claude', '/usage', '/timeline', '/alerts']))
  for (const path of paths) {
    for (const type of ['full', 'partial']) {
      const answer = await web.browse(path, { headers: { 'hx-request-type': type } })
      expect(answer.status, path).toBeLessThan(500)
      // An answer without a body names no type.
      if (answer.headers.get('content-type')?.startsWith('text/event-stream')) await answer.body!.cancel()
      else expect(await answer.text(), path).not.toContain('CANARY')
    }
  }
  expect(await everyRow()).toEqual(before)
})

async function everyRow(): Promise<Record<string, unknown>> {
  const tables = Object.values({ ...schema, ...trails, ...copies }).filter((table) => table instanceof SQLiteTable)
  const rows = await Promise.all(
    tables.map(async (table) => [
      getTableName(table),
      await web.context.database.all(sql`select * from ${table} order by rowid`),
    ]),
  )
  return Object.fromEntries(rows)
}
