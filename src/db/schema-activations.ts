/**
 * The tables of handing accounts to CLIs: switches, what they replaced, and directories of their own for accounts. Instants
 * are epoch milliseconds; `*Sealed` columns hold vault envelopes.
 */

import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { accounts } from './schema.ts'

/** Every time a CLI's place was given to an account, or emptied. History: it outlives its accounts. */
export const activations = sqliteTable(
  'activations',
  {
    id: text().primaryKey(),
    machineId: text().notNull(),
    provider: text().notNull(),
    /** The CLI's directory, such as `~/.codex`. */
    directory: text().notNull(),
    /** Null: the place was emptied. */
    accountId: text(),
    previousAccountId: text(),
    actor: text().notNull(),
    at: integer().notNull(),
    backupId: text(),
    writtenAt: integer(),
    verifiedAt: integer(),
    /** Whom the CLI, or the file where no CLI is installed, named: an e-mail or a subject. */
    verifiedAs: text(),
    /** cli | file */
    verifiedBy: text(),
    rolledBackAt: integer(),
    undoneAt: integer(),
    /** The backup that this switch put back: it was an undo. */
    restores: text(),
    failedAt: integer(),
    failureCode: text(),
  },
  (table) => [index('activations_by_place').on(table.machineId, table.directory, table.at)],
)

/** What a switch replaced, for 30 days. */
export const backups = sqliteTable(
  'backups',
  {
    id: text().primaryKey(),
    activationId: text().notNull(),
    machineId: text().notNull(),
    provider: text().notNull(),
    directory: text().notNull(),
    at: integer().notNull(),
    expiresAt: integer().notNull(),
    restoredAt: integer(),
  },
  (table) => [index('backups_by_age').on(table.expiresAt)],
)

/** One file of a backup: all of its bytes, sealed, and how to tell whether it was changed since. */
export const backupFiles = sqliteTable(
  'backup_files',
  {
    id: text().primaryKey(),
    backupId: text()
      .notNull()
      .references(() => backups.id, { onDelete: 'cascade' }),
    path: text().notNull(),
    /** Null: there was no such file. */
    contentSealed: text(),
    mode: integer(),
    /** Keyed fingerprint of what was written in its place; null before that. */
    writtenFingerprint: text(),
  },
  (table) => [uniqueIndex('backup_files_path').on(table.backupId, table.path)],
)

/**
 * What a CLI keeps of an account beside its tokens, such as where the login came from and what marks this machine as
 * trusted: belongs to that account alone and is put back with it.
 */
export const cliMembers = sqliteTable('cli_members', {
  accountId: text()
    .primaryKey()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  membersSealed: text().notNull(),
  at: integer().notNull(),
})

/** Directories of their own for accounts, so that several CLIs run side by side. */
export const profiles = sqliteTable(
  'profiles',
  {
    id: text().primaryKey(),
    machineId: text().notNull(),
    provider: text().notNull(),
    accountId: text(),
    directory: text().notNull(),
    /** Names of what is shared with the main home. */
    shared: text({ mode: 'json' }).$type<string[]>().notNull(),
    createdAt: integer().notNull(),
    removedAt: integer(),
  },
  (table) => [
    uniqueIndex('profiles_directory').on(table.machineId, table.directory),
    index('profiles_by_account').on(table.accountId),
  ],
)
