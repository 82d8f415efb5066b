/** Every store function that a simulated process may call, over one set of tables. */

import { attemptQueries, inboxQueries } from './model-attempts.ts'
import { accountQueries, copyQueries, fileQueries, lineageQueries } from './model-files.ts'
import { grantQueries } from './model-grants.ts'
import type { ModelTables } from './model-tables.ts'

export type ModelStore = ReturnType<typeof createModelStore>

export function createModelStore(tables: ModelTables) {
  return {
    ...grantQueries(tables),
    ...attemptQueries(tables),
    ...inboxQueries(tables),
    ...accountQueries(tables),
    ...fileQueries(tables),
    ...copyQueries(tables),
    ...lineageQueries(tables),
  }
}
