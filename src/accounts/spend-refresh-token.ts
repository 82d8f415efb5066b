/**
 * The one request that spends a refresh token, and what is made of its answer: sealed and saved first, judged by class
 * when it is no good. Runs only under the lease of its grant.
 */

import type { AccountRow } from '../db/account-store.ts'
import type { RunningAttempt, SealedAnswer } from '../db/attempt-store.ts'
import type { GrantChanges, GrantRow } from '../db/grant-store.ts'
import { StoreError } from '../db/query.ts'
import { newId } from '../lib/random.ts'
import { OAuthTransportError } from '../oauth/errors.ts'
import type { Provider } from '../oauth/provider.ts'
import type { ProviderAnswer } from '../oauth/token-answer.ts'
import { refreshRequest } from '../oauth/token-request.ts'
import { judgeTokenAnswer, type TokenJudgement, type TokenSet } from '../oauth/token-response.ts'
import { because } from '../oauth/transport.ts'
import type { AccountsContext, Actor } from './context.ts'
import { notePace } from './exchange-pace.ts'
import { answerPlace, type GrantTokens, sealTokens } from './grant-tokens.ts'
import { recordEnd } from './record-end.ts'
import { refusedOutcome, retryScheduled, stillFresh, waiting } from './refresh-decision.ts'
import type { RefreshOutcome } from './refresh-outcome.ts'
import { countFailures, DOUBTFUL_CODE, nextRefreshAt, type RefreshFailure, retryAt } from './refresh-policy.ts'
import { type SavedAnswer, saveAnswer } from './save-answer.ts'
import { isUnnamed } from './sign-in-identity.ts'

/** Everything that is known before the token is spent; afterwards there is no time to look things up. */
export interface Spending {
  account: AccountRow
  grant: GrantRow
  attempt: RunningAttempt
  provider: Provider
  tokens: GrantTokens
  purpose: string
  actor: Actor
  /** The outcome of an earlier refresh with this token is not known. */
  wasUncertain: boolean
  /** Looks again at the row and the file: true when a newer grant than the refused one is there. */
  isNewer: () => Promise<boolean>
}

/**
 * Spends the refresh token once.
 *
 * Shape:  → the outcome, or 'newer' when the token was refused but somebody had already stored its successor
 * Errors: none expected
 */
export async function spendRefreshToken(
  context: AccountsContext,
  spending: Spending,
): Promise<RefreshOutcome | 'newer'> {
  const { provider, grant, tokens } = spending
  // Without a refresh token there is no lease: see decideRefresh.
  const built = refreshRequest(provider, tokens.refreshToken!, { clientId: grant.clientId })
  const request = because(built, { why: spending.purpose, accountId: spending.account.id })
  let answer: ProviderAnswer
  try {
    answer = await context.transport.send(request)
  } catch (error) {
    if (!(error instanceof OAuthTransportError)) throw error
    return fail(context, spending, { kind: error.maybeSent ? 'unknown' : 'not_sent', code: error.code }, null)
  }
  // From here to the commit: judging and sealing, nothing else.
  const judgement = judge(context, spending, answer)
  if (judgement.kind === 'granted' && isSameAccount(spending, judgement.tokens)) {
    return keep(context, spending, answer, judgement.tokens)
  }
  return judgeFailure(context, spending, answer, judgement)
}

function judge(context: AccountsContext, { provider, tokens }: Spending, answer: ProviderAnswer): TokenJudgement {
  try {
    return judgeTokenAnswer(provider, answer, { now: context.clock.now(), currentAccessToken: tokens.accessToken })
  } catch {
    // A bug in reading must not cost the answer: its raw text is kept.
    return { kind: 'unreadable', code: 'not_readable' }
  }
}

/** False only when the answer says that it is for somebody else; an answer that says nothing is for whom we asked. */
function isSameAccount({ provider, account }: Spending, tokens: TokenSet): boolean {
  let identity: ReturnType<Provider['readIdentity']> = null
  try {
    identity = provider.readIdentity(tokens, null)
  } catch {
    return true
  }
  if (!identity || isUnnamed(account)) return true
  const isOtherOrganization =
    identity.organizationId !== '' &&
    account.organizationId !== '' &&
    identity.organizationId !== account.organizationId
  return identity.subject === account.subject && !isOtherOrganization
}

