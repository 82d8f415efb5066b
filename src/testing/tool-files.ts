/** Logins at the fake provider in the files of other tools. */

import type { FakeIssue } from './fake-grants.ts'

/** An oauth entry of opencode's `auth.json`. */
export function opencodeEntry({ family, pair }: FakeIssue) {
  const { provider, organizationId: accountId } = family.identity
  const tokens = { refresh: pair.refreshToken, access: pair.accessToken, expires: pair.accessTokenExpiresAt }
  return { type: 'oauth', ...tokens, ...(provider === 'codex' && { accountId }) }
}

/** A profile of `auth-profiles.json`. */
export function authProfile({ family, pair }: FakeIssue) {
  return {
    type: 'oauth',
    provider: family.identity.provider === 'codex' ? 'openai-codex' : 'anthropic',
    access: pair.accessToken,
    refresh: pair.refreshToken,
    expires: pair.accessTokenExpiresAt,
    email: family.identity.email,
  }
}

/** An entry of `oauth_tokens.json`, in snake case. */
export function tokenMapEntry({ pair }: FakeIssue) {
  return {
    access_token: pair.accessToken,
    refresh_token: pair.refreshToken,
    expires_at: Math.floor(pair.accessTokenExpiresAt / 1_000),
    token_type: 'Bearer',
  }
}
