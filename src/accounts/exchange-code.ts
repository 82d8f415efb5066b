/**
 * Spends the code of a sign-in, once, and keeps what comes back. Whoever gets the claim on the row spends; everyone else
 * in this process waits for the same end. Does not judge who may bring a code.
 */

import { findAccountByIdentity } from '../db/account-store.ts'
import {
  type AuthorizationRow,
  claimAuthorization,
  findAuthorization,
  markCompleted,
  markFailed,
} from '../db/authorization-store.ts'
import { findCurrentGrant } from '../db/grant-store.ts'
import { StoreError } from '../db/query.ts'
import { backoffMs } from '../lib/backoff.ts'
import { SECOND_MS } from '../lib/clock.ts'
import type { Secret } from '../lib/secret.ts'
import { OAuthTransportError } from '../oauth/errors.ts'
import type { Identity } from '../oauth/identity.ts'
import { forVariant, type Provider } from '../oauth/provider.ts'
import { exchangeRequest } from '../oauth/token-request.ts'
import { judgeTokenAnswer, type TokenJudgement, type TokenSet } from '../oauth/token-response.ts'
import { authorizationStatus, failureColumns, requireProvider, storedFailure } from './authorization-view.ts'
import { connectAccount } from './connect-account.ts'
import type { AccountsContext, Actor } from './context.ts'
import { AccountError, type AccountErrorCode } from './errors.ts'
import { hasTokens } from './grant-tokens.ts'
import { getAccount } from './list-accounts.ts'
import { identifySignIn, isUnnamed } from './sign-in-identity.ts'
import { endSignIn, type FinishedSignIn, signInsUnderWay } from './sign-ins-under-way.ts'
import { type Persistence, persistently } from './store-refusals.ts'

/** For requests that the provider certainly never saw, and for a database that is busy. */
const QUICK_RETRIES = { firstMs: SECOND_MS / 2, factor: 3, maxMs: 10 * SECOND_MS, jitter: 0.3 }
const UNSENT_TRIES = 3
const SAVING: Persistence = { tries: 6, waits: QUICK_RETRIES }

/** How often the row of an exchange in another process is looked at, twice a second. */
const ELSEWHERE_TRIES = 120

/** What the code exchange needs. The verifier is the row's own, or the one that a device authorization server made. */
export interface CodeGrant {
  code: Secret
  state: Secret
  codeVerifier: Secret
  redirectUri: string
}

/**
 * Exchanges the code and connects the account. A failure ends the sign-in and stays in its row: the code is burnt.
 *
 * Errors: AccountError `authorization_over`, `code_rejected`, `provider_unreachable`, `provider_rate_limited`,
 *         `provider_error`, `identity_unknown`, `identity_mismatch`, `store_failed`, and what connecting refuses
 * Source: RFC 6749 §4.1.3
 */
export function finishWithCode(
  context: AccountsContext,
  row: AuthorizationRow,
  grant: CodeGrant,
  actor: Actor,
): Promise<FinishedSignIn> {
  return finish(context, row, actor, (provider) => exchangeCode(context, provider, grant))
}

/** The same for tokens that are here already. */
export function finishWithTokens(
  context: AccountsContext,
  row: AuthorizationRow,
  tokens: TokenSet,
  actor: Actor,
): Promise<FinishedSignIn> {
  return finish(context, row, actor, async () => tokens)
}

/** Ends a sign-in with a refusal that its dialog and programs see. */
export async function failSignIn(context: AccountsContext, id: string, refusal: AccountError): Promise<void> {
  if (await markFailed(context.database, id, failureColumns(refusal), context.clock.now())) {
    endSignIn(context, id, { lingers: true })
  }
}

function finish(
  context: AccountsContext,
  row: AuthorizationRow,
  actor: Actor,
  obtain: (provider: Provider) => Promise<TokenSet>,
): Promise<FinishedSignIn> {
  return signInsUnderWay(context).exchanges.run(row.id, async () => {
    if (!(await claimAuthorization(context.database, row.id, context.clock.now())))
      return finishedElsewhere(context, row)
    context.events.publish({ type: 'authorization.changed', authorizationId: row.id })
    try {
      const provider = forVariant(requireProvider(context, row.provider), row.variant)
      const accountId = await keep(context, row, provider, await obtain(provider), actor)
      await persistently(context, SAVING, () => markCompleted(context.database, row.id, accountId, context.clock.now()))
      endSignIn(context, row.id, { lingers: true })
      return { accountId }
    } catch (error) {
      const refusal = asRefusal(error)
      context.log.warn('authorization.failed', { authorization: row.id, provider: row.provider, code: refusal.code })
      await failSignIn(context, row.id, refusal).catch(() => {})
      throw error instanceof StoreError ? refusal : error
    }
  })
}

