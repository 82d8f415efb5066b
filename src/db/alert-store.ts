/** Rows of `alerts`, `alert_watches` and `alert_snoozes`: what was crossed, what was looked at, and what is not to be told. */

import { and, desc, eq, gt, inArray, isNull, lt, or, sql } from 'drizzle-orm'
import type { Database } from './client.ts'
import { query } from './query.ts'
import { alertChannels, alertDeliveries, alertSnoozes, alerts, alertWatches } from './schema-alerts.ts'

export type AlertRow = typeof alerts.$inferSelect

/** A crossing to be kept, and when it may be told. */
export interface NewAlert {
  row: AlertRow
  /** Ends of a period that differ by less are the same; milliseconds. */
  samePeriodMs: number
  /** When its deliveries are due; null: it is told nowhere. */
  deliverAt: number | null
}

/**
 * Keeps a crossing, unless somebody else has, or had for this very period; with its deliveries, in one commit.
 *
 * Shape:  → true when it is new
 */
export async function insertAlert(database: Database, { row, samePeriodMs, deliverAt }: NewAlert): Promise<boolean> {
  const isTold = sql`exists (select 1 from ${alerts} where rule_key = ${row.ruleKey} and (cleared_at is null
    or abs(period_ends_at - ${row.periodEndsAt}) < ${samePeriodMs}))`
  const [inserted] = await query(() =>
    database.batch([
      database.all(sql`insert into ${alerts} (id, rule_key, kind, provider, account_id, window_id, threshold, at,
        period_ends_at, details, is_quiet, seen_at) select ${row.id}, ${row.ruleKey}, ${row.kind}, ${row.provider},
        ${row.accountId}, ${row.windowId}, ${row.threshold}, ${row.at}, ${row.periodEndsAt},
        ${JSON.stringify(row.details)}, ${row.isQuiet ? 1 : 0}, ${row.seenAt} where not ${isTold} returning id`),
      database.run(sql`insert into ${alertDeliveries} (id, alert_id, channel_id, tries, next_try_at)
        select 'dlv_' || lower(hex(randomblob(10))), ${row.id}, ${alertChannels.id}, 0, ${deliverAt}
        from ${alertChannels} where ${deliverAt} is not null and ${alertChannels.pausedAt} is null
        and exists (select 1 from ${alerts} where ${alerts.id} = ${row.id})`),
    ]),
  )
  return (inserted as unknown[]).length === 1
}

/** Crossings that are not over. */
export function listOpenAlerts(database: Database): Promise<AlertRow[]> {
  return query(() => database.select().from(alerts).where(isNull(alerts.clearedAt)))
}

/** Ends crossings; deliveries that still wait are not made any more. Shape: → how many */
export async function clearAlerts(database: Database, ids: readonly string[], at: number): Promise<number> {
  if (ids.length === 0) return 0
  const [cleared] = await query(() =>
    database.batch([
      database
        .update(alerts)
        .set({ clearedAt: at })
        .where(and(inArray(alerts.id, [...ids]), isNull(alerts.clearedAt)))
        .returning({ id: alerts.id }),
      database
        .update(alertDeliveries)
        .set({ nextTryAt: null, gaveUpAt: at, failureCode: 'over' })
        .where(and(inArray(alertDeliveries.alertId, [...ids]), sql`${alertDeliveries.nextTryAt} is not null`)),
    ]),
  )
  return cleared.length
}

const IS_TOLD = eq(alerts.isQuiet, false)

/** Told crossings, newest first. */
export function listToldAlerts(database: Database, limit: number): Promise<AlertRow[]> {
  return query(() =>
    database.select().from(alerts).where(IS_TOLD).orderBy(desc(alerts.at), desc(alerts.id)).limit(limit),
  )
}

/** The crossing of this id, open or over; null when there is none. */
export async function findAlert(database: Database, id: string): Promise<AlertRow | null> {
  const rows = await query(() => database.select().from(alerts).where(eq(alerts.id, id)))
  return rows[0] ?? null
}

/** Crossings that nobody has seen and that are not put off, newest first. */
export function listUnseenAlerts(database: Database, now: number, limit: number): Promise<AlertRow[]> {
  const snoozed = sql`exists (select 1 from ${alertSnoozes} where ${alertSnoozes.accountId} = ${alerts.accountId}
    and ${alertSnoozes.until} > ${now})`
  return query(() =>
    database
      .select()
      .from(alerts)
      .where(
        and(
          IS_TOLD,
          isNull(alerts.seenAt),
          or(isNull(alerts.snoozedUntil), lt(alerts.snoozedUntil, now)),
          sql`not ${snoozed}`,
        ),
      )
      .orderBy(desc(alerts.at), desc(alerts.id))
      .limit(limit),
  )
}

