/** Who a grant belongs to, as providers tell it and as they fail to. */

import { describe, expect, test } from 'vitest'
import { Secret } from '../lib/secret.ts'
import { OAuthTransportError } from './errors.ts'
import { isSameIdentity } from './identity.ts'
import { fetchProfile } from './profile.ts'
import { claude } from './providers/claude.ts'
import { codex } from './providers/codex.ts'
import type { TokenSet } from './token-set.ts'
import type { OutgoingRequest, Transport } from './transport.ts'

const ACCESS_TOKEN = new Secret('sk-ant-oat01-FAKE')

const PROFILE = {
  account: { uuid: 'FAKE-account', email: 'me@example.com', display_name: 'Me' },
  organization: {
    uuid: 'FAKE-organisation',
    name: 'Example Works',
    organization_type: 'claude_max',
    rate_limit_tier: 'default_claude_max_5x',
  },
}

describe('fetchProfile', () => {
  const fetched = (status: number, body: string) => fetchProfile(answering(status, body), claude, ACCESS_TOKEN)

  test.each<[string, number, string, object]>([
    ['a profile', 200, JSON.stringify(PROFILE), { kind: 'read', profile: PROFILE }],
    ['a token that is not good', 401, '{}', { kind: 'rejected_token', code: 'unauthorized' }],
    ['a page with 401', 401, '<html>', { kind: 'rejected_token' }],
    ['a missing scope', 403, '{"error":{"message":"scope requirement user:profile"}}', { kind: 'not_permitted' }],
    ['a firewall', 403, '<html>', { kind: 'failed', code: 'blocked' }],
    ['too many', 429, '{}', { kind: 'failed', code: 'rate_limited', retryAfterMs: 7_000 }],
    ['a wrong address', 404, '{}', { kind: 'failed', code: 'http_404' }],
    ['a broken server', 529, '{}', { kind: 'failed', code: 'server_error' }],
    ['a captive portal', 200, '<html>', { kind: 'failed', code: 'not_a_profile' }],
    ['an error with 200', 200, '{"error":"nope"}', { kind: 'failed', code: 'not_a_profile' }],
    ['a list', 200, '[]', { kind: 'failed', code: 'not_a_profile' }],
  ])('%s', async (_name, status, body, expected) => {
    expect(await fetched(status, body)).toMatchObject(expected)
  })

  test('a provider without profiles is not asked', async () => {
    const transport = answering(200, '{}')
    expect(await fetchProfile(transport, codex, ACCESS_TOKEN)).toMatchObject({ kind: 'failed', code: 'no_profile' })
    expect(transport.requests).toEqual([])
  })

  test('a broken connection is a failure with its code; anything else is a mistake', async () => {
    const rejecting = (error: Error): Transport => ({ send: () => Promise.reject(error) })
    const unreachable = new OAuthTransportError('unreachable', false, 'gone')
    expect(await fetchProfile(rejecting(unreachable), claude, ACCESS_TOKEN)).toMatchObject({ code: 'unreachable' })
    await expect(fetchProfile(rejecting(new TypeError('bug')), claude, ACCESS_TOKEN)).rejects.toThrow('bug')
  })
})

describe('Claude', () => {
  const hint = { subject: 'FAKE-account', organizationId: 'FAKE-o2', organizationName: 'O2', email: 'hint@example.com' }

  test('account, organisation, plan and tier from the profile', () => {
    expect(claude.readIdentity(tokens({ subjectHint: hint }), PROFILE)).toEqual({
      subject: 'FAKE-account',
      organizationId: 'FAKE-organisation',
      organizationName: 'Example Works',
      email: 'me@example.com',
      displayName: 'Me',
      plan: 'max',
      rateLimitTier: 'default_claude_max_5x',
    })
  })

  test.each([
    ['claude_pro', 'pro'],
    ['claude_enterprise', 'enterprise'],
    ['brand_new', 'brand_new'],
    [undefined, null],
    [7, null],
  ])('plan %s', (organization_type, plan) => {
    const profile = { account: PROFILE.account, organization: { organization_type } }
    expect(claude.readIdentity(tokens({}), profile)?.plan).toBe(plan)
  })

  test('without a profile, from the token answer', () => {
    const expected = { subject: 'FAKE-account', organizationId: 'FAKE-o2', email: 'hint@example.com', plan: null }
    expect(claude.readIdentity(tokens({ subjectHint: hint }), null)).toMatchObject(expected)
  })

  test('a token answer about somebody else lends nothing to the profile', () => {
    const other = { ...hint, subject: 'FAKE-other' }
    const identity = claude.readIdentity(tokens({ subjectHint: other }), { account: { uuid: 'FAKE-account' } })
    expect(identity).toMatchObject({ subject: 'FAKE-account', organizationId: '', email: null })
  })

  test.each([null, 'x', [], {}, { account: null }, { account: { uuid: '' } }, { account: { uuid: 'a\u0000b' } }])(
    '%j names nobody',
    (profile) => {
      expect(claude.readIdentity(tokens({}), profile)).toBeNull()
    },
  )

  test('hostile texts are cleaned', () => {
    const account = { uuid: 'FAKE-account', email: 'a\u202eb@example.com', display_name: '\u0000' }
    const identity = claude.readIdentity(tokens({}), { account })
    expect(identity).toMatchObject({ email: 'a b@example.com', displayName: null })
  })
})

