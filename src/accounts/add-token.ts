/**
 * Takes in tokens that a person has from elsewhere. A token alone is nobody's to refresh; a pair is the dashboard's from
 * then on. Nothing stays saved that the provider refuses.
 */

import { findAccountByIdentity } from '../db/account-store.ts'
import { wasSpent } from '../db/credential-file-store.ts'
import { findHolderOfRefreshToken } from '../db/grant-store.ts'
import { StoreError } from '../db/query.ts'
import { SECOND_MS } from '../lib/clock.ts'
import { readClaims } from '../lib/jwt-claims.ts'
import { Secret } from '../lib/secret.ts'
import type { Identity } from '../oauth/identity.ts'
import type { Provider } from '../oauth/provider.ts'
import type { TokenSet } from '../oauth/token-response.ts'
import { type AccountSummary, accountName, type Custody } from './account-summary.ts'
import { requireProvider } from './authorization-view.ts'
import { connectAccount } from './connect-account.ts'
import type { AccountsContext, Actor } from './context.ts'
import { AccountError } from './errors.ts'
import { readLabel } from './label.ts'
import { getAccount } from './list-accounts.ts'
import { readProfile } from './read-profile.ts'
import { refreshGrant } from './refresh-grant.ts'
import { removeAccount } from './remove-account.ts'
import { identifyToken, isUnnamed } from './sign-in-identity.ts'

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

/**
 * Adds an account by its token, or gives the account of the same identity the new token. Where only a refresh can tell
 * whose a pair is, it is refreshed at once; as long as the provider cannot be asked, the account goes without a name.
 *
 * Errors: AccountError `unknown_provider`, `method_not_offered` (no setup tokens here), `label_invalid`, `token_missing`, `token_unreadable`,
 *         `token_refused`, `already_dashboard` when this very pair is in use here, and what connecting refuses; StoreError
 */
export async function addToken(context: AccountsContext, added: AddedToken): Promise<AccountSummary> {
  const provider = requireProvider(context, added.provider)
  if (added.kind === 'setup_token' && !provider.setupTokenScopes) {
    throw new AccountError('method_not_offered', { provider: provider.name, method: added.kind })
  }
  const label = readLabel(added.label)
  const tokens = readTokens(provider, added)
  const holder = await findHolder(context, provider, tokens)
  const { identity: told, isStale } = await identifyToken(context, provider, tokens)
  const identity = isUnnamed(told) && holder ? holder : told
  const known = await findAccountByIdentity(context.database, { provider: provider.id, ...identity })
  const { accountId } = await connectAccount(context, {
    provider,
    tokens: isStale ? endedTokens(context, tokens) : tokens,
    identity,
    custody: CUSTODY[added.kind],
    origin: added.kind,
    label: label,
    actor: added.actor,
  })
  if (isStale && isUnnamed(identity)) await learnName(context, accountId, { isNew: known === null, actor: added.actor })
  return getAccount(context, accountId)
}

/** An access token that was refused is over, whatever it says: nobody asks with it again before the refresh. */
function endedTokens({ clock }: AccountsContext, tokens: TokenSet): TokenSet {
  const now = clock.now()
  return { ...tokens, accessTokenExpiresAt: Math.min(tokens.accessTokenExpiresAt ?? now, now) }
}

/** Who holds this refresh token here already. One that was spent here is never spent again: that would end the login. */
async function findHolder(
  context: AccountsContext,
  provider: Provider,
  { refreshToken }: TokenSet,
): Promise<Identity | null> {
  if (refreshToken === null) return null
  const fingerprint = context.vault.fingerprint('refresh_token', refreshToken)
  const held = await findHolderOfRefreshToken(context.database, fingerprint)
  if (held?.grant.custody === 'dashboard' && held.grant.refusedAt === null) {
    throw new AccountError('already_dashboard', {
      account: accountName({ ...held.account, providerName: provider.name }),
    })
  }
  if (!held && (await wasSpent(context.database, fingerprint))) {
    throw new AccountError('token_refused', { failureCode: 'refresh_token_reused' })
  }
  return held?.account ?? null
}

/** Refreshes a pair whose access token is worth nothing, and asks with the new one whose it is. */
async function learnName(
  context: AccountsContext,
  accountId: string,
  { isNew, actor }: { isNew: boolean; actor: Actor },
): Promise<void> {
  try {
    const outcome = await refreshGrant(context, accountId, { purpose: 'requested', actor })
    // Unchanged: somebody else was quicker.
    const isFresh = outcome.outcome === 'refreshed' || outcome.outcome === 'unchanged'
    if (isFresh) await readProfile(context, accountId)
    if (outcome.outcome !== 'reauthorization_required') return
    if (isNew) await removeAccount(context, accountId, { revoke: false, actor })
    throw new AccountError('token_refused', { failureCode: outcome.reason.params.refusalCode ?? outcome.reason.code })
  } catch (error) {
    // The tokens are saved: whatever else went wrong is tried again by those who look after accounts.
    const isTrouble = error instanceof StoreError || (error instanceof AccountError && error.code !== 'token_refused')
    if (!isTrouble) throw error
    context.log.warn('token.not_named', { account: accountId, code: error.code })
  }
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
