/** Rows of `usage_points`: what was read of each window before, in full, then the last of each hour, then the last of each day. */

import { and, desc, eq, getTableColumns, gte, inArray, lt, type SQL, sql } from 'drizzle-orm'
import type { Database } from './client.ts'
import { query } from './query.ts'
import { accounts } from './schema.ts'
import { usagePoints } from './schema-usage.ts'

export type UsagePointRow = typeof usagePoints.$inferSelect

/** A window of an account. */
export interface WindowKey {
  accountId: string
  windowId: string
}

type Point = Pick<UsagePointRow, 'at' | 'usedFraction' | 'highestFraction' | 'resetsAt'>
type PointText = [at: number, usedFraction: number, highestFraction: number, resetsAt: number | null][]

/** Points come as one JSON text: thousands of rows of their own would cost many times as much to read. */
const POINTS = sql`json_group_array(json_array(at, used_fraction, highest_fraction, resets_at))`

function readPoints(text: string): Point[] {
  return (JSON.parse(text) as PointText).map(([at, usedFraction, highestFraction, resetsAt]) => ({
    ...{ at, usedFraction, highestFraction, resetsAt },
  }))
}

/** The points of a window from `since` on, in order of time. */
export async function listUsagePoints(
  database: Database,
  { accountId, windowId }: WindowKey,
  since: number,
): Promise<Point[]> {
  const [row] = await query(() =>
    database.all<{ points: string }>(sql`select ${POINTS} as points from (select * from usage_points
      where account_id = ${accountId} and window_id = ${windowId} and at >= ${since} order by at)`),
  )
  return readPoints(row!.points)
}

/** The points of all windows of an account from `since` on, in order of time, by window. */
export async function listPointsOfAccount(
  database: Database,
  accountId: string,
  since: number,
): Promise<Map<string, Point[]>> {
  const rows = await query(() =>
    database.all<{ windowId: string; points: string }>(sql`select window_id as windowId, ${POINTS} as points
      from (select * from usage_points where account_id = ${accountId} and at >= ${since} order by window_id, at)
      group by window_id`),
  )
  return new Map(rows.map(({ windowId, points }) => [windowId, readPoints(points)]))
}

/** The windows of some accounts, each with its highest point of every `spanMs` of a time, in order of time. */
export async function listUsagePeaks(
  database: Database,
  { accountIds, from, until, spanMs }: { accountIds: readonly string[]; from: number; until: number; spanMs: number },
): Promise<(WindowKey & { points: Point[] })[]> {
  // With one maximum in it, SQLite takes the other columns from the row that has it.
  const rows = await query(() =>
    database.all<
      WindowKey & { points: string }
    >(sql`select account_id as accountId, window_id as windowId, ${POINTS} as points
      from (select account_id, window_id, at, used_fraction, max(highest_fraction) as highest_fraction, resets_at
        from usage_points
        where ${inArray(usagePoints.accountId, [...accountIds])} and at >= ${from} and at < ${until}
        group by account_id, window_id, ${spanOf(spanMs)} order by account_id, window_id, at)
      group by account_id, window_id`),
  )
  return rows.map((row) => ({ ...row, points: readPoints(row.points) }))
}

/** The number of the span that a point lies in. Bound numbers are floats, whose division would keep the rest. */
function spanOf(spanMs: number): SQL {
  return sql`at / cast(${spanMs} as integer)`
}

/** Accounts that have points. Asked account by account: to look for them in the points would read every one. */
export async function listAccountsWithPoints(database: Database): Promise<string[]> {
  const rows = await query(() =>
    database
      .select({ id: accounts.id })
      .from(accounts)
      .where(sql`exists (select 1 from usage_points where account_id = ${accounts.id})`),
  )
  return rows.map(({ id }) => id)
}

