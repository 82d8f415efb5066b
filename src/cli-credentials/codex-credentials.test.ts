import fc from 'fast-check'
import { expect, test } from 'vitest'
import { codexClaims, fakeJwt } from '../testing/builders.ts'
import { judgeCodexCredentials, keepsLoginInKeyring } from './codex-credentials.ts'

const EXP = 1_795_400_000
const CLAIMS = codexClaims({
  subject: 'user-FAKE',
  organizationId: 'workspace-1',
  email: 'ada@example.com',
  plan: 'pro',
  exp: EXP,
})
const TOKENS = {
  id_token: fakeJwt(CLAIMS),
  access_token: fakeJwt({ ...CLAIMS, scp: ['openid', 'offline_access'] }),
  refresh_token: 'rt_FAKE_0001',
  oauth_provenance: { issuer: 'https://auth.openai.com', client_id: 'app_FAKE' },
  login_owner_id: 'owner-FAKE',
  account_id: 'workspace-1',
}
const ROOT = {
  auth_mode: 'chatgpt',
  OPENAI_API_KEY: null,
  tokens: TOKENS,
  last_refresh: '2026-11-22T08:00:00.123456789Z',
}

const judge = (file: unknown) => {
  const judgement = judgeCodexCredentials(typeof file === 'string' ? file : JSON.stringify(file))
  if (judgement.state !== 'live') return { state: judgement.state }
  const { tokens, identity, warnings } = judgement
  return {
    state: 'live',
    warnings,
    refresh: tokens.refreshToken?.reveal() ?? null,
    expires: tokens.accessTokenExpiresAt,
    refreshed: tokens.lastRefreshAt,
    client: tokens.clientId,
    scopes: tokens.scopes,
    identity: identity && `${identity.subject}/${identity.organizationId}/${identity.email}/${identity.plan}`,
  }
}
const root = (changes: object) => ({ ...ROOT, ...changes })
const tokens = (changes: object) => root({ tokens: { ...TOKENS, ...changes } })
const LIVE = {
  state: 'live',
  warnings: [] as string[],
  refresh: 'rt_FAKE_0001' as string | null,
  expires: (EXP * 1000) as number | null,
  refreshed: Date.UTC(2026, 10, 22, 8, 0, 0, 123) as number | null,
  client: 'app_FAKE' as string | null,
  scopes: ['openid', 'offline_access'],
  identity: 'user-FAKE/workspace-1/ada@example.com/pro' as string | null,
}

