/**
 * Reads who an account is and what its plan is, from the provider's profile or from the claims of its tokens, and keeps it.
 */

import {
  type AccountRow,
  changeAccount,
  findAccountById,
  findAccountByIdentity,
  listAccountsWithOldProfile,
  nameAccount,
} from '../db/account-store.ts'
import { findCurrentGrant, type GrantRow } from '../db/grant-store.ts'
import { StoreError } from '../db/query.ts'
import { DAY_MS } from '../lib/clock.ts'
import { type Identity, isSameIdentity } from '../oauth/identity.ts'
import { fetchProfile } from '../oauth/profile.ts'
import type { Provider } from '../oauth/provider.ts'
import type { AccountsContext } from './context.ts'
import { AccountError } from './errors.ts'
import { withFreshToken } from './fresh-token.ts'
import { hasTokens, openTokens } from './grant-tokens.ts'
import { isUnnamed } from './sign-in-identity.ts'

export { withFreshToken } from './fresh-token.ts'

/** How old a profile may grow before it is read again. */
const PROFILE_MAX_AGE_MS = DAY_MS

/** What reading came to: kept, or a stable code of why not. */
export type ProfileReading = { outcome: 'read' } | { outcome: 'not_read'; failure: string }

/**
 * Reads the profile of an account and keeps organisation, plan and tier. A failure is kept as a fact, and what was known
 * before stays. An account that nobody had named takes the identity that the profile tells, unless another account has
 * it: two logins of one account are never merged unasked.
 *
 * Errors: AccountError account_not_found, unknown_provider; StoreError
 */
export async function readProfile(context: AccountsContext, accountId: string): Promise<ProfileReading> {
  const { account, grant, provider } = await findAll(context, accountId)
  if (!hasTokens(grant)) return keepFailure(context, account, 'reauthorization_required')
  const reading = provider.profileUrl === null ? { profile: null } : await askProvider(context, grant, provider)
  if ('failure' in reading) return keepFailure(context, account, reading.failure)
  const identity = await readIdentity(context, accountId, provider, reading.profile)
  if (!identity) return keepFailure(context, account, 'unreadable')
  if (!isSameIdentity(identity, account)) {
    const refusal = isUnnamed(account) ? await takeIdentity(context, account, identity) : 'identity_changed'
    if (refusal !== null) return keepFailure(context, account, refusal)
  }
  await changeAccount(context.database, accountId, {
    account: {
      organizationName: identity.organizationName ?? account.organizationName,
      email: identity.email ?? account.email,
      displayName: identity.displayName ?? account.displayName,
      plan: identity.plan ?? account.plan,
      rateLimitTier: identity.rateLimitTier ?? account.rateLimitTier,
      profileReadAt: context.clock.now(),
      profileFailure: null,
    },
    // The provider took the access token just now; claims in our own storage prove nothing.
    grant: provider.profileUrl === null ? {} : { lastProofAt: context.clock.now() },
  })
  context.events.publish({ type: 'account.changed', accountId })
  return { outcome: 'read' }
}

/** Reads every profile that is older than a day, one after another; a failure of one stops none. */
export async function readOldProfiles(context: AccountsContext, signal?: AbortSignal): Promise<void> {
  const before = context.clock.now() - PROFILE_MAX_AGE_MS
  for (const { id } of await listAccountsWithOldProfile(context.database, before)) {
    if (signal?.aborted) return
    try {
      await readProfile(context, id)
    } catch (error) {
      if (!(error instanceof AccountError)) throw error
      context.log.debug('profile.not_read', { account: id, code: error.code })
    }
  }
}

async function findAll(
  context: AccountsContext,
  accountId: string,
): Promise<{ account: AccountRow; grant: GrantRow; provider: Provider }> {
  const account = await findAccountById(context.database, accountId)
  const grant = account && (await findCurrentGrant(context.database, accountId))
  if (!account || !grant) throw new AccountError('account_not_found', { account: accountId })
  const provider = context.providers.get(account.provider)
  if (!provider) throw new AccountError('unknown_provider', { provider: account.provider })
  return { account, grant, provider }
}

async function askProvider(
  context: AccountsContext,
  grant: GrantRow,
  provider: Provider,
): Promise<{ profile: unknown } | { failure: string }> {
  if (provider.profileScope !== null && !grant.scopes.includes(provider.profileScope))
    return { failure: 'not_permitted' }
  let profile: unknown = null
  let code: string | null = null
  try {
    const answer = await withFreshToken(context, grant.accountId, 'scheduler', async (token) => {
      const read = await fetchProfile(context.transport, provider, token, { accountId: grant.accountId })
      if (read.kind === 'read') profile = read.profile
      else code = read.code
      return read.kind
    })
    if (answer === 'read') return { profile }
    return { failure: answer === 'failed' ? (code ?? answer) : answer }
  } catch (error) {
    if (error instanceof AccountError) return { failure: error.code }
    throw error
  }
}

async function readIdentity(
  context: AccountsContext,
  accountId: string,
  provider: Provider,
  profile: unknown,
): Promise<Identity | null> {
  const grant = await findCurrentGrant(context.database, accountId)
  if (!grant) return null
  const { accessTokenExpiresAt, loginExpiresAt, scopes } = grant
  const tokens = { ...openTokens(context.vault, grant), accessTokenExpiresAt, loginExpiresAt, scopes }
  return provider.readIdentity(tokens, profile)
}

/** Null when the account has the identity now, else why not. */
async function takeIdentity(context: AccountsContext, account: AccountRow, identity: Identity): Promise<string | null> {
  const { database, clock } = context
  const at = clock.now()
  const { subject, organizationId, email } = identity
  const event = { at, accountId: account.id, actor: 'scheduler', details: { subject, organizationId, email } }
  try {
    if (await nameAccount(database, account, identity, { ...event, kind: 'account.named' })) return null
  } catch (error) {
    if (!(error instanceof StoreError && error.code === 'constraint')) throw error
    const holder = await findAccountByIdentity(database, { provider: account.provider, ...identity })
    if (account.profileFailure !== 'identity_taken') {
      const details = { ...event.details, account: holder?.id ?? null }
      await changeAccount(database, account.id, { events: [{ ...event, kind: 'account.identity_taken', details }] })
    }
    return 'identity_taken'
  }
  const named = await findAccountById(database, account.id)
  return named && isSameIdentity(named, identity) ? null : 'identity_changed'
}

async function keepFailure(context: AccountsContext, account: AccountRow, failure: string): Promise<ProfileReading> {
  if (account.profileFailure !== failure) {
    await changeAccount(context.database, account.id, { account: { profileFailure: failure } })
    context.events.publish({ type: 'account.changed', accountId: account.id })
  }
  return { outcome: 'not_read', failure }
}