/** Up to when points of each kind are made coarser; epoch milliseconds. */
export interface ThinningLimits {
  /** Full points before it become hours, */
  full: number
  /** hours before it become days, */
  hours: number
  /** and days before it go. */
  days: number
  /** Full points of this span that repeat their neighbours go, and the hours of as long a span before `full`. */
  repeats: { from: number; until: number }
}

/**
 * What makes an account's older points coarser: short commits, each whole in itself, to be made one after the other with
 * room for others between them.
 */
export function thinningSteps(
  database: Database,
  accountId: string,
  { full, hours, days, repeats }: ThinningLimits,
): (() => Promise<unknown>)[] {
  const HOUR = 3_600_000
  const repeatsOfHours = { from: full - (repeats.until - repeats.from), until: full }
  return [
    () =>
      database.batch([
        database.run(coarser(accountId, { from: 'full', to: 'hour', before: full, spanMs: HOUR })),
        database.delete(usagePoints).where(olderThan(accountId, 'full', full)),
      ]),
    () =>
      database.batch([
        database.run(coarser(accountId, { from: 'hour', to: 'day', before: hours, spanMs: 24 * HOUR })),
        database.delete(usagePoints).where(olderThan(accountId, 'hour', hours)),
        database.delete(usagePoints).where(olderThan(accountId, 'day', days)),
      ]),
    () => database.run(repeated(accountId, 'full', repeats)),
    () => database.run(repeated(accountId, 'hour', repeatsOfHours)),
  ].map((step) => () => query(step as () => Promise<unknown>))
}

/** Takes away points between two others that name the same use and the same reset: nothing was used, and that is still told. */
function repeated(accountId: string, resolution: string, { from, until }: { from: number; until: number }): SQL {
  return sql`delete from usage_points where rowid in (
    select id from (select rowid as id, used_fraction as u, highest_fraction as h, resets_at as r,
        lag(used_fraction) over near as u0, lead(used_fraction) over near as u1,
        lag(highest_fraction) over near as h0, lead(highest_fraction) over near as h1,
        lag(resets_at) over near as r0, lead(resets_at) over near as r1
      from usage_points where account_id = ${accountId} and resolution = ${resolution} and at >= ${from} and at < ${until}
      window near as (partition by window_id order by at))
    where u0 = u and u1 = u and h0 = h and h1 = h and r0 is r and r1 is r)`
}

/** Adds, for every span, its last point of one kind as a point of the next, with the highest use of the span. */
function coarser(
  accountId: string,
  { from, to, before, spanMs }: { from: string; to: string; before: number; spanMs: number },
): SQL {
  return sql`insert into usage_points (account_id, window_id, resolution, at, used_fraction, highest_fraction, resets_at)
    select account_id, window_id, ${to}, at, used_fraction, highest, resets_at
    from (select *, max(highest_fraction) over (partition by window_id, ${spanOf(spanMs)}) as highest,
        row_number() over (partition by window_id, ${spanOf(spanMs)} order by at desc) as place
      from usage_points where account_id = ${accountId} and resolution = ${from} and at < ${before})
    where place = 1
    on conflict do update set highest_fraction = max(highest_fraction, excluded.highest_fraction)`
}

function olderThan(accountId: string, resolution: string, before: number): SQL | undefined {
  return and(eq(usagePoints.accountId, accountId), eq(usagePoints.resolution, resolution), lt(usagePoints.at, before))
}

/** The points of every window of an account between two instants, in order of time; at most `limit` of them, the newest. */
export async function listPointsBetween(
  database: Database,
  { accountId, from, until, limit }: { accountId: string; from: number; until: number; limit: number },
): Promise<Omit<UsagePointRow, 'accountId'>[]> {
  const { accountId: _, ...columns } = getTableColumns(usagePoints)
  const rows = await query(() =>
    database
      .select(columns)
      .from(usagePoints)
      .where(and(eq(usagePoints.accountId, accountId), gte(usagePoints.at, from), lt(usagePoints.at, until)))
      .orderBy(desc(usagePoints.at))
      .limit(limit),
  )
  return rows.reverse()
}
