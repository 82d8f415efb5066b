import { expect, test } from 'vitest'
import { Secret } from '../lib/secret.ts'
import { fakeJwt } from '../testing/builders.ts'
import { ADA, BEN, placeFiles, writableLogin } from '../testing/cli-file-shapes.ts'
import { loginOf } from './harvest-login.ts'
import { planLogin } from './plan-login.ts'
import type { WritableLogin } from './writable-login.ts'

const planned = (files: Parameters<typeof placeFiles>, login: WritableLogin | null) =>
  planLogin(placeFiles(...files), login).files.map(({ role, after, changes }) => ({
    role,
    after: after?.reveal() ?? null,
    changes: changes.map(({ key, act }) => `${act} ${key}`),
  }))
const ada = writableLogin('claude', ADA)
const adaOfCodex = writableLogin('codex', ADA)

const CLAUDE_OF_BEN = `{
    "mcpOAuth": {"server|1": {"accessToken":"mcp-FAKE", "n": 12345678901234567890}},
    "claudeAiOauth": {"accessToken":"sk-ant-oat01-FAKE-OLD","refreshToken":"sk-ant-ort01-FAKE-OLD","expiresAt":1795300000000,"scopes":["user:inference"],"accountUuid":"${BEN.subject}","organizationUuid":"${BEN.organizationId}","subscriptionType":"pro","subscriptionTypeSource":"profile","loginEnded":true},
    "organizationUuid" : "${BEN.organizationId}",
    "trustedDeviceToken": "FAKE-DEVICE-BEN"
}
`

test('a login goes into a place without files in the form in which the CLI writes it', () => {
  const [credentials, companion] = planned(['claude', null, null], ada)
  expect(credentials!.after).toBe(
    `{"claudeAiOauth":{"accessToken":"sk-ant-oat01-FAKE-Ada","refreshToken":"sk-ant-ort01-FAKE-Ada","expiresAt":1795400000000,"refreshTokenExpiresAt":1797900000000,"scopes":["user:inference","user:profile"],"subscriptionType":"max","rateLimitTier":"default_claude_max_5x","accountUuid":"${ADA.subject}","organizationUuid":"${ADA.organizationId}"}}`,
  )
  expect(credentials!.changes).toContain('add claudeAiOauth.accessToken')
  expect(companion!.after).toBe(`{
  "oauthAccount": {
    "accountUuid": "${ADA.subject}",
    "organizationUuid": "${ADA.organizationId}",
    "emailAddress": "ada@example.com",
    "organizationName": "Example Works",
    "displayName": "Ada"
  }
}`)
  const [auth] = planned(['codex', null], adaOfCodex)
  expect(auth!.after).toBe(`{
  "auth_mode": "chatgpt",
  "OPENAI_API_KEY": null,
  "tokens": {
    "id_token": "${adaOfCodex.idToken!.reveal()}",
    "access_token": "${adaOfCodex.accessToken.reveal()}",
    "refresh_token": "rt_FAKE_Ada",
    "account_id": "${ADA.organizationId}"
  },
  "last_refresh": "2026-11-22T18:13:20.000Z"
}`)
})

test("another account's login is replaced as a whole, in the file's own layout; the machine's keys stay", () => {
  const [credentials] = planned(['claude', CLAUDE_OF_BEN, '{"oauthAccount":{"accountUuid":"x"},"n":1.0}'], ada)
  expect(credentials!.after).toBe(`{
    "mcpOAuth": {"server|1": {"accessToken":"mcp-FAKE", "n": 12345678901234567890}},
    "claudeAiOauth": {
        "accessToken": "sk-ant-oat01-FAKE-Ada",
        "refreshToken": "sk-ant-ort01-FAKE-Ada",
        "expiresAt": 1795400000000,
        "refreshTokenExpiresAt": 1797900000000,
        "scopes": [
            "user:inference",
            "user:profile"
        ],
        "subscriptionType": "max",
        "rateLimitTier": "default_claude_max_5x",
        "accountUuid": "${ADA.subject}",
        "organizationUuid": "${ADA.organizationId}"
    },
    "organizationUuid" : "${ADA.organizationId}"
}
`)
  expect(credentials!.changes).toEqual(
    [
      'change claudeAiOauth.accessToken',
      'change claudeAiOauth.refreshToken',
      'change claudeAiOauth.expiresAt',
      'change claudeAiOauth.scopes',
      'change claudeAiOauth.accountUuid',
      'change claudeAiOauth.subscriptionType',
      'remove claudeAiOauth.subscriptionTypeSource',
      'remove claudeAiOauth.loginEnded',
      'add claudeAiOauth.refreshTokenExpiresAt',
      'add claudeAiOauth.rateLimitTier',
      'remove trustedDeviceToken',
    ].filter((key) => !key.endsWith('organizationUuid')),
  )
})

