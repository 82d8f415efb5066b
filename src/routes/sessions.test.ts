import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestApp, TEST_PORT, type TestApp } from '../testing/test-app.ts'

let web: TestApp
beforeEach(async () => {
  web = await createTestApp()
})
afterEach(() => web.close())

const signIn = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  web.request('/sign-in', {
    method: 'POST',
    body: new URLSearchParams(fields).toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      origin: `http://localhost:${TEST_PORT}`,
      'sec-fetch-site': 'same-origin',
      ...headers,
    },
  })

test('the API token gives a session cookie that scripts, other hosts and other sites do not get', async () => {
  const answer = await signIn({ token: ` ${web.apiToken}\n`, next: '/settings' })
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/settings'])
  const cookie = answer.headers.get('set-cookie')!
  expect(cookie).toMatch(
    new RegExp(
      `^__Host-tokendeck_${TEST_PORT}_s=[A-Za-z0-9_-]{43}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict; Secure$`,
    ),
  )
  expect(cookie).not.toContain('Domain')
  const headers = { cookie: cookie.split(';')[0]! }
  expect((await web.request('/api/accounts', { headers })).status).toBe(200)
})

test('Safari gets the cookie without what it refuses on http', async () => {
  const userAgent = 'Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15'
  const cookie = (await signIn({ token: web.apiToken }, { 'user-agent': userAgent })).headers.get('set-cookie')!
  expect(cookie).toMatch(
    new RegExp(`^tokendeck_${TEST_PORT}_s=[^;]+; Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict$`),
  )
})

test('a link signs in once; the second time says so, and helps who is signed in already', async () => {
  const { secret } = web.access.createLink()
  const first = await signIn({ link: secret })
  expect(first.status).toBe(303)
  const second = await signIn({ link: secret })
  expect(second.status).toBe(403)
  expect(second.headers.get('set-cookie')).toBeNull()
  expect(await second.text()).not.toContain(secret)
  const again = await signIn({ link: secret }, { cookie: first.headers.get('set-cookie')!.split(';')[0]! })
  expect(again.status).toBe(303)
})

test('a GET redeems nothing', async () => {
  const { secret } = web.access.createLink()
  for (const path of [`/sign-in?link=${secret}`, `/sign-in?t=${secret}`, `/?t=${secret}`]) {
    expect((await web.request(path)).headers.get('set-cookie')).toBeNull()
  }
  expect((await signIn({ link: secret })).status).toBe(303)
})

test('another site cannot sign this browser in', async () => {
  for (const headers of [
    { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' },
    { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' },
    { origin: 'null', 'sec-fetch-site': 'cross-site' },
  ]) {
    expect((await signIn({ token: web.apiToken }, headers)).status).toBe(403)
  }
  const bare = {
    method: 'POST',
    body: `token=${web.apiToken}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  }
  expect((await web.request('/sign-in', bare)).status).toBe(403)
})

test('signing in again ends the session before; signing out ends it on the server', async () => {
  const before = web.signedIn.cookieValue.reveal()
  const answer = await signIn({ token: web.apiToken }, { cookie: `__Host-tokendeck_${TEST_PORT}_s=${before}` })
  expect(await web.access.findSession(before)).toBeNull()
  const cookie = answer.headers.get('set-cookie')!.split(';')[0]!
  const session = (await web.access.findSession(cookie.split('=')[1]!))!
  const out = await web.request('/sign-out', {
    method: 'POST',
    headers: { cookie, origin: `http://localhost:${TEST_PORT}`, 'x-csrf-token': session.csrfToken },
  })
  expect(out.status).toBe(303)
  expect(out.headers.getSetCookie()).toHaveLength(2)
  expect(out.headers.get('clear-site-data')).toBeNull()
  expect((await web.request('/api/accounts', { headers: { cookie } })).status).toBe(401)
})

test('wrong tokens are refused, told in words, and after many of them the next has to wait', async () => {
  const wrong = await signIn({ token: 'FAKE-wrong', next: '//evil.test' })
  expect(wrong.status).toBe(403)
  const html = await wrong.text()
  expect(html).not.toContain('FAKE-wrong')
  expect(html).not.toContain('evil.test')
  for (let failure = 1; failure < 10; failure++) await signIn({ token: 'FAKE-wrong' })
  const blocked = await signIn({ token: 'FAKE-wrong' })
  expect([blocked.status, blocked.headers.get('retry-after')]).toEqual([429, '60'])
  // Another program of this machine must not be able to keep the owner out.
  expect((await signIn({ token: web.apiToken })).status).toBe(303)
  expect((await signIn({ link: web.access.createLink().secret })).status).toBe(303)
  await web.clock.advance(60_000)
  expect((await signIn({ token: 'FAKE-wrong' })).status).toBe(403)
})

test('the next page is one of the dashboard', async () => {
  for (const next of ['https://evil.test', '//evil.test', '/\\evil.test']) {
    expect((await signIn({ token: web.apiToken, next })).headers.get('location')).toBe('/')
  }
})

test('the server proves itself to who asks, and says only that it is up', async () => {
  const challenge = 'c'.repeat(43)
  const answer = await web.request('/healthz', { headers: { 'tokendeck-challenge': challenge } })
  expect(answer.headers.get('tokendeck-proof')).toBe(web.access.serverProof(challenge, TEST_PORT))
  expect(await answer.text()).toBe('{"status":"ok"}')
  for (const odd of ['', 'short', `${challenge}|4748`]) {
    const refused = await web.request('/healthz', { headers: { 'tokendeck-challenge': odd } })
    expect(refused.headers.get('tokendeck-proof')).toBeNull()
  }
})
