/**
 * Takes in tokens that a person has from elsewhere. A token alone is nobody's to refresh; a pair is the dashboard's from
 * then on. Nothing is saved that the provider refuses.
 */

import { SECOND_MS } from '../lib/clock.ts'
import { cleanText } from '../lib/foreign-text.ts'
import { readClaims } from '../lib/jwt-claims.ts'
import { Secret } from '../lib/secret.ts'
import type { Provider } from '../oauth/provider.ts'
import type { TokenSet } from '../oauth/token-response.ts'
import type { AccountSummary, Custody } from './account-summary.ts'
import { requireProvider } from './authorization-view.ts'
import { connectAccount } from './connect-account.ts'
import type { AccountsContext, Actor } from './context.ts'
import { AccountError } from './errors.ts'
import { getAccount } from './list-accounts.ts'
import { identifyToken } from './sign-in-identity.ts'

export type AddedTokenKind = 'access_token' | 'token_pair' | 'setup_token'

export interface AddedToken {
  provider: string
  kind: AddedTokenKind
  accessToken: Secret
  /** Needed with `token_pair`, refused with the others: who would refresh it? */
  refreshToken?: Secret
  idToken?: Secret
  /** Epoch milliseconds; a JWT's own `exp` goes before it. */
  expiresAt?: number
  label?: string
  actor: Actor
}

const CUSTODY: Record<AddedTokenKind, Custody> = {
  access_token: 'none',
  token_pair: 'dashboard',
  setup_token: 'none',
}

/** Visible ASCII without quotes and braces: real tokens are longer than this, and pasted JSON or a quoted string is none. */
const TOKEN = /^[!#-&(-_a-z|~]{8,16384}$/

const MAX_LABEL_LENGTH = 100

/**
 * Adds an account by its token, or gives the account of the same identity the new token.
 *
 * Errors: AccountError `unknown_provider`, `method_not_offered` (no setup tokens here), `token_missing`, `token_unreadable`,
 *         `token_refused`, and what connecting refuses
 */
export async function addToken(context: AccountsContext, added: AddedToken): Promise<AccountSummary> {
  const provider = requireProvider(context, added.provider)
  if (added.kind === 'setup_token' && !provider.setupTokenScopes) {
    throw new AccountError('method_not_offered', { provider: provider.name, method: added.kind })
  }
  const tokens = readTokens(provider, added)
  const isPair = added.kind === 'token_pair'
  const isOver = tokens.accessTokenExpiresAt !== null && tokens.accessTokenExpiresAt <= context.clock.now()
  if (isOver && !isPair) throw new AccountError('token_refused', { failureCode: 'expired' })
  const { accountId } = await connectAccount(context, {
    provider,
    tokens,
    identity: await identifyToken(context, provider, tokens, { mayBeStale: isPair }),
    custody: CUSTODY[added.kind],
    origin: added.kind,
    label: cleanText(added.label ?? '', MAX_LABEL_LENGTH) || undefined,
    actor: added.actor,
  })
  return getAccount(context, accountId)
}

function readTokens(provider: Provider, added: AddedToken): TokenSet {
  const accessToken = requireToken(added.accessToken, 'access_token')
  const refreshToken = added.kind === 'token_pair' ? requireToken(added.refreshToken, 'refresh_token') : null
  if (refreshToken?.equals(accessToken)) throw new AccountError('token_unreadable', { field: 'refresh_token' })
  return {
    accessToken,
    refreshToken,
    idToken: added.idToken && !isBlank(added.idToken) ? requireToken(added.idToken, 'id_token') : null,
    scopes: added.kind === 'setup_token' ? [...provider.setupTokenScopes!] : null,
    accessTokenExpiresAt: ownExpiry(accessToken) ?? added.expiresAt ?? null,
    loginExpiresAt: null,
  }
}

/** Line breaks at the ends come with pasting; anything odd inside means that it is not the token alone. */
function requireToken(pasted: Secret | undefined, field: string): Secret {
  if (!pasted || isBlank(pasted)) throw new AccountError('token_missing', { field })
  const text = pasted.reveal().trim()
  if (!TOKEN.test(text)) throw new AccountError('token_unreadable', { field })
  return new Secret(text)
}

const isBlank = (secret: Secret) => secret.reveal().trim() === ''

/** What the token says of its own end: unlike a fresh answer's, a past one is believed. */
function ownExpiry(accessToken: Secret): number | null {
  const exp = readClaims(accessToken)?.exp
  return typeof exp === 'number' && exp > 0 && exp < 1e11 ? Math.round(exp * SECOND_MS) : null
}