describe('Codex', () => {
  const auth = { chatgpt_user_id: 'FAKE-user', chatgpt_account_id: 'FAKE-workspace', chatgpt_plan_type: 'team' }
  const claims = (extra: object = {}) => ({
    sub: 'auth0|FAKE',
    email: 'me@example.com',
    name: 'Me',
    'https://api.openai.com/auth': { ...auth, ...extra },
  })
  const read = (parts: Parameters<typeof tokens>[0]) => codex.readIdentity(tokens(parts), null)

  test('person, workspace and plan from the id_token', () => {
    expect(read({ idToken: claims() })).toEqual({
      subject: 'FAKE-user',
      organizationId: 'FAKE-workspace',
      organizationName: null,
      email: 'me@example.com',
      displayName: 'Me',
      plan: 'team',
      rateLimitTier: null,
    })
  })

  test('two workspaces with one e-mail are two identities', () => {
    const other = read({ idToken: claims({ chatgpt_account_id: 'FAKE-workspace-2' }) })!
    expect(other.email).toBe('me@example.com')
    expect(isSameIdentity(read({ idToken: claims() })!, other)).toBe(false)
  })

  test('the access token says the same, but its sub is no person', () => {
    const profile = { 'https://api.openai.com/profile': { email: 'me@example.com' } }
    const accessToken = { ...profile, sub: 'x', 'https://api.openai.com/auth': auth }
    expect(isSameIdentity(read({ accessToken })!, read({ idToken: claims() })!)).toBe(true)
    expect(read({ accessToken })?.email).toBe('me@example.com')
    expect(read({ accessToken: { sub: 'x' } })).toBeNull()
    expect(read({ idToken: { sub: 'x' } })).toMatchObject({ subject: 'x', organizationId: '', plan: null })
  })

  test('user_id stands in, plan names are told as one, the own workspace has a name', () => {
    const organizations = [null, { id: 'org-FAKE', title: 'API' }, { id: 'FAKE-workspace', title: 'Works' }]
    const extra = { chatgpt_user_id: undefined, user_id: 'FAKE-user-2', chatgpt_plan_type: 'hc', organizations }
    const expected = { subject: 'FAKE-user-2', plan: 'enterprise', organizationName: 'Works' }
    expect(read({ idToken: claims(extra) })).toMatchObject(expected)
    expect(read({ idToken: claims({ chatgpt_plan_type: 'brand_new' }) })?.plan).toBe('brand_new')
    expect(read({ idToken: claims({ chatgpt_plan_type: 'constructor' }) })?.plan).toBe('constructor')
  })

  test('opaque tokens name nobody', () => {
    expect(read({})).toBeNull()
  })
})

function answering(status: number, body: string): Transport & { requests: OutgoingRequest[] } {
  const requests: OutgoingRequest[] = []
  return {
    requests,
    async send(request) {
      requests.push(request)
      return { status, mediaType: '', retryAfterMs: 7_000, serverTime: null, body: new Secret(body) }
    },
  }
}

function tokens(parts: { accessToken?: object; idToken?: object; subjectHint?: TokenSet['subjectHint'] }): TokenSet {
  return {
    accessToken: parts.accessToken ? jwt(parts.accessToken) : ACCESS_TOKEN,
    refreshToken: null,
    idToken: parts.idToken ? jwt(parts.idToken) : null,
    scopes: null,
    accessTokenExpiresAt: null,
    loginExpiresAt: null,
    subjectHint: parts.subjectHint ?? null,
  }
}

function jwt(claims: object): Secret {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return new Secret(`${part({ alg: 'none' })}.${part(claims)}.fake-signature`)
}
