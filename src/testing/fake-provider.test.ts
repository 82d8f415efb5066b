/** The fake must be as strict as a good server, or the tests that lean on it prove nothing. */

import { createHash } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { CLAUDE_CLIENT_ID } from './fake-claude-endpoints.ts'
import { FakeClock } from './fake-clock.ts'
import { CODEX_CLIENT_ID } from './fake-codex-endpoints.ts'
import { currentPair } from './fake-grants.ts'
import { createFakeProvider, type FakeProviderOptions } from './fake-provider.ts'
import type { ServedApp } from './serve-on-loopback.ts'

const VERIFIER = 'v'.repeat(43)
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url')
const STATE = 's'.repeat(43)
const TOKEN_URL = { claude: 'https://platform.claude.com/v1/oauth/token', codex: 'https://auth.openai.com/oauth/token' }
const CLIENT_ID = { claude: CLAUDE_CLIENT_ID, codex: CODEX_CLIENT_ID }

let served: ServedApp | undefined
afterEach(async () => {
  await served?.close()
  served = undefined
})

function setUp(options: FakeProviderOptions = {}) {
  const clock = new FakeClock()
  const fake = createFakeProvider({ clock, ...options })
  const post = async (url: string, fields: Record<string, string>, format: 'form' | 'json') => {
    const body = format === 'json' ? JSON.stringify(fields) : new URLSearchParams(fields)
    const headers: Record<string, string> = format === 'json' ? { 'content-type': 'application/json' } : {}
    const response = await fake.fetch(url, { method: 'POST', headers, body })
    // biome-ignore lint/suspicious/noExplicitAny: answers of any shape are looked into here
    return { status: response.status, body: (await response.json()) as Record<string, any> }
  }
  const refresh = (provider: 'claude' | 'codex', refreshToken: string) =>
    post(
      TOKEN_URL[provider],
      { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: CLIENT_ID[provider] },
      'json',
    )
  return { clock, fake, post, refresh }
}

function codexRequest(changes: Record<string, string> = {}): string {
  const query = {
    response_type: 'code',
    client_id: CODEX_CLIENT_ID,
    redirect_uri: 'http://localhost:1455/auth/callback',
    scope: 'openid offline_access',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    state: STATE,
    ...changes,
  }
  return `https://auth.openai.com/oauth/authorize?${new URLSearchParams(query)}`
}

function codexExchange(code: string, changes: Record<string, string> = {}): Record<string, string> {
  return {
    grant_type: 'authorization_code',
    client_id: CODEX_CLIENT_ID,
    code,
    redirect_uri: 'http://localhost:1455/auth/callback',
    code_verifier: VERIFIER,
    ...changes,
  }
}

test.each([
  ['another redirect', { redirect_uri: 'http://localhost:1455/elsewhere' }],
  ['a foreign redirect', { redirect_uri: 'https://example.com/auth/callback' }],
  ['a plain challenge', { code_challenge_method: 'plain' }],
  ['no challenge', { code_challenge: '' }],
  ['no state', { state: '' }],
  ['another client', { client_id: 'someone-else' }],
])('an authorization request with %s is refused without a redirect', async (_, changes) => {
  const { fake } = setUp()
  const { redirectedTo } = await fake.consent(codexRequest(changes), 'grace')
  expect(redirectedTo).toBeNull()
})

test.each([
  ['a wrong verifier', { code_verifier: 'w'.repeat(43) }, /code_verifier/],
  ['another redirect_uri', { redirect_uri: 'http://localhost:1457/auth/callback' }, /redirect_uri/],
  ['another client', { client_id: 'someone-else' }, /client_id/],
])('an exchange with %s is refused and burns the code', async (_, changes, words) => {
  const { fake, post } = setUp()
  const { redirectedTo } = await fake.consent(codexRequest(), 'grace')
  const code = redirectedTo!.searchParams.get('code')!
  const refused = await post(TOKEN_URL.codex, codexExchange(code, changes), 'form')
  expect(refused.status).toBe(400)
  expect(refused.body.error_description).toMatch(words)
  expect((await post(TOKEN_URL.codex, codexExchange(code), 'form')).status).toBe(400)
})

test('a code works once, and a second use ends what the first one gave', async () => {
  const { fake, post, refresh } = setUp()
  const { redirectedTo } = await fake.consent(codexRequest(), 'grace')
  expect(redirectedTo!.searchParams.get('state')).toBe(STATE)
  const code = redirectedTo!.searchParams.get('code')!
  const first = await post(TOKEN_URL.codex, codexExchange(code), 'form')
  expect(first.body).toMatchObject({ token_type: 'bearer', expires_in: 28_800 })
  expect((await post(TOKEN_URL.codex, codexExchange(code), 'form')).status).toBe(400)
  expect((await refresh('codex', first.body.refresh_token)).body.error).toMatchObject({
    code: 'refresh_token_invalidated',
  })
})

