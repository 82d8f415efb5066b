/** What happened to an account, for the person who asks later. */

import { findAccountById } from '../db/account-store.ts'
import { listAuditEvents } from '../db/audit-store.ts'
import type { AccountsContext } from './context.ts'
import { AccountError } from './errors.ts'
import { namingStoreRefusals } from './store-refusals.ts'

/** Something that happened to an account, for its history. */
export interface HistoryEntry {
  at: number
  kind: string
  actor: string
  details: Record<string, string | number | boolean | null>
}

/** Entries that are shown. */
const HISTORY_LENGTH = 200

/**
 * The newest 200 entries, newest first.
 *
 * Errors: AccountError account_not_found, store_failed
 */
export function accountHistory(context: AccountsContext, accountId: string): Promise<HistoryEntry[]> {
  return namingStoreRefusals(async () => {
    const events = await listAuditEvents(context.database, accountId, HISTORY_LENGTH)
    if (events.length === 0 && !(await findAccountById(context.database, accountId))) {
      throw new AccountError('account_not_found', { account: accountId })
    }
    return events.map(({ at, kind, actor, details }) => ({ at, kind, actor, details }))
  })
}
