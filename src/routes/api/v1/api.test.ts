import { afterEach, beforeEach, expect, test } from 'vitest'
import type { z } from 'zod'
import { fakeIdToken, signInAs } from '../../../testing/fake-tokens.ts'
import { createTestApp, type TestApp } from '../../../testing/test-app.ts'
import { apiRouteTable } from './index.ts'
import type { account } from './schemas.ts'

let web: TestApp
beforeEach(async () => {
  web = await createTestApp()
})
afterEach(() => web.close())

interface OpenApiDocument {
  openapi: string
  paths: Record<string, Record<string, { operationId: string }>>
  components: { schemas: Record<string, { additionalProperties?: boolean }> }
}

type AccountAnswer = z.infer<typeof account>

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const fake = 'sk-ant-oat01-FAKE-CANARY-0001'
const add = async (fields: Record<string, unknown> = {}) => {
  const answer = await web.call('POST', '/api/accounts', {
    provider: 'claude',
    kind: 'setup_token',
    access_token: fake,
    ...fields,
  })
  return { status: answer.status, body: (await answer.json()) as AccountAnswer }
}

test('an account is added, listed, changed and removed, and no answer holds its token', async () => {
  const { status, body: added } = await add({ label: 'Work' })
  expect(status).toBe(201)
  expect(added).toMatchObject({ provider: 'claude', label: 'Work', custody: 'none', paused: false, usage: [] })
  expect(added.login.reason).toMatch(/\w+ \w+/)
  expect(added.created_at).toMatch(RFC3339)

  const list = await web.call('GET', '/api/accounts')
  expect(await list.json()).toEqual([added])
  const one = await web.call('GET', `/api/accounts/${added.id}`)
  expect(await one.json()).toEqual(added)

  const changed = await web.call('PATCH', `/api/accounts/${added.id}`, { label: null, paused: true, position: 3 })
  expect(await changed.json()).toMatchObject({ label: null, paused: true, position: 3 })

  const tokens = (await (await web.call('GET', '/api/oauth/tokens')).json()) as Record<string, unknown>[]
  expect(tokens).toMatchObject([{ provider: 'claude', account_id: added.id, custody: 'none' }])

  const everything = await Promise.all(
    ['/api/accounts', '/api/oauth/tokens', '/api/imports/candidates', `/api/accounts/${added.id}`].map(
      async (path) => await (await web.call('GET', path)).text(),
    ),
  )
  expect(everything.join()).not.toContain('CANARY')

  const refreshed = await web.call('POST', `/api/accounts/${added.id}/refresh`)
  expect(await refreshed.json()).toMatchObject({ outcome: 'not_custodian', reason: expect.any(String) })

  const removed = await web.call('DELETE', `/api/oauth/tokens/claude`)
  expect(await removed.json()).toMatchObject({ account_id: added.id, provider: 'claude', revocation: 'not_asked' })
  expect((await web.call('GET', `/api/accounts/${added.id}`)).status).toBe(404)
})

test('reasons are given in the language that is asked for', async () => {
  const { body: added } = await add()
  const inJapanese = await web.request(`/api/accounts/${added.id}`, {
    headers: { authorization: `Bearer ${web.apiToken}`, 'accept-language': 'ja' },
  })
  const { login } = (await inJapanese.json()) as AccountAnswer
  expect(login.reason_code).toBe(added.login.reason_code)
  expect(login.reason).not.toBe(added.login.reason)
})

test('a token is handed to programs only, never to a session, and the handing is recorded', async () => {
  const { body: added } = await add()
  const path = `/api/accounts/${added.id}/token`
  const asBrowser = await web.browse(path, { method: 'POST' })
  expect([asBrowser.status, await asBrowser.json()]).toMatchObject([403, { code: 'api_token_required' }])
  const answer = await web.call('POST', path)
  expect(await answer.json()).toMatchObject({ access_token: fake, token_type: 'Bearer' })
  expect(answer.headers.get('cache-control')).toBe('no-store')
  const link = await web.browse('/api/login-links', { method: 'POST' })
  expect(link.status).toBe(403)
})

