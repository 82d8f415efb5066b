/**
 * Ends logins at their providers, for as long as it takes: every try is counted before it is made, a provider that cannot
 * do it now is asked again for seven days, and what became of it is kept to be read. The account may be long gone.
 */

import {
  claimRevocation,
  listDueRevocations,
  listRevocationFacts,
  type RevocationChanges,
  type RevocationRow,
  writeTry,
} from '../db/revocation-store.ts'
import { type BackoffShape, backoffMs } from '../lib/backoff.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { OAuthTransportError } from '../oauth/errors.ts'
import { judgeRevocationAnswer, type RevocationJudgement } from '../oauth/revocation-response.ts'
import { revocationRequest } from '../oauth/token-request.ts'
import { because } from '../oauth/transport.ts'
import { EnvelopeError } from '../vault/envelope.ts'
import type { SealedPlace } from '../vault/vault.ts'
import type { AccountsContext, Actor } from './context.ts'
import { namingStoreRefusals, type Persistence, persistently } from './store-refusals.ts'

/** A login that could not be ended for this long is left to the person. */
export const GIVE_UP_MS = 7 * DAY_MS
/** Longer than a try can take: whoever finds it unfinished after this takes it up. */
export const CLAIM_MS = MINUTE_MS
/** The login stays valid meanwhile, so the waits grow slowly and not far. */
const WAITS: BackoffShape = { firstMs: 30 * SECOND_MS, factor: 2, maxMs: HOUR_MS, jitter: 0.2 }
/** No wait is longer, not even one that a provider asks for. */
const LONGEST_WAIT_MS = DAY_MS + HOUR_MS
/** Tries of one round; the next round comes soon. */
const AT_ONCE = 20
/** Ended ones are told for this long. */
const TOLD_MS = 14 * DAY_MS
const RECORDING: Persistence = { tries: 4, waits: { firstMs: 250, factor: 2, maxMs: SECOND_MS, jitter: 0.2 } }

/** How far the end of a login at its provider has come. */
export interface Revocation {
  id: string
  provider: string
  providerName: string
  accountId: string
  /** How the person knew the account. */
  accountName: string
  /** `pending`: the provider has not confirmed it, so the login must be taken for valid there. */
  status: 'pending' | 'confirmed' | 'not_confirmed'
  /** Instants in epoch milliseconds. */
  requestedAt: number
  tries: number
  nextTryAt: number | null
  /** Until when it is tried; null when it has ended. */
  givesUpAt: number | null
  /** Of the last try that failed. */
  failureCode: string | null
  endedAt: number | null
}

/** Where the token of a revocation belongs. */
export function revocationPlace(id: string): SealedPlace {
  return { table: 'revocations', column: 'token_sealed', owner: id, generation: 0 }
}

/** Those under way and those that ended in the last two weeks, newest first. Errors: AccountError store_failed */
export function listRevocations(context: AccountsContext): Promise<Revocation[]> {
  return namingStoreRefusals(async () => {
    const rows = await listRevocationFacts(context.database, context.clock.now() - TOLD_MS)
    return rows.map(({ gaveUpAt, confirmedAt, actor: _, lastFailureCode, ...row }) => {
      const endedAt = confirmedAt ?? gaveUpAt
      return {
        ...row,
        providerName: context.providers.get(row.provider)?.name ?? row.provider,
        status: confirmedAt !== null ? 'confirmed' : gaveUpAt !== null ? 'not_confirmed' : 'pending',
        givesUpAt: endedAt === null ? row.requestedAt + GIVE_UP_MS : null,
        failureCode: lastFailureCode,
        endedAt,
      }
    })
  })
}

/** Tries what is due. Errors: StoreError; what was not recorded is tried again */
export async function retryRevocations(context: AccountsContext, signal?: AbortSignal): Promise<void> {
  const { database, clock } = context
  const now = clock.now()
  for (const row of await listDueRevocations(database, { now, latest: now + LONGEST_WAIT_MS, limit: AT_ONCE })) {
    if (signal?.aborted) return
    if (!(await claimRevocation(database, row, clock.now() + CLAIM_MS))) continue
    await tryRevocation(context, { ...row, tries: row.tries + 1 }, { actor: 'scheduler', signal })
  }
}

