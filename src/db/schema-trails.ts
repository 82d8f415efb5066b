/** Tables of what has happened: the history, generations of logins, calls to providers. */

import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

/** What happened, for the person who asks later. Details are ids, codes and paths: never a secret. */
export const auditEvents = sqliteTable(
  'audit_events',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    at: integer().notNull(),
    accountId: text(),
    kind: text().notNull(),
    /** browser | api | cli | scheduler | watcher | startup */
    actor: text().notNull(),
    details: text({ mode: 'json' }).$type<Record<string, string | number | boolean | null>>().notNull(),
    /** Keyed MAC over this event and the MAC before it: the chain. Null until the event has been chained. */
    mac: text(),
  },
  (table) => [
    index('audit_events_by_account').on(table.accountId, table.at),
    index('audit_events_unchained').on(table.id).where(sql`mac is null`),
  ],
)

/**
 * Every generation that a grant ever had, and how it came and went. Known by keyed fingerprints, never by a token. It is
 * history: it outlives its account.
 */
export const generations = sqliteTable(
  'generations',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    accountId: text().notNull(),
    grantId: text().notNull(),
    generation: integer().notNull(),
    /** signed_in | refreshed | adopted | linked | taken_over | added | handed_over | restored */
    how: text().notNull(),
    custody: text().notNull(),
    actor: text().notNull(),
    /** Why: the purpose of the refresh, the path of the file, the machine. Never a secret. */
    why: text(),
    at: integer().notNull(),
    refreshTokenFingerprint: text(),
    accessTokenExpiresAt: integer(),
    /** replaced | lost | refused | revoked | retired | removed; null while it is the current one. */
    endedHow: text(),
    endedAt: integer(),
    endedWhy: text(),
  },
  (table) => [
    // A generation that changes hands begins anew under its number.
    uniqueIndex('generations_of_grant').on(table.grantId, table.generation, table.how, table.at),
    index('generations_by_account').on(table.accountId, table.at),
    index('generations_by_refresh_token').on(table.refreshTokenFingerprint),
  ],
)

/** Every request that went to a provider: when, for whom, why, and what came of it. Kept for 90 days. */
export const providerCalls = sqliteTable(
  'provider_calls',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    at: integer().notNull(),
    provider: text().notNull(),
    accountId: text(),
    /** token | revocation | profile | usage | device | other */
    endpoint: text().notNull(),
    /** Why: scheduled, requested, token_needed, sign_in, removal … */
    why: text().notNull(),
    /** answered | not_sent | interrupted */
    outcome: text().notNull(),
    httpStatus: integer(),
    code: text(),
    durationMs: integer().notNull(),
    /** Calls left in the rolling hour of this identity and endpoint, where there is a budget. */
    budgetLeft: integer(),
  },
  (table) => [
    index('provider_calls_by_time').on(table.at),
    index('provider_calls_by_account').on(table.accountId, table.at),
  ],
)