test('a sign-in is begun and looked at', async () => {
  const answer = await web.call('POST', '/api/oauth/authorize', { provider: 'codex', method: 'paste' })
  const begun = (await answer.json()) as Record<string, string>
  expect(answer.status).toBe(200)
  expect(begun.expires_at).toMatch(RFC3339)
  const url = new URL(begun.authorization_url!)
  expect(url.searchParams.get('redirect_uri')).toBe(begun.redirect_uri)
  expect(url.searchParams.get('code_challenge_method')).toBe('S256')
  const state = await web.call('GET', `/api/oauth/authorizations/${begun.authorization_id}`)
  expect(await state.json()).toEqual({ status: 'pending' })

  const wrong = await web.call('POST', '/api/oauth/exchange', {
    authorization_id: begun.authorization_id,
    response: 'FAKE-code#other-state',
  })
  expect(await wrong.json()).toMatchObject({ status: 422, code: 'response_state_mismatch', title: expect.any(String) })
})

test.each([
  ['POST', '/api/accounts', { provider: 'claude', kind: 'setup_token', access_token: 'x', custody: 'dashboard' }, 422],
  ['POST', '/api/accounts', { provider: 'claude', kind: 'none', access_token: 'x' }, 422],
  ['POST', '/api/accounts', { provider: 'claude', kind: 'setup_token', access_token: ['x'] }, 422],
  ['POST', '/api/accounts', { provider: 'claude', kind: 'setup_token', access_token: '' }, 422],
  ['POST', '/api/accounts', { provider: 'claude', kind: 'access_token', access_token: 'x', expires_at: 'soon' }, 422],
  ['POST', '/api/accounts', { provider: 'nobody', kind: 'access_token', access_token: 'x' }, 422],
  ['POST', '/api/accounts', [], 422],
  ['POST', '/api/accounts', 'text', 422],
  ['POST', '/api/accounts', null, 422],
  ['POST', '/api/login-links', { extra: 1 }, 422],
  ['POST', '/api/imports', { provider: 'claude', mode: 'steal' }, 422],
  ['POST', '/api/oauth/authorize', { provider: '__proto__' }, 422],
  ['POST', '/api/oauth/authorize', { provider: 'constructor' }, 422],
  ['PATCH', '/api/accounts/acc_none', { position: -1 }, 422],
  ['PATCH', '/api/accounts/acc_none', { label: 'x' }, 404],
  ['DELETE', '/api/accounts/acc_none?revoke=maybe', undefined, 422],
  ['DELETE', '/api/accounts/acc_none?revoke=true&revoke=false', undefined, 400],
  ['DELETE', '/api/accounts/acc_none?force=true', undefined, 422],
  ['GET', '/api/accounts?token=1', undefined, 422],
  ['GET', '/api/accounts/acc_none', undefined, 404],
  ['GET', '/api/oauth/authorizations/none', undefined, 404],
  ['POST', '/api/accounts/acc_none/token', { min_validity_seconds: 1e9 }, 422],
  ['POST', '/api/accounts/acc_none/refresh', undefined, 404],
  ['GET', '/api', undefined, 404],
  ['GET', '/api/nothing', undefined, 404],
])('%s %s with %j answers %4$i', async (method, path, body, status) => {
  const answer = await web.call(method, path, body)
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
  expect(await answer.json()).toMatchObject({ status, code: expect.any(String), title: expect.any(String) })
  expect(answer.status).toBe(status)
})

test('a refused value is not quoted, and a body that is not JSON is told apart', async () => {
  const odd = await web.call('POST', '/api/accounts', { provider: 'claude', kind: fake, access_token: { deep: fake } })
  const text = await odd.text()
  expect(text).not.toContain('CANARY')
  expect(JSON.parse(text).errors.map((error: { path: string }) => error.path)).toEqual(['kind', 'access_token'])
  const headers = { authorization: `Bearer ${web.apiToken}`, 'content-type': 'application/json' }
  const broken = await web.request('/api/accounts', { method: 'POST', body: '{"provider":', headers })
  expect([broken.status, ((await broken.json()) as { code: string }).code]).toEqual([400, 'invalid_json'])
})

test('a failure inside says an id and nothing else, and the log line has the same id and no secret', async () => {
  web.context.transport.send = async () => {
    throw new TypeError(`lost ${fake}`)
  }
  Object.defineProperty(web.context, 'providers', {
    get() {
      throw new TypeError(`broken ${fake}`)
    },
  })
  const answer = await web.call('POST', '/api/oauth/authorize', { provider: 'codex' })
  const problem = (await answer.json()) as Record<string, string>
  expect(answer.status).toBe(500)
  expect(JSON.stringify(problem)).not.toContain('CANARY')
  const lines = web.log.lines.filter((line) => line.level === 'error')
  expect(lines).toHaveLength(1)
  expect(lines[0]!.fields.id).toBe(problem.error_id)
  expect(web.log.text()).not.toContain('CANARY')
})

