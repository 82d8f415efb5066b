/**
 * Reads and writes grants. Every change that races with another process is one statement that names what it expects
 * to find. Sealed text goes in and out as it is.
 */

import { and, asc, eq, getTableColumns, gt, inArray, isNotNull, isNull, lte, or, sql } from 'drizzle-orm'
import type { Database } from './client.ts'
import { keptQuery, rowReader, runKept } from './kept-query.ts'
import { query } from './query.ts'
import { accounts, grants } from './schema.ts'
import { grantCopies } from './schema-copies.ts'

export type GrantRow = typeof grants.$inferSelect
export type NewGrantRow = typeof grants.$inferInsert
/** Columns of a grant that a write may change. */
export type GrantChanges = Partial<Omit<NewGrantRow, 'id' | 'accountId'>>

/** The database's clock, epoch milliseconds: the only clock that all processes share. */
export const DATABASE_NOW = sql<number>`cast(unixepoch('subsec') * 1000 as integer)`

/** The grant of an account that is not retired, or null. */
export async function findCurrentGrant(database: Database, accountId: string): Promise<GrantRow | null> {
  const rows = await query(() =>
    database
      .select()
      .from(grants)
      .where(and(eq(grants.accountId, accountId), isNull(grants.retiredAt)))
      .limit(1),
  )
  return rows[0] ?? null
}

/** The grant of this id, current or retired; null when there is none. */
export async function findGrant(database: Database, grantId: string): Promise<GrantRow | null> {
  const rows = await query(() => database.select().from(grants).where(eq(grants.id, grantId)).limit(1))
  return rows[0] ?? null
}

/** The account whose current grant holds this refresh token, with that grant; null when none does. */
export async function findHolderOfRefreshToken(
  database: Database,
  fingerprint: string,
): Promise<{ account: typeof accounts.$inferSelect; grant: GrantRow } | null> {
  const rows = await query(() =>
    database
      .select({ account: accounts, grant: grants })
      .from(grants)
      .innerJoin(accounts, eq(accounts.id, grants.accountId))
      .where(and(eq(grants.refreshTokenFingerprint, fingerprint), isNull(grants.retiredAt)))
      .limit(1),
  )
  return rows[0] ?? null
}

/** A current grant and what stands in the schedule for it. */
export interface ScheduledGrant {
  accountId: string
  provider: string
  /** Epoch milliseconds. */
  nextRefreshAt: number
  isUncertain: boolean
  failures: number
  lastFailureAt: number | null
  lastFailureCode: string | null
}

/**
 * The grants that come first in the schedule, earliest first, due or not. One walk along the index `grants_due`.
 *
 * Shape:  of these `providers`, and of `uncertainOf` those whose last outcome is not known; at most `limit` rows
 */
export function listScheduledGrants(
  database: Database,
  { providers, uncertainOf, limit }: { providers: readonly string[]; uncertainOf: readonly string[]; limit: number },
): Promise<ScheduledGrant[]> {
  return query(async () => {
    const rows = await database
      .select({
        accountId: grants.accountId,
        provider: accounts.provider,
        nextRefreshAt: grants.nextRefreshAt,
        uncertainAt: grants.uncertainAt,
        failures: grants.failures,
        lastFailureAt: grants.lastFailureAt,
        lastFailureCode: grants.lastFailureCode,
      })
      .from(grants)
      .innerJoin(accounts, eq(accounts.id, grants.accountId))
      .where(
        and(
          isNull(grants.retiredAt),
          isNotNull(grants.nextRefreshAt),
          // The plus keeps the planner from beginning at the accounts, which would look at all of them.
          or(
            inArray(sql`+${accounts.provider}`, [...providers]),
            and(isNotNull(grants.uncertainAt), inArray(sql`+${accounts.provider}`, [...uncertainOf])),
          ),
        ),
      )
      .orderBy(asc(grants.nextRefreshAt))
      .limit(limit)
    return rows.map(({ uncertainAt, nextRefreshAt, ...row }) => ({
      ...row,
      nextRefreshAt: nextRefreshAt ?? 0,
      isUncertain: uncertainAt !== null,
    }))
  })
}

/** How many grants are due at `now`. */
export async function countDueGrants(database: Database, now: number): Promise<number> {
  const rows = await query(() =>
    database
      .select({ count: sql<number>`count(*)` })
      .from(grants)
      .where(and(isNull(grants.retiredAt), isNotNull(grants.nextRefreshAt), lte(grants.nextRefreshAt, now))),
  )
  return rows[0]?.count ?? 0
}

/** Moves every grant that is due at `now` to somewhere in the next `windowMs`; retries of an unknown outcome stay. */
export function spreadDueGrants(
  database: Database,
  { now, windowMs, seed }: { now: number; windowMs: number; seed: number },
): Promise<unknown> {
  return query(() =>
    database
      .update(grants)
      .set({ nextRefreshAt: sql`${now} + (rowid * 7919 + ${seed}) % ${windowMs}` })
      .where(
        and(
          isNull(grants.retiredAt),
          isNotNull(grants.nextRefreshAt),
          lte(grants.nextRefreshAt, now),
          isNull(grants.uncertainAt),
        ),
      ),
  )
}