test('what the CLI keeps for one account comes back with it, to the digit, and never goes to another', () => {
  const companion = `{"oauthAccount":{"accountUuid":"${BEN.subject}","organizationUuid":"${BEN.organizationId}","seatTier":1.50,"emailAddress":"ben@old.example"}}`
  const held = loginOf(placeFiles('claude', CLAUDE_OF_BEN, companion))!
  expect(held).toMatchObject({ identity: { subject: BEN.subject, email: 'ben@old.example' }, clientId: null })
  const ben = writableLogin('claude', BEN, { members: held.members })
  const [back, account] = planned(['claude', '{"claudeAiOauth":{}}', '{"oauthAccount":{}}'], ben)
  expect(back!.after).toContain('"subscriptionTypeSource":"profile"')
  expect(back!.after).toContain('"trustedDeviceToken":"FAKE-DEVICE-BEN"')
  expect(back!.after).not.toContain('loginEnded')
  expect(account!.after).toBe(companion.replace('}}', ',"organizationName":"Example Works","displayName":"Ben"}}'))
  for (const { after } of planned(['claude', null, null], { ...ada, members: held.members })) {
    expect(after).not.toMatch(/BEN|ben@|subscriptionTypeSource|1\.50/)
  }
})

test('a newer login of the same account is changed in place: what stands beside its tokens stays as it is written', () => {
  const own = `{"claudeAiOauth":{ "later":{"b" : 1e400},"accountUuid":"${ADA.subject}","accessToken":"sk-ant-oat01-FAKE-OLD","loginEnded":true,"rateLimitTier":null,"subscriptionType":"team"},"trustedDeviceToken":"FAKE-DEVICE"}`
  const other = new Secret('{"of":["other",""],"claudeAiOauth":{"later":2},"trustedDeviceToken":"FAKE-OTHER"}')
  const { after, changes } = planned(['claude', own, null], { ...ada, members: other, clientId: 'client-FAKE' })[0]!
  expect(after).toContain('{ "later":{"b" : 1e400},"accountUuid"')
  expect(after).toContain('"subscriptionType":"team"')
  expect(after).toContain('"clientId":"client-FAKE"')
  expect(after).toContain('"trustedDeviceToken":"FAKE-DEVICE"')
  expect(changes).toContain('remove claudeAiOauth.loginEnded')
  expect(changes).toContain('change claudeAiOauth.rateLimitTier')
})

test('a file that says the same in other words is not rewritten', () => {
  const { after } = planned(['claude', null, null], ada)[0]!
  const escaped = after!.replace('FAKE-Ada', '\\u0046AKE-Ada').replace('1795400000000', '1795400000000.0')
  expect(planned(['claude', escaped, null], ada).map(({ role }) => role)).toEqual(['companion'])
})

test('a login without ids in the file is known by its token', () => {
  const { accessToken } = ada
  const own = `{"claudeAiOauth":{"accessToken":"${accessToken.reveal()}","later":1},"trustedDeviceToken":"FAKE-DEVICE"}`
  expect(planned(['claude', own, null], ada)[0]!.after).toMatch(/"later":1.*"trustedDeviceToken":"FAKE-DEVICE"/)
  const odd = '{"claudeAiOauth":{"accessToken":7,"later":1}}'
  expect(planned(['claude', odd, null], ada)[0]!.after).not.toContain('later')
})

