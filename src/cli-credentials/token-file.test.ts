/** Files of other tools that hold several logins: what each entry says, and how it is named. */

import { describe, expect, test } from 'vitest'
import { codexClaims, fakeJwt } from '../testing/builders.ts'
import {
  entryPlace,
  fileOfPlace,
  judgeEntry,
  listEntries,
  parseEntryPath,
  recognizeTokenFile,
  type TokenFileId,
} from './token-file.ts'

const EXPIRES = Date.parse('2026-11-22T12:00:00Z')
const claims = codexClaims({
  subject: 'user-1',
  organizationId: 'ws-1',
  email: 'grace@example.com',
  plan: 'plus',
  exp: EXPIRES / 1000,
})
const ACCESS = fakeJwt(claims)
const openai = { type: 'oauth', refresh: 'rt_FAKE', access: ACCESS, expires: EXPIRES, accountId: 'ws-1' }

const judge = (format: TokenFileId, root: unknown, name: string) =>
  judgeEntry({ format, file: '/x', name, tool: null }, typeof root === 'string' ? root : JSON.stringify(root))
const recognized = (root: unknown) => recognizeTokenFile(JSON.stringify(root))?.id ?? null

describe('whole files', () => {
  test.each([
    ['a byte order mark', `\uFEFF${JSON.stringify({ openai })}`],
    ['half a file', JSON.stringify({ openai }).slice(0, -9)],
    ['nothing', ''],
    ['no object', '[1]'],
  ])('%s is torn, and of no known form', (_, text) => {
    expect(judge('opencode', text, 'openai')).toEqual({ state: 'torn' })
    expect(recognizeTokenFile(text)).toBeNull()
    expect(listEntries({ ...recognizeTokenFile(JSON.stringify({ openai }))! }, text)).toEqual([])
  })

  test('the CLIs’ own files are never taken for one', () => {
    expect(recognized({ auth_mode: 'chatgpt', tokens: { access_token: 'a', refresh_token: 'b' } })).toBeNull()
    expect(recognized({ tokens: { access_token: 'a' } })).toBeNull()
    expect(recognized({ claudeAiOauth: { accessToken: 'a' }, other: { access_token: 'b' } })).toBeNull()
    expect(recognized({ settings: { theme: 'dark' } })).toBeNull()
  })

  test('each form is known by its content', () => {
    expect(recognized({ openai })).toBe('opencode')
    expect(recognized({ version: 1, profiles: { a: { type: 'oauth' } } })).toBe('auth-profiles')
    expect(recognized({ anthropic: { accessToken: 'sk-ant-oat01-FAKE' } })).toBe('oauth-tokens')
  })
})

describe('opencode', () => {
  test('a login says whose it is by its token', () => {
    const live = judge('opencode', { openai }, 'openai')
    expect(live).toMatchObject({
      state: 'live',
      identity: { subject: 'user-1', organizationId: 'ws-1', email: 'grace@example.com', plan: 'plus' },
      tokens: { accessTokenExpiresAt: EXPIRES, loginExpiresAt: null },
    })
  })

  test.each([
    ['no entry', { anthropic: openai }, null],
    ['an inherited name', {}, null],
    ['expires as text', { openai: { ...openai, expires: `${EXPIRES}` } }, 'unusable'],
    ['no expires', { openai: { ...openai, expires: undefined } }, 'unusable'],
    ['no refresh', { openai: { ...openai, refresh: undefined } }, 'unusable'],
    ['a number as access', { openai: { ...openai, access: 7 } }, 'unusable'],
    ['an unknown type', { openai: { ...openai, type: 'magic' } }, 'unusable'],
    ['no object', { openai: 'x' }, 'unusable'],
    ['empty tokens', { openai: { ...openai, access: '', refresh: '' } }, 'blanked'],
    ['an API key', { openai: { type: 'api', key: 'sk-FAKE' } }, 'api_key'],
    ['a well-known token', { openai: { type: 'wellknown', key: 'K', token: 'T' } }, 'api_key'],
  ])('%s', (_, root, state) => {
    expect(judge('opencode', root, 'openai')?.state ?? null).toBe(state)
  })

  test('one bad entry hides no other, and logins of nobody known are left out', () => {
    const root = {
      google: openai,
      anthropic: { type: 'oauth' },
      openai,
      'github-copilot': { type: 'oauth', access: 'x' },
    }
    const format = recognizeTokenFile(JSON.stringify(root))!
    expect(listEntries(format, JSON.stringify(root))).toEqual([
      { name: 'anthropic', cli: 'claude' },
      { name: 'openai', cli: 'codex' },
    ])
    expect(judge('opencode', root, 'openai')).toMatchObject({ state: 'live' })
    expect(judge('opencode', root, 'anthropic')).toEqual({ state: 'unusable' })
  })
})

