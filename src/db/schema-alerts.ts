/** The tables of warnings: what was crossed, where it is told, and feeds of dates. Instants are epoch milliseconds. */

import { index, integer, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

/** A crossing. The key makes each happen once: rule, account, window, threshold and the period that it belongs to. */
export const alerts = sqliteTable(
  'alerts',
  {
    id: text().primaryKey(),
    key: text().notNull(),
    /** usage | forecast | login_ends_soon | sign_in_needed | conflict | provider_trouble | test */
    kind: text().notNull(),
    accountId: text(),
    windowId: text(),
    threshold: real(),
    at: integer().notNull(),
    /** Values of its sentence. Never a secret. */
    details: text({ mode: 'json' }).$type<Record<string, string | number | null>>().notNull(),
    seenAt: integer(),
    snoozedUntil: integer(),
  },
  (table) => [uniqueIndex('alerts_key').on(table.key), index('alerts_by_time').on(table.at)],
)

/** Where alerts are told beside the page. */
export const alertChannels = sqliteTable('alert_channels', {
  id: text().primaryKey(),
  /** browser | webhook | command | ntfy */
  kind: text().notNull(),
  name: text().notNull(),
  /** Address or command: an address may hold a secret. */
  targetSealed: text(),
  /** What signs webhooks. */
  signingKeySealed: text(),
  /** An address of the person's own network, by choice. */
  isPrivateAllowed: integer({ mode: 'boolean' }).notNull(),
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
  ],
)

/** Addresses of the calendar feed. The hash of their token only. */
export const calendarFeeds = sqliteTable('calendar_feeds', {
  id: text().primaryKey(),
  tokenHash: text().notNull(),
  createdAt: integer().notNull(),
  lastReadAt: integer(),
  revokedAt: integer(),
})