test.each<[string, unknown, object]>([
  ['nothing at all', '', { state: 'torn' }],
  ['half a file', JSON.stringify(ROOT).slice(0, 200), { state: 'torn' }],
  ['a byte order mark', `\ufeff${JSON.stringify(ROOT)}`, { state: 'torn' }],
  ['a list', [ROOT], { state: 'torn' }],
  ['an empty object', {}, { state: 'blanked' }],
  ['tokens null', root({ tokens: null }), { state: 'blanked' }],
  ['tokens absent', root({ tokens: undefined }), { state: 'blanked' }],
  ['tokens as text', root({ tokens: 'rt_FAKE' }), { state: 'torn' }],
  ['tokens empty', root({ tokens: {} }), { state: 'torn' }],
  ['an unknown mode', root({ auth_mode: 'telepathy' }), { state: 'torn' }],
  ['a mode that is a number', root({ auth_mode: 1 }), { state: 'torn' }],
  ['mode apikey', root({ auth_mode: 'apikey', OPENAI_API_KEY: 'sk-FAKE' }), { state: 'api_key' }],
  ['no mode, an API key and tokens', root({ auth_mode: undefined, OPENAI_API_KEY: 'sk-FAKE' }), { state: 'api_key' }],
  [
    'mode personalAccessToken',
    { auth_mode: 'personalAccessToken', personal_access_token: 'at-FAKE' },
    { state: 'api_key' },
  ],
  ['no mode and a personal access token', { personal_access_token: 'at-FAKE' }, { state: 'api_key' }],
  ['mode bedrockApiKey', { auth_mode: 'bedrockApiKey' }, { state: 'api_key' }],
  ['mode agentIdentity', { auth_mode: 'agentIdentity', agent_identity: {} }, { state: 'api_key' }],
  ['mode headers', { auth_mode: 'headers' }, { state: 'api_key' }],
  ['an API key that is a number', root({ OPENAI_API_KEY: 7 }), { state: 'torn' }],
  ['last_refresh as a number', root({ last_refresh: 1_795_400_000 }), { state: 'torn' }],
  ['last_refresh in words', root({ last_refresh: 'yesterday' }), { state: 'torn' }],
  ['no id_token', tokens({ id_token: undefined }), { state: 'torn' }],
  ['an id_token that is no JWT', tokens({ id_token: 'opaque' }), { state: 'torn' }],
  [
    'an id_token with an empty signature',
    tokens({ id_token: `${TOKENS.id_token.split('.').slice(0, 2).join('.')}.` }),
    { state: 'torn' },
  ],
  ['no access_token', tokens({ access_token: undefined }), { state: 'torn' }],
  ['no refresh_token', tokens({ refresh_token: undefined }), { state: 'torn' }],
  ['an account_id that is a number', tokens({ account_id: 7 }), { state: 'torn' }],
  ['an empty access_token', tokens({ access_token: '' }), { state: 'blanked' }],
  ['a whole login', ROOT, LIVE],
  ['a whole login that also has an API key', root({ OPENAI_API_KEY: 'sk-FAKE' }), LIVE],
  ['no mode and no key', root({ auth_mode: undefined }), LIVE],
  ['tokens of a host program', root({ auth_mode: 'chatgptAuthTokens' }), LIVE],
  ['an empty refresh_token', tokens({ refresh_token: '' }), { ...LIVE, refresh: null }],
  ['no last_refresh', root({ last_refresh: undefined }), { ...LIVE, refreshed: null, warnings: ['never_refreshed'] }],
  ['no account_id', tokens({ account_id: undefined }), { ...LIVE, warnings: ['no_account_id'] }],
  ['no provenance', tokens({ oauth_provenance: undefined }), { ...LIVE, client: null }],
  ['unknown keys', root({ expires_at: 1, more: {} }), LIVE],
  ['an opaque access_token', tokens({ access_token: 'at_FAKE' }), { ...LIVE, expires: null, scopes: [] }],
  [
    'an access_token without exp',
    tokens({ access_token: fakeJwt({ scope: 'openid email' }) }),
    { ...LIVE, expires: null, scopes: ['openid', 'email'] },
  ],
  ['an id_token that names nobody', tokens({ id_token: fakeJwt({ iss: 'x' }) }), { ...LIVE, identity: null }],
  [
    'an id_token without a workspace',
    tokens({ id_token: fakeJwt({ sub: 'user-sub', email: 'ada@example.com' }), account_id: 'workspace-2' }),
    { ...LIVE, identity: 'user-sub/workspace-2/ada@example.com/null' },
  ],
])('%s', (_, file, expected) => {
  expect(judge(file)).toEqual(expected)
})

test.each([
  ['cli_auth_credentials_store = "keyring"', true],
  ['model = "x"\r\ncli_auth_credentials_store="auto" # mine\r\n[tui]\r\n', true],
  ["cli_auth_credentials_store = 'keyring'", true],
  ['cli_auth_credentials_store = "file"', false],
  ['cli_auth_credentials_store = "ephemeral"', false],
  ['# cli_auth_credentials_store = "keyring"', false],
  ['[profiles.a]\ncli_auth_credentials_store = "keyring"', false],
  ['', false],
  [null, false],
])('config.toml %j', (text, expected) => {
  expect(keepsLoginInKeyring(text)).toBe(expected)
})

test('rubbish is judged, never thrown', () => {
  const change = (keys: string[]) => fc.record({ key: fc.constantFrom(...keys), value: fc.jsonValue() })
  fc.assert(
    fc.property(
      fc.array(change(Object.keys(ROOT)), { maxLength: 2 }),
      fc.array(change(Object.keys(TOKENS)), { maxLength: 3 }),
      fc.nat(1500),
      (top, inner, cut) => {
        const entries = (changes: { key: string; value: unknown }[]) =>
          Object.fromEntries(changes.map(({ key, value }) => [key, value]))
        const file = JSON.stringify({ ...tokens(entries(inner)), ...entries(top) })
        for (const text of [file, file.slice(0, cut)]) {
          const judgement = judgeCodexCredentials(text)
          if (judgement.state === 'live') expect(judgement.tokens.accessToken.isEmpty).toBe(false)
        }
      },
    ),
  )
})
