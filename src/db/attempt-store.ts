/**
 * Reads and writes refresh attempts, and ends a refresh: the grant, its answer and its attempt change in one commit.
 */

import { and, eq, inArray, lte, or, sql } from 'drizzle-orm'
import type { Database } from './client.ts'
import { beginGeneration, endGeneration, type GenerationEnd } from './generation-store.ts'
import { DATABASE_NOW, type GrantChanges, type GrantRow, LEASE_IS_STEALABLE } from './grant-store.ts'
import { query } from './query.ts'
import { attempts, auditEvents, grants, inbox } from './schema.ts'

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

/**
 * Makes a good answer durable: the grant's next generation by compare-and-swap on the refresh token that was spent, the
 * sealed answer, the attempt and the history, in one commit. It does not ask who holds the lease, because whoever spent
 * the parent holds its only child. Running it again after an error whose commit did happen changes nothing.
 *
 * Shape:  → 'applied', or 'superseded' when the grant had moved on: the answer is then kept in quarantine
 * Errors: StoreError; the answer must be kept in memory and this be tried again
 */
export async function commitRefresh(
  database: Database,
  attempt: RunningAttempt,
  answer: SealedAnswer,
  next: NextGeneration,
  details: Record<string, string | number | boolean | null>,
  actor: string,
): Promise<'applied' | 'superseded'> {
  const generation = attempt.generation + 1
  const isApplied = sql`exists (select 1 from grants where id = ${attempt.grantId} and generation = ${generation}
    and access_token_fingerprint = ${next.accessTokenFingerprint})`
  const at = answer.receivedAt
  const [updated] = await query(() =>
    database.batch([
      database
        .update(grants)
        .set({ ...next, generation, leaseOwner: null, leaseUntil: null })
        .where(
          and(
            eq(grants.id, attempt.grantId),
            eq(grants.generation, attempt.generation),
            eq(grants.refreshTokenFingerprint, attempt.parentFingerprint),
            sql`${grants.retiredAt} is null`,
          ),
        )
        .returning({ id: grants.id }),
      database.run(sql`insert or ignore into ${inbox} (id, account_id, grant_id, generation, parent_fingerprint, answer_sealed,
        received_at, applied_at, quarantined_at, quarantine_reason)
        select ${answer.id}, ${attempt.accountId}, ${attempt.grantId}, ${attempt.generation}, ${attempt.parentFingerprint},
        ${answer.answerSealed}, ${at}, case when applied then ${at} end, case when not applied then ${at} end,
        case when not applied then 'superseded' end from (select ${isApplied} as applied)`),
      // Before the attempt says that it is done, so that a second run does not tell it twice.
      database.run(sql`insert into ${auditEvents} (at, account_id, kind, actor, details)
        select ${at}, ${attempt.accountId}, 'grant.refreshed', ${actor}, ${JSON.stringify(details)} where ${isApplied}
        and not exists (select 1 from ${attempts} where id = ${attempt.id} and outcome = 'done')`),
      database.run(sql`update ${attempts} set outcome = case when ${isApplied} then 'done' else 'quarantined' end,
        http_status = 200, ended_at = ${at} where id = ${attempt.id} and outcome <> 'done'`),
      endGeneration(database, attempt, { how: 'replaced', why: 'refreshed', at }, isApplied),
      beginGeneration(
        database,
        { grantId: attempt.grantId, generation, how: 'refreshed', actor, why: String(details.purpose ?? ''), at },
        isApplied,
      ),
    ]),
  )
  if (updated.length === 1) return 'applied'
  // Nothing to update: a former try did commit, or the grant had moved on, and then the lease is still ours to give back.
  const [, applied] = await query(() =>
    database.batch([releaseLease(database, attempt), database.select({ id: grants.id }).from(grants).where(isApplied)]),
  )
  return applied.length > 0 ? 'applied' : 'superseded'
}

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

/** Gives the lease back, also of a grant that was changed under it: a newer one may have been adopted. */
function releaseLease(database: Database, attempt: Pick<RunningAttempt, 'grantId' | 'leaseEpoch' | 'owner'>) {
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