test.each([
  ['claude', '', null],
  ['claude', ' \n', '\n'],
  ['codex', '', null],
] as const)('a file of %s that says nothing is written like a new one', (cli, text, companion) => {
  const login = writableLogin(cli, ADA)
  const written = planned([cli, text, companion], login)
  expect(written.map(({ after }) => after)).toEqual(planned([cli, null, null], login).map(({ after }) => after))
  expect(planned([cli, text, companion], null)).toEqual([])
})

const codexFile = (rest: object, tokens: object | null = {}) => {
  const { idToken, accessToken } = writableLogin('codex', BEN)
  const own = { id_token: idToken!.reveal(), access_token: accessToken.reveal(), refresh_token: 'rt_FAKE', ...tokens }
  return JSON.stringify({ ...(tokens ? { tokens: own } : {}), ...rest }, null, 2)
}

test('provenance, owner and the key that codex made go with their own account', () => {
  const beside = { oauth_provenance: { issuer: 'https://auth.example', client_id: 'app_FAKE' }, login_owner_id: 'own' }
  const text = codexFile({ auth_mode: 'chatgpt', OPENAI_API_KEY: 'sk-fab-FAKE', neighbour: 1 }, beside)
  const held = loginOf(placeFiles('codex', text))!
  const [switched] = planned(['codex', text], adaOfCodex)
  expect(switched!.after).not.toMatch(/provenance|login_owner|sk-fab/)
  expect(JSON.parse(switched!.after!)).toMatchObject({ neighbour: 1, OPENAI_API_KEY: null })
  expect(switched!.changes).toContain('remove tokens.oauth_provenance')
  const [back] = planned(['codex', switched!.after], writableLogin('codex', BEN, { members: held.members }))
  expect(JSON.parse(back!.after!)).toMatchObject({ OPENAI_API_KEY: 'sk-fab-FAKE', tokens: beside, neighbour: 1 })
})

test('an API key that is a login of its own stays, and is one again when the account leaves', () => {
  const text = codexFile({ auth_mode: 'apikey', OPENAI_API_KEY: 'sk-own-FAKE' }, null)
  expect(loginOf(placeFiles('codex', text))).toBeNull()
  const [switched] = planned(['codex', text], adaOfCodex)
  expect(JSON.parse(switched!.after!)).toMatchObject({ auth_mode: 'chatgpt', OPENAI_API_KEY: 'sk-own-FAKE' })
  expect(planned(['codex', text], null)).toEqual([])
})

test('a token that stays keeps its date to the nanosecond; a renewed one gets its own', () => {
  const written = '2026-11-22T08:00:00.123456789Z'
  const text = codexFile({ auth_mode: 'chatgpt', OPENAI_API_KEY: null, last_refresh: written })
  const ben = writableLogin('codex', BEN, { refreshToken: null, issuedAt: 1_795_400_000_001 })
  expect(JSON.parse(planned(['codex', text], ben)[0]!.after!)).toMatchObject({
    last_refresh: written,
    tokens: { refresh_token: '' },
  })
  const renewed = { ...ben, accessToken: new Secret('other-FAKE') }
  expect(JSON.parse(planned(['codex', text], renewed)[0]!.after!)).toMatchObject({
    last_refresh: '2026-11-23T02:13:20.001Z',
  })
})

