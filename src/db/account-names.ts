/** What people call their accounts. */

import type { Database } from './client.ts'
import { query } from './query.ts'
import { accounts } from './schema.ts'

export type AccountNames = Pick<typeof accounts.$inferSelect, 'id' | 'label' | 'email'>

/** The names of every account. Errors: StoreError */
export function listAccountNames(database: Database): Promise<AccountNames[]> {
  const { id, label, email } = accounts
  return query(() => database.select({ id, label, email }).from(accounts))
}
