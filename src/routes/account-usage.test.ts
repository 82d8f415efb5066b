/** Limits on pages and in the API: the button, the panel, the history, and how many queries a list takes. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HOUR_MS, MINUTE_MS } from '../lib/clock.ts'
import { connectPerson } from '../testing/connected-account.ts'
import { buildFakeIdentity } from '../testing/fake-identities.ts'
import { createTestApp, type TestApp } from '../testing/test-app.ts'

const PARTIAL = { 'hx-request': 'true', 'hx-request-type': 'partial' }
const MANY = Array.from({ length: 12 }, (_, index) => buildFakeIdentity('claude', `many-${index}`, 400 + index))

let web: TestApp
let accountId: string

beforeEach(async () => {
  web = await createTestApp({ provider: { identities: MANY } })
  accountId = (await connectPerson(web, 'many-0')).accountId
})
afterEach(() => web.close())

const json = async (path: string) => (await web.call('GET', path)).json()
const read = (from = '') => web.submit(`/accounts/${accountId}/usage-readings${from}`, {}, PARTIAL)

describe('the button', () => {
  test('answers with the panel, or with the row where the row asked', async () => {
    const panel = await (await read()).text()
    expect(panel).toContain(`id="usage_${accountId}"`)
    expect(panel).toContain('Limits read.')
    expect(panel).toContain('41 %')
    const row = await (await read('?from=row')).text()
    expect(row).toContain(`id="account_${accountId}"`)
    expect(row).toMatch(
      /read less than a minute ago\. Possible again in 60 s|read less than a minute ago\. Possible again in 1 min/,
    )
  })

  test('without scripts leads to the account’s page, which says what came of it', async () => {
    const answer = await web.submit(`/accounts/${accountId}/usage-readings`)
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toBe(`/accounts/${accountId}?limits=read#usage_${accountId}`)
    const page = await (await web.browse(`/accounts/${accountId}?limits=not_permitted`)).text()
    expect(page).toContain('lacks the permission to read limits')
    expect(await (await web.browse(`/accounts/${accountId}?limits=%3Cb%3E`)).text()).not.toContain('could not be read')
  })

  test('for an account that is not there is 404', async () => {
    expect((await web.submit('/accounts/acc_nobody/usage-readings')).status).toBe(404)
    expect((await web.call('POST', '/api/accounts/acc_nobody/usage-readings')).status).toBe(404)
  })
})

describe('the API', () => {
  test('tells windows, history and what a reading came to', async () => {
    expect((await json('/api/usage'))[0]).toMatchObject({
      account_id: accountId,
      read_at: null,
      old: true,
      windows: [],
    })
    const reading = await (await web.call('POST', `/api/accounts/${accountId}/usage-readings`)).json()
    expect(reading).toMatchObject({ outcome: 'read', code: null, usage: { old: false } })
    await web.clock.advance(10 * MINUTE_MS)
    web.fake.usage.use('many-0', 9, { kind: 'session' })
    await web.call('POST', `/api/accounts/${accountId}/usage-readings`)
    const { windows, history, from, to } = await json(`/api/accounts/${accountId}/usage`)
    expect(windows.map((window: { id: string; used_fraction: number }) => [window.id, window.used_fraction])).toEqual([
      ['weekly_all', 0.41],
      ['session', 0.32],
    ])
    expect(windows[1]).toMatchObject({ kind: 'session', duration_seconds: 18_000, active: true, forecast: null })
    const session = history.find(({ window_id }: { window_id: string }) => window_id === 'session')
    expect(session.points.map(({ used_fraction }: { used_fraction: number }) => used_fraction)).toEqual([0.23, 0.32])
    expect(Date.parse(to) - Date.parse(from)).toBe(7 * 24 * HOUR_MS)
    const [account] = await json('/api/accounts')
    expect(account.usage).toEqual(windows)
    expect(account.data).toMatchObject({ status: 'fresh', reason_code: 'data_usage_fresh' })
  })

  test('a span of history is what was asked for, or refused', async () => {
    await web.call('POST', `/api/accounts/${accountId}/usage-readings`)
    const now = new Date(web.clock.now()).toISOString()
    const later = new Date(web.clock.now() + 1).toISOString()
    const path = `/api/accounts/${accountId}/usage`
    expect((await json(`${path}?to=${now}`)).history).toEqual([])
    expect((await json(`${path}?from=${now}&to=${later}`)).history).toHaveLength(2)
    expect((await web.call('GET', `${path}?from=${later}&to=${now}`)).status).toBe(422)
    expect((await web.call('GET', `${path}?from=yesterday`)).status).toBe(422)
    expect((await web.call('GET', `${path}?days=3`)).status).toBe(422)
  })

  test('extra usage and credits come as text, never as something to reckon with', async () => {
    const extra = { is_enabled: true, monthly_limit: 5000, used_credits: 1234, currency: 'USD', decimal_places: 2 }
    web.fake.faults.add({ endpoint: 'claude.usage', fault: { kind: 'change', fields: { extra_usage: extra } } })
    const { usage } = await (await web.call('POST', `/api/accounts/${accountId}/usage-readings`)).json()
    expect(usage.extra_usage).toMatchObject({ enabled: true, used: '12.34', limit: '50.00', currency: 'USD' })
    const page = await (await web.browse(`/accounts/${accountId}`)).text()
    expect(page).toContain('12.34 USD of 50.00 USD')
  })
})

test('every page takes as many queries with limits of twelve accounts as of one', async () => {
  const { database } = web.context
  const session = (database as unknown as { session: { client: { execute: unknown } } }).session
  let queries = 0
  const client = session.client as unknown as Record<'execute' | 'batch', (...args: unknown[]) => unknown>
  for (const way of ['execute', 'batch'] as const) {
    const run = client[way].bind(client)
    client[way] = (...args) => {
      queries += 1
      return run(...args)
    }
  }
  const pages = ['/', '/usage', '/timeline', '/activity', '/alerts', '/metrics', `/accounts/${accountId}`]
  const count = async () => {
    const counts: Record<string, number> = {}
    for (const page of pages) {
      const before = queries
      const answer = await (page === '/metrics' ? web.call('GET', page) : web.browse(page))
      expect(answer.status, page).toBe(200)
      await answer.text()
      counts[page] = queries - before
    }
    return counts
  }
  // What happened before is written down by the first page that wants to show it.
  const settled = async () => {
    await count()
    return await count()
  }
  await read()
  const one = await settled()
  for (const { name } of MANY.slice(1)) {
    const { accountId: id } = await connectPerson(web, name)
    await web.call('POST', `/api/accounts/${id}/usage-readings`)
  }
  expect(await settled()).toEqual(one)
  expect(Object.values(one).every((number) => number > 0)).toBe(true)
})
