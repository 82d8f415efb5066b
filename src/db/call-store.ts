/** Writes and reads the record of calls to providers. */

import { and, asc, desc, eq, gte, lt, lte, sql } from 'drizzle-orm'
import type { Database } from './client.ts'
import { query } from './query.ts'
import { providerCalls } from './schema-trails.ts'

export type CallRow = typeof providerCalls.$inferSelect
export type NewCallRow = Omit<CallRow, 'id'>

/** Writes calls, the oldest first, in one commit. */
export async function insertCalls(database: Database, calls: readonly NewCallRow[]): Promise<void> {
  if (calls.length > 0) await query(() => database.insert(providerCalls).values([...calls]))
}

/** Which calls are wanted. */
export interface CallFilter {
  accountId?: string
  provider?: string
  /** Only calls with a smaller id. */
  before?: number
  /** Only calls from this instant on; epoch milliseconds. */
  since?: number
  limit: number
}

/** Calls, newest first. */
export function listCallRows(
  database: Database,
  { accountId, provider, before, since, limit }: CallFilter,
): Promise<CallRow[]> {
  return query(() =>
    database
      .select()
      .from(providerCalls)
      .where(
        and(
          accountId === undefined ? undefined : eq(providerCalls.accountId, accountId),
          provider === undefined ? undefined : eq(providerCalls.provider, provider),
          before === undefined ? undefined : lt(providerCalls.id, before),
          since === undefined ? undefined : gte(providerCalls.at, since),
        ),
      )
      .orderBy(desc(providerCalls.id))
      .limit(limit),
  )
}

/** How often an endpoint of a provider was called, and how often in vain. */
export interface CallCount {
  provider: string
  endpoint: string
  count: number
  /** Not answered, or answered with a status of 400 and above. */
  failed: number
  /** Epoch milliseconds. */
  lastAt: number
}

/** Calls since an instant (epoch milliseconds), by provider and endpoint. */
export function countCalls(database: Database, since: number): Promise<CallCount[]> {
  return query(() =>
    database
      .select({
        provider: providerCalls.provider,
        endpoint: providerCalls.endpoint,
        count: sql<number>`count(*)`,
        failed: sql<number>`sum(${providerCalls.outcome} <> 'answered' or ${providerCalls.httpStatus} >= 400)`,
        lastAt: sql<number>`max(${providerCalls.at})`,
      })
      .from(providerCalls)
      .where(gte(providerCalls.at, since))
      .groupBy(providerCalls.provider, providerCalls.endpoint)
      .orderBy(asc(providerCalls.provider), asc(providerCalls.endpoint)),
  )
}

/** Forgets calls up to an instant, epoch milliseconds. */
export function deleteOldCalls(database: Database, before: number): Promise<unknown> {
  return query(() => database.delete(providerCalls).where(lte(providerCalls.at, before)))
}

/** The number of the newest call; 0 before the first. */
export async function lastCallId(database: Database): Promise<number> {
  const rows = await query(() =>
    database.select({ id: sql<number>`coalesce(max(${providerCalls.id}), 0)` }).from(providerCalls),
  )
  return rows[0]!.id
}

/** Calls of one kind. `outcome`: `2xx`, `4xx` …, or how it failed. */
export interface CallTally {
  provider: string
  endpoint: string
  outcome: string
  count: number
}

/** Counts calls after one number and up to another, by what came of them. */
export function tallyCalls(database: Database, { from, until }: { from: number; until: number }): Promise<CallTally[]> {
  const outcome = sql<string>`case when ${providerCalls.outcome} = 'answered' and ${providerCalls.httpStatus} is not null
    then (${providerCalls.httpStatus} / 100) || 'xx' else ${providerCalls.outcome} end`
  return query(() =>
    database
      .select({
        provider: providerCalls.provider,
        endpoint: providerCalls.endpoint,
        outcome,
        count: sql<number>`count(*)`,
      })
      .from(providerCalls)
      .where(and(sql`${providerCalls.id} > ${from}`, lte(providerCalls.id, until)))
      .groupBy(providerCalls.provider, providerCalls.endpoint, outcome),
  )
}
