/**
 * Writes and reads revocations: logins that are being ended at a provider, which outlive their account here. The end of an
 * account stands here too, because both are one commit. Sealed text goes in and out as it is.
 */

import { and, asc, desc, eq, gt, isNotNull, isNull, lte, or, sql } from 'drizzle-orm'
import { type AuditEvent, auditIf } from './audit-store.ts'
import type { Database } from './client.ts'
import { confirmRevocation, endGenerationsOfAccount } from './generation-store.ts'
import { DATABASE_NOW, type GrantRow } from './grant-store.ts'
import { query } from './query.ts'
import { accounts, grants, revocations } from './schema.ts'

export type RevocationRow = typeof revocations.$inferSelect

/** The end of an account. With a revocation it happens only while its grant is the one whose token is to be revoked. */
export interface AccountEnd {
  accountId: string
  /** Epoch milliseconds. */
  at: number
  events: readonly AuditEvent[]
  revocation: { row: RevocationRow; grant: Pick<GrantRow, 'id' | 'generation'>; owner: string } | null
}

/**
 * Deletes an account with everything sealed for it and keeps what is to be revoked, in one commit; only the history stays.
 *
 * Shape:  → false when the account is gone, or its grant is not the one that was read, or is being refreshed elsewhere
 * Errors: StoreError; then nothing was changed
 */
export async function writeAccountEnd(database: Database, end: AccountEnd): Promise<boolean> {
  const { accountId, at, events, revocation } = end
  const isRemovable = revocation
    ? sql`exists (select 1 from ${grants} where ${grants.id} = ${revocation.grant.id}
        and ${grants.accountId} = ${accountId} and ${grants.generation} = ${revocation.grant.generation}
        and ${grants.retiredAt} is null and (${grants.leaseOwner} is null or ${grants.leaseOwner} = ${revocation.owner}
        or coalesce(${grants.leaseUntil}, 0) <= ${DATABASE_NOW}))`
    : sql`exists (select 1 from ${accounts} where ${accounts.id} = ${accountId})`
  const row = revocation?.row
  const [deleted] = await query(async () => {
    const results = await database.batch([
      ...(row
        ? [
            database.run(sql`insert into ${revocations} (id, provider, account_id, account_name, token_sealed, token_hint,
              client_id, actor, requested_at, tries, next_try_at) select ${row.id}, ${row.provider}, ${row.accountId},
              ${row.accountName}, ${row.tokenSealed}, ${row.tokenHint}, ${row.clientId}, ${row.actor}, ${row.requestedAt},
              ${row.tries}, ${row.nextTryAt} where ${isRemovable}`),
          ]
        : []),
      ...events.map((event) => auditIf(database, event, isRemovable)),
      endGenerationsOfAccount(database, accountId, { how: 'removed', why: null, at }, isRemovable),
      database
        .delete(accounts)
        .where(and(eq(accounts.id, accountId), isRemovable))
        .returning({ id: accounts.id }),
    ] as never)
    return (results as unknown[]).slice(-1) as { id: string }[][]
  })
  return deleted?.length === 1
}

/** The sign-out of this id, under way or over; null when there is none. */
export async function findRevocation(database: Database, id: string): Promise<RevocationRow | null> {
  const rows = await query(() => database.select().from(revocations).where(eq(revocations.id, id)).limit(1))
  return rows[0] ?? null
}

/**
 * What is due at `now`, longest due first. No try is planned for after `latest`, so one that is was written by a clock that
 * ran ahead, and counts as due. Walks along the index `revocations_due`.
 */
export function listDueRevocations(
  database: Database,
  { now, latest, limit }: { now: number; latest: number; limit: number },
): Promise<RevocationRow[]> {
  return query(() =>
    database
      .select()
      .from(revocations)
      .where(
        and(isNotNull(revocations.nextTryAt), or(lte(revocations.nextTryAt, now), gt(revocations.nextTryAt, latest))),
      )
      .orderBy(asc(revocations.nextTryAt))
      .limit(limit),
  )
}

