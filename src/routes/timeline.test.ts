/** The timeline, its feeds and metrics over HTTP: who may read what, and what stands in it. */

import { afterEach, beforeEach, expect, test } from 'vitest'
import { refreshGrant } from '../accounts/refresh-grant.ts'
import { changeSettings } from '../accounts/settings.ts'
import { HOUR_MS } from '../lib/clock.ts'
import { readUsage } from '../limits/read-usage.ts'
import { connectPerson } from '../testing/connected-account.ts'
import { createTestApp, type TestApp } from '../testing/test-app.ts'
import { metricText } from './metrics.ts'

let web: TestApp
let grace: string

beforeEach(async () => {
  web = await createTestApp()
  grace = (await connectPerson(web, 'grace')).accountId
  await readUsage(web.context, grace, { actor: 'scheduler' })
})
afterEach(() => web.close())

function closeDatabase(): void {
  const { $client: client } = web.context.database as unknown as { $client: { close(): void } }
  client.close()
}

test('the page: a lane and a table for each account, filtered by account and kind', async () => {
  const page = await (await web.browse('/timeline')).text()
  expect(page).toContain('aria-label="grace@example.com: 3 dates"')
  expect(page).toMatch(/<td>Week resets<\/td>/)
  expect(page).not.toMatch(/style=/)
  const refreshes = await (await web.browse('/timeline?kind=refresh')).text()
  expect(refreshes).toContain('1 dates')
  expect(refreshes).not.toContain('<td>Week resets</td>')
  expect(await (await web.browse('/timeline?account=acc_none&page=99&kind=__proto__')).text()).toContain(
    'Nothing is known',
  )
  await connectPerson(web, 'hopper')
  expect(await (await web.browse(`/timeline?account=${grace}`)).text()).not.toContain(
    'lane__name" href="/accounts/acc_hopper',
  )
})

test('a feed: its own secret in the address, hashed at rest, revocable, no person named without the choice', async () => {
  const made = await (await web.submit('/timeline/feeds', { name: 'Phone' })).text()
  const address = /http:\/\/localhost:4747(\/calendar\/[\w-]{43}\.ics)/.exec(made)![1]!
  const answer = await web.request(address)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('text/calendar; charset=utf-8')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
  const text = await answer.text()
  expect(text).toContain(`SUMMARY:Codex ${grace.slice(-6)}: Week resets`)
  expect(text).not.toContain('grace')
  expect(text).toContain('DTSTAMP:20261122T090000Z')
  await web.clock.advance(HOUR_MS)
  expect(await (await web.request(address)).text()).toBe(text)
  const page = await (await web.browse('/timeline')).text()
  expect(page).toContain('Phone')
  expect(page).not.toContain(address)
  const id = /feeds\/(cal_\w+)\/revocations/.exec(page)![1]!
  expect((await web.submit(`/timeline/feeds/${id}/revocations`)).status).toBe(303)
  expect((await web.request(address)).status).toBe(404)
  expect((await web.submit(`/timeline/feeds/${id}/revocations`)).status).toBe(404)
  for (const wrong of ['x', `${'x'.repeat(43)}.ics`, `${'x'.repeat(43)}`, `${address.slice(10, -4)}.txt`]) {
    expect((await web.request(`/calendar/${wrong}`)).status, wrong).toBe(404)
  }
  expect((await web.browse('/timeline/feeds')).status).toBe(200)
  expect(web.log.text()).not.toContain(address.slice(10, -4))
})

test('a feed with names, in the person’s language, through the API', async () => {
  await changeSettings(web.context, { language: 'ja' }, 'api')
  const made = await (await web.call('POST', '/api/calendar-feeds', { name: '', include_names: true })).json()
  const text = await (await web.request(new URL(made.url).pathname)).text()
  expect(text.replaceAll('\r\n ', '')).toContain('SUMMARY:grace@example.com')
  const [listed] = await (await web.call('GET', '/api/calendar-feeds')).json()
  expect(listed).toMatchObject({
    id: made.id,
    name: 'Calendar',
    includes_names: true,
    last_read_at: '2026-11-22T09:00:00.000Z',
  })
  expect((await web.call('DELETE', `/api/calendar-feeds/${made.id}`)).status).toBe(200)
  expect((await web.call('DELETE', `/api/calendar-feeds/${made.id}`)).status).toBe(404)
  expect(
    await (
      await web.browse('/api/calendar-feeds', {
        method: 'POST',
        body: '{}',
        headers: { 'content-type': 'application/json' },
      })
    ).status,
  ).toBe(403)
  for (let count = 0; count < 20; count++) await web.call('POST', '/api/calendar-feeds', {})
  expect(await (await web.call('POST', '/api/calendar-feeds', {})).json()).toMatchObject({
    status: 422,
    code: 'too_many',
  })
  expect((await web.submit('/timeline/feeds')).status).toBe(409)
})

