/**
 * Reads and closes the inbox: sealed 2xx answers that were kept before anything was done with them.
 */

import { and, asc, eq, isNull, lte, or, sql } from 'drizzle-orm'
import { auditIf } from './audit-store.ts'
import type { Database } from './client.ts'
import { beginGeneration, endGeneration } from './generation-store.ts'
import type { GrantChanges, GrantRow } from './grant-store.ts'
import { query } from './query.ts'
import { grants, inbox } from './schema.ts'

export type InboxRow = typeof inbox.$inferSelect

/** Answers that were neither applied nor put in quarantine, oldest first. */
export function listOpenAnswers(database: Database): Promise<InboxRow[]> {
  return query(() =>
    database
      .select()
      .from(inbox)
      .where(and(sql`${inbox.appliedAt} is null`, isNull(inbox.quarantinedAt)))
      .orderBy(asc(inbox.receivedAt)),
  )
}

/** Every answer that is kept for an account, oldest first. */
export function listAnswers(database: Database, accountId: string): Promise<InboxRow[]> {
  return query(() => database.select().from(inbox).where(eq(inbox.accountId, accountId)).orderBy(asc(inbox.receivedAt)))
}

/**
 * Makes a kept answer the next generation of its grant, if the token that was spent for it is still the stored one: grant,
 * answer, lineage and history in one commit.
 *
 * Shape:  → false when the grant had moved on; nothing is written then
 * Errors: StoreError
 */
export async function applyKeptAnswer(
  database: Database,
  answer: InboxRow,
  grant: Pick<GrantRow, 'id' | 'accountId' | 'generation'>,
  next: GrantChanges & { accessTokenFingerprint: string },
  now: number,
): Promise<boolean> {
  const generation = grant.generation + 1
  const isApplied = sql`exists (select 1 from ${grants} where id = ${grant.id} and generation = ${generation}
    and access_token_fingerprint = ${next.accessTokenFingerprint})`
  const event = {
    at: now,
    accountId: grant.accountId,
    kind: 'grant.answer_saved_late',
    actor: 'startup',
    details: { generation, expiresAt: next.accessTokenExpiresAt ?? null },
  }
  const [changed] = await query(() =>
    database.batch([
      database
        .update(grants)
        .set({ ...next, generation })
        .where(
          and(
            eq(grants.id, grant.id),
            eq(grants.generation, grant.generation),
            eq(grants.refreshTokenFingerprint, answer.parentFingerprint),
            isNull(grants.retiredAt),
          ),
        )
        .returning({ id: grants.id }),
      database.run(sql`update ${inbox} set applied_at = ${now} where id = ${answer.id} and ${isApplied}`),
      auditIf(database, event, isApplied),
      endGeneration(
        database,
        { grantId: grant.id, generation: grant.generation },
        { how: 'replaced', why: 'refreshed', at: now },
        isApplied,
      ),
      beginGeneration(
        database,
        { grantId: grant.id, generation, how: 'refreshed', actor: 'startup', why: 'kept_answer', at: now },
        isApplied,
      ),
    ]),
  )
  return changed.length === 1
}

/** Sets an answer aside that fits nothing here: it is kept under seal with the reason, and never applied. */
export function quarantineAnswer(database: Database, id: string, reason: string, now: number): Promise<unknown> {
  return query(() =>
    database.update(inbox).set({ quarantinedAt: now, quarantineReason: reason }).where(eq(inbox.id, id)),
  )
}

/** Forgets answers that nobody will need: applied ones and quarantined ones, each older than its own instant. */
export function deleteOldAnswers(
  database: Database,
  { appliedBefore, quarantinedBefore }: { appliedBefore: number; quarantinedBefore: number },
): Promise<unknown> {
  return query(() =>
    database.delete(inbox).where(or(lte(inbox.appliedAt, appliedBefore), lte(inbox.quarantinedAt, quarantinedBefore))),
  )
}
