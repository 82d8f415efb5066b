/** The attempts and kept answers of the model, as db/attempt-store.ts and db/inbox-store.ts have them. */

import type * as attemptStore from '../../db/attempt-store.ts'
import type { AttemptRow, FailedAttempt, RunningAttempt } from '../../db/attempt-store.ts'
import type { GrantRow } from '../../db/grant-store.ts'
import type * as inboxStore from '../../db/inbox-store.ts'
import { StoreError } from '../../db/query.ts'
import type * as refreshCommitStore from '../../db/refresh-commit-store.ts'
import { isStealable } from './model-grants.ts'
import type { ModelTables, Queries } from './model-tables.ts'

type AttemptNames = 'commitRefresh' | 'endAttempt' | 'listOpenAttempts' | 'markInterrupted' | 'listAttempts'
type InboxNames = 'listOpenAnswers' | 'listAnswers' | 'applyKeptAnswer' | 'quarantineAnswer'

export function attemptQueries(
  tables: ModelTables,
): Queries<typeof attemptStore & typeof refreshCommitStore, AttemptNames> {
  return {
    commitRefresh(attempt, answer, next, details, actor) {
      // The answer names an account: the database refuses it where there is none.
      if (!tables.accounts.has(attempt.accountId)) throw new StoreError('constraint')
      const grant = tables.grants.get(attempt.grantId)
      const generation = attempt.generation + 1
      const isParent =
        grant?.generation === attempt.generation &&
        grant.refreshTokenFingerprint === attempt.parentFingerprint &&
        grant.retiredAt === null
      if (grant && isParent) {
        tables.writeGrant(grant, { ...(next as Partial<GrantRow>), generation, leaseOwner: null, leaseUntil: null })
      }
      const isApplied = grant?.generation === generation && grant.accessTokenFingerprint === next.accessTokenFingerprint
      const at = answer.receivedAt
      if (!tables.inbox.has(answer.id)) {
        tables.inbox.set(answer.id, {
          ...answerOf(attempt, answer),
          appliedAt: isApplied ? at : null,
          quarantinedAt: isApplied ? null : at,
          quarantineReason: isApplied ? null : 'superseded',
        })
      }
      const row = tables.attempts.find(({ id }) => id === attempt.id)
      const isNews = row?.outcome !== 'done'
      if (row && isNews) {
        tables.endAttempt(row, { outcome: isApplied ? 'done' : 'quarantined', httpStatus: 200, endedAt: at })
      }
      if (isApplied && isNews)
        tables.event({ at, accountId: attempt.accountId, kind: 'grant.refreshed', actor, details })
      if (!isParent && grant) releaseLease(tables, grant, attempt)
      return isApplied ? 'applied' : 'superseded'
    },
    endAttempt: (attempt, ended) => endAttempt(tables, attempt, ended),
    listOpenAttempts: (owner) => {
      const now = tables.now()
      return tables.attempts
        .filter((attempt) => attempt.outcome === 'intent' && attempt.owner !== owner)
        .map((attempt) => {
          const grant = tables.grants.get(attempt.grantId)!
          const { accountId, generation, refreshTokenFingerprint, leaseUntil, leaseEpoch } = grant
          const isLeaseOver = leaseUntil === null || leaseUntil <= now || leaseEpoch !== attempt.leaseEpoch
          return {
            attempt: { ...attempt },
            grant: { accountId, generation, refreshTokenFingerprint },
            isLeaseOver,
            isLeaseStealable: leaseUntil === null || leaseEpoch !== attempt.leaseEpoch || isStealable(grant, now),
          }
        })
    },
    markInterrupted(interrupted, { now, retryAt }) {
      const attempt = tables.attempts.find(({ id, outcome }) => id === interrupted.id && outcome === 'intent')
      if (attempt) tables.endAttempt(attempt, { outcome: 'unknown', code: 'interrupted', endedAt: now })
      const grant = tables.grants.get(interrupted.grantId)
      const isConcerned =
        grant &&
        grant.generation === interrupted.generation &&
        grant.refreshTokenFingerprint === interrupted.parentFingerprint &&
        grant.leaseEpoch === interrupted.leaseEpoch &&
        grant.retiredAt === null &&
        grant.refusedAt === null
      if (isConcerned)
        tables.writeGrant(grant, {
          uncertainAt: grant.uncertainAt ?? now,
          nextRefreshAt: retryAt,
          lastFailureAt: now,
          lastFailureCode: 'interrupted',
          lastFailureDetail: null,
          leaseOwner: null,
          leaseUntil: null,
        })
      if (grant) releaseLease(tables, grant, interrupted)
    },
    listAttempts: (grantId) => tables.attempts.filter((attempt) => attempt.grantId === grantId),
  }
}

