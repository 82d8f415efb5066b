/**
 * Writes and reads the lineage: every generation that a grant had, how it came and how it went. The statements are parts of
 * the commits that make a generation durable or end it. Known by keyed fingerprints; nothing here ever sees a token.
 */

import { and, desc, eq, inArray, isNotNull, lte, type SQL, sql } from 'drizzle-orm'
import type { Database } from './client.ts'
import { query } from './query.ts'
import { grants } from './schema.ts'
import { generations } from './schema-trails.ts'

export type GenerationRow = typeof generations.$inferSelect

/** How a generation came. `why` is the purpose of a refresh or the path of a file. */
export interface GenerationStart {
  grantId: string
  generation: number
  how: 'signed_in' | 'refreshed' | 'adopted' | 'linked' | 'taken_over' | 'added' | 'handed_over' | 'restored'
  actor: string
  why: string | null
  /** Epoch milliseconds. */
  at: number
}

/** How generations went. */
export interface GenerationEnd {
  how: 'replaced' | 'lost' | 'refused' | 'revoked' | 'retired' | 'removed'
  why: string | null
  /** Epoch milliseconds. */
  at: number
}

const ALWAYS = sql`1`

/**
 * Part of a batch: a generation, as its grant stands after the statements before. A second run changes nothing.
 *
 * Shape:  only where `isApplied` holds
 */
export function beginGeneration(database: Database, start: GenerationStart, isApplied: SQL = ALWAYS) {
  const { grantId, generation, how, actor, why, at } = start
  return database.run(sql`insert or ignore into ${generations}
    (account_id, grant_id, generation, how, custody, actor, why, at, refresh_token_fingerprint, access_token_expires_at)
    select account_id, id, generation, ${how}, custody, ${actor}, ${why}, ${at}, refresh_token_fingerprint,
    access_token_expires_at from ${grants} where id = ${grantId} and generation = ${generation} and ${isApplied}`)
}

/** Part of a batch: the end of a generation that has none yet. */
export function endGeneration(
  database: Database,
  { grantId, generation }: { grantId: string; generation: number },
  end: GenerationEnd,
  isApplied: SQL = ALWAYS,
) {
  return endWhere(database, sql`grant_id = ${grantId} and generation = ${generation} and ${isApplied}`, end)
}

/** Part of a batch: the end of whatever generation of a grant has none yet. */
export function endGenerationsOfGrant(
  database: Database,
  grantId: string,
  end: GenerationEnd,
  isApplied: SQL = ALWAYS,
) {
  return endWhere(database, sql`grant_id = ${grantId} and ${isApplied}`, end)
}

/** Part of a batch: the end of whatever generation of an account has none yet. */
export function endGenerationsOfAccount(
  database: Database,
  accountId: string,
  end: GenerationEnd,
  isApplied: SQL = ALWAYS,
) {
  return endWhere(database, sql`account_id = ${accountId} and ${isApplied}`, end)
}

/** Part of a batch: the end of whatever generation of some grants has none yet; of all grants without `which`. */
export function endGenerationsOfGrants(database: Database, which: SQL | undefined, end: GenerationEnd) {
  const chosen = which ?? ALWAYS
  return endWhere(database, sql`grant_id in (select ${grants.id} from ${grants} where ${chosen})`, end)
}

/** Part of a batch: the logins that came along with a restored database begin anew, each under its old number. */
export function beginRestoredGenerations(
  database: Database,
  { actor, why, at }: Pick<GenerationStart, 'actor' | 'why' | 'at'>,
) {
  return database.run(sql`insert or ignore into ${generations}
    (account_id, grant_id, generation, how, custody, actor, why, at, refresh_token_fingerprint, access_token_expires_at)
    select account_id, id, generation, 'restored', custody, ${actor}, ${why}, ${at}, refresh_token_fingerprint,
    access_token_expires_at from ${grants} where retired_at is null and refused_at is null`)
}

/** Part of a batch: the end of every generation that has none yet. */
export function endAllGenerations(database: Database, end: GenerationEnd) {
  return endWhere(database, ALWAYS, end)
}

/** Part of a batch: the provider confirmed the end of a login that was forgotten here. */
export function confirmRevocation(database: Database, accountId: string) {
  return database
    .update(generations)
    .set({ endedHow: 'revoked' })
    .where(and(eq(generations.accountId, accountId), eq(generations.endedHow, 'removed')))
}

function endWhere(database: Database, where: SQL, { how, why, at }: GenerationEnd) {
  return database.run(sql`update ${generations} set ended_how = ${how}, ended_at = ${at}, ended_why = ${why}
    where ended_how is null and ${where}`)
}

/** The generations of an account, newest first, also of one that is gone. */
export function listGenerations(database: Database, accountId: string, limit: number): Promise<GenerationRow[]> {
  return query(() =>
    database
      .select()
      .from(generations)
      .where(eq(generations.accountId, accountId))
      .orderBy(desc(generations.id))
      .limit(limit),
  )
}

/** Those that ended other than by the next one, newest first. */
export function listGenerationLosses(database: Database, accountId: string, limit: number): Promise<GenerationRow[]> {
  return query(() =>
    database
      .select()
      .from(generations)
      .where(
        and(
          eq(generations.accountId, accountId),
          sql`(${generations.endedHow} in ('lost', 'refused', 'revoked', 'removed')
            or ${generations.endedWhy} in ('moved_away', 'not_restored'))`,
        ),
      )
      .orderBy(desc(generations.endedAt))
      .limit(limit),
  )
}

/** Forgets generations that were replaced before `before`; how a login ended is kept. */
export function deleteOldGenerations(database: Database, before: number): Promise<unknown> {
  return query(() =>
    database
      .delete(generations)
      .where(
        and(isNotNull(generations.endedAt), lte(generations.endedAt, before), eq(generations.endedHow, 'replaced')),
      ),
  )
}

/** True when a refresh token was the current one of some generation, of whatever account. Errors: StoreError */
export async function wasCurrent(database: Database, refreshTokenFingerprint: string): Promise<boolean> {
  const rows = await query(() =>
    database
      .select({ generation: generations.generation })
      .from(generations)
      .where(eq(generations.refreshTokenFingerprint, refreshTokenFingerprint))
      .limit(1),
  )
  return rows.length > 0
}

/** True when two refresh tokens were both current in one login, whichever of them came first. Errors: StoreError */
export async function areOfOneLogin(database: Database, one: string, other: string): Promise<boolean> {
  const grantsOf = (fingerprint: string) =>
    database
      .select({ grantId: generations.grantId })
      .from(generations)
      .where(eq(generations.refreshTokenFingerprint, fingerprint))
  const rows = await query(() =>
    database
      .select({ id: generations.id })
      .from(generations)
      .where(and(eq(generations.refreshTokenFingerprint, one), inArray(generations.grantId, grantsOf(other))))
      .limit(1),
  )
  return rows.length > 0
}