/** What one try came to. */
export interface TryOutcome {
  revocation: 'confirmed' | 'pending' | 'not_confirmed'
  code: string | null
}

/**
 * Asks the provider once, for a try that is counted already. A database that refuses to record the outcome leaves it
 * pending: the next try is told again by the provider how it stands.
 *
 * Errors: none expected
 * Source: RFC 7009 §2.1–2.2
 */
export async function tryRevocation(
  context: AccountsContext,
  row: RevocationRow,
  { actor, signal }: { actor: Actor; signal?: AbortSignal },
): Promise<TryOutcome> {
  const judgement = await ask(context, row, signal)
  const now = context.clock.now()
  const end = endOf(context, row, judgement, now)
  const fields = { account: row.accountId, revocation: row.id, tries: row.tries }
  context.log.info('revocation.tried', { ...fields, outcome: end.outcome.revocation, code: end.outcome.code })
  const details = { provider: row.provider, tries: row.tries, code: end.outcome.code }
  const event = end.kind === null ? null : { at: now, accountId: row.accountId, kind: end.kind, actor, details }
  await persistently(context, RECORDING, () => writeTry(context.database, row, end.changes, event)).catch(() =>
    context.log.error('revocation.not_recorded', fields),
  )
  context.events.publish({ type: 'revocation.changed', revocationId: row.id })
  return end.outcome
}

async function ask(context: AccountsContext, row: RevocationRow, signal?: AbortSignal): Promise<RevocationJudgement> {
  const provider = context.providers.get(row.provider)
  if (!provider || provider.revocationUrl === null) return { kind: 'refused', code: 'not_supported' }
  try {
    const token = context.vault.open(revocationPlace(row.id), row.tokenSealed)
    const hint = row.tokenHint === 'refresh_token' ? 'refresh_token' : 'access_token'
    const built = revocationRequest(provider, token, hint, { clientId: row.clientId })
    const request = because(built, { accountId: row.accountId })
    return judgeRevocationAnswer(await context.transport.send(signal ? { ...request, signal } : request))
  } catch (error) {
    if (error instanceof OAuthTransportError) return { kind: 'transient', code: error.code, retryAfterMs: null }
    // Another process may hold the newer key.
    if (error instanceof EnvelopeError) return { kind: 'transient', code: 'sealed_elsewhere', retryAfterMs: null }
    throw error
  }
}

interface TryEnd {
  outcome: TryOutcome
  changes: RevocationChanges
  /** Kind of the event in the history; null for one more failure like those before. */
  kind: string | null
}

function endOf(context: AccountsContext, row: RevocationRow, judgement: RevocationJudgement, now: number): TryEnd {
  const ended = { tokenSealed: '', nextTryAt: null }
  if (judgement.kind === 'confirmed') {
    const outcome = { revocation: 'confirmed', code: null } as const
    return { outcome, changes: { ...ended, confirmedAt: now, lastFailureCode: null }, kind: 'revocation.confirmed' }
  }
  const { code } = judgement
  const deadline = row.requestedAt + GIVE_UP_MS
  if (judgement.kind === 'refused' || now >= deadline) {
    const outcome = { revocation: 'not_confirmed', code } as const
    return { outcome, changes: { ...ended, gaveUpAt: now, lastFailureCode: code }, kind: 'revocation.given_up' }
  }
  const waitMs = Math.max(backoffMs(WAITS, row.tries, context.random), judgement.retryAfterMs ?? 0)
  return {
    outcome: { revocation: 'pending', code },
    // The last try is made when the time is over, not before.
    changes: { nextTryAt: Math.min(now + waitMs, deadline), lastFailureCode: code },
    kind: row.tries === 1 ? 'revocation.postponed' : null,
  }
}
