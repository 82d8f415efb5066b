/** What `config.toml` may say about providers, and what becomes of it. */

import { describe, expect, test } from 'vitest'
import { Secret } from '../lib/secret.ts'
import { authorizationUrl, callbackRedirectUri } from './authorization-request.ts'
import { allowedHosts, applyProviderConfig } from './own-providers.ts'
import { builtInProviders } from './providers/index.ts'
import { exchangeRequest, refreshRequest } from './token-request.ts'
import type { TokenSet } from './token-set.ts'

const ACME = `
[providers.acme]
client_id = "acme-client"
authorization_url = "https://id.acme.example/authorize"
token_url = "https://id.acme.example/token"
`

const configured = (toml: string | null) => applyProviderConfig(builtInProviders, toml)
const acme = (lines = '') => configured(ACME + lines).get('acme')!
const codex = (lines: string) => configured(`[providers.codex]\n${lines}`).get('codex')!
const claude = (lines: string) => configured(`[providers.claude]\n${lines}`).get('claude')!
const builtIn = (id: string) => builtInProviders.find((provider) => provider.id === id)!

describe('built-in providers', () => {
  test.each([null, '', ' \n', '# nothing\n', '[providers]\r\n', '\ufeff[providers.codex]\n'])(
    '%j changes nothing',
    (toml) => {
      const providers = configured(toml)
      expect([...providers.keys()]).toEqual(['claude', 'codex', 'copilot'])
      expect(providers.get('claude')).toEqual(builtIn('claude'))
      expect(providers.get('codex')).toEqual(builtIn('codex'))
    },
  )

  test('every field can be overridden, and the others stay', () => {
    const provider = codex(`
      name = "Codex at work"
      client_id = "app_FAKE"
      authorization_url = "https://id.example/authorize"
      token_url = "http://127.0.0.1:9999/token"
      revocation_url = "http://localhost:9999/revoke"
      usage_url = "http://[::1]:9999/usage"
      profile_url = "https://id.example/profile"
      issuer = "https://id.example"
      redirect_uri = "http://127.0.0.1:1457/auth/callback"
      paste_redirect_uri = "https://id.example/code"
      scopes = ["openid"]
      authorization_params = { originator = "me", prompt = "login", codex_cli_simplified_flow = "", max_age = 60 }
      custom_headers = { "User-Agent" = "my-name/1.0", Originator = "me" }
      profile_headers = { Content-Type = "application/json" }
      usage_format = "copilot"
      usage_headers = { "anthropic-beta" = "none", "content-type" = "application/json" }
      usage_organization_header = "x-workspace"
      profile_scope = "openid"
      methods = ["paste"]
      refresh_concurrency = 2
      sign_in_needs_consent = true
      token_request = { refresh = "form", state_in_exchange = true }
      device_shape = "deviceauth"
      device_authorization_url = "https://id.example/device"
      device_token_url = "https://id.example/device/token"
      device_verification_uri = "https://id.example/activate"
      device_redirect_uri = "https://id.example/device/callback"
    `)
    expect(provider).toEqual({
      ...builtIn('codex'),
      name: 'Codex at work',
      clientId: 'app_FAKE',
      authorizationUrl: 'https://id.example/authorize',
      tokenUrl: 'http://127.0.0.1:9999/token',
      revocationUrl: 'http://localhost:9999/revoke',
      usageUrl: 'http://[::1]:9999/usage',
      profileUrl: 'https://id.example/profile',
      issuer: 'https://id.example',
      callback: { host: '127.0.0.1', ports: [1457, 1455], path: '/auth/callback' },
      pasteRedirectUri: 'https://id.example/code',
      scopes: ['openid'],
      authorizationParams: { originator: 'me', id_token_add_organizations: 'true', prompt: 'login', max_age: '60' },
      customHeaders: { 'User-Agent': 'my-name/1.0', Originator: 'me' },
      profileHeaders: { 'Content-Type': 'application/json' },
      usageFormat: 'copilot',
      usageHeaders: { 'anthropic-beta': 'none', 'content-type': 'application/json' },
      usageOrganizationHeader: 'x-workspace',
      profileScope: 'openid',
      methods: ['paste'],
      refreshConcurrency: 2,
      signInNotice: 'provider_terms',
      tokenRequest: { exchange: 'form', refresh: 'form', revocation: 'json', stateInExchange: true },
      device: {
        shape: 'deviceauth',
        authorizationUrl: 'https://id.example/device',
        tokenUrl: 'https://id.example/device/token',
        verificationUri: 'https://id.example/activate',
        redirectUri: 'https://id.example/device/callback',
      },
    })
    expect(configured('[providers.codex]\nname = "x"').get('claude')).toBe(builtIn('claude'))
  })

  test('an empty text takes away an endpoint or a header', () => {
    const provider = codex('revocation_url = ""\nusage_url = ""\nissuer = ""\ncustom_headers = { originator = "" }')
    expect(provider).toMatchObject({ revocationUrl: null, usageUrl: null, issuer: null, customHeaders: {} })
    expect(claude('profile_url = ""\npaste_redirect_uri = ""')).toMatchObject({
      profileUrl: null,
      pasteRedirectUri: null,
    })
  })

  test('another authorization server is no longer the built-in issuer', () => {
    expect(codex('authorization_url = "https://id.example/authorize"').issuer).toBeNull()
    expect(codex('authorization_url = "https://auth.openai.com/v2/authorize"').issuer).toBe('https://auth.openai.com')
    expect(claude('authorization_url = "https://id.example/a"\nissuer = "https://id.example"').issuer).toBe(
      'https://id.example',
    )
  })

  test.each([
    ['http://127.0.0.1:9999/oauth/token', 'http://127.0.0.1:9999'],
    ['http://127.0.0.1:9999/codex/oauth/token', 'http://127.0.0.1:9999/codex'],
    ['https://id.example/token', 'https://id.example'],
    ['https://auth.openai.com/v2/token', 'https://auth.openai.com'],
  ])('device endpoints follow a token endpoint that moves to %s', (tokenUrl, base) => {
    expect(codex(`token_url = "${tokenUrl}"`).device).toEqual({
      shape: 'deviceauth',
      authorizationUrl: `${base}/api/accounts/deviceauth/usercode`,
      tokenUrl: `${base}/api/accounts/deviceauth/token`,
      verificationUri: `${base}/codex/device`,
      redirectUri: `${base}/deviceauth/callback`,
    })
  })

  test('device endpoints of another shape or server', () => {
    const device = 'device_shape = "standard"\ndevice_authorization_url = "https://id.example/device"'
    expect(codex(device).device).toMatchObject({ shape: 'standard', authorizationUrl: 'https://id.example/device' })
    const base = {
      ...builtIn('codex'),
      device: { ...builtIn('codex').device!, verificationUri: 'https://else.example/d' },
    }
    delete base.device.redirectUri
    const toml = '[providers.codex]\ntoken_url = "https://id.example/t"\ndevice_shape = "standard"'
    const moved = applyProviderConfig([base], toml).get('codex')
    expect(moved?.device).toMatchObject({ tokenUrl: 'https://id.example/api/accounts/deviceauth/token' })
    expect(moved?.device).toMatchObject({ verificationUri: 'https://else.example/d' })
  })

  test.each<[string, object]>([
    ['http://127.0.0.1:1455/auth/callback', { host: '127.0.0.1', ports: [1455, 1457], path: '/auth/callback' }],
    ['http://localhost:8080/cb', { host: 'localhost', ports: [8080], path: '/cb' }],
    ['http://localhost/cb', { host: 'localhost', ports: 'free', path: '/cb' }],
  ])('redirect_uri %s', (uri, callback) => {
    expect(codex(`redirect_uri = "${uri}"`)).toMatchObject({ callback, pasteRedirectUri: null })
  })

  test('an https redirect_uri is the page that shows the code', () => {
    const provider = claude('redirect_uri = "https://id.example/code"')
    expect(provider).toMatchObject({
      callback: builtIn('claude').callback,
      pasteRedirectUri: 'https://id.example/code',
    })
    expect(claude('redirect_uri = "http://localhost:54545/callback"').callback?.ports).toEqual([54545])
  })

  test('a User-Agent of the person’s choice is sent instead of ours', () => {
    const provider = codex('custom_headers = { user-agent = "my-name/1.0" }')
    const { headers } = refreshRequest(provider, new Secret('rt_FAKE_0001'))
    expect(headers).toEqual({ 'user-agent': 'my-name/1.0', originator: 'tokendeck' })
  })

  test('who a grant belongs to can be read elsewhere', () => {
    const provider = codex('identity = { subject = "oid" }')
    expect(provider.readIdentity(tokens({ oid: 'FAKE-oid', sub: 'x' }), null)?.subject).toBe('FAKE-oid')
  })
})

