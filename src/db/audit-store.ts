/**
 * Writes and reads the history, and the MACs that chain it. Details are ids, codes and paths; nothing here ever sees a
 * token, and nothing here can make a MAC.
 */

import { and, asc, desc, eq, gt, lt, type SQL, sql } from 'drizzle-orm'
import type { Database } from './client.ts'
import { query } from './query.ts'
import { accounts, meta } from './schema.ts'
import { auditEvents } from './schema-trails.ts'

export type AuditDetails = Record<string, string | number | boolean | null>

/** Something that happened. `at` in epoch milliseconds. */
export interface AuditEvent {
  at: number
  accountId: string | null
  kind: string
  actor: string
  details: AuditDetails
}

/** Writes an event that stands for itself; one that tells of a change belongs into the commit of that change. */
export function recordAuditEvent(database: Database, event: AuditEvent): Promise<unknown> {
  return query(() => database.insert(auditEvents).values(event))
}

/** Writes an event into the commit of the change that it tells of. `isSo`: that the change was made, such as `changes() = 1`. */
export function auditIf(database: Database, { at, accountId, kind, actor, details }: AuditEvent, isSo: SQL) {
  return database.run(sql`insert into ${auditEvents} (at, account_id, kind, actor, details)
    select ${at}, ${accountId}, ${kind}, ${actor}, ${JSON.stringify(details)} where ${isSo}`)
}

const EVENT = {
  at: auditEvents.at,
  accountId: auditEvents.accountId,
  kind: auditEvents.kind,
  actor: auditEvents.actor,
  details: auditEvents.details,
}

/** What happened to an account, newest first, at most `limit`. */
export function listAuditEvents(database: Database, accountId: string, limit: number): Promise<AuditEvent[]> {
  return query(() =>
    database
      .select(EVENT)
      .from(auditEvents)
      .where(eq(auditEvents.accountId, accountId))
      .orderBy(desc(auditEvents.at), desc(auditEvents.id))
      .limit(limit),
  )
}

/** Which events are wanted: of an account, of a kind, older than an id. */
export interface AuditFilter {
  accountId?: string
  kind?: string
  /** Only events with a smaller id. */
  before?: number
  limit: number
}

export type AuditRow = AuditEvent & { id: number; isChained: boolean }

/** Events by id, newest first. */
export function listAuditPage(
  database: Database,
  { accountId, kind, before, limit }: AuditFilter,
): Promise<AuditRow[]> {
  return query(async () => {
    const rows = await database
      .select({ id: auditEvents.id, ...EVENT, isChained: sql<number>`${auditEvents.mac} is not null` })
      .from(auditEvents)
      .where(
        and(
          accountId === undefined ? undefined : eq(auditEvents.accountId, accountId),
          kind === undefined ? undefined : eq(auditEvents.kind, kind),
          before === undefined ? undefined : lt(auditEvents.id, before),
        ),
      )
      .orderBy(desc(auditEvents.id))
      .limit(limit)
    return rows.map((row) => ({ ...row, isChained: row.isChained === 1 }))
  })
}

/** Every kind of event that there is, in the order of the alphabet. */
export async function listAuditKinds(database: Database): Promise<string[]> {
  const rows = await query(() =>
    database.selectDistinct({ kind: auditEvents.kind }).from(auditEvents).orderBy(asc(auditEvents.kind)),
  )
  return rows.map(({ kind }) => kind)
}

/** An event as it lies in the database; `details` is the text of its JSON, not read. */
export interface StoredEvent {
  id: number
  at: number
  accountId: string | null
  kind: string
  actor: string
  details: string
  mac: string | null
}

const STORED = {
  id: auditEvents.id,
  at: auditEvents.at,
  accountId: auditEvents.accountId,
  kind: auditEvents.kind,
  actor: auditEvents.actor,
  details: sql<string>`${auditEvents.details}`,
  mac: auditEvents.mac,
}

/** Events after an id in the order of the chain, at most `limit`. */
export function listStoredEvents(database: Database, after: number, limit: number): Promise<StoredEvent[]> {
  return query(() =>
    database
      .select(STORED)
      .from(auditEvents)
      .where(gt(auditEvents.id, after))
      .orderBy(asc(auditEvents.id))
      .limit(limit),
  )
}

/** Events after an id that are not in the chain yet, in its order. Walks the index `audit_events_unchained`. */
export function listUnchainedEvents(database: Database, after: number, limit: number): Promise<StoredEvent[]> {
  return query(() =>
    database
      .select(STORED)
      .from(auditEvents)
      .where(and(sql`${auditEvents.mac} is null`, gt(auditEvents.id, after)))
      .orderBy(asc(auditEvents.id))
      .limit(limit),
  )
}

/** True when nothing was ever recorded here: only then may a chain begin. */
export async function hasNoHistory(database: Database): Promise<boolean> {
  const rows = await query(() =>
    database.all<{ found: number }>(
      sql`select exists(select 1 from ${accounts}) or exists(select 1 from ${auditEvents}) as found`,
    ),
  )
  return Number(rows[0]?.found) === 0
}

/** The next links of the chain, and the head after them. */
export interface ChainGrowth {
  headName: string
  /** The head as it was read: another process may have moved it meanwhile. */
  headBefore: string
  headAfter: string
  links: readonly { id: number; mac: string }[]
}

/**
 * Writes links and head in one commit, if the head is still the one that was read.
 *
 * Shape:  → false when somebody else was first; nothing is written then
 * Errors: StoreError
 */
export async function growChain(
  database: Database,
  { headName, headBefore, headAfter, links }: ChainGrowth,
): Promise<boolean> {
  const [, moved] = await query(() =>
    database.batch([
      // The links ask for the old head, so they come before the new one.
      database.run(sql`update audit_events set mac = link.value ->> 1 from json_each(${JSON.stringify(
        links.map(({ id, mac }) => [id, mac]),
      )}) as link where audit_events.id = link.value ->> 0 and audit_events.mac is null
        and exists (select 1 from meta where name = ${headName} and value = ${headBefore})`),
      database
        .update(meta)
        .set({ value: headAfter })
        .where(and(eq(meta.name, headName), eq(meta.value, headBefore)))
        .returning({ name: meta.name }),
    ]),
  )
  return moved.length === 1
}
