/** Rows of `forecasts`: what was foretold, kept as it was said, and how it came out. */

import { and, asc, desc, eq, gte, inArray, isNotNull, isNull, lt, lte, sql } from 'drizzle-orm'
import type { Database } from './client.ts'
import { query } from './query.ts'
import { forecasts } from './schema-usage.ts'
import type { WindowKey } from './usage-point-store.ts'

export type ForecastRow = typeof forecasts.$inferSelect
export type NewForecastRow = Omit<ForecastRow, 'id' | 'scoredAt' | 'ranOutAt' | 'isInBand'>

/** Keeps a forecast as it was said, to be scored after the reset. */
export async function insertForecast(database: Database, row: NewForecastRow): Promise<void> {
  await query(() => database.insert(forecasts).values(row))
}

/** The newest forecast of a window; null where there is none. */
export async function findLastForecast(
  database: Database,
  { accountId, windowId }: WindowKey,
): Promise<ForecastRow | null> {
  const rows = await query(() =>
    database
      .select()
      .from(forecasts)
      .where(and(eq(forecasts.accountId, accountId), eq(forecasts.windowId, windowId)))
      .orderBy(desc(forecasts.madeAt))
      .limit(1),
  )
  return rows[0] ?? null
}

/** A reset that the provider rounds anew is still the same: forecasts that wait for it get its present time. */
export async function moveForecastReset(
  database: Database,
  { accountId, windowId }: WindowKey,
  { from, to }: { from: number; to: number },
): Promise<void> {
  await query(() =>
    database
      .update(forecasts)
      .set({ resetsAt: to })
      .where(
        and(
          eq(forecasts.accountId, accountId),
          eq(forecasts.windowId, windowId),
          eq(forecasts.resetsAt, from),
          isNull(forecasts.scoredAt),
        ),
      ),
  )
}

/** Forecasts whose window was reset before `before`, and that have no score yet. */
export function listUnscoredForecasts(
  database: Database,
  { before, limit }: { before: number; limit: number },
): Promise<ForecastRow[]> {
  return query(() =>
    database
      .select()
      .from(forecasts)
      .where(and(isNull(forecasts.scoredAt), lte(forecasts.resetsAt, before)))
      .orderBy(asc(forecasts.resetsAt))
      .limit(limit),
  )
}

/** How a forecast came out. */
export interface ForecastScore {
  id: number
  ranOutAt: number | null
  isInBand: boolean | null
}

/** Keeps scores, and lets go of forecasts that nothing can be said of, in one commit. */
export async function scoreForecasts(
  database: Database,
  { scores, unknown, now }: { scores: readonly ForecastScore[]; unknown: readonly number[]; now: number },
): Promise<void> {
  const kept = scores.map(({ id, ranOutAt, isInBand }) =>
    database.update(forecasts).set({ scoredAt: now, ranOutAt, isInBand }).where(eq(forecasts.id, id)),
  )
  const gone = database.delete(forecasts).where(inArray(forecasts.id, [...unknown]))
  await query(() => database.batch([gone, ...kept]))
}

/** Of the newest scored bands of a window, how many there are and how many held. */
export async function countHeldBands(
  database: Database,
  { accountId, windowId }: WindowKey,
  limit: number,
): Promise<{ scored: number; inBand: number }> {
  const newest = database
    .select({ isInBand: forecasts.isInBand })
    .from(forecasts)
    .where(
      and(
        eq(forecasts.accountId, accountId),
        eq(forecasts.windowId, windowId),
        isNotNull(forecasts.scoredAt),
        isNotNull(forecasts.isInBand),
      ),
    )
    .orderBy(desc(forecasts.madeAt))
    .limit(limit)
    .as('newest')
  const rows = await query(() =>
    database.select({ scored: sql<number>`count(*)`, inBand: sql<number>`coalesce(sum(is_in_band), 0)` }).from(newest),
  )
  return rows[0]!
}

/** How the forecasts of a window came out, beside the straight line. Distances in milliseconds. */
export interface ForecastRecord {
  accountId: string
  windowId: string
  scored: number
  bands: number
  held: number
  errorMs: number
  linearErrorMs: number
}

/** The record of every window of an account, or of all accounts. An hour that does not come counts as the reset. */
export function listForecastRecords(database: Database, accountId?: string): Promise<ForecastRecord[]> {
  return query(() =>
    database
      .select({
        accountId: forecasts.accountId,
        windowId: forecasts.windowId,
        scored: sql<number>`count(*)`,
        bands: sql<number>`count(${forecasts.isInBand})`,
        held: sql<number>`coalesce(sum(${forecasts.isInBand}), 0)`,
        errorMs: sql<number>`avg(abs(coalesce(${forecasts.runsOutAt}, ${forecasts.resetsAt})
          - coalesce(${forecasts.ranOutAt}, ${forecasts.resetsAt})))`,
        linearErrorMs: sql<number>`avg(abs(coalesce(${forecasts.linearAt}, ${forecasts.resetsAt})
          - coalesce(${forecasts.ranOutAt}, ${forecasts.resetsAt})))`,
      })
      .from(forecasts)
      .where(
        and(isNotNull(forecasts.scoredAt), accountId === undefined ? undefined : eq(forecasts.accountId, accountId)),
      )
      .groupBy(forecasts.accountId, forecasts.windowId),
  )
}

/** The first forecast of each window and reset that named an hour, scored ones only, newest reset first. */
export function listScoredForecasts(
  database: Database,
  { accountId, since, limit }: { accountId: string; since: number; limit: number },
): Promise<ForecastRow[]> {
  return query(() =>
    database
      .select()
      .from(forecasts)
      .where(and(eq(forecasts.accountId, accountId), isNotNull(forecasts.scoredAt), gte(forecasts.madeAt, since)))
      .orderBy(desc(forecasts.resetsAt), asc(forecasts.madeAt))
      .limit(limit),
  )
}

/** Forgets forecasts of windows that were reset before an instant, epoch milliseconds. */
export function deleteOldForecasts(database: Database, before: number): Promise<unknown> {
  return query(() => database.delete(forecasts).where(lt(forecasts.resetsAt, before)))
}
