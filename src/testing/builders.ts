/** Things that tests and the demonstration are made of. Every token is visibly fake. */

import { Secret } from '../lib/secret.ts'
import type { Identity } from '../oauth/identity.ts'
import type { TokenSet } from '../oauth/token-set.ts'
import { TEST_NOW } from './fake-clock.ts'

/** A JWT that nobody signed: header `{"alg":"none"}`, the claims, and the words `fake-signature`. Times in claims are seconds. */
export function fakeJwt(claims: Record<string, unknown>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.fake-signature`
}

/** A token answer as the domain sees it: a fresh pair, ten hours to live unless told. */
export function buildTokenSet(overrides: Partial<TokenSet> = {}): TokenSet {
  return {
    accessToken: new Secret('sk-ant-oat01-FAKE-0001'),
    refreshToken: new Secret('sk-ant-ort01-FAKE-0001'),
    idToken: null,
    scopes: ['user:profile', 'user:inference'],
    accessTokenExpiresAt: TEST_NOW + 10 * 3_600_000,
    loginExpiresAt: null,
    subjectHint: null,
    ...overrides,
  }
}

/** Ada, who has one organisation. */
export function buildIdentity(overrides: Partial<Identity> = {}): Identity {
  return {
    subject: '11111111-1111-4111-8111-111111111111',
    organizationId: '22222222-2222-4222-8222-222222222222',
    organizationName: 'Example Works',
    email: 'ada@example.com',
    displayName: 'Ada Example',
    plan: 'max',
    rateLimitTier: null,
    ...overrides,
  }
}

/** Claims of a Codex id_token or access token, as OpenAI writes them. `exp` in seconds. */
export function codexClaims(identity: {
  subject: string
  organizationId: string
  email: string | null
  plan: string | null
  exp: number
  iat?: number
}): Record<string, unknown> {
  return {
    iss: 'https://auth.openai.com',
    sub: `auth0|${identity.subject}`,
    email: identity.email,
    exp: identity.exp,
    iat: identity.iat ?? identity.exp - 3_600,
    'https://api.openai.com/profile': { email: identity.email },
    'https://api.openai.com/auth': {
      chatgpt_account_id: identity.organizationId,
      chatgpt_user_id: identity.subject,
      user_id: identity.subject,
      chatgpt_plan_type: identity.plan,
    },
  }
}
