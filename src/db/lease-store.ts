/**
 * Takes the lease of a grant: the right to spend its refresh token. Judged by the database's own clock, the only one that
 * all processes share, and recorded together with the intent.
 */

import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Database } from './client.ts'
import { DATABASE_NOW, type GrantRow } from './grant-store.ts'
import { commitWithOthers } from './group-commit.ts'
import { keptQuery } from './kept-query.ts'
import { query } from './query.ts'
import { attempts, grants } from './schema.ts'
import { machines } from './schema-copies.ts'

/** A dead holder's lease is left alone this much longer while the access token still works. */
const STEAL_DELAY_MS = 10 * 60_000
/** …but never into the last minute of the access token. */
const STEAL_RESERVE_MS = 60_000

/** True for a lease that ended so long ago that its holder counts as dead. */
export const LEASE_IS_STEALABLE = sql<number>`(${grants.leaseUntil} <= ${DATABASE_NOW}
  and ${DATABASE_NOW} - ${grants.leaseUntil} >=
  min(${STEAL_DELAY_MS}, coalesce(${grants.accessTokenExpiresAt}, 0) - ${DATABASE_NOW} - ${STEAL_RESERVE_MS}))`

/** What a refresh expects to find when it asks for the lease, and what it records. */
export interface LeaseRequest {
  grant: Pick<GrantRow, 'id' | 'generation' | 'leaseEpoch' | 'leaseOwner' | 'refreshTokenFingerprint'>
  owner: string
  /** The machine that asks; one whose logins were moved away gets no lease. */
  machineId?: string | null
  attemptId: string
  purpose: string
  leaseMs: number
  /** Epoch milliseconds, for the attempt. */
  now: number
}

/**
 * Takes the lease and records the intent in one commit, if the grant is still the one that was read and nobody holds it.
 * A lease of another owner may be taken only after its end by the database's clock, later while the access token still
 * works; the refresh it covered then counts as of unknown outcome.
 *
 * Shape:  → true when taken; the epoch is then `grant.leaseEpoch + 1`
 * Errors: StoreError; then nothing was taken
 */
export async function takeLease(database: Database, request: LeaseRequest): Promise<boolean> {
  const { grant, owner, attemptId, purpose, leaseMs, now } = request
  const { id, generation, leaseEpoch } = grant
  const fingerprint = grant.refreshTokenFingerprint ?? ''
  const values = {
    id,
    generation,
    fingerprint,
    leaseEpoch,
    epoch: leaseEpoch + 1,
    owner,
    machineId: request.machineId ?? '',
    attemptId,
    purpose,
    leaseMs,
    now,
  }
  const [taken] = await query(() =>
    commitWithOthers(database, [
      LEASE(database, values),
      INTENT(database, values),
      // A lease that was never given back left an attempt open.
      ...(grant.leaseOwner === null ? [] : [FORMER_INTENTS(database, values)]),
    ]),
  )
  return taken!.rows.length === 1
}

interface LeaseValues {
  id: string
  generation: number
  fingerprint: string
  leaseEpoch: number
  epoch: number
  owner: string
  machineId: string
  attemptId: string
  purpose: string
  leaseMs: number
  now: number
}

const LEASE = keptQuery<LeaseValues>((database, given) => {
  const isForeign = sql`(${grants.leaseOwner} is not null and ${grants.leaseOwner} <> ${given('owner')})`
  return database
    .update(grants)
    .set({
      uncertainAt: sql`case when ${isForeign} then coalesce(${grants.uncertainAt}, ${given('now')}) else ${grants.uncertainAt} end`,
      leaseOwner: given('owner'),
      leaseEpoch: given('epoch'),
      leaseUntil: sql`${DATABASE_NOW} + ${given('leaseMs')}`,
    })
    .where(
      and(
        eq(grants.id, given('id')),
        isNull(grants.retiredAt),
        isNull(grants.refusedAt),
        eq(grants.custody, 'dashboard'),
        eq(grants.leaseEpoch, given('leaseEpoch')),
        eq(grants.generation, given('generation')),
        eq(grants.refreshTokenFingerprint, given('fingerprint')),
        sql`not exists (select 1 from ${machines} where id = ${given('machineId')} and retired_at is not null)`,
        sql`(${grants.leaseOwner} is null or ${grants.leaseUntil} is null or ${grants.leaseOwner} = ${given('owner')} or ${LEASE_IS_STEALABLE})`,
      ),
    )
    .returning({ id: grants.id })
})

const INTENT = keptQuery<LeaseValues>((database, given) =>
  database.run(sql`insert into ${attempts}
    (id, grant_id, generation, parent_fingerprint, owner, lease_epoch, purpose, outcome, started_at)
    select ${given('attemptId')}, id, generation, refresh_token_fingerprint, ${given('owner')}, ${given('epoch')},
    ${given('purpose')}, 'intent', ${given('now')}
    from ${grants} where id = ${given('id')} and lease_epoch = ${given('epoch')} and lease_owner = ${given('owner')}`),
)

const FORMER_INTENTS = keptQuery<LeaseValues>((database, given) =>
  database.run(sql`update ${attempts} set outcome = 'unknown', code = 'interrupted', ended_at = ${given('now')}
    where grant_id = ${given('id')} and outcome = 'intent' and lease_epoch < ${given('epoch')} and exists (select 1
    from grants where id = ${given('id')} and lease_epoch = ${given('epoch')} and lease_owner = ${given('owner')})`),
)