/**
 * Counts a try before it is made and keeps others away until `nextTryAt`, when whoever is there takes it up again.
 *
 * Shape:  → false when somebody else has it
 */
export async function claimRevocation(
  database: Database,
  row: Pick<RevocationRow, 'id' | 'tries'>,
  nextTryAt: number,
): Promise<boolean> {
  const rows = await query(() =>
    database
      .update(revocations)
      .set({ tries: row.tries + 1, nextTryAt })
      .where(and(eq(revocations.id, row.id), eq(revocations.tries, row.tries), isNotNull(revocations.nextTryAt)))
      .returning({ id: revocations.id }),
  )
  return rows.length === 1
}

/** What a try changes. An end takes the sealed token away. */
export type RevocationChanges = Partial<
  Pick<RevocationRow, 'tokenSealed' | 'nextTryAt' | 'lastFailureCode' | 'confirmedAt' | 'gaveUpAt'>
>

/** Writes what a try came to, and the history with it, unless the revocation has ended meanwhile. */
export async function writeTry(
  database: Database,
  { id, accountId }: Pick<RevocationRow, 'id' | 'accountId'>,
  changes: RevocationChanges,
  event: AuditEvent | null,
): Promise<void> {
  const isOpen = sql`exists (select 1 from ${revocations} where ${revocations.id} = ${id}
    and ${revocations.confirmedAt} is null and ${revocations.gaveUpAt} is null)`
  await query(() =>
    database.batch([
      ...(event ? [auditIf(database, event, isOpen)] : []),
      database
        .update(revocations)
        .set(changes)
        .where(and(eq(revocations.id, id), isNull(revocations.confirmedAt), isNull(revocations.gaveUpAt))),
      ...(changes.confirmedAt ? [confirmRevocation(database, accountId)] : []),
    ] as never),
  )
}

/** Those under way and those that ended after `endedAfter`, newest first. No sealed column is read. */
export function listRevocationFacts(
  database: Database,
  endedAfter: number,
): Promise<Omit<RevocationRow, 'tokenSealed' | 'tokenHint' | 'clientId'>[]> {
  return query(() =>
    database
      .select({
        id: revocations.id,
        provider: revocations.provider,
        accountId: revocations.accountId,
        accountName: revocations.accountName,
        actor: revocations.actor,
        requestedAt: revocations.requestedAt,
        tries: revocations.tries,
        nextTryAt: revocations.nextTryAt,
        lastFailureCode: revocations.lastFailureCode,
        confirmedAt: revocations.confirmedAt,
        gaveUpAt: revocations.gaveUpAt,
      })
      .from(revocations)
      .where(
        or(
          isNotNull(revocations.nextTryAt),
          gt(revocations.confirmedAt, endedAfter),
          gt(revocations.gaveUpAt, endedAfter),
        ),
      )
      .orderBy(desc(revocations.requestedAt), asc(revocations.id)),
  )
}

/** Those that are still being tried. Walks along the index `revocations_due`. */
export function listPendingRevocations(database: Database): Promise<RevocationRow[]> {
  return query(() => database.select().from(revocations).where(isNotNull(revocations.nextTryAt)))
}

/** Takes one that has ended off the list. True when it was there. */
export async function deleteEndedRevocation(database: Database, id: string): Promise<boolean> {
  const rows = await query(() =>
    database
      .delete(revocations)
      .where(and(eq(revocations.id, id), isNull(revocations.nextTryAt)))
      .returning({ id: revocations.id }),
  )
  return rows.length === 1
}

/** Those that ended before `before`. */
export function deleteOldRevocations(database: Database, before: number): Promise<unknown> {
  return query(() =>
    database.delete(revocations).where(or(lte(revocations.confirmedAt, before), lte(revocations.gaveUpAt, before))),
  )
}

/** How many logins a provider is still to end. */
export async function countPendingRevocations(database: Database): Promise<number> {
  const rows = await query(() =>
    database.select({ count: sql<number>`count(*)` }).from(revocations).where(isNotNull(revocations.nextTryAt)),
  )
  return rows[0]!.count
}