/** Marks crossings as seen: one, or all up to an instant. */
export async function markAlertsSeen(
  database: Database,
  { id, until, at }: { id?: string; until: number; at: number },
): Promise<number> {
  const rows = await query(() =>
    database
      .update(alerts)
      .set({ seenAt: at })
      .where(and(isNull(alerts.seenAt), lt(alerts.at, until), id === undefined ? undefined : eq(alerts.id, id)))
      .returning({ id: alerts.id }),
  )
  return rows.length
}

/** Puts a crossing off: it counts as unseen after `until`, and is told again then. Shape: → false when there is none */
export async function snoozeAlert(database: Database, id: string, until: number): Promise<boolean> {
  const [changed] = await query(() =>
    database.batch([
      database.update(alerts).set({ snoozedUntil: until, seenAt: null }).where(eq(alerts.id, id)).returning({
        id: alerts.id,
      }),
      database
        .update(alertDeliveries)
        .set({ nextTryAt: until, tries: 0, deliveredAt: null, gaveUpAt: null, failureCode: null })
        .where(
          and(
            eq(alertDeliveries.alertId, id),
            sql`exists (select 1 from ${alerts} where ${alerts.id} = ${id} and ${alerts.clearedAt} is null)`,
          ),
        ),
    ]),
  )
  return changed.length === 1
}

/** Tells nothing of an account until then; an instant that has passed ends that. What waits is put off with it. */
export async function snoozeAccount(
  database: Database,
  { accountId, until, now }: { accountId: string; until: number; now: number },
): Promise<void> {
  await query(() =>
    database.batch([
      database
        .insert(alertSnoozes)
        .values({ accountId, until })
        .onConflictDoUpdate({ target: alertSnoozes.accountId, set: { until } }),
      database
        .update(alertDeliveries)
        .set({ nextTryAt: Math.max(until, now) })
        .where(
          and(
            sql`${alertDeliveries.nextTryAt} is not null`,
            sql`${alertDeliveries.alertId} in (select ${alerts.id} from ${alerts} where ${alerts.accountId} = ${accountId})`,
          ),
        ),
    ]),
  )
}

/** Accounts of which nothing is told now, and until when. */
export async function readSnoozes(database: Database, now: number): Promise<Map<string, number>> {
  const rows = await query(() => database.select().from(alertSnoozes).where(gt(alertSnoozes.until, now)))
  return new Map(rows.map(({ accountId, until }) => [accountId, until]))
}

/** Which rules have looked at what. */
export async function readWatches(database: Database, subjects: readonly string[]): Promise<Map<string, Set<string>>> {
  if (subjects.length === 0) return new Map()
  const rows = await query(() =>
    database
      .select()
      .from(alertWatches)
      .where(inArray(alertWatches.subject, [...subjects])),
  )
  return new Map(rows.map(({ subject, rules }) => [subject, new Set(rules)]))
}

/** The rules that have looked at an account, or a provider. */
export interface Watch {
  subject: string
  rules: string[]
}

/** Written in one commit. */
const WATCHES_AT_ONCE = 200

/** Keeps that rules have looked. Errors: StoreError; then some of it may be kept */
export async function keepWatches(database: Database, watches: readonly Watch[]): Promise<void> {
  for (let start = 0; start < watches.length; start += WATCHES_AT_ONCE) {
    const values = watches.slice(start, start + WATCHES_AT_ONCE)
    await query(() =>
      database
        .insert(alertWatches)
        .values(values)
        .onConflictDoUpdate({ target: alertWatches.subject, set: { rules: sql`excluded.rules` } }),
    )
  }
}

/** How many crossings there were of each kind that last, were told, and were not seen. */
export function countAlerts(database: Database): Promise<{ kind: string; open: number; unseen: number }[]> {
  return query(() =>
    database
      .select({
        kind: alerts.kind,
        open: sql<number>`sum(${alerts.clearedAt} is null)`,
        unseen: sql<number>`sum(${alerts.seenAt} is null)`,
      })
      .from(alerts)
      .where(IS_TOLD)
      .groupBy(alerts.kind),
  )
}

/** The instant of the newest told crossing, and how many are unseen: enough to notice that something changed elsewhere. */
export async function alertsMark(database: Database): Promise<string> {
  const rows = await query(() =>
    database
      .select({
        mark: sql<string>`coalesce(max(${alerts.at}), 0) || ' ' || coalesce(sum(${alerts.seenAt} is null), 0)`,
      })
      .from(alerts)
      .where(IS_TOLD),
  )
  return rows[0]!.mark
}

/** Lets go of crossings that were over before an instant, and of rules about what is gone. */
export async function forgetAlerts(database: Database, before: number): Promise<void> {
  await query(() =>
    database.batch([
      database.delete(alerts).where(lt(alerts.clearedAt, before)),
      database.run(sql`delete from ${alertWatches} where subject like 'acc_%'
        and subject not in (select id from accounts)`),
    ]),
  )
}
