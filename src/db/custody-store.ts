/**
 * Moves a grant from one custodian to the next, as a generation of its own, and keeps what a CLI holds of an account beside
 * its tokens. Sealed text goes in and out as it is.
 */

import { and, desc, eq, isNull, lte, or, sql } from 'drizzle-orm'
import { type AuditEvent, auditIf } from './audit-store.ts'
import type { Database } from './client.ts'
import { beginGeneration, endGeneration, type GenerationStart } from './generation-store.ts'
import { DATABASE_NOW, type GrantChanges, type GrantRow } from './grant-store.ts'
import { query } from './query.ts'
import { grants } from './schema.ts'
import { cliMembers } from './schema-activations.ts'
import { generations } from './schema-trails.ts'

/** How custody moves. `next` holds the same tokens, sealed for the next generation. */
export interface CustodyMove {
  grant: Pick<GrantRow, 'id' | 'generation' | 'custody'>
  next: GrantChanges & Pick<GrantRow, 'accessTokenSealed'>
  lineage: Pick<GenerationStart, 'how' | 'actor' | 'why'>
  event: AuditEvent
}

/**
 * Moves custody by compare-and-swap: only a grant that is still the one that was read, and that nobody refreshes now.
 *
 * Shape:  → true when it was moved
 * Errors: StoreError; then nothing was changed
 */
export async function moveCustody(database: Database, move: CustodyMove): Promise<boolean> {
  const [moved] = await query(() => database.batch(custodyMove(database, move)))
  return moved.length === 1
}

/** Part of a batch: a move of custody. Its first statement gives a row when it was moved. */
export function custodyMove(database: Database, { grant, next, lineage, event }: CustodyMove) {
  const generation = grant.generation + 1
  const { at } = event
  // An envelope is unlike every other: whoever finds this one knows that it was this move.
  const isMoved = sql`exists (select 1 from ${grants} where id = ${grant.id} and generation = ${generation}
    and access_token_sealed = ${next.accessTokenSealed})`
  return [
    database
      .update(grants)
      .set({ ...next, generation })
      .where(
        and(
          eq(grants.id, grant.id),
          eq(grants.generation, grant.generation),
          eq(grants.custody, grant.custody),
          isNull(grants.retiredAt),
          or(isNull(grants.leaseOwner), isNull(grants.leaseUntil), lte(grants.leaseUntil, DATABASE_NOW)),
        ),
      )
      .returning({ id: grants.id }),
    endGeneration(database, { grantId: grant.id, ...grant }, { how: 'replaced', why: lineage.how, at }, isMoved),
    beginGeneration(database, { grantId: grant.id, generation, ...lineage, at }, isMoved),
    auditIf(database, event, isMoved),
  ] as const
}

/** What a CLI holds of an account beside its tokens, sealed. */
export interface CliMembersRow {
  accountId: string
  membersSealed: string
  at: number
}

/** Keeps what a CLI holds of an account beside its tokens. */
export async function saveCliMembers(database: Database, row: CliMembersRow): Promise<void> {
  await query(() => putCliMembers(database, row))
}

/** Part of a batch: the same. */
export function putCliMembers(database: Database, row: CliMembersRow) {
  const { accountId: _, ...kept } = row
  return database.insert(cliMembers).values(row).onConflictDoUpdate({ target: cliMembers.accountId, set: kept })
}

/** What is kept of an account beside its tokens, sealed; null when there is nothing. */
export async function findCliMembers(database: Database, accountId: string): Promise<string | null> {
  const rows = await query(() =>
    database
      .select({ membersSealed: cliMembers.membersSealed })
      .from(cliMembers)
      .where(eq(cliMembers.accountId, accountId))
      .limit(1),
  )
  return rows[0]?.membersSealed ?? null
}

/** Whose generations held a refresh token, newest first: more than one where it was handed round. */
export function listHoldersOfRefreshToken(
  database: Database,
  refreshTokenFingerprint: string,
): Promise<{ accountId: string; endedHow: string | null; endedWhy: string | null }[]> {
  return query(() =>
    database
      .select({ accountId: generations.accountId, endedHow: generations.endedHow, endedWhy: generations.endedWhy })
      .from(generations)
      .where(eq(generations.refreshTokenFingerprint, refreshTokenFingerprint))
      .orderBy(desc(generations.id)),
  )
}
