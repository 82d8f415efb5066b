/**
 * Forgets an account with everything sealed for it; on request it asks the provider to end the login first. A login that
 * a CLI uses is never ended here.
 */

import { deleteAccount, findAccountById, listObservedFiles } from '../db/account-store.ts'
import { findCurrentGrant, type GrantRow } from '../db/grant-store.ts'
import { SECOND_MS } from '../lib/clock.ts'
import { OAuthTransportError } from '../oauth/errors.ts'
import { revocationRequest } from '../oauth/token-request.ts'
import type { AccountsContext, Actor } from './context.ts'
import { AccountError } from './errors.ts'
import { hasTokens, openTokens } from './grant-tokens.ts'
import { namingStoreRefusals, type Persistence, persistently } from './store-refusals.ts'

/** A login that was just ended must not go on standing there as a valid one because the database was busy for a moment. */
const REMOVAL: Persistence = { tries: 4, waits: { firstMs: 250, factor: 2, maxMs: SECOND_MS, jitter: 0.2 } }

/** `confirmed` only when the provider answered 200; `revocationCode` says why it is not. */
export interface Removal {
  accountId: string
  provider: string
  revocation: 'not_asked' | 'confirmed' | 'not_confirmed' | 'not_supported'
  revocationCode: string | null
}

/**
 * Removes an account. A refresh under way is waited for, so that no answer comes back to nobody.
 *
 * Errors: AccountError account_not_found, revoke_would_break_cli (nothing is removed then), store_failed
 * Source: RFC 7009 §2.1–2.2: 200 also for a token that was unknown
 */
export async function removeAccount(
  context: AccountsContext,
  accountId: string,
  { revoke, actor }: { revoke: boolean; actor: Actor },
): Promise<Removal> {
  await refreshesEnded(context, accountId)
  return namingStoreRefusals(() => remove(context, accountId, revoke, actor))
}

async function refreshesEnded(context: AccountsContext, accountId: string): Promise<void> {
  if (!context.refreshes.isRunning(accountId)) return
  await context.refreshes
    .run(accountId, () => Promise.reject(new AccountError('account_not_found', { account: accountId })))
    .catch(() => undefined)
}

async function remove(context: AccountsContext, accountId: string, revoke: boolean, actor: Actor): Promise<Removal> {
  const account = await findAccountById(context.database, accountId)
  const grant = account && (await findCurrentGrant(context.database, accountId))
  if (!account) throw new AccountError('account_not_found', { account: accountId })
  const revocation = revoke && grant ? await revokeGrant(context, account.provider, grant) : NOT_ASKED
  const details = { provider: account.provider, email: account.email, ...revocation }
  const event = { at: context.clock.now(), accountId, kind: 'account.removed', actor, details }
  await persistently(context, REMOVAL, () => deleteAccount(context.database, accountId, event))
  context.log.info('account.removed', { account: accountId, revocation: revocation.revocation })
  context.events.publish({ type: 'account.removed', accountId })
  return { accountId, provider: account.provider, ...revocation }
}

type Revocation = Pick<Removal, 'revocation' | 'revocationCode'>

const NOT_ASKED: Revocation = { revocation: 'not_asked', revocationCode: null }

async function revokeGrant(context: AccountsContext, providerId: string, grant: GrantRow): Promise<Revocation> {
  const path = await cliCopy(context, grant)
  if (path !== null) throw new AccountError('revoke_would_break_cli', { path })
  const provider = context.providers.get(providerId)
  if (!provider || provider.revocationUrl === null) return { revocation: 'not_supported', revocationCode: null }
  if (!hasTokens(grant)) return { revocation: 'not_confirmed', revocationCode: 'key_reset' }
  const { accessToken, refreshToken } = openTokens(context.vault, grant)
  const hint = refreshToken ? 'refresh_token' : 'access_token'
  try {
    const request = revocationRequest(provider, refreshToken ?? accessToken, hint, { clientId: grant.clientId })
    const { status } = await context.transport.send(request)
    return status === 200
      ? { revocation: 'confirmed', revocationCode: null }
      : { revocation: 'not_confirmed', revocationCode: `http_${status}` }
  } catch (error) {
    if (!(error instanceof OAuthTransportError)) throw error
    return { revocation: 'not_confirmed', revocationCode: error.code }
  }
}

/** The file through which a CLI uses this very login, or null. */
async function cliCopy(context: AccountsContext, grant: GrantRow): Promise<string | null> {
  if (grant.custody === 'cli') return grant.credentialPath ?? ''
  const files = await listObservedFiles(context.database)
  const isCopy = (file: (typeof files)[number]) =>
    file.state === 'live' &&
    file.refreshTokenFingerprint !== null &&
    file.refreshTokenFingerprint === grant.refreshTokenFingerprint
  return files.find(isCopy)?.path ?? null
}
