/**
 * Reads and writes refresh attempts, and ends one that brought nothing: the grant and its attempt change in one commit.
 */

import { and, eq, inArray, lte, or, sql } from 'drizzle-orm'
import type { Database } from './client.ts'
import { endGeneration, type GenerationEnd } from './generation-store.ts'
import { DATABASE_NOW, type GrantChanges, type GrantRow } from './grant-store.ts'
import { LEASE_IS_STEALABLE } from './lease-store.ts'
import { query } from './query.ts'
import { attempts, grants, inbox } from './schema.ts'
import { auditEvents } from './schema-trails.ts'

export type AttemptRow = typeof attempts.$inferSelect
export type AttemptOutcome = 'done' | 'not_sent' | 'refused' | 'transient' | 'unknown' | 'quarantined'

/** A refresh that holds the lease. */
export interface RunningAttempt {
  id: string
  grantId: string
  accountId: string
  owner: string
  leaseEpoch: number
  /** Of the grant whose refresh token is spent. */
  generation: number
  parentFingerprint: string
}

/** A 2xx answer, sealed whole. */
export interface SealedAnswer {
  id: string
  answerSealed: string
  /** Epoch milliseconds. */
  receivedAt: number
}

/** The columns of the next generation. */
export type NextGeneration = GrantChanges & { accessTokenFingerprint: string }

/** How a refresh ended that brought no usable answer. */
export interface FailedAttempt {
  outcome: Exclude<AttemptOutcome, 'done'>
  httpStatus: number | null
  code: string
  /** Epoch milliseconds. */
  endedAt: number
  /** Applied only while this attempt still holds the lease and the grant has not moved on. */
  changes: GrantChanges
  /** A 2xx answer that could not be used: kept under seal, with the reason. */
  quarantine: (SealedAnswer & { reason: string }) | null
  /** The login has ended with it: how and why, for the lineage. */
  loginEnd?: Omit<GenerationEnd, 'at'>
  /** Recorded in the history when present. */
  event: { kind: string; actor: string; details: Record<string, string | number | boolean | null> } | null
}

/** Ends a refresh without a new generation: the failure, the attempt and the release of the lease in one commit. */
export async function endAttempt(database: Database, attempt: RunningAttempt, end: FailedAttempt): Promise<void> {
  await query(() =>
    database.batch([
      database
        .update(grants)
        .set({ ...end.changes, leaseOwner: null, leaseUntil: null })
        .where(
          and(
            eq(grants.id, attempt.grantId),
            eq(grants.leaseEpoch, attempt.leaseEpoch),
            eq(grants.leaseOwner, attempt.owner),
            eq(grants.generation, attempt.generation),
          ),
        ),
      releaseLease(database, attempt),
      database
        .update(attempts)
        .set({ outcome: end.outcome, httpStatus: end.httpStatus, code: end.code, endedAt: end.endedAt })
        .where(eq(attempts.id, attempt.id)),
      ...(end.loginEnd
        ? [
            endGeneration(
              database,
              attempt,
              { ...end.loginEnd, at: end.endedAt },
              sql`exists (select 1 from ${grants} where id = ${attempt.grantId} and generation = ${attempt.generation}
                and refused_at = ${end.endedAt})`,
            ),
          ]
        : []),
      ...(end.quarantine
        ? [
            database
              .insert(inbox)
              .values({
                id: end.quarantine.id,
                accountId: attempt.accountId,
                grantId: attempt.grantId,
                generation: attempt.generation,
                parentFingerprint: attempt.parentFingerprint,
                answerSealed: end.quarantine.answerSealed,
                receivedAt: end.quarantine.receivedAt,
                quarantinedAt: end.quarantine.receivedAt,
                quarantineReason: end.quarantine.reason,
              })
              .onConflictDoNothing(),
          ]
        : []),
      ...(end.event
        ? [
            database.insert(auditEvents).values({
              at: end.endedAt,
              accountId: attempt.accountId,
              kind: end.event.kind,
              actor: end.event.actor,
              details: end.event.details,
            }),
          ]
        : []),
    ]),
  )
}

