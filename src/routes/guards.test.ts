/** What the guard chain refuses, as an attacker would try it: other hosts, other sites, other ports, borrowed credentials. */

import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestApp, TEST_PORT, type TestApp } from '../testing/test-app.ts'

let web: TestApp
beforeEach(async () => {
  web = await createTestApp()
})
afterEach(() => web.close())

const cookieOf = () => `__Host-tokendeck_${TEST_PORT}_s=${web.signedIn.cookieValue.reveal()}`
const form = { 'content-type': 'application/x-www-form-urlencoded' }
const endings = () => `/sessions/${web.signedIn.session.id}/ending`
const isSignedIn = async () => (await web.access.findSession(web.signedIn.cookieValue.reveal())) !== null

test.each([
  null,
  '',
  'evil.test',
  `evil.test:${TEST_PORT}`,
  'localhost',
  `localhost:${TEST_PORT + 1}`,
  `LOCALHOST:${TEST_PORT}`,
  `localhost.:${TEST_PORT}`,
  `localhost:0${TEST_PORT}`,
  ` localhost:${TEST_PORT}x`,
  `a@localhost:${TEST_PORT}`,
  `localhost:${TEST_PORT}, localhost:${TEST_PORT}`,
  `localhost:${TEST_PORT}, evil.test`,
  `127.0.0.2:${TEST_PORT}`,
  `[::1]`,
  `0.0.0.0:${TEST_PORT}`,
])('Host %j is refused with 421, also for public routes and good credentials', async (host) => {
  for (const path of ['/', '/healthz', '/sign-in', '/api/accounts', '/favicon.ico']) {
    const headers: Record<string, string> = { authorization: `Bearer ${web.apiToken}`, cookie: cookieOf() }
    if (host !== null) headers.host = host
    const answer = await web.app.request(`http://localhost:${TEST_PORT}${path}`, { headers })
    expect(answer.status, path).toBe(421)
    expect(answer.headers.get('connection')).toBe('close')
    expect(answer.headers.get('set-cookie')).toBeNull()
  }
})

