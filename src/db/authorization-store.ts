/** Rows of sign-ins that were begun. What is sealed in them stays sealed here; who may finish one is decided elsewhere. */

import { and, asc, eq, gt, isNotNull, isNull, lte, ne, or, type SQL } from 'drizzle-orm'
import type { Database } from './client.ts'
import { query } from './query.ts'
import { authorizations } from './schema.ts'

export type AuthorizationRow = typeof authorizations.$inferSelect
export type NewAuthorizationRow = typeof authorizations.$inferInsert

/** Neither completed, failed nor cancelled; may have expired. */
const OPEN = and(
  isNull(authorizations.completedAt),
  isNull(authorizations.failedAt),
  isNull(authorizations.cancelledAt),
)

/** What an ended row no longer needs. */
const FORGOTTEN = { stateSealed: '', codeVerifierSealed: '', deviceCodeSealed: null }

/** Keeps a sign-in that has begun. */
export async function insertAuthorization(database: Database, row: NewAuthorizationRow): Promise<void> {
  await query(() => database.insert(authorizations).values(row))
}

/** The sign-in of this id, waiting or over; null when there is none. */
export async function findAuthorization(database: Database, id: string): Promise<AuthorizationRow | null> {
  const rows = await query(() => database.select().from(authorizations).where(eq(authorizations.id, id)).limit(1))
  return rows[0] ?? null
}

/** The newest row with this state. States are 256 random bits, so there is one at most. */
export async function findAuthorizationByState(
  database: Database,
  stateFingerprint: string,
): Promise<AuthorizationRow | null> {
  const rows = await query(() =>
    database.select().from(authorizations).where(eq(authorizations.stateFingerprint, stateFingerprint)).limit(1),
  )
  return rows[0] ?? null
}

/** Open and not expired at `now`, oldest first. */
export async function listPendingAuthorizations(database: Database, now: number): Promise<AuthorizationRow[]> {
  return query(() =>
    database
      .select()
      .from(authorizations)
      .where(and(OPEN, gt(authorizations.expiresAt, now)))
      .orderBy(asc(authorizations.createdAt), asc(authorizations.id)),
  )
}

/**
 * Takes the one right to spend the code of a pending row.
 *
 * Shape:  id, now (epoch milliseconds) → true for the one caller that got it
 */
export async function claimAuthorization(database: Database, id: string, now: number): Promise<boolean> {
  return change(database, id, { exchangingAt: now }, [
    isNull(authorizations.exchangingAt),
    gt(authorizations.expiresAt, now),
  ])
}

/** Marks an open row as completed with this account; false when it was not open. */
export async function markCompleted(database: Database, id: string, accountId: string, now: number): Promise<boolean> {
  return change(database, id, { ...FORGOTTEN, completedAt: now, completedAccountId: accountId })
}

/** Marks an open row as failed; `detail` is text for people, without secrets. False when it was not open. */
export async function markFailed(
  database: Database,
  id: string,
  failure: { code: string; detail: string | null },
  now: number,
): Promise<boolean> {
  const { code, detail } = failure
  return change(database, id, { ...FORGOTTEN, failedAt: now, failureCode: code, failureDetail: detail })
}

/** Marks an open row as cancelled unless its code is being spent right now; false when nothing was changed. */
export async function markCancelled(
  database: Database,
  id: string,
  reason: string | null,
  now: number,
): Promise<boolean> {
  return change(database, id, { ...FORGOTTEN, cancelledAt: now, failureCode: reason }, [
    isNull(authorizations.exchangingAt),
  ])
}

/** Changes the label that the account will get; false when the row is not open. */
export async function changeAuthorizationLabel(database: Database, id: string, label: string): Promise<boolean> {
  return change(database, id, { label })
}

/** Sets how long the next poll of a device sign-in waits, after the server asked for patience. */
export async function changePollInterval(database: Database, id: string, pollIntervalMs: number): Promise<boolean> {
  return change(database, id, { pollIntervalMs })
}

/** Open rows whose time is over, or whose exchange began before `exchangeBefore` and never ended. */
export async function listOverdueAuthorizations(
  database: Database,
  now: number,
  exchangeBefore: number,
): Promise<AuthorizationRow[]> {
  // A row without its secrets has been expired before.
  const isUsable = ne(authorizations.stateSealed, '')
  const idle = and(isNull(authorizations.exchangingAt), lte(authorizations.expiresAt, now), isUsable)
  const stuck = and(isNotNull(authorizations.exchangingAt), lte(authorizations.exchangingAt, exchangeBefore))
  return query(() =>
    database
      .select()
      .from(authorizations)
      .where(and(OPEN, or(idle, stuck))),
  )
}

/** Removes the secrets of an expired row, so that it can never be used again. The row stays and says that it expired. */
export async function forgetSecrets(database: Database, id: string): Promise<boolean> {
  return change(database, id, FORGOTTEN)
}

/** Removes rows that were begun before `createdBefore`. */
export async function deleteOldAuthorizations(database: Database, createdBefore: number): Promise<void> {
  await query(() => database.delete(authorizations).where(lte(authorizations.createdAt, createdBefore)))
}

async function change(
  database: Database,
  id: string,
  values: Partial<NewAuthorizationRow>,
  conditions: SQL[] = [],
): Promise<boolean> {
  const rows = await query(() =>
    database
      .update(authorizations)
      .set(values)
      .where(and(eq(authorizations.id, id), OPEN, ...conditions))
      .returning({ id: authorizations.id }),
  )
  return rows.length > 0
}
