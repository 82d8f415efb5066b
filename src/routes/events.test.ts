import { afterEach, beforeEach, expect, test } from 'vitest'
import { settle } from '../testing/fake-clock.ts'
import { createTestApp, type TestApp } from '../testing/test-app.ts'

let web: TestApp
beforeEach(async () => {
  web = await createTestApp()
})
afterEach(() => web.close())

const NONCE = 'N'.repeat(22)

async function addAccount(label: string): Promise<string> {
  const body = { provider: 'claude', kind: 'setup_token', access_token: `sk-ant-oat01-FAKE-CANARY-${label}`, label }
  const answer = await web.call('POST', '/api/accounts', body)
  return ((await answer.json()) as { id: string }).id
}

/** Reads a stream as it comes; `text()` is all so far. */
async function open(path: string, headers: Record<string, string> = {}) {
  const answer = path.startsWith('/api')
    ? await web.request(path, { headers: { authorization: `Bearer ${web.apiToken}`, ...headers } })
    : await web.browse(path, { headers: { 'tokendeck-page-nonce': NONCE, ...headers } })
  const reader = answer.body!.getReader()
  let text = ''
  let hasEnded = false
  const reading = (async () => {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      text += new TextDecoder().decode(value)
    }
    hasEnded = true
  })()
  await settle()
  return {
    answer,
    reading,
    text: () => text,
    hasEnded: () => hasEnded,
    take() {
      const taken = text
      text = ''
      return taken
    },
    cancel: () => reader.cancel(),
  }
}

test('a page gets a first byte at once, then every row as it is now, with the nonce of its own', async () => {
  const id = await addAccount('Work')
  const stream = await open('/events')
  expect(stream.answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(stream.text()).toMatch(/^retry: /)
  expect(stream.text()).toContain(`<hx-partial hx-target="#account_${id}" hx-swap="outerMorph">`)
  expect(stream.text()).toContain(`hx-nonce="${NONCE}"`)
  expect(stream.text()).not.toContain('CANARY')
})

test('a nonce that is none is not repeated', async () => {
  await addAccount('Work')
  const stream = await open('/events', { 'tokendeck-page-nonce': '"><script>' })
  expect(stream.text()).not.toContain('<script')
})

test('a burst of changes is one message per row, and rows that did not change stay silent', async () => {
  const [one, two] = [await addAccount('One'), await addAccount('Two')]
  const stream = await open('/events')
  await web.clock.advance(1_500)
  stream.take()
  for (let change = 0; change < 50; change++) web.context.events.publish({ type: 'account.changed', accountId: one })
  await web.clock.advance(99)
  expect(stream.text()).toBe('')
  await web.clock.advance(1)
  const sent = stream.take()
  expect(sent.match(new RegExp(`<hx-partial hx-target="#account_${one}"`, 'g'))).toHaveLength(1)
  expect(sent).not.toContain(`#account_${two}"`)
})

test('accounts that come and go make the page fetch its list; a returning page is told what it missed', async () => {
  await addAccount('One')
  const stream = await open('/events')
  const lastId = /id: (\w+)/.exec(stream.take())![1]!
  await addAccount('Two')
  await web.clock.advance(100)
  expect(stream.text()).toContain('event: accounts-changed\n')
  await stream.cancel()
  const unchanged = await open('/events')
  expect(unchanged.text()).not.toContain('accounts-changed')
  const returned = await open('/events', { 'last-event-id': lastId })
  expect(returned.text()).toContain('event: accounts-changed\n')
})

test('sign-ins and found files are named events; no event tells more than its name', async () => {
  const stream = await open('/events')
  stream.take()
  web.context.events.publish({ type: 'authorization.changed', authorizationId: 'aut_1' })
  web.context.events.publish({ type: 'candidates.changed' })
  await settle()
  expect(stream.text()).toBe('event: authorization-aut_1\ndata: \n\nevent: candidates-changed\ndata: \n\n')
})

test('programs get past-tense facts with ids', async () => {
  const stream = await open('/api/events')
  web.context.events.publish({ type: 'grant.refreshed', accountId: 'acc_1' })
  await settle()
  expect(stream.text()).toContain(
    'event: grant.refreshed\ndata: {"type":"grant.refreshed","account_id":"acc_1","at":"2026-11-22T09:00:00.000Z"}\n\n',
  )
})

test('a quiet stream beats; it ends with its session and at shutdown, and leaves nobody listening', async () => {
  const before = web.context.events.listenerCount
  const page = await open('/events')
  const api = await open('/api/events')
  await web.clock.advance(20_000)
  expect(page.text()).toContain(': beat\n\n')
  await web.access.endSession(web.signedIn.session.id)
  await web.clock.advance(20_000)
  await settle()
  expect([page.hasEnded(), api.hasEnded()]).toEqual([true, false])
  web.shutdown.abort()
  await settle()
  expect(api.hasEnded()).toBe(true)
  expect(web.context.events.listenerCount).toBe(before)
})

test('a session has a dozen streams at most, and gets a place back when one ends', async () => {
  const streams = []
  for (let count = 0; count < 12; count++) streams.push(await open('/events'))
  expect((await web.browse('/events')).status).toBe(429)
  expect((await web.browse('/events', { method: 'HEAD' })).status).toBe(429)
  await streams[0]!.cancel()
  await settle()
  expect((await open('/events')).answer.status).toBe(200)
})

test('a page that was made a moment ago gets only what changed since', async () => {
  const id = await addAccount('Work')
  await web.clock.advance(1)
  const now = web.clock.now()
  const fresh = await open(`/events?rendered=${now}`)
  expect(fresh.text()).not.toContain(`#account_${id}`)
  expect(fresh.text()).toContain('hx-target="#counts"')
  for (const rendered of [now - 1, now - 60_000, 'x', '']) {
    expect((await open(`/events?rendered=${rendered}`)).text()).toContain(`#account_${id}`)
  }
  const returned = await open(`/events?rendered=${now}`, { 'last-event-id': 'x' })
  expect(returned.text()).toContain(`#account_${id}`)
  web.context.events.publish({ type: 'account.changed', accountId: id })
  expect((await open(`/events?rendered=${now}`)).text()).toContain(`#account_${id}`)
})