test.each([
  ['another site', { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' }],
  ['another port', { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' }],
  ['another port without Sec-Fetch', { origin: 'http://localhost:3000' }],
  ['the same port by number', { origin: `http://127.0.0.1:${TEST_PORT}`, 'sec-fetch-site': 'same-site' }],
  ['https', { origin: `https://localhost:${TEST_PORT}` }],
  ['a sandboxed frame', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
  ['Origin null alone', { origin: 'null' }],
  ['same-site with the own origin', { origin: `http://localhost:${TEST_PORT}`, 'sec-fetch-site': 'same-site' }],
  ['none with the own origin', { origin: `http://localhost:${TEST_PORT}`, 'sec-fetch-site': 'none' }],
  ['odd spelling', { origin: `http://localhost:${TEST_PORT}`, 'sec-fetch-site': 'Same-Origin' }],
  ['two origins', { origin: `http://localhost:${TEST_PORT}, http://localhost:${TEST_PORT}` }],
  ['two Sec-Fetch-Site', { 'sec-fetch-site': 'same-origin, cross-site' }],
  ['neither header', {}],
])('a form from %s changes nothing, though cookie and token are right', async (_, headers) => {
  const answer = await web.request(endings(), {
    method: 'POST',
    body: `csrf=${web.signedIn.session.csrfToken}`,
    headers: { cookie: cookieOf(), ...form, ...(headers as Record<string, string>) },
  })
  expect(answer.status).toBe(403)
  expect(await isSignedIn()).toBe(true)
})

test('a form without its CSRF token, or with that of another session, changes nothing', async () => {
  const other = (await web.access.signInWithToken(web.apiToken, null))!
  for (const token of ['', 'x', other.session.csrfToken, `${web.signedIn.session.csrfToken}x`]) {
    expect((await web.submit(endings(), {}, { 'x-csrf-token': token })).status).toBe(403)
  }
  expect(await isSignedIn()).toBe(true)
  expect((await web.submit(endings())).status).toBe(303)
  expect(await isSignedIn()).toBe(false)
})

test('the CSRF token may stand in a field, for forms without scripts', async () => {
  const own = { origin: `http://localhost:${TEST_PORT}`, 'sec-fetch-site': 'same-origin', cookie: cookieOf(), ...form }
  const body = new URLSearchParams({ csrf: web.signedIn.session.csrfToken }).toString()
  expect((await web.request('/sign-out', { method: 'POST', body, headers: own })).status).toBe(303)
})

test('the session cookie is no bearer, and the API token is taken from its header only', async () => {
  const cookie = web.signedIn.cookieValue.reveal()
  const tries: [string, Record<string, string>][] = [
    ['/api/accounts', { authorization: `Bearer ${cookie}` }],
    ['/api/accounts', { authorization: `Bearer ${web.signedIn.session.id}` }],
    ['/api/accounts', { authorization: web.apiToken }],
    ['/api/accounts', { authorization: `Basic ${web.apiToken}` }],
    ['/api/accounts', { authorization: `Bearer ${web.apiToken}, Bearer ${web.apiToken}` }],
    ['/api/accounts', { authorization: `Bearer wrong`, cookie: cookieOf() }],
    ['/api/accounts', { cookie: `__Host-tokendeck_${TEST_PORT}_s=${web.apiToken}` }],
    ['/api/accounts', { cookie: `Authorization=Bearer ${web.apiToken}` }],
    ['/api/accounts', { 'x-api-key': web.apiToken }],
    [`/api/accounts?access_token=${web.apiToken}`, {}],
    [`/api/accounts?token=${web.apiToken}`, {}],
  ]
  for (const [path, headers] of tries) expect((await web.request(path, { headers })).status, path).toBe(401)
  expect((await web.call('GET', '/api/accounts')).status).toBe(200)
  expect((await web.browse('/api/accounts')).status).toBe(200)
})

test('of several cookies of one name the right one counts, and two sessions at once count for none', async () => {
  const name = `__Host-tokendeck_${TEST_PORT}_s`
  const planted = `${name}=planted; tokendeck_${TEST_PORT}_s=${'A'.repeat(43)}; ${cookieOf()}`
  expect((await web.request('/api/accounts', { headers: { cookie: planted } })).status).toBe(200)
  // Another port may plant the plain name under ever longer paths, which browsers send first.
  const flood = Array.from({ length: 20 }, (_, index) => `tokendeck_${TEST_PORT}_s=planted-${index}; `).join('')
  expect((await web.request('/api/accounts', { headers: { cookie: flood + cookieOf() } })).status).toBe(200)
  const otherPort = `__Host-tokendeck_${TEST_PORT + 1}_s=${web.signedIn.cookieValue.reveal()}`
  expect((await web.request('/api/accounts', { headers: { cookie: otherPort } })).status).toBe(401)
  const other = (await web.access.signInWithToken(web.apiToken, null))!
  const both = `${cookieOf()}; tokendeck_${TEST_PORT}_s=${other.cookieValue.reveal()}`
  expect((await web.request('/api/accounts', { headers: { cookie: both } })).status).toBe(401)
})

test('a program may write with its token alone, but not beside a cookie from nowhere', async () => {
  expect((await web.call('POST', '/api/login-links')).status).toBe(201)
  const headers = { authorization: `Bearer ${web.apiToken}`, cookie: cookieOf() }
  expect((await web.request('/api/login-links', { method: 'POST', headers })).status).toBe(403)
  const foreign = { authorization: `Bearer ${web.apiToken}`, origin: 'https://evil.test' }
  expect((await web.request('/api/login-links', { method: 'POST', headers: foreign })).status).toBe(403)
})

test('other sites may lead to a page, and read nothing', async () => {
  const navigation = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
  for (const site of ['cross-site', 'same-site', 'Cross-Site', 'anything']) {
    const headers = { 'sec-fetch-site': site }
    for (const path of ['/api/accounts', '/events', '/api/events', '/healthz', '/favicon.ico', '/sign-in']) {
      expect((await web.browse(path, { headers })).status, `${site} ${path}`).toBe(403)
    }
    const framed = { ...headers, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }
    expect((await web.browse('/sign-in', { headers: framed })).status).toBe(403)
    const partial = { ...headers, ...navigation, 'hx-request-type': 'partial' }
    expect((await web.browse('/sign-in', { headers: partial })).status).toBe(403)
    expect((await web.browse('/sign-in', { headers: { ...headers, ...navigation } })).status).toBe(200)
  }
  expect((await web.browse('/api/accounts', { headers: { origin: 'http://localhost:3000' } })).status).toBe(403)
})

test('a person led here by another site is asked again from here, because the cookie did not come along', async () => {
  const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
  const answer = await web.request('/settings?a="><script>', { headers })
  expect(answer.status).toBe(200)
  const html = await answer.text()
  expect(html).toContain('http-equiv="refresh"')
  expect(html).not.toContain('<script')
})

test('without a session pages lead to the sign-in and remember where one wanted to go; programs and htmx are told', async () => {
  const page = await web.request('/accounts/acc_1?x=1')
  expect([page.status, page.headers.get('location')]).toEqual([303, '/sign-in?next=%2Faccounts%2Facc_1%3Fx%3D1'])
  const api = await web.request('/api/accounts')
  expect([api.status, api.headers.get('content-type')]).toEqual([401, 'application/problem+json; charset=utf-8'])
  expect(await api.json()).toMatchObject({ code: 'authentication_required', status: 401 })
  const partial = await web.request('/accounts/acc_1', { headers: { 'hx-request-type': 'partial' } })
  expect([partial.status, partial.headers.get('hx-redirect')]).toEqual([401, '/sign-in'])
})

test('pages asked for by number move to localhost; programs stay', async () => {
  const by = (host: string, path: string, headers = {}) =>
    web.app.request(`http://${host}${path}`, { headers: { host, ...headers } })
  const moved = await by(`127.0.0.1:${TEST_PORT}`, '/sign-in?next=%2F')
  expect(moved.headers.get('location')).toBe(`http://localhost:${TEST_PORT}/sign-in?next=%2F`)
  expect((await by(`[::1]:${TEST_PORT}`, '/')).status).toBe(302)
  expect((await by(`127.0.0.1:${TEST_PORT}`, '/healthz')).status).toBe(200)
  const authorization = `Bearer ${web.apiToken}`
  expect((await by(`127.0.0.1:${TEST_PORT}`, '/api/accounts', { authorization })).status).toBe(200)
})

test('bodies over 256 KiB, of other media types, or of odd methods are refused', async () => {
  const big = { response: 'x'.repeat(256 * 1024) }
  expect((await web.call('POST', '/api/oauth/exchange', big)).status).toBe(413)
  const chunked = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(64 * 1024)),
  })
  const headers = { authorization: `Bearer ${web.apiToken}`, 'content-type': 'application/json' }
  expect((await web.request('/api/oauth/exchange', { method: 'POST', body: chunked, headers })).status).toBe(413)
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'application/json; charset=utf-16',
  ]) {
    const init = { method: 'POST', body: '{}', headers: { ...headers, 'content-type': type } }
    expect((await web.request('/api/login-links', init)).status, type).toBe(415)
  }
  expect((await web.submit('/sign-out', { a: '1' }, { 'content-type': 'application/json' })).status).toBe(415)
  const preflight = await web.request('/api/accounts', { method: 'OPTIONS', headers: { origin: 'https://evil.test' } })
  expect(preflight.status).toBe(405)
  expect([...preflight.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
})

test('a body that does not come to its end is given up after twenty seconds', async () => {
  let isCancelled = false
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode('{')),
    cancel: () => {
      isCancelled = true
    },
  })
  const headers = { authorization: `Bearer ${web.apiToken}`, 'content-type': 'application/json' }
  const answering = web.request('/api/accounts', { method: 'POST', body, headers })
  await web.clock.advance(20_000)
  expect((await answering).status).toBe(408)
  expect(isCancelled).toBe(true)
  await web.submit('/sign-out', { a: '1' })
  expect(web.clock.pending()).toBe(0)
})