async function keep(
  context: AccountsContext,
  spending: Spending,
  answer: ProviderAnswer,
  granted: TokenSet,
): Promise<RefreshOutcome> {
  const { grant, attempt, account } = spending
  const receivedAt = context.clock.now()
  const generation = grant.generation + 1
  const facts = {
    accessTokenIssuedAt: receivedAt,
    accessTokenExpiresAt: granted.accessTokenExpiresAt,
    loginExpiresAt: granted.loginExpiresAt ?? grant.loginExpiresAt,
    scopes: granted.scopes ?? grant.scopes,
  }
  const scheduled = {
    custody: grant.custody,
    isPaused: account.pausedAt !== null,
    hasRefreshToken: true,
    refusedAt: null,
  }
  const next = {
    // RFC 6749 §6: an answer without a refresh token keeps the old one.
    ...sealTokens(context.vault, account.id, generation, {
      accessToken: granted.accessToken,
      refreshToken: granted.refreshToken ?? spending.tokens.refreshToken,
      idToken: granted.idToken ?? spending.tokens.idToken,
    }),
    ...facts,
    ...HEALTHY,
    lastProofAt: receivedAt,
    nextRefreshAt: nextRefreshAt({ ...scheduled, generation, ...facts }, context.random),
  }
  const details = { generation, expiresAt: facts.accessTokenExpiresAt, purpose: spending.purpose }
  const sealed = sealAnswer(context, spending, answer, receivedAt)
  const saved = await saveAnswer(context, { attempt, sealed, next, details, actor: spending.actor }, (what) =>
    announce(context, spending, what),
  )
  if (saved === 'not_saved') return waiting({ ...facts, nextRefreshAt: null }, 'retry_scheduled', 'not_saved')
  if (saved !== 'applied') return stillFresh(grant)
  const reason = { code: 'refreshed', params: {} } as const
  return { outcome: 'refreshed', accessTokenExpiresAt: facts.accessTokenExpiresAt, reason }
}

const HEALTHY = {
  refusedAt: null,
  refusalCode: null,
  uncertainAt: null,
  suspectAt: null,
  failures: 0,
  lastFailureAt: null,
  lastFailureCode: null,
  lastFailureDetail: null,
} satisfies GrantChanges

/** Only what is durable is told. */
function announce(context: AccountsContext, { account, grant, attempt }: Spending, saved: SavedAnswer): void {
  const fields = { account: account.id, attempt: attempt.id, generation: grant.generation + 1 }
  if (saved === 'applied') {
    notePace(context, grant.id)
    context.log.info('grant.refreshed', fields)
    context.events.publish({ type: 'grant.refreshed', accountId: account.id })
  } else {
    context.log.warn(saved === 'gone' ? 'grant.answer_without_account' : 'grant.answer_quarantined', fields)
    context.events.publish({ type: 'account.changed', accountId: account.id })
  }
}

async function judgeFailure(
  context: AccountsContext,
  spending: Spending,
  answer: ProviderAnswer,
  judgement: TokenJudgement,
): Promise<RefreshOutcome | 'newer'> {
  switch (judgement.kind) {
    case 'granted':
      return refuse(context, spending, answer, 'identity_changed', null)
    case 'refused':
      if (await isNewerThere(spending)) {
        const nothing = { changes: {}, quarantine: null, event: null }
        const end = { outcome: 'refused', code: judgement.code, httpStatus: answer.status } as const
        await recordEnd(context, spending.attempt, { ...end, endedAt: context.clock.now(), ...nothing })
        return 'newer'
      }
      return refuse(context, spending, answer, judgement.code, judgement.detail)
    case 'unreadable':
      return fail(context, spending, { kind: 'unknown', code: judgement.code }, answer)
    case 'misconfigured':
      return fail(context, spending, judgement, answer)
    case 'transient':
      return fail(context, spending, judgement, answer)
  }
}

/** A database that cannot be read names no newer grant. Whoever has stored one is safe all the same: see endAttempt. */
async function isNewerThere({ isNewer }: Spending): Promise<boolean> {
  try {
    return await isNewer()
  } catch (error) {
    if (error instanceof StoreError) return false
    throw error
  }
}