test('a database that is away: the error names the address of no feed', async () => {
  const token = 'A'.repeat(43)
  closeDatabase()
  expect((await web.request(`/calendar/${token}.ics`)).status).toBe(503)
  expect(web.log.text()).not.toContain(token)
})

test('the timeline for programs', async () => {
  const dates = await (await web.call('GET', '/api/timeline')).json()
  expect(dates.map(({ kind }: { kind: string }) => kind).toSorted()).toEqual(['refresh', 'reset', 'reset'])
  expect(dates[0]).toMatchObject({ account_id: grace, earliest: null, latest: null })
})

/** A line is a comment of a known form, or a sample of the family that was just described. Source: Prometheus text format 0.0.4 */
function samplesOf(text: string): Map<string, number> {
  expect(text.endsWith('\n')).toBe(true)
  const samples = new Map<string, number>()
  let family = ''
  const seen = new Set<string>()
  for (const line of text.slice(0, -1).split('\n')) {
    const help = /^# HELP ([a-z_]+) \S.*$/.exec(line)
    const type = /^# TYPE ([a-z_]+) (gauge|counter)$/.exec(line)
    if (help) {
      family = help[1]!
      expect(seen.has(family), family).toBe(false)
      seen.add(family)
    } else if (type) {
      expect(type[1]).toBe(family)
      expect(type[2] === 'counter', family).toBe(family.endsWith('_total'))
    } else {
      const sample = /^([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)+)\})? (-?\d+(?:\.\d+)?(?:e-?\d+)?)$/.exec(
        line,
      )
      expect(sample, line).not.toBeNull()
      expect(sample![1]).toBe(family)
      expect(samples.has(line.slice(0, line.lastIndexOf(' '))), line).toBe(false)
      samples.set(line.slice(0, line.lastIndexOf(' ')), Number(sample![3]))
    }
  }
  return samples
}

test('metrics: valid, complete, without a name, for who is signed in or has the token', async () => {
  const read = async () => samplesOf(await (await web.call('GET', '/metrics')).text())
  expect((await web.request('/metrics')).status).toBe(401)
  expect((await web.browse('/metrics')).status).toBe(200)
  const answer = await web.call('GET', '/metrics')
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const of = `account="${grace}",provider="codex"`
  const first = await read()
  expect(first.get('tokendeck_accounts{provider="codex",state="valid"}')).toBe(1)
  expect([...first.keys()].some((key) => key.startsWith(`tokendeck_window_used_ratio{${of},window=`))).toBe(true)
  expect(first.get(`tokendeck_access_token_expiry_seconds{${of}}`)).toBeGreaterThan(0)
  expect(first.get('tokendeck_pending_revocations')).toBe(0)
  expect([...first.keys()].join()).not.toMatch(/grace|@/)
  await refreshGrant(web.context, grace, { purpose: 'requested', actor: 'api' } as never)
  web.fake.faults.add({ endpoint: 'codex.usage', fault: { kind: 'status', status: 503 } })
  await web.clock.advance(2 * 60_000)
  await readUsage(web.context, grace, { actor: 'api' })
  await web.context.calls.flush()
  const second = await read()
  expect(second.get('tokendeck_refreshes_total{provider="codex",outcome="refreshed"}')).toBe(1)
  expect(second.get('tokendeck_provider_calls_total{provider="codex",endpoint="token",outcome="2xx"}')).toBe(1)
  expect(second.get('tokendeck_provider_calls_total{provider="codex",endpoint="usage",outcome="5xx"}')).toBe(1)
  const [third, fourth] = await Promise.all([read(), read()])
  expect([...third!]).toEqual([...fourth!])
  expect([...third!.entries()].filter(([key]) => key.includes('_total'))).toEqual(
    [...second.entries()].filter(([key]) => key.includes('_total')),
  )
})

test('metrics: as many queries for one account as for several', async () => {
  const { database } = web.context
  const count = async () => {
    let queries = 0
    const session = (database as unknown as { session: { client: { execute: (...args: unknown[]) => unknown } } })
      .session.client
    const { execute } = session
    session.execute = (...args) => {
      queries += 1
      return execute.apply(session, args)
    }
    await web.call('GET', '/metrics')
    session.execute = execute
    return queries
  }
  await count()
  const one = await count()
  expect(one).toBeGreaterThan(3)
  for (const name of ['ada', 'brook', 'carol', 'hopper'])
    await readUsage(web.context, (await connectPerson(web, name)).accountId, { actor: 'api' })
  await count()
  expect(await count()).toBe(one)
})

test('metricText: names and values that would break a line do not', () => {
  const text = metricText({
    name: 'x',
    help: 'a\\b\nc',
    type: 'gauge',
    samples: [{ labels: { a: 'q"\\\n' }, value: 1.5 }],
  })
  expect(text).toBe('# HELP x a\\\\b\\nc\n# TYPE x gauge\nx{a="q\\"\\\\\\n"} 1.5\n')
})