test('a sender that goes away in the middle of a body fills no log', async () => {
  const body = new ReadableStream({ pull: (controller) => controller.error(new DOMException('gone', 'AbortError')) })
  const answer = await web.request('/sign-in', { method: 'POST', body, headers: form })
  expect(answer.status).toBe(400)
  expect(web.log.lines).toEqual([])
})

test('every kind of answer has its headers, refusals too', async () => {
  const page = await web.request('/sign-in')
  const policy = page.headers.get('content-security-policy')!
  const nonce = /'nonce-([A-Za-z0-9_-]{22})'/.exec(policy)![1]!
  expect(policy).toContain("require-trusted-types-for 'script'; trusted-types htmx")
  expect(policy).not.toContain('unsafe')
  expect(await page.text()).toContain(`nonce="${nonce}"`)
  expect((await web.request('/sign-in')).headers.get('content-security-policy')).not.toContain(nonce)
  expect(page.headers.get('referrer-policy')).toBe('same-origin')
  expect(page.headers.get('cross-origin-opener-policy')).toBe('same-origin')

  const answers = {
    page,
    missing: await web.browse('/nowhere'),
    api: await web.call('GET', '/api/accounts'),
    refused: await web.request('/api/accounts'),
    host: await web.app.request('/', { headers: { host: 'evil.test' } }),
    health: await web.request('/healthz'),
  }
  for (const [name, { headers }] of Object.entries(answers)) {
    expect(headers.get('cache-control'), name).toBe('no-store')
    expect(headers.get('x-content-type-options'), name).toBe('nosniff')
    expect(headers.get('x-frame-options'), name).toBe('DENY')
    expect(headers.get('cross-origin-resource-policy'), name).toBe('same-origin')
    expect(headers.get('content-security-policy'), name).toContain("frame-ancestors 'none'")
    for (const never of [
      'etag',
      'server',
      'x-powered-by',
      'strict-transport-security',
      'access-control-allow-origin',
    ]) {
      expect(headers.get(never), `${name} ${never}`).toBeNull()
    }
  }
  expect(answers.missing.status).toBe(404)
  expect(answers.api.headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'")
})

test('a host that was allowed on purpose is served, with the cookie that its browsers take', async () => {
  const remote = await createTestApp({}, { extraHosts: [`box.lan:${TEST_PORT}`] })
  const signIn = (origin: string) =>
    remote.app.request('/sign-in', {
      method: 'POST',
      body: `token=${remote.apiToken}`,
      headers: { ...form, host: `box.lan:${TEST_PORT}`, origin },
    })
  const plain = await signIn(`http://box.lan:${TEST_PORT}`)
  expect(plain.headers.get('set-cookie')).toMatch(new RegExp(`^tokendeck_${TEST_PORT}_s=.*SameSite=Strict$`))
  const overTls = await signIn(`https://box.lan:${TEST_PORT}`)
  expect(overTls.headers.get('set-cookie')).toContain('; Secure')
  expect((await signIn(`http://localhost:${TEST_PORT}`)).status).toBe(403)
  await remote.close()
})