/** Only a person can mend it. The access token stays in use until it ends. */
async function refuse(
  context: AccountsContext,
  spending: Spending,
  answer: ProviderAnswer,
  code: string,
  detail: string | null,
): Promise<RefreshOutcome> {
  const now = context.clock.now()
  const { grant, actor, wasUncertain } = spending
  const changes = {
    refusedAt: now,
    refusalCode: code,
    uncertainAt: wasUncertain ? (grant.uncertainAt ?? now) : null,
    failures: grant.failures + 1,
    lastFailureAt: now,
    lastFailureCode: code,
    lastFailureDetail: detail,
    nextRefreshAt: null,
  }
  const isQuarantined = code === 'identity_changed'
  await recordEnd(context, spending.attempt, {
    outcome: isQuarantined ? 'quarantined' : 'refused',
    httpStatus: answer.status,
    code,
    endedAt: now,
    changes,
    quarantine: isQuarantined ? { ...sealAnswer(context, spending, answer, now), reason: code } : null,
    loginEnd: { how: wasUncertain ? 'lost' : 'refused', why: code },
    event: { kind: 'grant.refused', actor, details: { code, outcomeLost: wasUncertain } },
  })
  return refusedOutcome({ ...grant, ...changes })
}

/** Ends a refresh before anything is sent; it is tried again as after a failure. `detail` may be a path. */
export function leaveForLater(
  context: AccountsContext,
  spending: Spending,
  code: string,
  detail: string | null = null,
): Promise<RefreshOutcome> {
  return fail(context, spending, { kind: 'transient', code, detail }, null)
}

interface Failure {
  kind: RefreshFailure['kind']
  code: string
  detail?: string | null
  retryAfterMs?: number | null
}

async function fail(
  context: AccountsContext,
  spending: Spending,
  failure: Failure,
  answer: ProviderAnswer | null,
): Promise<RefreshOutcome> {
  const now = context.clock.now()
  const { grant, account, actor, wasUncertain } = spending
  const { kind, code, detail = null, retryAfterMs = null } = failure
  const failures = countFailures(grant, code)
  const isDoubtful = code === DOUBTFUL_CODE
  const isLocked = code === 'cli_lock_busy'
  const outcome = { kind, failures, wasRetryAfterUnknown: wasUncertain, retryAfterMs, isDoubtful, isLocked }
  const at = retryAt(outcome, now, context.random)
  const changes = {
    failures,
    lastFailureAt: now,
    lastFailureCode: code,
    lastFailureDetail: detail,
    uncertainAt: kind === 'unknown' || wasUncertain ? (grant.uncertainAt ?? now) : null,
    // The one retry after a lost answer belongs to the refresh that a person asked for, also of a paused account.
    nextRefreshAt: account.pausedAt !== null && (kind !== 'unknown' || wasUncertain) ? null : at,
  }
  const isOdd = answer !== null && answer.status >= 200 && answer.status < 300
  await recordEnd(context, spending.attempt, {
    outcome: kind === 'unknown' ? 'unknown' : kind === 'not_sent' ? 'not_sent' : 'transient',
    httpStatus: answer?.status ?? null,
    code,
    endedAt: now,
    changes,
    quarantine: isOdd ? { ...sealAnswer(context, spending, answer, now), reason: code } : null,
    event:
      grant.lastFailureCode === code
        ? null
        : { kind: 'grant.refresh_failed', actor, details: { code, kind, retryAt: changes.nextRefreshAt } },
  })
  const after = { ...grant, ...changes }
  if (kind === 'unknown') return waiting(after, 'outcome_unknown', 'unknown_outcome')
  if (kind === 'misconfigured') return waiting(after, 'retry_scheduled', kind, { failureCode: code, detail })
  return retryScheduled(after)
}

function sealAnswer(
  context: AccountsContext,
  { account, grant }: Spending,
  answer: ProviderAnswer,
  receivedAt: number,
): SealedAnswer {
  const answerSealed = context.vault.seal(answerPlace(account.id, grant.generation), answer.body)
  return { id: newId(context.random, 'ans'), answerSealed, receivedAt }
}
