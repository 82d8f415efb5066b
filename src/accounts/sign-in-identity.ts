/**
 * Whose fresh tokens are these? Asks the profile where the grant may, and otherwise believes the answer that brought them.
 * Throws nothing away: a good answer with an unreachable profile is still a sign-in.
 */

import { SECOND_MS } from '../lib/clock.ts'
import type { Identity } from '../oauth/identity.ts'
import { fetchProfile } from '../oauth/profile.ts'
import type { Provider } from '../oauth/provider.ts'
import type { TokenSet } from '../oauth/token-response.ts'
import type { AccountsContext } from './context.ts'
import { AccountError } from './errors.ts'

/** Waits before the profile is asked again. */
const RETRY_AFTER_MS = [SECOND_MS / 2, 2 * SECOND_MS]

/** What the profile said: its body, nothing because it may not be or could not be read, or that the token is not good. */
type ProfileReading = { profile: unknown } | { rejected: string }

/** Marks a subject that no provider named. */
const TOKEN_SUBJECT = 'token:'

/**
 * Who the tokens of a sign-in belong to; a keyed fingerprint of the login where nobody says.
 *
 * Errors: none expected; a token that the profile rejects is still what the provider just granted
 */
export async function identifySignIn(
  context: AccountsContext,
  provider: Provider,
  tokens: TokenSet,
): Promise<Identity> {
  const reading = await readProfileOf(context, provider, tokens)
  return (
    provider.readIdentity(tokens, 'profile' in reading ? reading.profile : null) ?? unnamedIdentity(context, tokens)
  )
}

/**
 * Who pasted tokens belong to. An access token that has ended is not sent to ask; it may end early all the same.
 *
 * Shape:  `isStale`: the access token is worth nothing any more, so only a refresh can tell more
 * Errors: AccountError `token_refused` when the token is not good and no refresh token came with it
 */
export async function identifyToken(
  context: AccountsContext,
  provider: Provider,
  tokens: TokenSet,
): Promise<{ identity: Identity; isStale: boolean }> {
  const { accessTokenExpiresAt: expiresAt, refreshToken } = tokens
  const isOver = expiresAt !== null && expiresAt <= context.clock.now()
  const reading = isOver ? { rejected: 'expired' } : await readProfileOf(context, provider, tokens)
  if ('rejected' in reading && refreshToken === null) {
    throw new AccountError('token_refused', { failureCode: reading.rejected })
  }
  const profile = 'profile' in reading ? reading.profile : null
  const identity = provider.readIdentity(tokens, profile) ?? unnamedIdentity(context, tokens)
  return { identity, isStale: 'rejected' in reading }
}

/** True when no provider ever named this identity. */
export function isUnnamed(identity: Pick<Identity, 'subject'>): boolean {
  return identity.subject.startsWith(TOKEN_SUBJECT)
}

async function readProfileOf(context: AccountsContext, provider: Provider, tokens: TokenSet): Promise<ProfileReading> {
  const { profileScope } = provider
  const isPermitted = profileScope === null || tokens.scopes === null || tokens.scopes.includes(profileScope)
  if (provider.profileUrl === null || !isPermitted) return { profile: null }
  for (const waitMs of [...RETRY_AFTER_MS, null]) {
    const answer = await fetchProfile(context.transport, provider, tokens.accessToken, { why: 'sign_in' })
    if (answer.kind === 'read') return { profile: answer.profile }
    if (answer.kind === 'rejected_token') return { rejected: answer.code }
    if (answer.kind === 'not_permitted') return { profile: null }
    context.log.warn('profile.unreachable', { provider: provider.id, code: answer.code })
    if (waitMs !== null) await context.clock.sleep(waitMs)
  }
  return { profile: null }
}

function unnamedIdentity(context: AccountsContext, tokens: TokenSet): Identity {
  const fingerprint = context.vault.fingerprint('access_token', tokens.accessToken)
  return {
    subject: `${TOKEN_SUBJECT}${fingerprint}`,
    organizationId: '',
    organizationName: null,
    email: null,
    displayName: null,
    plan: null,
    rateLimitTier: null,
  }
}
