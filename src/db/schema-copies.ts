/** Tables of where logins lie beside this database: machines, files that are followed, copies. */

import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { accounts } from './schema.ts'

/** Machines that share this database. */
export const machines = sqliteTable('machines', {
  id: text().primaryKey(),
  name: text().notNull(),
  firstSeenAt: integer().notNull(),
  lastSeenAt: integer().notNull(),
  /** Its copies were moved to another machine: it may not refresh any more. */
  retiredAt: integer(),
})

/** Credential files that are followed, and what was last seen in them. */
export const credentialFiles = sqliteTable(
  'credential_files',
  {
    /** The machine that the path is on; '' where a program runs without a home. Two machines may have the same paths. */
    machineId: text().notNull(),
    path: text().notNull(),
    provider: text().notNull(),
    /** default | environment | profile | other */
    kind: text().notNull(),
    accountId: text().references(() => accounts.id, { onDelete: 'set null' }),
    /** live | blanked | torn | missing | api_key | keyring | not_permitted | foreign */
    state: text().notNull(),
    observedAt: integer().notNull(),
    modifiedAt: integer(),
    subject: text(),
    organizationId: text(),
    email: text(),
    refreshTokenFingerprint: text(),
    accessTokenExpiresAt: integer(),
  },
  (table) => [primaryKey({ columns: [table.machineId, table.path] })],
)

/** Copies of a login outside this database that are known of: files, profiles, exports, backups. By fingerprint, never by token. */
export const grantCopies = sqliteTable(
  'grant_copies',
  {
    id: text().primaryKey(),
    accountId: text()
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    /** cli_file | profile | export | backup */
    kind: text().notNull(),
    /** Null in records of old: nobody knows. */
    machineId: text(),
    /** A path or another readable place. */
    place: text().notNull(),
    /** The grant whose tokens lie here or lay here before they were replaced by unknown ones; null: never one of ours. */
    grantId: text(),
    refreshTokenFingerprint: text(),
    /** What it was when it was seen; which one it is now is looked up by the fingerprint. */
    generation: integer(),
    accessTokenExpiresAt: integer(),
    mayRefresh: integer({ mode: 'boolean' }).notNull(),
    seenAt: integer().notNull(),
    goneAt: integer(),
  },
  (table) => [
    uniqueIndex('grant_copies_place').on(table.accountId, table.kind, table.machineId, table.place),
    index('grant_copies_by_place').on(table.machineId, table.place),
    index('grant_copies_by_refresh_token').on(table.refreshTokenFingerprint),
  ],
)