describe('auth-profiles', () => {
  const profile = { type: 'oauth', provider: 'openai-codex', access: ACCESS, refresh: 'rt_FAKE', expires: EXPIRES }
  const file = (entry: unknown) => ({ version: 1, profiles: { 'openai-codex:default': entry } })
  const of = (entry: unknown) => judge('auth-profiles', file(entry), 'openai-codex:default')

  test('the profile’s e-mail stands in where the token names none', () => {
    const silent = fakeJwt({ ...claims, email: null, 'https://api.openai.com/profile': {} })
    const told = of({ ...profile, access: silent, email: 'told@example.com' })
    expect(told).toMatchObject({ identity: { email: 'told@example.com' } })
    expect(of({ ...profile, email: 'told@example.com' })).toMatchObject({ identity: { email: 'grace@example.com' } })
  })

  test('Claude’s logins name nobody and no scopes', () => {
    expect(of({ ...profile, provider: 'anthropic', access: 'sk-ant-oat01-FAKE' })).toMatchObject({
      state: 'live',
      identity: null,
      warnings: ['scopes_untold'],
      tokens: { scopes: [] },
    })
  })

  test.each([
    ['a setup token', { type: 'token', provider: 'anthropic', token: 'T' }, 'api_key'],
    ['a key', { type: 'api_key', provider: 'openai', key: 'K' }, 'api_key'],
    ['secrets kept elsewhere', { ...profile, access: undefined, refresh: undefined }, 'unusable'],
    ['an object as expiry', { ...profile, expires: {} }, 'unusable'],
    ['no type', { provider: 'openai' }, 'unusable'],
  ])('%s', (_, entry, state) => expect(of(entry)?.state).toBe(state))

  test('its provider, else its id, says whose it is', () => {
    const format = recognizeTokenFile(JSON.stringify(file(profile)))!
    const listed = (profiles: object) => listEntries(format, JSON.stringify({ profiles })).map(({ cli }) => cli)
    expect(listed({ 'anthropic:work': { type: 'oauth' }, x: { type: 'oauth', provider: 'groq' } })).toEqual(['claude'])
    expect(format.tool('/h/.clawdbot/agents/main/agent/auth-profiles.json')).toBe('clawdbot')
    expect(format.tool('/elsewhere.json')).toBe('openclaw')
  })
})

describe('oauth_tokens.json', () => {
  const at = (entry: object) => judge('oauth-tokens', { mine: { access_token: ACCESS, ...entry } }, 'mine')
  test.each([
    ['seconds', { expires_at: EXPIRES / 1000 }, EXPIRES],
    ['milliseconds', { expiresAt: EXPIRES }, EXPIRES],
    ['fractions of seconds', { expires: EXPIRES / 1000 + 0.5 }, EXPIRES + 500],
    ['RFC 3339', { expiry: '2026-11-22T12:00:00Z' }, EXPIRES],
    ['digits as text', { expires_at: `${EXPIRES}` }, EXPIRES],
    ['nothing: then the token itself', {}, EXPIRES],
    ['zero: then the token itself', { expires_at: 0 }, EXPIRES],
  ])('expiry in %s', (_, entry, expected) => {
    expect(at(entry)).toMatchObject({ state: 'live', tokens: { accessTokenExpiresAt: expected } })
  })

  test.each([[{ expires_at: 'soon' }], [{ expires_at: [] }], [{ refresh_token: 5 }]])(
    'of a wrong kind: %j',
    (entry) => {
      expect(at(entry)).toEqual({ state: 'unusable' })
    },
  )

  test.each([
    [{ mine: { access_token: ACCESS } }, 'codex'],
    [{ mine: { access: 'sk-ant-oat01-FAKE' } }, 'claude'],
    [{ claude_code: { accessToken: 'opaque' } }, 'claude'],
    [{ 'openai/me@example.com': { accessToken: 'opaque' } }, 'codex'],
    [{ mine: { provider: 'anthropic', accessToken: 'opaque' } }, 'claude'],
    [{ gmail: { access_token: 'ya29.FAKE' } }, undefined],
  ])('%j is known by name, claim or form', (root, cli) => {
    const text = JSON.stringify(root)
    expect(listEntries(recognizeTokenFile(text)!, text)[0]?.cli).toBe(cli)
  })

  test('scopes as a list and as text; client and id token are kept', () => {
    const id_token = fakeJwt({ ...claims, name: 'Grace' })
    expect(at({ scope: 'openid email', client_id: 'app_FAKE', id_token })).toMatchObject({
      tokens: { scopes: ['openid', 'email'], clientId: 'app_FAKE' },
      identity: { displayName: 'Grace' },
      warnings: [],
    })
    expect(at({ scopes: ['a', 1, 'b'] })).toMatchObject({ tokens: { scopes: ['a', 'b'] } })
  })

  test('the tool is told by its directory', () => {
    const { tool } = recognizeTokenFile(JSON.stringify({ a: { access: 'x' } }))!
    expect([tool('/home/me/.oldtool/oauth_tokens.json'), tool('/oauth_tokens.json')]).toEqual(['oldtool', null])
  })
})

describe('names', () => {
  const of = { cli: 'codex', provider: 'codex', directory: '/d' } as const
  test.each(['openai', 'openai-codex:me@example.com', 'a/b#c%20\\d', 'new\nline', '日本'])('%j survives', (name) => {
    const place = entryPlace({ format: 'auth-profiles', file: '/d/auth-profiles.json', name }, of)
    expect(parseEntryPath(place.path)).toEqual(place.entry)
    expect(fileOfPlace(place)).toBe('/d/auth-profiles.json')
  })

  test.each(['/d/auth.json', '/d/auth.json#other:x', '/d/auth.json#opencode:', '/d/a#opencode:%zz', '#opencode:x'])(
    '%j is the path of a file',
    (path) => expect(parseEntryPath(path)).toBeNull(),
  )

  test('a file that nobody can read is named without a login', () => {
    const place = entryPlace({ format: 'opencode', file: '/d/auth.json', name: null }, of)
    expect([place.path, place.entry]).toEqual([
      '/d/auth.json',
      { format: 'opencode', file: '/d/auth.json', name: null, tool: 'opencode' },
    ])
    expect(judgeEntry(place.entry!, '{}')).toBeNull()
  })

  test('absurd names and absurd numbers of entries are left out', () => {
    const many = Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`openai:${n}`, openai]))
    const text = JSON.stringify({ '': openai, [`openai:${'x'.repeat(300)}`]: openai, ...many })
    expect(listEntries(recognizeTokenFile(text)!, text)).toHaveLength(98)
  })
})
