import fc from 'fast-check'
import { expect, test } from 'vitest'
import { companionNamesLogin, judgeClaudeCredentials } from './claude-credentials.ts'

const EXPIRES_AT = 1_795_400_000_000
const ACCOUNT = '00000000-0000-4000-8000-0000000000aa'
const ORGANIZATION = '00000000-0000-4000-8000-0000000000bb'

const LOGIN = {
  accessToken: 'sk-ant-oat01-FAKE',
  refreshToken: 'sk-ant-ort01-FAKE',
  expiresAt: EXPIRES_AT,
  refreshTokenExpiresAt: 1_797_900_000_000,
  scopes: ['user:inference', 'user:profile'],
  subscriptionType: 'max',
  rateLimitTier: 'default_claude_max_5x',
  accountUuid: ACCOUNT,
  organizationUuid: ORGANIZATION,
}
const COMPANION = {
  oauthAccount: {
    accountUuid: ACCOUNT,
    emailAddress: 'ada@example.com',
    organizationUuid: ORGANIZATION,
    organizationName: 'Example Works',
    displayName: 'Ada',
  },
}

const judge = (file: unknown, companion: unknown = COMPANION) => {
  const judgement = judgeClaudeCredentials(
    typeof file === 'string' ? file : JSON.stringify(file),
    companion === null ? null : JSON.stringify(companion),
  )
  if (judgement.state !== 'live') return { state: judgement.state }
  const { tokens, identity, warnings } = judgement
  return {
    state: 'live',
    warnings,
    refresh: tokens.refreshToken?.reveal() ?? null,
    expires: tokens.accessTokenExpiresAt,
    loginEnds: tokens.loginExpiresAt,
    scopes: tokens.scopes,
    identity: identity && `${identity.subject.slice(-2)}/${identity.organizationId.slice(-2)}/${identity.email}`,
  }
}
const login = (changes: object) => ({ claudeAiOauth: { ...LOGIN, ...changes } })
const LIVE = {
  state: 'live',
  warnings: [] as string[],
  refresh: 'sk-ant-ort01-FAKE' as string | null,
  expires: EXPIRES_AT as number | null,
  loginEnds: 1_797_900_000_000 as number | null,
  scopes: ['user:inference', 'user:profile'],
  identity: 'aa/bb/ada@example.com' as string | null,
}

test.each<[string, unknown, object]>([
  ['nothing at all', '', { state: 'torn' }],
  ['half a file', JSON.stringify(login({})).slice(0, 90), { state: 'torn' }],
  ['a byte order mark', `\ufeff${JSON.stringify(login({}))}`, { state: 'torn' }],
  ['a list', [login({})], { state: 'torn' }],
  ['an empty object', {}, { state: 'blanked' }],
  ['only neighbours', { mcpOAuth: { a: 1 }, organizationUuid: ORGANIZATION }, { state: 'blanked' }],
  ['a flat layout', LOGIN, { state: 'blanked' }],
  ['snake case', { claude_ai_oauth: LOGIN }, { state: 'blanked' }],
  ['a login that is text', { claudeAiOauth: 'sk-ant-oat01-FAKE' }, { state: 'blanked' }],
  [
    'what the CLI leaves after invalid_grant',
    login({ accessToken: '', refreshToken: '', expiresAt: 0 }),
    { state: 'blanked' },
  ],
  ['an access token that is a number', login({ accessToken: 7 }), { state: 'blanked' }],
  ['a whole login', login({}), LIVE],
  ['an empty refresh token', login({ refreshToken: '' }), { ...LIVE, refresh: null }],
  ['no refresh token', login({ refreshToken: undefined }), { ...LIVE, refresh: null }],
  ['expiresAt null', login({ expiresAt: null }), { ...LIVE, expires: null, warnings: ['never_refreshed'] }],
  ['expiresAt absent', login({ expiresAt: undefined }), { ...LIVE, expires: null, warnings: ['never_refreshed'] }],
  ['expiresAt 0', login({ expiresAt: 0 }), { ...LIVE, expires: null, warnings: ['never_refreshed'] }],
  ['expiresAt below 0', login({ expiresAt: -5 }), { ...LIVE, expires: null, warnings: ['never_refreshed'] }],
  [
    'expiresAt as text',
    login({ expiresAt: String(EXPIRES_AT) }),
    { ...LIVE, expires: null, warnings: ['never_refreshed'] },
  ],
  ['expiresAt absurd', login({ expiresAt: 1e300 }), { ...LIVE, expires: null, warnings: ['never_refreshed'] }],
  ['expiresAt in seconds', login({ expiresAt: EXPIRES_AT / 1000 }), { ...LIVE, warnings: ['expiry_in_seconds'] }],
  ['no end of the login', login({ refreshTokenExpiresAt: undefined }), { ...LIVE, loginEnds: null }],
  ['scopes as text', login({ scopes: 'user:inference' }), { ...LIVE, scopes: [], warnings: ['scopes_missing'] }],
  ['scopes absent', login({ scopes: undefined }), { ...LIVE, scopes: [], warnings: ['scopes_missing'] }],
  [
    'scopes without inference',
    login({ scopes: ['user:profile'] }),
    { ...LIVE, scopes: ['user:profile'], warnings: ['scopes_missing'] },
  ],
  [
    'scopes with rubbish in them',
    login({ scopes: [1, 'user:inference', null] }),
    { ...LIVE, scopes: ['user:inference'] },
  ],
  [
    'the organisation at top level',
    { ...login({ organizationUuid: undefined }), organizationUuid: ORGANIZATION },
    LIVE,
  ],
  [
    'ids that are not text',
    login({ accountUuid: 7, organizationUuid: {} }),
    { ...LIVE, warnings: ['identity_may_lag'] },
  ],
  [
    'no ids of its own',
    login({ accountUuid: undefined, organizationUuid: undefined }),
    { ...LIVE, warnings: ['identity_may_lag'] },
  ],
])('%s', (_, file, expected) => {
  expect(judge(file)).toEqual(expected)
})

