/**
 * Decides from what is stored whether a refresh token may be spent now, and says why not. Pure: sends and writes nothing.
 */

import type { GrantRow } from '../db/grant-store.ts'
import { SECOND_MS } from '../lib/clock.ts'
import type { RefreshOutcome, RefreshReason } from './refresh-outcome.ts'
import { isJustRefreshed, UNREACHED_CODES } from './refresh-policy.ts'

export type RefreshPurpose = 'scheduled' | 'requested' | 'token_needed' | 'rejected_token' | 'retry_after_unknown'

/** Somebody who presses twice, or two programs at once, mean one refresh. */
const SAME_WISH_MS = 2 * SECOND_MS
/** So long after a request that did not reach the provider, a program that needs a token may have it looked for. */
const LOOK_AFTER_MS = 45 * SECOND_MS

/** What is known when the decision is made. */
export interface DecisionFacts {
  grant: GrantRow
  purpose: RefreshPurpose
  /** Epoch milliseconds. */
  now: number
  /** The generation that stood when this refresh was asked for. */
  generationAtStart: number
  /** A good answer for this account waits in memory to be written. */
  isUnsaved: boolean
  /** How long this process must still leave the grant alone; milliseconds. */
  paceLeftMs: number
}

/**
 * The outcome of a refresh that must not be sent, or null when it should be.
 *
 * Errors: none; total
 */
export function decideRefresh(facts: DecisionFacts): RefreshOutcome | null {
  const { grant, purpose, now } = facts
  if (grant.custody === 'cli') return notCustodian(grant, 'cli_refreshes', { path: grant.credentialPath })
  if (grant.custody !== 'dashboard') return notCustodian(grant, 'nobody_refreshes')
  if (grant.refreshTokenSealed === null) return notCustodian(grant, 'no_refresh_token')
  if (grant.refusedAt !== null) return refusedOutcome(grant)
  if (facts.isUnsaved) return waiting(grant, 'retry_scheduled', 'not_saved')
  if (grant.generation !== facts.generationAtStart) return stillFresh(grant)
  switch (purpose) {
    case 'requested':
      return decideForPerson(grant, now)
    case 'scheduled':
    case 'retry_after_unknown': {
      const isDue = grant.nextRefreshAt !== null && grant.nextRefreshAt <= now
      // The one retry after a lost answer comes within seconds: a server's patience with a spent token is no longer.
      const isRetry = purpose === 'retry_after_unknown' && grant.uncertainAt !== null
      return isDue && (isRetry || facts.paceLeftMs === 0) ? null : stillFresh(grant)
    }
    case 'token_needed':
    case 'rejected_token':
      if (isJustRefreshed(grant, now) || facts.paceLeftMs > 0) return stillFresh(grant)
      return isWaiting(grant, now) ? waitingOutcome(grant) : null
  }
}

/** A person may ask at any time, but a server that asked for patience is not pressed, nor a lost answer's one retry doubled. */
function decideForPerson(grant: GrantRow, now: number): RefreshOutcome | null {
  if (grant.generation > 1 && Math.abs(now - grant.accessTokenIssuedAt) < SAME_WISH_MS) return stillFresh(grant)
  const isRetryNear = grant.uncertainAt !== null && (grant.nextRefreshAt ?? 0) - now <= 3 * SECOND_MS
  const isAskedToWait = grant.lastFailureCode === 'rate_limited'
  return isWaiting(grant, now) && (isRetryNear || isAskedToWait) ? waitingOutcome(grant) : null
}

/**
 * True for a decision to wait that was made only because the provider could not be reached a while ago: worth a look
 * whether it can be now. Whoever only keeps to the schedule comes back by itself.
 */
export function isWorthALook({ reason }: RefreshOutcome, grant: GrantRow, now: number): boolean {
  const isUnreached = reason.code === 'transient' && UNREACHED_CODES.includes(String(reason.params.failureCode))
  return isUnreached && Math.abs(now - (grant.lastFailureAt ?? 0)) >= LOOK_AFTER_MS
}

function isWaiting(grant: GrantRow, now: number): boolean {
  return (grant.failures > 0 || grant.uncertainAt !== null) && grant.nextRefreshAt !== null && grant.nextRefreshAt > now
}

function waitingOutcome(grant: GrantRow): RefreshOutcome {
  if (grant.uncertainAt !== null) return waiting(grant, 'outcome_unknown', 'unknown_outcome')
  return retryScheduled(grant)
}

/** It failed, and is tried again by itself. */
export function retryScheduled(
  grant: Pick<
    GrantRow,
    'accessTokenExpiresAt' | 'nextRefreshAt' | 'lastFailureCode' | 'lastFailureDetail' | 'credentialPath'
  >,
): RefreshOutcome {
  const { lastFailureCode: failureCode, lastFailureDetail: detail, credentialPath: path } = grant
  if (failureCode === 'file_newer') return waiting(grant, 'retry_scheduled', failureCode, { path })
  if (failureCode === 'cli_lock_busy' || failureCode === 'cli_lock_refused') {
    return waiting(grant, 'retry_scheduled', failureCode, { path: detail })
  }
  return waiting(grant, 'retry_scheduled', 'transient', { failureCode, detail })
}

/** Nothing was sent because somebody had just refreshed it. */
export function stillFresh(grant: GrantRow): RefreshOutcome {
  const reason = { code: 'still_fresh', params: {} } as const
  return { outcome: 'unchanged', accessTokenExpiresAt: grant.accessTokenExpiresAt, reason }
}

/** A grant that only a person can mend; `outcome_lost` when an answer had been lost before. */
export function refusedOutcome(
  grant: Pick<GrantRow, 'accessTokenExpiresAt' | 'uncertainAt' | 'refusalCode' | 'suspectAt'>,
): RefreshOutcome {
  const reason = refusalReason(grant)
  return { outcome: 'reauthorization_required', accessTokenExpiresAt: grant.accessTokenExpiresAt, reason }
}

function refusalReason({
  refusalCode,
  uncertainAt,
  suspectAt,
}: Pick<GrantRow, 'uncertainAt' | 'refusalCode' | 'suspectAt'>): RefreshReason {
  switch (refusalCode) {
    case 'identity_changed':
    case 'key_reset':
    case 'moved_away':
    case 'not_restored':
      return { code: refusalCode, params: {} }
  }
  if (suspectAt !== null) return { code: 'restored', params: {} }
  if (uncertainAt !== null) return { code: 'outcome_lost', params: {} }
  return { code: 'refused', params: { refusalCode } }
}

/** Not now, but at `nextRefreshAt`. */
export function waiting(
  grant: Pick<GrantRow, 'accessTokenExpiresAt' | 'nextRefreshAt'>,
  outcome: 'retry_scheduled' | 'outcome_unknown',
  code: RefreshReason['code'],
  params: RefreshReason['params'] = {},
): RefreshOutcome {
  const { accessTokenExpiresAt, nextRefreshAt: retryAt } = grant
  return { outcome, accessTokenExpiresAt, retryAt, reason: { code, params } }
}

/** Its logins were moved to another machine, which refreshes them now. */
export function machineRetired(grant: GrantRow): RefreshOutcome {
  return notCustodian(grant, 'machine_retired')
}

function notCustodian(
  grant: GrantRow,
  code: RefreshReason['code'],
  params: RefreshReason['params'] = {},
): RefreshOutcome {
  return { outcome: 'not_custodian', accessTokenExpiresAt: grant.accessTokenExpiresAt, reason: { code, params } }
}