test('the description names every route, and every reference in it leads somewhere', async () => {
  const answer = await web.call('GET', '/api/openapi.json')
  const text = await answer.text()
  const document = JSON.parse(text) as OpenApiDocument
  expect(document.openapi).toMatch(/^3\.1\./)
  for (const { method, path } of apiRouteTable) {
    expect(document.paths[path.replace(/:(\w+)/g, '{$1}')]?.[method], `${method} ${path}`).toBeDefined()
  }
  const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference!)
  expect(references.length).toBeGreaterThan(10)
  for (const reference of references) {
    expect(reference).toMatch(/^#\/components\/schemas\/\w+$/)
    expect(document.components.schemas[reference.split('/').at(-1)!], reference).toBeDefined()
  }
  expect(document.components.schemas.NewAccount?.additionalProperties).toBe(false)
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path))
  expect(new Set(operations.map((operation) => operation.operationId)).size).toBe(operations.length)
})

test('a path names an account by its id, or by a label that only one has', async () => {
  const { body: mine } = await add({ label: 'Work laptop' })
  const token = async (reference: string) => {
    const answer = await web.call('POST', `/api/accounts/${encodeURIComponent(reference)}/token`, {})
    return { status: answer.status, body: (await answer.json()) as { access_token?: string; code?: string } }
  }
  for (const reference of [mine.id, 'Work laptop', 'work LAPTOP']) {
    expect(await token(reference)).toMatchObject({ status: 200, body: { access_token: fake } })
  }
  for (const reference of ['Work', 'laptop', '%', `${mine.id}0`, 'acc_00000000000000000000']) {
    expect(await token(reference)).toMatchObject({ status: 404, body: { code: 'account_not_found' } })
  }
  await add({ label: 'work laptop', access_token: 'sk-ant-oat01-FAKE-CANARY-0002' })
  expect(await token('Work laptop')).toMatchObject({ status: 409, body: { code: 'account_ambiguous' } })
  expect(await token(mine.id)).toMatchObject({ status: 200, body: { access_token: fake } })
})

test('every route of an account takes its label as well as its id', async () => {
  const { body: mine } = await add({ label: 'Work laptop' })
  const routes = apiRouteTable.filter(({ method, path }) => method === 'get' && path.startsWith('/api/accounts/:id'))
  expect(routes.length).toBeGreaterThan(5)
  const statusOf = async (path: string, reference: string) =>
    (await web.call('GET', path.replace(':id', encodeURIComponent(reference)))).status
  for (const { path } of routes) {
    expect(await statusOf(path, ' WORK laptop'), path).toBe(await statusOf(path, mine.id!))
    expect(await statusOf(path, 'nobody'), path).toBe(404)
  }
  const snooze = await web.call('POST', '/api/accounts/work%20laptop/alert-snoozes', { span: 'hour' })
  expect(await snooze.json()).toEqual({ id: mine.id })
})

test('the description says what is taken: a body that may be left out, and as many homes as there may be', async () => {
  const answer = await web.call('GET', '/api/openapi.json')
  const { paths, components } = (await answer.json()) as {
    paths: Record<string, Record<string, { requestBody?: { required: boolean } }>>
    components: { schemas: Record<string, { properties?: Record<string, { maxItems?: number }> }> }
  }
  expect(paths['/api/accounts/{id}/token']?.post?.requestBody?.required).toBe(false)
  expect(paths['/api/accounts/{id}/activation']?.post?.requestBody?.required).toBe(false)
  expect(paths['/api/accounts']?.post?.requestBody?.required).toBe(true)
  expect(components.schemas.OtherHomes?.properties?.homes?.maxItems).toBe(20)
  const homes = (count: number) => Array.from({ length: count }, (_, index) => `/home/person-${index}`)
  expect((await web.call('POST', '/api/imports/homes', { homes: homes(20) })).status).toBe(200)
  expect((await web.call('POST', '/api/imports/homes', { homes: homes(21) })).status).toBe(422)
})

test('the main act of an account that its CLI could take is to activate it', async () => {
  const { body: bare } = await add()
  expect(bare).toMatchObject({ main_action: null })
  const issue = signInAs(web.fake.grants, web.fake.person('hopper'))
  const { accessToken, refreshToken, accessTokenExpiresAt } = issue.pair
  const { body: pair } = await add({
    ...{ provider: 'codex', kind: 'token_pair', access_token: accessToken, refresh_token: refreshToken },
    ...{ id_token: fakeIdToken(issue), expires_at: new Date(accessTokenExpiresAt).toISOString() },
  })
  expect(pair).toMatchObject({ custody: 'dashboard', main_action: 'activate' })
})