test.each<[string, object, unknown, string | null]>([
  ['no companion', {}, null, 'aa/bb/null'],
  [
    'a companion of another account',
    {},
    { oauthAccount: { ...COMPANION.oauthAccount, accountUuid: 'other-cc' } },
    'aa/bb/null',
  ],
  [
    'a companion of the same person in another organisation',
    {},
    { oauthAccount: { ...COMPANION.oauthAccount, organizationUuid: 'other-cc' } },
    'aa/bb/null',
  ],
  [
    'a file that names only its organisation, beside a companion of another one',
    { accountUuid: undefined },
    { oauthAccount: { ...COMPANION.oauthAccount, organizationUuid: 'other-cc' } },
    null,
  ],
  ['neither ids nor a companion', { accountUuid: undefined, organizationUuid: undefined }, null, null],
])('after a switch the file says who it is: %s', (_, changes, companion, identity) => {
  expect(judge(login(changes), companion)).toMatchObject({ state: 'live', identity })
})

test('an API key beside an empty file is named as such, but a blanked login stays one', () => {
  const companion = { primaryApiKey: 'sk-ant-api03-FAKE' }
  expect(judge({}, companion)).toEqual({ state: 'api_key' })
  expect(judge(login({ accessToken: '' }), companion)).toEqual({ state: 'blanked' })
  expect(companionNamesLogin(JSON.stringify(companion))).toBe('api_key')
  expect(companionNamesLogin(JSON.stringify(COMPANION))).toBe('account')
  expect(companionNamesLogin('{"oauthAccount":')).toBeNull()
})

test('rubbish is judged, never thrown', () => {
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom(...Object.values(LOGIN)))
  const mutated = fc.record({ key: fc.constantFrom(...Object.keys(LOGIN)), value })
  fc.assert(
    fc.property(fc.array(mutated, { maxLength: 4 }), fc.jsonValue(), fc.nat(600), (changes, beside, cut) => {
      const file = JSON.stringify(login(Object.fromEntries(changes.map((change) => [change.key, change.value]))))
      for (const text of [file, file.slice(0, cut)]) {
        const judgement = judgeClaudeCredentials(text, JSON.stringify({ oauthAccount: beside }))
        if (judgement.state === 'live') expect(judgement.tokens.accessToken.isEmpty).toBe(false)
      }
    }),
  )
})
