/** The table of API keys that were made at a provider's console through a login. Kept sealed only where the person chose so. */

import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { accounts } from './schema.ts'

export const consoleKeys = sqliteTable(
  'console_keys',
  {
    id: text().primaryKey(),
    accountId: text()
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    /** Its last four characters, to tell it from others. */
    hint: text().notNull(),
    /** Null when it was shown once and not kept. */
    keySealed: text(),
    createdAt: integer().notNull(),
    forgottenAt: integer(),
  },
  (table) => [index('console_keys_by_account').on(table.accountId)],
)
