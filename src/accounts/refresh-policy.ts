/**
 * Says when a grant is next due for refresh. Pure: knows no database, no network and no clock but the times it is given.
 */

import { type BackoffShape, backoffMs } from '../lib/backoff.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import type { Random } from '../lib/random.ts'

/** An access token is replaced this long before it expires. */
export const REFRESH_MARGIN_MS = 5 * MINUTE_MS
/** …or, where the margin would eat more of its life than this leaves, at this share of its life. */
const REFRESH_LIFE_SHARE = 0.8
/** A token that was just refreshed is not refreshed again by any machine's wish before this, whatever its answer said. */
export const MIN_EXCHANGE_INTERVAL_MS = 5 * MINUTE_MS
/** A grant whose access token does not say when it ends. After the Codex CLI, which waits eight days. */
export const UNKNOWN_LIFE_MS = 8 * DAY_MS
/** Refreshes are brought forward by up to this, so that grants which were made together do not stay together. */
const LONGEST_JITTER_MS = 30 * SECOND_MS
const JITTER_LIFE_SHARE = 0.02

/** The three tries that follow a failure. */
const QUICK: BackoffShape = { firstMs: 5 * SECOND_MS, factor: 3, maxMs: 45 * SECOND_MS, jitter: 0.5 }
const QUICK_TRIES = 3
/** While a CLI holds its locks nothing is sent. If it is dead, that is found out within a minute and a half of its death. */
const LOCKED: BackoffShape = { firstMs: 5 * SECOND_MS, factor: 2, maxMs: 15 * SECOND_MS, jitter: 0.5 }
const LOCKED_TRIES = 6
/** After them: at most twelve requests an hour, also while none arrives. That a provider is back is seen by looking for it. */
const CALM: BackoffShape = { firstMs: 10 * MINUTE_MS, factor: 1, maxMs: 10 * MINUTE_MS, jitter: 0.25 }
/** After them, while every answer may mean that the login is over: rarer and rarer, four times a day in the end. */
const DOUBTFUL: BackoffShape = { firstMs: 10 * MINUTE_MS, factor: 2, maxMs: 6 * HOUR_MS, jitter: 0.25 }
/** The one retry after a lost answer: short, because servers with a grace period grant it only for seconds. */
const UNKNOWN_RETRY_MIN_MS = SECOND_MS
const UNKNOWN_RETRY_MAX_MS = 3 * SECOND_MS

/** What decides about the schedule of a grant. Instants in epoch milliseconds. */
export interface RefreshFacts {
  custody: string
  isPaused: boolean
  hasRefreshToken: boolean
  refusedAt: number | null
  generation: number
  accessTokenIssuedAt: number
  accessTokenExpiresAt: number | null
}

/**
 * The instant from which an access token counts as due, without jitter.
 *
 * Shape:  `expiresAt` null = not known
 * Units:  epoch milliseconds in and out
 * Errors: none; total
 */
export function dueAt({ issuedAt, expiresAt }: { issuedAt: number; expiresAt: number | null }): number {
  if (expiresAt === null) return issuedAt + UNKNOWN_LIFE_MS
  const life = Math.max(0, expiresAt - issuedAt)
  return Math.max(expiresAt - REFRESH_MARGIN_MS, Math.min(expiresAt, issuedAt + life * REFRESH_LIFE_SHARE))
}

/**
 * When the scheduler refreshes a grant that has not failed; null when it never does, because somebody else does, nobody
 * can, or only a person may.
 *
 * Units:  epoch milliseconds in and out
 * Errors: none; total
 */
export function nextRefreshAt(facts: RefreshFacts, random: Random): number | null {
  if (!isScheduled(facts)) return null
  const { accessTokenIssuedAt: issuedAt, accessTokenExpiresAt: expiresAt } = facts
  const due = dueAt({ issuedAt, expiresAt })
  const life = expiresAt === null ? UNKNOWN_LIFE_MS : Math.max(0, expiresAt - issuedAt)
  const jittered = due - random.fraction() * Math.min(LONGEST_JITTER_MS, life * JITTER_LIFE_SHARE)
  // A generation above 1 came of a refresh: an answer with an expiry of a second must not bring the next one at once.
  const earliest = facts.generation > 1 ? issuedAt + MIN_EXCHANGE_INTERVAL_MS : 0
  return Math.round(Math.max(jittered, earliest))
}

