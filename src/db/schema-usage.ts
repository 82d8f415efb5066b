/**
 * The tables of limits: what was read last, what was read before, who may ask when, what was foretold, and what transcripts
 * of this machine count. Instants and spans are in milliseconds, shares are fractions from 0.
 */

import { index, integer, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { accounts } from './schema.ts'

const accountId = () =>
  text()
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' })

/** How reading goes for an account: the last good reading, the last failure, and when the next is due. */
export const usageStates = sqliteTable(
  'usage_states',
  {
    accountId: accountId().primaryKey(),
    readAt: integer(),
    plan: text(),
    /** Credits and extra spend as usage/usage-reading.ts has them; null where there are none. */
    credits: text({ mode: 'json' }).$type<unknown>(),
    failedAt: integer(),
    failureCode: text(),
    failures: integer().notNull().default(0),
    nextReadAt: integer(),
  },
  (table) => [index('usage_states_due').on(table.nextReadAt)],
)

/** The windows of the last good reading. One that a provider stopped sending is gone from here. */
export const usageWindows = sqliteTable(
  'usage_windows',
  {
    accountId: accountId(),
    windowId: text().notNull(),
    position: integer().notNull(),
    /** session | weekly | monthly | other: for its name in the person's language. */
    kind: text().notNull(),
    /** The provider's own name of it, such as a model's; null where the kind says all. */
    label: text(),
    scope: text(),
    durationMs: integer(),
    usedFraction: real(),
    resetsAt: integer(),
    isActive: integer({ mode: 'boolean' }).notNull(),
    readAt: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.windowId] })],
)

/** What was read of a window before. `full` as read, `hour` and `day` as the last of their span, with the highest of it. */
export const usagePoints = sqliteTable(
  'usage_points',
  {
    accountId: accountId(),
    windowId: text().notNull(),
    /** full | hour | day */
    resolution: text().notNull(),
    at: integer().notNull(),
    usedFraction: real().notNull(),
    highestFraction: real().notNull(),
    resetsAt: integer(),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.windowId, table.resolution, table.at] })],
)

/** Calls for usage of the last hour, by identity: the budget that tabs, processes and machines share. */
export const usageCalls = sqliteTable(
  'usage_calls',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    /** Provider, subject and organisation as one keyed fingerprint. */
    identity: text().notNull(),
    owner: text().notNull(),
    /** By the database's own clock. */
    at: integer().notNull(),
  },
  (table) => [index('usage_calls_by_identity').on(table.identity, table.at)],
)

/** Until when a provider asked not to be asked for this identity, and how far waiting has grown. */
export const usageHolds = sqliteTable('usage_holds', {
  identity: text().primaryKey(),
  until: integer().notNull(),
  waitMs: integer().notNull(),
  code: text(),
})

/** What was foretold, and how it came out. */
export const forecasts = sqliteTable(
  'forecasts',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    accountId: accountId(),
    windowId: text().notNull(),
    madeAt: integer().notNull(),
    resetsAt: integer().notNull(),
    usedFraction: real().notNull(),
    /** The middle of what was foretold, and the ends of the 80 % band; null: not before the reset. */
    runsOutAt: integer(),
    earliestAt: integer(),
    latestAt: integer(),
    /** What a straight line said. */
    linearAt: integer(),
    scoredAt: integer(),
    /** When it did run out; null: it lasted until the reset. */
    ranOutAt: integer(),
    isInBand: integer({ mode: 'boolean' }),
  },
  (table) => [
    index('forecasts_by_window').on(table.accountId, table.windowId, table.madeAt),
    index('forecasts_open').on(table.scoredAt, table.resetsAt),
  ],
)

/** How far each transcript was counted. Paths and counts only. */
export const transcriptFiles = sqliteTable(
  'transcript_files',
  {
    machineId: text().notNull(),
    path: text().notNull(),
    provider: text().notNull(),
    /** The CLI's directory that it lies in. */
    directory: text().notNull(),
    /** Bytes that were counted. */
    offset: integer().notNull(),
    modifiedAt: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.machineId, table.path] })],
)

/** Tokens that CLIs of a machine noted in their transcripts, by the hour. Never content. */
export const transcriptHours = sqliteTable(
  'transcript_hours',
  {
    machineId: text().notNull(),
    provider: text().notNull(),
    directory: text().notNull(),
    /** The account whose login lay in that directory when it was counted; '' where that is not known. */
    accountId: text().notNull(),
    /** Start of the hour. */
    at: integer().notNull(),
    messages: integer().notNull(),
    inputTokens: integer().notNull(),
    cachedTokens: integer().notNull(),
    outputTokens: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.machineId, table.directory, table.accountId, table.at] })],
)
