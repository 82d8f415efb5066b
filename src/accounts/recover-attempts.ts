/**
 * Clears up after processes that ended in the middle of a refresh: their attempts are of unknown outcome, and answers that
 * were kept but not applied are applied. Runs before anything is refreshed; sends nothing.
 */

import { findAccountById } from '../db/account-store.ts'
import { listOpenAttempts, markInterrupted, type OpenAttempt } from '../db/attempt-store.ts'
import { findGrant, type GrantRow } from '../db/grant-store.ts'
import { applyKeptAnswer, type InboxRow, listOpenAnswers, quarantineAnswer } from '../db/inbox-store.ts'
import type { Secret } from '../lib/secret.ts'
import type { Provider } from '../oauth/provider.ts'
import { judgeTokenAnswer, type TokenSet } from '../oauth/token-response.ts'
import type { AccountsContext } from './context.ts'
import { answerPlace, openTokens, sealTokens } from './grant-tokens.ts'
import { nextRefreshAt, unknownRetryAt } from './refresh-policy.ts'
import { isUnsaved } from './save-answer.ts'

/** How many attempts were declared interrupted and how many kept answers were applied or put in quarantine. */
export interface Recovery {
  interrupted: number
  applied: number
  quarantined: number
}

/**
 * Recovers. Attempts whose lease still runs are left to their owner, unless no other process can be there.
 *
 * Shape:  `context.isSoleOwner` true = every other owner is dead
 * Errors: StoreError
 */
export async function recoverAttempts(context: AccountsContext): Promise<Recovery> {
  const recovery = { interrupted: 0, applied: 0, quarantined: 0 }
  for (const answer of await listOpenAnswers(context.database)) {
    const fate = await applyAnswer(context, answer)
    if (fate !== 'left') recovery[fate] += 1
  }
  const now = context.clock.now()
  for (const open of await listOpenAttempts(context.database, context.owner)) {
    // Its holder may be alive and cut off from a shared database: as patient as whoever would take its lease.
    const isOver = context.isSoleOwner || open.isLeaseStealable
    if (!isOver || isUnsaved(context, open.grant.accountId)) continue
    await interrupt(context, open, now)
    recovery.interrupted += 1
  }
  return recovery
}

/**
 * Declares refreshes interrupted while this process runs, so that nobody waits for the grant's next turn to learn of it:
 * its own that it could not end, and those of processes that died elsewhere. With these it is as patient as whoever would
 * take the lease. Errors: StoreError
 */
export async function recoverAbandoned(context: AccountsContext): Promise<void> {
  const now = context.clock.now()
  for (const open of await listOpenAttempts(context.database, '')) {
    const { accountId } = open.grant
    const isOwn = open.attempt.owner === context.owner
    const isOver = isOwn ? open.isLeaseOver && !context.refreshes.isRunning(accountId) : open.isLeaseStealable
    if (isOver && !isUnsaved(context, accountId)) await interrupt(context, open, now)
  }
}

async function interrupt(context: AccountsContext, { attempt, grant }: OpenAttempt, now: number): Promise<void> {
  await markInterrupted(context.database, attempt, { now, retryAt: unknownRetryAt(now, context.random) })
  context.log.warn('grant.refresh_interrupted', { account: grant.accountId, attempt: attempt.id })
  context.events.publish({ type: 'account.changed', accountId: grant.accountId })
}

/**
 * Applies a kept answer if the token that was spent for it is still the stored one; otherwise it stays, in quarantine. One
 * of a provider that is not configured just now is left for the start at which it is.
 */
async function applyAnswer(context: AccountsContext, answer: InboxRow): Promise<'applied' | 'quarantined' | 'left'> {
  const grant = await findGrant(context.database, answer.grantId)
  const account = await findAccountById(context.database, answer.accountId)
  const isParent =
    grant !== null &&
    grant.retiredAt === null &&
    grant.generation === answer.generation &&
    grant.refreshTokenFingerprint === answer.parentFingerprint
  const provider = context.providers.get(account?.provider ?? '')
  if (isParent && account && !provider) return 'left'
  const granted = isParent && provider ? readAnswer(context, answer, grant, provider) : null
  const now = context.clock.now()
  if (!isParent || !account || !granted) {
    await quarantineAnswer(context.database, answer.id, isParent ? 'unreadable' : 'superseded', now)
    return 'quarantined'
  }
  const next = nextGeneration(context, grant, answer, granted, account.pausedAt)
  const isApplied = await applyKeptAnswer(context.database, answer, grant, next, now)
  if (!isApplied) await quarantineAnswer(context.database, answer.id, 'superseded', now)
  return isApplied ? 'applied' : 'quarantined'
}

function readAnswer(context: AccountsContext, answer: InboxRow, grant: GrantRow, provider: Provider): TokenSet | null {
  const body: Secret = context.vault.open(answerPlace(answer.accountId, answer.generation), answer.answerSealed)
  const whole = { status: 200, mediaType: 'application/json', retryAfterMs: null, serverTime: null, body }
  const { accessToken: currentAccessToken } = openTokens(context.vault, grant)
  const judgement = judgeTokenAnswer(provider, whole, { now: answer.receivedAt, currentAccessToken })
  return judgement.kind === 'granted' ? judgement.tokens : null
}

function nextGeneration(
  context: AccountsContext,
  grant: GrantRow,
  answer: InboxRow,
  granted: TokenSet,
  pausedAt: number | null,
) {
  const old = openTokens(context.vault, grant)
  const generation = grant.generation + 1
  const facts = {
    generation,
    accessTokenIssuedAt: answer.receivedAt,
    accessTokenExpiresAt: granted.accessTokenExpiresAt,
  }
  return {
    ...sealTokens(context.vault, grant.accountId, generation, {
      accessToken: granted.accessToken,
      refreshToken: granted.refreshToken ?? old.refreshToken,
      idToken: granted.idToken ?? old.idToken,
    }),
    ...facts,
    scopes: granted.scopes ?? grant.scopes,
    loginExpiresAt: granted.loginExpiresAt ?? grant.loginExpiresAt,
    lastProofAt: answer.receivedAt,
    uncertainAt: null,
    suspectAt: null,
    refusedAt: null,
    refusalCode: null,
    failures: 0,
    lastFailureAt: null,
    lastFailureCode: null,
    lastFailureDetail: null,
    leaseOwner: null,
    leaseUntil: null,
    nextRefreshAt: nextRefreshAt(
      { ...facts, custody: grant.custody, isPaused: pausedAt !== null, hasRefreshToken: true, refusedAt: null },
      context.random,
    ),
  }
}