/** Part of a batch: gives the lease back, also of a grant that was changed under it: a newer one may have been adopted. */
export function releaseLease(database: Database, attempt: Pick<RunningAttempt, 'grantId' | 'leaseEpoch' | 'owner'>) {
  return database
    .update(grants)
    .set({ leaseOwner: null, leaseUntil: null })
    .where(
      and(
        eq(grants.id, attempt.grantId),
        eq(grants.leaseEpoch, attempt.leaseEpoch),
        eq(grants.leaseOwner, attempt.owner),
      ),
    )
}

/** An attempt that somebody else left open, and the grant as it stands now. */
export interface OpenAttempt {
  attempt: AttemptRow
  grant: Pick<GrantRow, 'accountId' | 'generation' | 'refreshTokenFingerprint'>
  /** True when its lease has ended by the database's clock, or is no longer its own. */
  isLeaseOver: boolean
  /** True when it ended so long ago that another process may take it. */
  isLeaseStealable: boolean
}

/** Attempts at `intent` of other owners. Walks the index `attempts_open`. */
export function listOpenAttempts(database: Database, owner: string): Promise<OpenAttempt[]> {
  return query(async () => {
    const rows = await database
      .select({
        attempt: attempts,
        grant: {
          accountId: grants.accountId,
          generation: grants.generation,
          refreshTokenFingerprint: grants.refreshTokenFingerprint,
        },
        isLeaseOver: sql<number>`(${grants.leaseUntil} is null or ${grants.leaseUntil} <= ${DATABASE_NOW}
          or ${grants.leaseEpoch} <> ${attempts.leaseEpoch})`,
        isLeaseStealable: sql<number>`(${grants.leaseUntil} is null or ${grants.leaseEpoch} <> ${attempts.leaseEpoch}
          or ${LEASE_IS_STEALABLE})`,
      })
      .from(attempts)
      .innerJoin(grants, eq(grants.id, attempts.grantId))
      .where(and(sql`${attempts.outcome} = 'intent'`, sql`${attempts.owner} <> ${owner}`))
    return rows.map((row) => ({
      ...row,
      isLeaseOver: row.isLeaseOver === 1,
      isLeaseStealable: row.isLeaseStealable === 1,
    }))
  })
}

/** Declares an open attempt to be of unknown outcome and lets its grant be tried once more at `retryAt`. */
export async function markInterrupted(
  database: Database,
  attempt: AttemptRow,
  { now, retryAt }: { now: number; retryAt: number },
): Promise<void> {
  await query(() =>
    database.batch([
      database
        .update(attempts)
        .set({ outcome: 'unknown', code: 'interrupted', endedAt: now })
        .where(and(eq(attempts.id, attempt.id), eq(attempts.outcome, 'intent'))),
      database
        .update(grants)
        .set({
          uncertainAt: sql`coalesce(${grants.uncertainAt}, ${now})`,
          // One that came back with an older copy keeps its place: nothing in the copy is tried in haste.
          nextRefreshAt: sql`case when ${grants.suspectAt} is null then ${retryAt} else ${grants.nextRefreshAt} end`,
          lastFailureAt: now,
          lastFailureCode: 'interrupted',
          lastFailureDetail: null,
          leaseOwner: null,
          leaseUntil: null,
        })
        .where(
          and(
            eq(grants.id, attempt.grantId),
            eq(grants.generation, attempt.generation),
            eq(grants.refreshTokenFingerprint, attempt.parentFingerprint),
            eq(grants.leaseEpoch, attempt.leaseEpoch),
            sql`${grants.retiredAt} is null and ${grants.refusedAt} is null`,
          ),
        ),
      releaseLease(database, attempt),
    ]),
  )
}

/** Forgets finished attempts: soon those that spent nothing, late those that did. Epoch milliseconds. */
export function deleteOldAttempts(
  database: Database,
  { unspentBefore, spentBefore }: { unspentBefore: number; spentBefore: number },
): Promise<unknown> {
  const unspent = and(inArray(attempts.outcome, ['not_sent', 'transient']), lte(attempts.endedAt, unspentBefore))
  return query(() => database.delete(attempts).where(or(unspent, lte(attempts.endedAt, spentBefore))))
}

/** Attempts of a grant, oldest first: for proofs and measurements. */
export function listAttempts(database: Database, grantId: string): Promise<AttemptRow[]> {
  return query(() =>
    database
      .select()
      .from(attempts)
      .where(eq(attempts.grantId, grantId))
      .orderBy(attempts.startedAt, attempts.leaseEpoch),
  )
}