describe('own providers', () => {
  test('defaults', () => {
    expect(acme()).toMatchObject({
      id: 'acme',
      name: 'acme',
      methods: ['callback', 'paste'],
      callback: { host: '127.0.0.1', ports: 'free', path: '/callback' },
      pasteRedirectUri: null,
      device: null,
      issuer: null,
      scopes: [],
      cli: null,
      signInNotice: null,
      tokenRequest: { exchange: 'form', refresh: 'form', revocation: 'form', stateInExchange: false },
    })
  })

  test('their authorization request is the plain one of the RFCs', async () => {
    const provider = acme('scopes = ["openid"]\nauthorization_params = { audience = "api" }')
    const secret = new Secret('FAKE-0001')
    const redirectUri = callbackRedirectUri(provider.callback!, 40_123)
    const url = await authorizationUrl(provider, { state: secret, codeVerifier: secret, redirectUri })
    expect(url.searchParams.get('redirect_uri')).toBe('http://127.0.0.1:40123/callback')
    expect([...url.searchParams.keys()].sort()).toEqual([
      'audience',
      'client_id',
      'code_challenge',
      'code_challenge_method',
      'redirect_uri',
      'response_type',
      'scope',
      'state',
    ])
    expect([...allowedHosts([provider])]).toEqual(['id.acme.example'])
  })

  test('they come after the built-in ones, in the file’s order', () => {
    const toml = ACME + ACME.replace('acme]', 'zeta]') + ACME.replace('acme]', 'beta]')
    expect([...configured(toml).keys()]).toEqual(['claude', 'codex', 'copilot', 'acme', 'zeta', 'beta'])
  })

  test('JSON token requests go through the same code as the built-in ones', () => {
    const provider = acme('token_request = "json"')
    const secret = new Secret('FAKE')
    const exchange = { code: secret, state: secret, codeVerifier: secret, redirectUri: 'http://127.0.0.1:1/callback' }
    expect(exchangeRequest(provider, exchange).body?.format).toBe('json')
    expect(refreshRequest(provider, secret)).toMatchObject({ url: provider.tokenUrl, body: { format: 'json' } })
    expect(exchangeRequest(provider, exchange).body?.fields).not.toHaveProperty('state')
  })

  test('a device grant needs no authorization address', () => {
    const toml = ACME.replace('authorization_url', 'grant = "device_code"\ndevice_authorization_url')
    expect(configured(toml).get('acme')).toMatchObject({
      methods: ['device'],
      callback: null,
      authorizationUrl: '',
      device: {
        shape: 'standard',
        authorizationUrl: 'https://id.acme.example/authorize',
        tokenUrl: 'https://id.acme.example/token',
        verificationUri: '',
      },
    })
  })

  test('a device address beside the code grant is one more way to sign in', () => {
    const lines = 'device_authorization_url = "https://id.acme.example/device"\n'
    expect(acme(lines).methods).toEqual(['callback', 'paste', 'device'])
    expect(acme(`${lines}methods = ["device", "callback"]`).methods).toEqual(['device', 'callback'])
  })

  test('identity: the id_token’s standard claims, else a userinfo answer', () => {
    const claims = { sub: 'FAKE-sub', email: 'me@example.com', name: 'Me' }
    const expected = { subject: 'FAKE-sub', organizationId: '', email: 'me@example.com', displayName: 'Me', plan: null }
    const provider = acme('profile_url = "https://id.acme.example/me"')
    expect(provider.readIdentity(tokens(claims), null)).toMatchObject(expected)
    expect(provider.readIdentity(tokens(null), claims)).toMatchObject(expected)
    expect(provider.readIdentity(tokens(null), null)).toBeNull()
    expect(provider.readIdentity(tokens({ sub: '' }), { sub: 7.5 })).toBeNull()
  })

  test('identity: members of one’s own, dots leading into objects', () => {
    const provider = acme(`
      profile_url = "https://id.acme.example/me"
      identity = { subject = "user.id", email = "user.mail", display_name = "https://x.example/name", organization_id = "org.id", organization_name = "org.name", plan = "plan", rate_limit_tier = "user.id.deeper" }
    `)
    const profile = {
      user: { id: 42, mail: 'me@example.com' },
      org: { id: 'FAKE-org', name: 'Org' },
      'https://x.example/name': 'Me',
      plan: ['no text'],
    }
    expect(provider.readIdentity(tokens({ sub: 'other' }), profile)).toEqual({
      subject: '42',
      organizationId: 'FAKE-org',
      organizationName: 'Org',
      email: 'me@example.com',
      displayName: 'Me',
      plan: null,
      rateLimitTier: null,
    })
    expect(provider.readIdentity(tokens({ sub: 'other' }), null)).toBeNull()
    expect(provider.readIdentity(tokens({}), { user: { constructor: 'x' } })).toBeNull()
    const inherited = acme('identity = { subject = "constructor.name" }')
    expect(inherited.readIdentity(tokens({}), null)).toBeNull()
  })
})

function tokens(claims: object | null): TokenSet {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return {
    accessToken: new Secret('at-FAKE'),
    refreshToken: null,
    idToken: claims && new Secret(`${part({ alg: 'none' })}.${part(claims)}.fake-signature`),
    scopes: null,
    accessTokenExpiresAt: null,
    loginExpiresAt: null,
  }
}
