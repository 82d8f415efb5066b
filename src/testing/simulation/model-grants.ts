/** The grants of the model: reads, leases, changes and the schedule, as db/grant-store.ts has them. */

import type * as grantStore from '../../db/grant-store.ts'
import type { GrantChanges, GrantRow, ScheduledGrant } from '../../db/grant-store.ts'
import type * as leaseStore from '../../db/lease-store.ts'
import type { LeaseRequest } from '../../db/lease-store.ts'
import type { ModelTables, Queries } from './model-tables.ts'

const STEAL_DELAY_MS = 600_000
const STEAL_RESERVE_MS = 60_000
const AHEAD_MS = 60_000

type Names =
  | 'findCurrentGrant'
  | 'findGrant'
  | 'findAccountAndGrant'
  | 'listScheduledGrants'
  | 'countDueGrants'
  | 'spreadDueGrants'
  | 'hastenGrants'
  | 'rescheduleGrantsFromTheFuture'
  | 'takeLease'
  | 'changeGrant'

export function grantQueries(tables: ModelTables): Queries<typeof grantStore & typeof leaseStore, Names> {
  const scheduled = () =>
    [...tables.grants.values()].filter((grant) => grant.retiredAt === null && grant.nextRefreshAt !== null)
  return {
    findCurrentGrant: (accountId) => copy(tables.current(accountId)),
    findGrant: (id) => copy(tables.grants.get(id) ?? null),
    findAccountAndGrant(accountId) {
      const account = tables.accounts.get(accountId)
      const grant = tables.current(accountId)
      const hasCopies = [...tables.copies.values()].some((copy) => copy.accountId === accountId && copy.goneAt === null)
      return account && grant ? { account: { ...account }, grant: { ...grant }, hasCopies } : null
    },
    listScheduledGrants({ providers, uncertainOf, limit }) {
      const rows: ScheduledGrant[] = []
      for (const grant of scheduled().toSorted((a, b) => a.nextRefreshAt! - b.nextRefreshAt!)) {
        const { provider } = tables.accounts.get(grant.accountId)!
        const isListed = providers.includes(provider) || (grant.uncertainAt !== null && uncertainOf.includes(provider))
        if (!isListed) continue
        rows.push({
          accountId: grant.accountId,
          provider,
          nextRefreshAt: grant.nextRefreshAt!,
          isUncertain: grant.uncertainAt !== null,
          failures: grant.failures,
          lastFailureAt: grant.lastFailureAt,
          lastFailureCode: grant.lastFailureCode,
        })
      }
      return rows.slice(0, limit)
    },
    countDueGrants: (now) => scheduled().filter((grant) => grant.nextRefreshAt! <= now).length,
    spreadDueGrants({ now, windowMs, seed }) {
      for (const grant of scheduled()) {
        if (grant.nextRefreshAt! > now || grant.uncertainAt !== null) continue
        tables.writeGrant(grant, { nextRefreshAt: now + ((tables.rowid(grant.id) * 7919 + seed) % windowMs) })
      }
      return undefined
    },
    hastenGrants({ provider, codes, now }) {
      for (const grant of scheduled()) {
        const isOfProvider = tables.accounts.get(grant.accountId)!.provider === provider
        if (!isOfProvider || grant.nextRefreshAt! <= now || !codes.includes(grant.lastFailureCode ?? '')) continue
        tables.writeGrant(grant, { nextRefreshAt: now })
      }
      return undefined
    },
    rescheduleGrantsFromTheFuture({ now, fromMs, windowMs, seed }) {
      for (const grant of scheduled()) {
        const { accessTokenIssuedAt, lastFailureAt } = grant
        const isAhead = Math.max(accessTokenIssuedAt, lastFailureAt ?? 0) > now + AHEAD_MS
        if (grant.nextRefreshAt! <= now || !isAhead) continue
        tables.writeGrant(grant, {
          nextRefreshAt: now + fromMs + ((tables.rowid(grant.id) * 7919 + seed) % windowMs),
          accessTokenIssuedAt: Math.min(accessTokenIssuedAt, now),
          lastFailureAt: lastFailureAt === null ? null : Math.min(lastFailureAt, now),
        })
      }
      return undefined
    },
    takeLease: (request) => takeLease(tables, request),
    changeGrant({ id, generation }, changes) {
      const grant = tables.grants.get(id)
      if (!grant || grant.generation !== generation || grant.retiredAt !== null) return false
      tables.writeGrant(grant, changes as GrantChanges & Partial<GrantRow>)
      return true
    },
  }
}

function takeLease(tables: ModelTables, request: LeaseRequest): boolean {
  const { owner, attemptId, purpose, leaseMs, now } = request
  const grant = tables.grants.get(request.grant.id)
  const epoch = request.grant.leaseEpoch + 1
  if (!grant || !isAsExpected(grant, request.grant) || !isFree(grant, owner, tables.now())) return false
  const isForeign = grant.leaseOwner !== null && grant.leaseOwner !== owner
  tables.writeGrant(grant, {
    uncertainAt: isForeign ? (grant.uncertainAt ?? now) : grant.uncertainAt,
    leaseOwner: owner,
    leaseEpoch: epoch,
    leaseUntil: tables.now() + leaseMs,
  })
  tables.attempts.push({
    id: attemptId,
    grantId: grant.id,
    generation: grant.generation,
    parentFingerprint: grant.refreshTokenFingerprint!,
    owner,
    leaseEpoch: epoch,
    purpose,
    outcome: 'intent',
    startedAt: now,
    endedAt: null,
    httpStatus: null,
    code: null,
  })
  if (request.grant.leaseOwner === null) return true
  for (const attempt of tables.attempts) {
    if (attempt.grantId !== grant.id || attempt.outcome !== 'intent' || attempt.leaseEpoch >= epoch) continue
    tables.endAttempt(attempt, { outcome: 'unknown', code: 'interrupted', endedAt: now })
  }
  return true
}

function isAsExpected(grant: GrantRow, expected: LeaseRequest['grant']): boolean {
  return (
    grant.retiredAt === null &&
    grant.refusedAt === null &&
    grant.custody === 'dashboard' &&
    grant.leaseEpoch === expected.leaseEpoch &&
    grant.generation === expected.generation &&
    grant.refreshTokenFingerprint !== null &&
    grant.refreshTokenFingerprint === (expected.refreshTokenFingerprint ?? '')
  )
}

function isFree(grant: GrantRow, owner: string, now: number): boolean {
  const { leaseOwner, leaseUntil } = grant
  return leaseOwner === null || leaseUntil === null || leaseOwner === owner || isStealable(grant, now)
}

/** A lease that ended so long ago that its holder counts as dead. */
export function isStealable({ leaseUntil, accessTokenExpiresAt }: GrantRow, now: number): boolean {
  if (leaseUntil === null) return false
  const delay = Math.min(STEAL_DELAY_MS, (accessTokenExpiresAt ?? 0) - now - STEAL_RESERVE_MS)
  return leaseUntil <= now && now - leaseUntil >= delay
}

function copy(grant: GrantRow | null): GrantRow | null {
  return grant && { ...grant }
}