/** Makes the grants of a provider due at `now` whose last refresh failed with one of these codes and that wait for a later one. */
export function hastenGrants(
  database: Database,
  { provider, codes, now }: { provider: string; codes: readonly string[]; now: number },
): Promise<unknown> {
  const ofProvider = database.select({ id: accounts.id }).from(accounts).where(eq(accounts.provider, provider))
  return query(() =>
    database
      .update(grants)
      .set({ nextRefreshAt: now })
      .where(
        and(
          isNull(grants.retiredAt),
          isNotNull(grants.nextRefreshAt),
          gt(grants.nextRefreshAt, now),
          inArray(grants.lastFailureCode, [...codes]),
          inArray(grants.accountId, ofProvider),
        ),
      ),
  )
}

/**
 * Brings grants whose refresh or failure was written by a clock that ran ahead back into the schedule, `fromMs` to
 * `fromMs + windowMs` from now.
 */
export function rescheduleGrantsFromTheFuture(
  database: Database,
  { now, fromMs, windowMs, seed }: { now: number; fromMs: number; windowMs: number; seed: number },
): Promise<unknown> {
  return query(() =>
    database
      .update(grants)
      .set({
        nextRefreshAt: sql`${now} + ${fromMs} + (rowid * 7919 + ${seed}) % ${windowMs}`,
        accessTokenIssuedAt: sql`min(${grants.accessTokenIssuedAt}, ${now})`,
        lastFailureAt: sql`min(${grants.lastFailureAt}, ${now})`,
      })
      .where(
        and(
          isNull(grants.retiredAt),
          isNotNull(grants.nextRefreshAt),
          gt(grants.nextRefreshAt, now),
          or(gt(grants.accessTokenIssuedAt, now + 60_000), gt(grants.lastFailureAt, now + 60_000)),
        ),
      ),
  )
}

/** An account with its current grant, whole, and whether a CLI holds a copy of its login; null when there is none. One query. */
export async function findAccountAndGrant(
  database: Database,
  accountId: string,
): Promise<{ account: typeof accounts.$inferSelect; grant: GrantRow; hasCopies: boolean } | null> {
  const { rows } = await query(() => runKept(database, ACCOUNT_AND_GRANT(database, { accountId })))
  const [row] = rows
  return row ? { account: readAccount(row), grant: readGrant(row), hasCopies: row[HAS_COPIES_COLUMN] === 1 } : null
}

const ACCOUNT_AND_GRANT = keptQuery<{ accountId: string }>((database, given) =>
  database
    .select({ account: accounts, grant: grants, hasCopies: HAS_COPIES })
    .from(grants)
    .innerJoin(accounts, eq(accounts.id, grants.accountId))
    .where(and(eq(grants.accountId, given('accountId')), isNull(grants.retiredAt)))
    .limit(1),
)
const HAS_COPIES = sql<number>`exists (select 1 from ${grantCopies} where ${grantCopies.accountId} = ${accounts.id}
  and ${grantCopies.goneAt} is null and ${grantCopies.mayRefresh})`
const HAS_COPIES_COLUMN = Object.keys(getTableColumns(accounts)).length + Object.keys(getTableColumns(grants)).length
const readAccount = rowReader(accounts)
const readGrant = rowReader(grants, Object.keys(getTableColumns(accounts)).length)

/** Changes the current grant if it is still at this generation. True when it was. */
export async function changeGrant(
  database: Database,
  grant: Pick<GrantRow, 'id' | 'generation'>,
  changes: GrantChanges,
): Promise<boolean> {
  const rows = await query(() =>
    database
      .update(grants)
      .set(changes)
      .where(and(eq(grants.id, grant.id), eq(grants.generation, grant.generation), isNull(grants.retiredAt)))
      .returning({ id: grants.id }),
  )
  return rows.length === 1
}

/** Everything sealed in retired grants that are older than `before`. */
export function deleteRetiredGrants(database: Database, before: number): Promise<unknown> {
  return query(() => database.delete(grants).where(and(isNotNull(grants.retiredAt), lte(grants.retiredAt, before))))
}

/**
 * Puts every login that this database may refresh under suspicion, and moves its next refresh to `fromMs` to
 * `fromMs + windowMs` from now. Gives how many there are.
 */
export async function suspectGrants(
  database: Database,
  { now, fromMs, windowMs, seed }: { now: number; fromMs: number; windowMs: number; seed: number },
): Promise<number> {
  const rows = await query(() =>
    database
      .update(grants)
      .set({
        suspectAt: now,
        nextRefreshAt: sql`case when ${grants.nextRefreshAt} is null then null
          else ${now} + ${fromMs} + (rowid * 7919 + ${seed}) % ${windowMs} end`,
      })
      .where(
        and(
          isNull(grants.retiredAt),
          isNull(grants.refusedAt),
          isNotNull(grants.refreshTokenFingerprint),
          eq(grants.custody, 'dashboard'),
        ),
      )
      .returning({ id: grants.id }),
  )
  return rows.length
}