test('a place is emptied: no login, no account, every neighbour; a file that held nothing else goes', () => {
  const companion = '{"n":1, "oauthAccount":{"accountUuid":"x"}, "m":2}'
  expect(planned(['claude', CLAUDE_OF_BEN, companion], null)).toEqual([
    {
      role: 'credentials',
      after: '{\n    "mcpOAuth": {"server|1": {"accessToken":"mcp-FAKE", "n": 12345678901234567890}}\n}\n',
      changes: expect.arrayContaining(['remove trustedDeviceToken', 'remove organizationUuid']),
    },
    { role: 'companion', after: '{"n":1, "m":2}', changes: ['remove oauthAccount.accountUuid'] },
  ])
  expect(planned(['claude', '{"claudeAiOauth":{"accessToken":"x"}}', '{"oauthAccount":null}'], null)).toEqual([
    { role: 'credentials', after: null, changes: ['remove claudeAiOauth.accessToken'] },
    { role: 'companion', after: '{}', changes: ['remove oauthAccount'] },
  ])
  const own = { auth_mode: 'chatgpt', OPENAI_API_KEY: null, last_refresh: '2026-11-22T08:00:00Z' }
  expect(planned(['codex', codexFile(own)], null)[0]!.after).toBeNull()
  expect(planned(['codex', codexFile({ ...own, personal_access_token: 'at-FAKE' })], null)[0]!.after).toBe(
    '{\n  "personal_access_token": "at-FAKE"\n}',
  )
  expect(planned(['codex', codexFile({ auth_mode: 'apikey', OPENAI_API_KEY: 'sk-own-FAKE' })], null)[0]!.after).toBe(
    '{\n  "auth_mode": "apikey",\n  "OPENAI_API_KEY": "sk-own-FAKE"\n}',
  )
})

test.each([
  ['a byte order mark', '\ufeff{}', 'unusual', 'byte_order_mark'],
  ['a list', '[{"claudeAiOauth":{}}]', 'unusual', 'not_an_object'],
  ['half a file', '{"claudeAiOauth":', 'torn', 'not_whole'],
  ['a key twice', '{"claudeAiOauth":{},"claudeAiOauth":{"accessToken":"x"}}', 'unusual', 'key_twice: claudeAiOauth'],
  ['a key twice inside', '{"claudeAiOauth":{"a":1,"a":2}}', 'unusual', 'key_twice: a'],
])('nothing is planned for a file with %s', (_, text, code, detail) => {
  expect(() => planLogin(placeFiles('claude', text), ada)).toThrow(expect.objectContaining({ code, detail }))
  expect(() => planLogin(placeFiles('claude', text), null)).toThrow(expect.objectContaining({ code, detail }))
})

test('what the CLI would not take for this login is not written', () => {
  const refusal = (cli: 'claude' | 'codex', changes: Partial<WritableLogin>) => {
    try {
      planLogin(placeFiles(cli, null), writableLogin(cli, ADA, changes))
    } catch (error) {
      return (error as { detail: string }).detail
    }
    return 'written'
  }
  expect(refusal('claude', { accessToken: new Secret('') })).toBe('access_token')
  expect(refusal('claude', { scopes: ['org:create_api_key'] })).toBe('user:inference')
  expect(refusal('codex', { idToken: null })).toBe('id_token')
  expect(refusal('codex', { idToken: new Secret('no-jwt') })).toBe('id_token')
  expect(refusal('codex', { idToken: new Secret(fakeJwt({ sub: 'x' })) })).toBe('identity')
  expect(refusal('codex', { idToken: writableLogin('codex', BEN).idToken })).toBe('identity')
  const bare = { refreshToken: null, accessTokenExpiresAt: null, loginExpiresAt: null }
  expect(refusal('claude', { ...bare, identity: { ...ADA, organizationId: '', plan: 'gold', email: null } })).toBe(
    'written',
  )
})

test('a neighbour of any depth is no trouble', () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
  expect(planned(['claude', `{"deep":${deep}}`, null], ada)[0]!.after).toContain(`{"deep":${deep},"claudeAiOauth"`)
})

test('a harvest says whose it is only where somebody knows', () => {
  const nameless = placeFiles('claude', '{"claudeAiOauth":{"accessToken":"sk-ant-oat01-FAKE","scopes":[]}}')
  expect(loginOf(nameless)).toMatchObject({ identity: null, members: null, warnings: expect.any(Array) })
  expect(loginOf(nameless, ADA)).toMatchObject({ identity: ADA, members: null })
  expect(loginOf(placeFiles('claude', null))).toBeNull()
})