test('a code is refused after ten minutes', async () => {
  const { clock, fake, post } = setUp()
  const { redirectedTo } = await fake.consent(codexRequest(), 'grace')
  await clock.advance(10 * 60_000)
  expect((await post(TOKEN_URL.codex, codexExchange(redirectedTo!.searchParams.get('code')!), 'form')).status).toBe(400)
})

test('whoever denies is sent back with access_denied', async () => {
  const { fake } = setUp()
  const { redirectedTo } = await fake.consent(codexRequest(), null)
  expect(Object.fromEntries(redirectedTo!.searchParams)).toMatchObject({ error: 'access_denied', state: STATE })
})

test('Claude shows code#state and wants the right state in a JSON exchange', async () => {
  const { fake, post } = setUp()
  const redirectUri = 'https://platform.claude.com/oauth/code/callback'
  const query = new URLSearchParams({
    code: 'true',
    client_id: CLAUDE_CLIENT_ID,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'user:profile user:inference',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    state: STATE,
  })
  const { shown } = await fake.consent(`https://claude.com/cai/oauth/authorize?${query}`, 'ada')
  const [code = '', state] = shown.split('#')
  expect(state).toBe(STATE)
  const fields = {
    grant_type: 'authorization_code',
    code,
    state: STATE,
    redirect_uri: redirectUri,
    client_id: CLAUDE_CLIENT_ID,
    code_verifier: VERIFIER,
  }
  expect((await post(TOKEN_URL.claude, fields, 'form')).status).toBe(415)
  const answer = await post(TOKEN_URL.claude, fields, 'json')
  expect(answer.body).toMatchObject({
    refresh_token_expires_in: 2_592_000,
    account: { email_address: 'ada@example.com' },
  })
  const wrongState = (await fake.consent(`https://claude.com/cai/oauth/authorize?${query}`, 'ada')).shown.split('#')[0]!
  expect((await post(TOKEN_URL.claude, { ...fields, code: wrongState, state: 'x'.repeat(43) }, 'json')).status).toBe(
    400,
  )
})

test('a reused refresh token revokes its family, the newest pair included', async () => {
  const { fake, refresh } = setUp()
  const { pair } = fake.grants.signIn(fake.person('grace'), CODEX_CLIENT_ID, ['openid'])
  const second = await refresh('codex', pair.refreshToken!)
  expect(second.status).toBe(200)
  const reused = await refresh('codex', pair.refreshToken!)
  expect([reused.status, reused.body.error.code]).toEqual([401, 'refresh_token_reused'])
  const newest = await refresh('codex', second.body.refresh_token)
  expect([newest.status, newest.body.error.code]).toEqual([401, 'refresh_token_invalidated'])
  expect(fake.ledger.of('codex.refresh', 'grace').map((entry) => entry.outcome)).toEqual([
    'granted',
    'reused',
    'revoked',
  ])
})

test('within its grace a reused token gives the same child again, and after it revokes', async () => {
  const { clock, fake, refresh } = setUp({ reuse: 30_000 })
  const { pair } = fake.grants.signIn(fake.person('ada'), CLAUDE_CLIENT_ID, ['user:profile'])
  const first = await refresh('claude', pair.refreshToken!)
  await clock.advance(30_000)
  expect((await refresh('claude', pair.refreshToken!)).body).toMatchObject({
    refresh_token: first.body.refresh_token,
  })
  await clock.advance(1)
  expect((await refresh('claude', pair.refreshToken!)).status).toBe(400)
  expect((await refresh('claude', first.body.refresh_token)).status).toBe(400)
})

test('a login ends on its day however often it was refreshed', async () => {
  const { clock, fake, refresh } = setUp({ loginLifetimeMs: 1_000 })
  const { family } = fake.grants.signIn(fake.person('ada'), CLAUDE_CLIENT_ID, ['user:profile'])
  await refresh('claude', currentPair(family).refreshToken!)
  await clock.advance(1_000)
  expect((await refresh('claude', currentPair(family).refreshToken!)).body).toMatchObject({ error: 'invalid_grant' })
})

