/** The tables of warnings: what was crossed, where it is told, and feeds of dates. Instants are epoch milliseconds. */

import { sql } from 'drizzle-orm'
import { index, integer, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { accounts } from './schema.ts'

/** A crossing. While it lasts there is one row for its rule, whoever else looks: tabs, processes and machines. */
export const alerts = sqliteTable(
  'alerts',
  {
    id: text().primaryKey(),
    /** Kind, account or provider, window and threshold. */
    ruleKey: text().notNull(),
    /** usage | forecast | login_ends_soon | sign_in_needed | conflict | provider_trouble */
    kind: text().notNull(),
    provider: text().notNull(),
    accountId: text().references(() => accounts.id, { onDelete: 'cascade' }),
    windowId: text(),
    /** Percent of use, or days before the end of a login. */
    threshold: real(),
    at: integer().notNull(),
    /** The end of what it belongs to, such as a window's reset: no second one comes for the same. */
    periodEndsAt: integer(),
    /** Values of its sentence. Never a secret. */
    details: text({ mode: 'json' }).$type<Record<string, string | number | null>>().notNull(),
    /** It was so already when the rule first looked, or a higher one was crossed with it: told nowhere. */
    isQuiet: integer({ mode: 'boolean' }).notNull(),
    /** When it was over, and the rule armed again. */
    clearedAt: integer(),
    seenAt: integer(),
    snoozedUntil: integer(),
  },
  (table) => [
    uniqueIndex('alerts_once').on(table.ruleKey).where(sql`cleared_at is null`),
    index('alerts_by_rule').on(table.ruleKey, table.periodEndsAt),
    index('alerts_by_time').on(table.at),
    index('alerts_by_account').on(table.accountId),
  ],
)

/** Rules that have looked at an account or a provider before, so that only what changes since is news. */
export const alertWatches = sqliteTable('alert_watches', {
  subject: text().primaryKey(),
  rules: text({ mode: 'json' }).$type<string[]>().notNull(),
})

/** Accounts of which nothing is told for a while. */
export const alertSnoozes = sqliteTable('alert_snoozes', {
  accountId: text()
    .primaryKey()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  until: integer().notNull(),
})

/** Where alerts are told beside the page. */
export const alertChannels = sqliteTable('alert_channels', {
  id: text().primaryKey(),
  /** webhook | command | ntfy */
  kind: text().notNull(),
  name: text().notNull(),
  /** Address or command: an address may hold a secret. Null when its key is gone. */
  targetSealed: text(),
  /** What signs webhooks. */
  signingKeySealed: text(),
  /** An address of the person's own network, by choice. */
  isPrivateAllowed: integer({ mode: 'boolean' }).notNull(),
  /** Labels and e-mail addresses are sent, by choice. */
  includesNames: integer({ mode: 'boolean' }).notNull(),
  /** The machine that runs it; null: any. */
  machineId: text(),
  createdAt: integer().notNull(),
  pausedAt: integer(),
})

/** An alert on its way to a channel. */
export const alertDeliveries = sqliteTable(
  'alert_deliveries',
  {
    id: text().primaryKey(),
    alertId: text()
      .notNull()
      .references(() => alerts.id, { onDelete: 'cascade' }),
    channelId: text()
      .notNull()
      .references(() => alertChannels.id, { onDelete: 'cascade' }),
    tries: integer().notNull().default(0),
    nextTryAt: integer(),
    deliveredAt: integer(),
    gaveUpAt: integer(),
    failureCode: text(),
  },
  (table) => [
    uniqueIndex('alert_deliveries_once').on(table.alertId, table.channelId),
    index('alert_deliveries_due').on(table.nextTryAt),
    index('alert_deliveries_by_channel').on(table.channelId),
  ],
)

/** Addresses of the calendar feed. The hash of their token only. */
export const calendarFeeds = sqliteTable(
  'calendar_feeds',
  {
    id: text().primaryKey(),
    name: text().notNull(),
    tokenHash: text().notNull(),
    /** Labels and e-mail addresses stand in it, by choice. */
    includesNames: integer({ mode: 'boolean' }).notNull(),
    createdAt: integer().notNull(),
    lastReadAt: integer(),
    revokedAt: integer(),
  },
  (table) => [uniqueIndex('calendar_feeds_token').on(table.tokenHash)],
)