/** Another process, or an earlier response, has the claim: its end is ours too. */
async function finishedElsewhere(context: AccountsContext, row: AuthorizationRow): Promise<FinishedSignIn> {
  for (let tries = 1; ; tries++) {
    const now = await findAuthorization(context.database, row.id)
    if (now?.completedAccountId) return { accountId: now.completedAccountId }
    const failure = now && storedFailure(now)
    if (failure && now.failedAt !== null) throw new AccountError(failure.code as AccountErrorCode, failure.params)
    const status = now ? authorizationStatus(now, context.clock.now()) : 'cancelled'
    if (status !== 'pending' || now?.exchangingAt === null || tries === ELSEWHERE_TRIES) {
      throw new AccountError('authorization_over', { status })
    }
    await context.clock.sleep(SECOND_MS / 2)
  }
}

async function exchangeCode(context: AccountsContext, provider: Provider, grant: CodeGrant): Promise<TokenSet> {
  const request = exchangeRequest(provider, grant)
  const answer = await sendWhileUnsent(context, () => context.transport.send(request))
  return tokensOf(judgeTokenAnswer(provider, answer, { now: context.clock.now() }), context.clock.now())
}

/** Tries again only while it is certain that the code has not reached the provider. */
async function sendWhileUnsent<T>(context: AccountsContext, send: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await send()
    } catch (error) {
      if (!(error instanceof OAuthTransportError)) throw error
      const isWorthIt = !error.maybeSent && error.code !== 'refused_host' && failures < UNSENT_TRIES
      if (!isWorthIt) throw new AccountError('provider_unreachable', { failureCode: error.code })
      await context.clock.sleep(backoffMs(QUICK_RETRIES, failures, context.random))
    }
  }
}

/** The tokens of a judged exchange, or the refusal that it came to. */
function tokensOf(judgement: TokenJudgement, now: number): TokenSet {
  switch (judgement.kind) {
    case 'granted':
      return judgement.tokens
    case 'refused':
      throw new AccountError('code_rejected', { detail: judgement.detail ?? judgement.code })
    case 'transient':
      if (judgement.code === 'rate_limited') {
        throw new AccountError('provider_rate_limited', { retryAt: now + (judgement.retryAfterMs ?? 60 * SECOND_MS) })
      }
      throw new AccountError('provider_error', { failureCode: judgement.code, detail: judgement.detail ?? '' })
    case 'misconfigured':
      throw new AccountError('provider_error', { failureCode: judgement.code, detail: judgement.detail ?? '' })
    case 'unreadable':
      throw new AccountError('provider_error', { failureCode: judgement.code, detail: '' })
  }
}

/** From here on there are tokens that nobody can get a second time. */
async function keep(
  context: AccountsContext,
  row: AuthorizationRow,
  provider: Provider,
  tokens: TokenSet,
  actor: Actor,
): Promise<string> {
  const identity = await identifySignIn(context, provider, tokens)
  const expected = row.accountId === null ? null : await getAccount(context, row.accountId)
  if (expected && isUnnamed(identity) && !isUnnamed(expected)) {
    throw new AccountError('identity_unknown', { provider: provider.name })
  }
  if (row.variant !== null) await refuseNarrower(context, provider, identity, tokens)
  // Nobody ever named the account that is signed in again, so whoever asked for it is believed.
  const named =
    expected && isUnnamed(expected) ? { ...identity, subject: expected.subject, organizationId: '' } : identity
  const { accountId } = await persistently(context, SAVING, () =>
    connectAccount(context, {
      provider,
      tokens,
      identity: named,
      custody: 'dashboard',
      origin: row.method,
      label: row.label ?? undefined,
      expectedAccountId: row.accountId ?? undefined,
      actor,
    }),
  )
  return accountId
}

/** A sign-in of another kind must not take the place of a login that may do more. Errors: AccountError `login_narrower` */
async function refuseNarrower(
  context: AccountsContext,
  provider: Provider,
  identity: Identity,
  tokens: TokenSet,
): Promise<void> {
  const known = await findAccountByIdentity(context.database, { provider: provider.id, ...identity })
  const old = known && (await findCurrentGrant(context.database, known.id))
  if (!old || old.refusedAt !== null || !hasTokens(old)) return
  const granted = tokens.scopes ?? provider.scopes
  if (old.scopes.every((scope) => granted.includes(scope))) return
  throw new AccountError('login_narrower', { account: known.label ?? known.email ?? known.id })
}

/** What the row says of a failure. A surprise is thrown on as it is, but its sign-in must not hang. */
function asRefusal(error: unknown): AccountError {
  if (error instanceof AccountError) return error
  if (error instanceof StoreError) return new AccountError('store_failed')
  return new AccountError('provider_error', { failureCode: 'unexpected', detail: '' })
}