test('profile and usage want a live token with the scope, and the workspace header', async () => {
  const { clock, fake } = setUp()
  const get = async (url: string, token: string, headers: Record<string, string> = {}) =>
    (await fake.fetch(url, { headers: { authorization: `Bearer ${token}`, ...headers } })).status
  const full = fake.grants.signIn(fake.person('ada'), CLAUDE_CLIENT_ID, ['user:profile']).pair.accessToken
  const narrow = fake.grants.signIn(fake.person('ada'), CLAUDE_CLIENT_ID, ['user:inference']).pair.accessToken
  const codex = fake.grants.signIn(fake.person('grace'), CODEX_CLIENT_ID, ['openid']).pair.accessToken
  const profile = 'https://api.anthropic.com/api/oauth/profile'
  const usage = 'https://chatgpt.com/backend-api/wham/usage'
  expect(await get(profile, full)).toBe(200)
  expect(await get(profile, narrow)).toBe(403)
  expect(await get(profile, 'sk-ant-oat01-FAKE-nobody')).toBe(401)
  expect(await get(usage, codex)).toBe(403)
  expect(await get(usage, codex, { 'chatgpt-account-id': fake.person('grace').organizationId })).toBe(200)
  await clock.advance(8 * 3_600_000)
  expect(await get(profile, full)).toBe(401)
})

test('a device code answers 403 until somebody approves it, and then once', async () => {
  const { fake, post } = setUp()
  const base = 'https://auth.openai.com/api/accounts/deviceauth'
  const begun = await post(`${base}/usercode`, { client_id: CODEX_CLIENT_ID }, 'json')
  const poll = () =>
    post(`${base}/token`, { device_auth_id: begun.body.device_auth_id, user_code: begun.body.user_code }, 'json')
  expect((await poll()).status).toBe(403)
  expect(await fake.approveDevice('WRONG', 'grace')).toBe(false)
  expect(await fake.approveDevice(begun.body.user_code.toLowerCase(), 'grace')).toBe(true)
  const approved = await poll()
  expect(approved.status).toBe(200)
  expect((await poll()).status).toBe(404)
  const exchange = codexExchange(approved.body.authorization_code, {
    redirect_uri: 'https://auth.openai.com/deviceauth/callback',
    code_verifier: approved.body.code_verifier,
  })
  expect((await post(TOKEN_URL.codex, exchange, 'form')).status).toBe(200)
})

test('a lost answer spends the token, a dropped request does not', async () => {
  const { fake, refresh } = setUp()
  const { pair } = fake.grants.signIn(fake.person('grace'), CODEX_CLIENT_ID, ['openid'])
  fake.faults.add({ endpoint: 'codex.refresh', fault: { kind: 'drop_before' } })
  await expect(refresh('codex', pair.refreshToken!)).rejects.toMatchObject({ code: 'ConnectionRefused' })
  fake.faults.add({ endpoint: 'codex.refresh', fault: { kind: 'drop_after' } })
  await expect(refresh('codex', pair.refreshToken!)).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect((await refresh('codex', pair.refreshToken!)).status).toBe(401)
  expect(fake.ledger.entries.map(({ outcome, delivered }) => [outcome, delivered])).toEqual([
    ['not_seen', false],
    ['granted', false],
    ['reused', true],
  ])
  expect(fake.faults.unused()).toEqual([])
})

test('served on loopback, faults break real connections', async () => {
  const fake = createFakeProvider()
  served = await fake.serve()
  const { pair } = fake.grants.signIn(fake.person('grace'), CODEX_CLIENT_ID, ['openid'])
  const body = JSON.stringify({
    grant_type: 'refresh_token',
    refresh_token: pair.refreshToken,
    client_id: CODEX_CLIENT_ID,
  })
  const post = () =>
    fetch(`${served!.origin}/codex/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
  fake.faults.add({ endpoint: 'codex.refresh', fault: { kind: 'drop_after' } })
  await expect(post()).rejects.toThrow()
  expect((await post()).status).toBe(401)
  expect(fake.ledger.count('codex.refresh')).toBe(2)
})

test('the ledger keeps no secret, and tells equal ones from different ones', async () => {
  const { fake, refresh } = setUp()
  const { pair } = fake.grants.signIn(fake.person('grace'), CODEX_CLIENT_ID, ['openid'])
  await refresh('codex', pair.refreshToken!)
  await refresh('codex', pair.refreshToken!)
  expect(JSON.stringify(fake.ledger.entries)).not.toContain(pair.refreshToken!)
  const [first, second] = fake.ledger.entries.map((entry) => entry.fields.refresh_token)
  expect(first).toMatch(/^fp_[0-9a-f]{12}$/)
  expect(second).toBe(first)
})