function endAttempt(tables: ModelTables, attempt: RunningAttempt, ended: FailedAttempt): void {
  const grant = tables.grants.get(attempt.grantId)
  if (grant && holdsLease(grant, attempt)) {
    const changes = grant.generation === attempt.generation ? (ended.changes as Partial<GrantRow>) : {}
    tables.writeGrant(grant, { ...changes, leaseOwner: null, leaseUntil: null })
  }
  const { outcome, httpStatus, code, endedAt, quarantine, event } = ended
  end(tables, attempt, { outcome, httpStatus, code, endedAt })
  if (quarantine && !tables.inbox.has(quarantine.id)) {
    const quarantined = { quarantinedAt: quarantine.receivedAt, quarantineReason: quarantine.reason }
    tables.inbox.set(quarantine.id, { ...answerOf(attempt, quarantine), appliedAt: null, ...quarantined })
  }
  if (event) tables.event({ at: endedAt, accountId: attempt.accountId, ...event })
}

export function inboxQueries(tables: ModelTables): Queries<typeof inboxStore, InboxNames> {
  return {
    listOpenAnswers: () =>
      [...tables.inbox.values()].filter((answer) => answer.appliedAt === null && answer.quarantinedAt === null),
    listAnswers: (accountId) => [...tables.inbox.values()].filter((answer) => answer.accountId === accountId),
    applyKeptAnswer({ id, parentFingerprint }, { id: grantId, accountId, generation: parent }, next, now) {
      const answer = tables.inbox.get(id)
      const grant = tables.grants.get(grantId)
      const isParent =
        grant?.generation === parent && grant.refreshTokenFingerprint === parentFingerprint && grant.retiredAt === null
      if (!grant || !isParent) return false
      const generation = parent + 1
      tables.writeGrant(grant, { ...(next as Partial<GrantRow>), generation })
      if (answer) answer.appliedAt = now
      const details = { generation, expiresAt: next.accessTokenExpiresAt ?? null }
      tables.event({ at: now, accountId, kind: 'grant.answer_saved_late', actor: 'startup', details })
      return true
    },
    quarantineAnswer(id, reason, now) {
      const answer = tables.inbox.get(id)
      if (answer) Object.assign(answer, { quarantinedAt: now, quarantineReason: reason })
      return undefined
    },
  }
}

type LeaseHolder = Pick<RunningAttempt, 'leaseEpoch' | 'owner'>

function holdsLease(grant: GrantRow, attempt: LeaseHolder): boolean {
  return grant.leaseEpoch === attempt.leaseEpoch && grant.leaseOwner === attempt.owner
}

function releaseLease(tables: ModelTables, grant: GrantRow, attempt: LeaseHolder): void {
  if (holdsLease(grant, attempt)) tables.writeGrant(grant, { leaseOwner: null, leaseUntil: null })
}

function end(tables: ModelTables, { id }: RunningAttempt, ended: Partial<AttemptRow>): void {
  const attempt = tables.attempts.find((each) => each.id === id)
  if (attempt) tables.endAttempt(attempt, ended)
}

function answerOf(attempt: RunningAttempt, answer: { id: string; answerSealed: string; receivedAt: number }) {
  const { accountId, grantId, generation, parentFingerprint } = attempt
  const { id, answerSealed, receivedAt } = answer
  return { id, accountId, grantId, generation, parentFingerprint, answerSealed, receivedAt }
}
