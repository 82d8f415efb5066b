/** Rows of `alert_channels` and `alert_deliveries`. Sealed text goes in and out as it is. */

import { and, asc, desc, eq, isNotNull, isNull, lte, or, sql } from 'drizzle-orm'
import type { AuditEvent } from './audit-store.ts'
import type { Database } from './client.ts'
import { query } from './query.ts'
import { alertChannels, alertDeliveries, alerts } from './schema-alerts.ts'
import { auditEvents } from './schema-trails.ts'

export type AlertChannelRow = typeof alertChannels.$inferSelect
export type AlertDeliveryRow = typeof alertDeliveries.$inferSelect

/** Keeps a channel, with the history, in one commit. */
export async function insertChannel(database: Database, row: AlertChannelRow, event: AuditEvent): Promise<void> {
  await query(() =>
    database.batch([database.insert(alertChannels).values(row), database.insert(auditEvents).values(event)]),
  )
}

/** Channels, the oldest first. */
export function listChannels(database: Database): Promise<AlertChannelRow[]> {
  return query(() => database.select().from(alertChannels).orderBy(asc(alertChannels.createdAt), asc(alertChannels.id)))
}

/** The channel of this id, its target still sealed; null when there is none. */
export async function findChannel(database: Database, id: string): Promise<AlertChannelRow | null> {
  const rows = await query(() => database.select().from(alertChannels).where(eq(alertChannels.id, id)))
  return rows[0] ?? null
}

/** Pauses a channel, or ends that; what waits for a paused one is given up. */
export async function pauseChannel(
  database: Database,
  id: string,
  { pausedAt, now }: { pausedAt: number | null; now: number },
  event: AuditEvent,
): Promise<void> {
  const giveUp = database
    .update(alertDeliveries)
    .set({ nextTryAt: null, gaveUpAt: now, failureCode: 'paused' })
    .where(and(eq(alertDeliveries.channelId, id), isNotNull(alertDeliveries.nextTryAt), sql`${pausedAt} is not null`))
  await query(() =>
    database.batch([
      database.update(alertChannels).set({ pausedAt }).where(eq(alertChannels.id, id)),
      giveUp,
      database.insert(auditEvents).values(event),
    ]),
  )
}

/** Removes a channel, with the history, in one commit. Its deliveries go with it. */
export async function deleteChannel(database: Database, id: string, event: AuditEvent): Promise<void> {
  await query(() =>
    database.batch([
      database.delete(alertChannels).where(eq(alertChannels.id, id)),
      database.insert(auditEvents).values(event),
    ]),
  )
}

/** A delivery that is due, with its channel and its alert. */
export interface DueDelivery {
  delivery: AlertDeliveryRow
  channel: AlertChannelRow
  alert: typeof alerts.$inferSelect
}

/** Deliveries that this machine may make now, the longest due first. */
export function listDueDeliveries(
  database: Database,
  { now, machineId, limit }: { now: number; machineId: string | null; limit: number },
): Promise<DueDelivery[]> {
  return query(() =>
    database
      .select({ delivery: alertDeliveries, channel: alertChannels, alert: alerts })
      .from(alertDeliveries)
      .innerJoin(alertChannels, eq(alertChannels.id, alertDeliveries.channelId))
      .innerJoin(alerts, eq(alerts.id, alertDeliveries.alertId))
      .where(
        and(
          lte(alertDeliveries.nextTryAt, now),
          or(isNull(alertChannels.machineId), eq(alertChannels.machineId, machineId ?? '')),
        ),
      )
      .orderBy(asc(alertDeliveries.nextTryAt))
      .limit(limit),
  )
}

/** Takes a delivery for this process until `until`. Shape: → false when somebody else has it, or its alert is over */
export async function claimDelivery(
  database: Database,
  { id, nextTryAt }: Pick<AlertDeliveryRow, 'id' | 'nextTryAt'>,
  until: number,
): Promise<boolean> {
  const rows = await query(() =>
    database
      .update(alertDeliveries)
      .set({ nextTryAt: until, tries: sql`${alertDeliveries.tries} + 1` })
      .where(and(eq(alertDeliveries.id, id), eq(alertDeliveries.nextTryAt, nextTryAt!)))
      .returning({ id: alertDeliveries.id }),
  )
  return rows.length === 1
}

/** Keeps how a delivery ended, or when it is tried again, where it still waits for this process. */
export async function endDelivery(
  database: Database,
  { id, claimedUntil }: { id: string; claimedUntil: number },
  end: Pick<AlertDeliveryRow, 'nextTryAt' | 'deliveredAt' | 'gaveUpAt' | 'failureCode'>,
): Promise<void> {
  await query(() =>
    database
      .update(alertDeliveries)
      .set(end)
      .where(and(eq(alertDeliveries.id, id), eq(alertDeliveries.nextTryAt, claimedUntil))),
  )
}

/** Puts a delivery off without counting it as a try. */
export async function postponeDelivery(
  database: Database,
  { id, nextTryAt }: Pick<AlertDeliveryRow, 'id' | 'nextTryAt'>,
  until: number,
): Promise<void> {
  await query(() =>
    database
      .update(alertDeliveries)
      .set({ nextTryAt: until })
      .where(and(eq(alertDeliveries.id, id), eq(alertDeliveries.nextTryAt, nextTryAt!))),
  )
}

/** How the newest delivery of each channel went. */
export function listLastDeliveries(database: Database): Promise<AlertDeliveryRow[]> {
  const place = sql<number>`row_number() over (partition by ${alertDeliveries.channelId}
    order by coalesce(${alertDeliveries.deliveredAt}, ${alertDeliveries.gaveUpAt}, ${alertDeliveries.nextTryAt}) desc)`
  return query(async () => {
    const rows = await database
      .select({ delivery: alertDeliveries, place })
      .from(alertDeliveries)
      .where(
        and(sql`${alertDeliveries.tries} > 0`, or(isNull(alertDeliveries.failureCode), sql`failure_code <> 'over'`)),
      )
    return rows.filter((row) => row.place === 1).map(({ delivery }) => delivery)
  })
}

/** Deliveries of alerts that were not made, for the list of alerts. */
export function listFailedDeliveries(database: Database, limit: number): Promise<AlertDeliveryRow[]> {
  return query(() =>
    database
      .select()
      .from(alertDeliveries)
      .where(and(isNotNull(alertDeliveries.gaveUpAt), sql`${alertDeliveries.failureCode} not in ('over', 'paused')`))
      .orderBy(desc(alertDeliveries.gaveUpAt))
      .limit(limit),
  )
}

/** Deliveries by how they stand. */
export function countDeliveries(database: Database): Promise<{ kind: string; state: string; count: number }[]> {
  const state = sql<string>`case when ${alertDeliveries.deliveredAt} is not null then 'delivered'
    when ${alertDeliveries.gaveUpAt} is not null then 'given_up' else 'waiting' end`
  return query(() =>
    database
      .select({ kind: alertChannels.kind, state, count: sql<number>`count(*)` })
      .from(alertDeliveries)
      .innerJoin(alertChannels, eq(alertChannels.id, alertDeliveries.channelId))
      .groupBy(alertChannels.kind, state),
  )
}
