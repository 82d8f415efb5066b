/** A login at the fake provider in the shapes that the program uses: a token set, an identity, a CLI's credential file. */

import { Secret } from '../lib/secret.ts'
import type { Identity } from '../oauth/identity.ts'
import type { TokenSet } from '../oauth/token-set.ts'
import { codexClaims, fakeJwt } from './builders.ts'
import { CLAUDE_CLIENT_ID } from './fake-claude-endpoints.ts'
import { CODEX_CLIENT_ID } from './fake-codex-endpoints.ts'
import type { FakeGrantRules, FakeGrants, FakeIssue } from './fake-grants.ts'
import type { FakeIdentity } from './fake-identities.ts'

const SCOPES = {
  claude: ['user:file_upload', 'user:inference', 'user:mcp_servers', 'user:profile', 'user:sessions:claude_code'],
  codex: ['openid', 'profile', 'email', 'offline_access'],
}

/** A fresh login of this person with the client and scopes that the CLI itself would use. */
export function signInAs(
  grants: FakeGrants,
  identity: FakeIdentity,
  lifetimes: Partial<Pick<FakeGrantRules, 'accessTokenLifetimeMs' | 'loginLifetimeMs'>> = {},
): FakeIssue {
  const clientId = identity.provider === 'claude' ? CLAUDE_CLIENT_ID : CODEX_CLIENT_ID
  return grants.signIn(identity, clientId, SCOPES[identity.provider], lifetimes)
}

export function fakeIdToken({ family, pair }: FakeIssue): string {
  return fakeJwt(codexClaims({ ...family.identity, exp: Math.floor(pair.accessTokenExpiresAt / 1_000) }))
}

/** As the domain would have read it from the token answer. */
export function tokenSetOf(issue: FakeIssue): TokenSet {
  const { family, pair } = issue
  return {
    accessToken: new Secret(pair.accessToken),
    refreshToken: pair.refreshToken === null ? null : new Secret(pair.refreshToken),
    idToken: family.identity.provider === 'codex' ? new Secret(fakeIdToken(issue)) : null,
    scopes: family.scopes,
    accessTokenExpiresAt: pair.accessTokenExpiresAt,
    loginExpiresAt: family.identity.provider === 'claude' ? family.loginEndsAt : null,
  }
}

/** As the domain would have read it from the profile or the claims. */
export function identityOf(person: FakeIdentity): Identity {
  const isClaude = person.provider === 'claude'
  return {
    subject: person.subject,
    organizationId: person.organizationId,
    organizationName: isClaude ? person.organizationName : null,
    email: person.email,
    displayName: isClaude ? person.displayName : null,
    plan: isClaude ? (person.organizationType?.replace(/^claude_/, '') ?? null) : person.plan,
    rateLimitTier: person.rateLimitTier,
  }
}

/** `.credentials.json` as Claude Code writes it. */
export function claudeCredentialsJson({ family, pair }: FakeIssue): string {
  const { identity } = family
  return JSON.stringify({
    claudeAiOauth: {
      accessToken: pair.accessToken,
      refreshToken: pair.refreshToken,
      expiresAt: pair.accessTokenExpiresAt,
      ...(family.loginEndsAt === null ? {} : { refreshTokenExpiresAt: family.loginEndsAt }),
      scopes: family.scopes,
      subscriptionType: identity.organizationType?.replace(/^claude_/, '') ?? null,
      rateLimitTier: identity.rateLimitTier,
      accountUuid: identity.subject,
      organizationUuid: identity.organizationId,
    },
    mcpOauth: {},
  })
}

/** `.credentials.json` after Claude Code ended its login by itself. */
export function blankedClaudeCredentialsJson(): string {
  return JSON.stringify({
    claudeAiOauth: { accessToken: '', refreshToken: '', expiresAt: 0, scopes: ['user:inference'] },
    mcpOauth: {},
  })
}

/** `.claude.json` as Claude Code writes it, as far as it says who is signed in. */
export function claudeJson({ identity }: { identity: FakeIdentity }): string {
  return JSON.stringify({
    numStartups: 3,
    oauthAccount: {
      accountUuid: identity.subject,
      emailAddress: identity.email,
      organizationUuid: identity.organizationId,
      organizationName: identity.organizationName,
      displayName: identity.displayName,
    },
  })
}

/** `auth.json` as codex writes it. */
export function codexAuthJson(issue: FakeIssue, lastRefreshAt: number): string {
  const { family, pair } = issue
  return JSON.stringify(
    {
      auth_mode: 'chatgpt',
      OPENAI_API_KEY: null,
      tokens: {
        id_token: fakeIdToken(issue),
        access_token: pair.accessToken,
        refresh_token: pair.refreshToken,
        account_id: family.identity.organizationId,
      },
      last_refresh: new Date(lastRefreshAt).toISOString(),
    },
    null,
    2,
  )
}