/** How a refresh failed, for its schedule. */
export interface RefreshFailure {
  /** not_sent: it is certain that the provider saw nothing. unknown: it may have spent the token. */
  kind: 'not_sent' | 'transient' | 'misconfigured' | 'unknown'
  /** Consecutive failures including this one, from 1. */
  failures: number
  /** True when the refresh that failed was itself the retry after an unknown outcome. */
  wasRetryAfterUnknown: boolean
  /** The wait that the server asked for; milliseconds. */
  retryAfterMs: number | null
  /** The answer is what a provider also says of a login that is over, without saying that it is. */
  isDoubtful: boolean
  /** A CLI held its locks, so that nothing was sent. */
  isLocked: boolean
}

/** The codes of a request that certainly did not reach the provider, which can change by itself at any moment. */
export const UNREACHED_CODES: readonly string[] = ['unreachable', 'tls_failed']

/** The code of the answer that a spent token and a wrong address have in common: 404. */
export const DOUBTFUL_CODE = 'not_found'

/**
 * Consecutive failures including the one that just happened. A row of doubtful answers is counted by itself, because a
 * number of them means something; the tries after other failures are not repeated for it.
 *
 * Errors: none; total
 */
export function countFailures(before: { failures: number; lastFailureCode: string | null }, code: string): number {
  const isRowBegun = code === DOUBTFUL_CODE && before.lastFailureCode !== DOUBTFUL_CODE
  return isRowBegun ? Math.min(before.failures, QUICK_TRIES) + 1 : before.failures + 1
}

/**
 * When a refresh that failed is tried again.
 *
 * Shape:  `now` epoch milliseconds → epoch milliseconds
 * Errors: none; total
 */
export function retryAt(failure: RefreshFailure, now: number, random: Random): number {
  return now + Math.max(retryDelayMs(failure, random), failure.retryAfterMs ?? 0)
}

/** How long a provider is left after `failures` requests in a row that did not reach it. Milliseconds. */
export function unreachedRetryMs(failures: number, random: Random): number {
  const request = { wasRetryAfterUnknown: false, retryAfterMs: null, isDoubtful: false, isLocked: false }
  return retryDelayMs({ kind: 'not_sent', failures, ...request }, random)
}

/** When the one retry after an unknown outcome is due. Epoch milliseconds. */
export function unknownRetryAt(now: number, random: Random): number {
  return now + Math.round(UNKNOWN_RETRY_MIN_MS + random.fraction() * (UNKNOWN_RETRY_MAX_MS - UNKNOWN_RETRY_MIN_MS))
}

/** True while an exchange lies so little back that no machine may ask for another. Instants in epoch milliseconds. */
export function isJustRefreshed(facts: Pick<RefreshFacts, 'generation' | 'accessTokenIssuedAt'>, now: number): boolean {
  const age = now - facts.accessTokenIssuedAt
  return facts.generation > 1 && age >= 0 && age < MIN_EXCHANGE_INTERVAL_MS
}

function isScheduled(facts: RefreshFacts): boolean {
  return facts.custody === 'dashboard' && facts.hasRefreshToken && !facts.isPaused && facts.refusedAt === null
}

function retryDelayMs(failure: RefreshFailure, random: Random): number {
  const { kind, failures, wasRetryAfterUnknown } = failure
  if (kind === 'unknown' && !wasRetryAfterUnknown) return unknownRetryAt(0, random)
  if (kind === 'unknown' || kind === 'misconfigured') return backoffMs(CALM, failures, random)
  if (failure.isLocked && failures <= LOCKED_TRIES) return backoffMs(LOCKED, failures, random)
  if (failures <= QUICK_TRIES) return backoffMs(QUICK, failures, random)
  if (failure.isDoubtful) return backoffMs(DOUBTFUL, failures - QUICK_TRIES, random)
  return backoffMs(CALM, failures, random)
}
