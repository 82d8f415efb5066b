/** What was read of an account's limits between two instants, for programs. */

import type { AccountsContext } from '../accounts/context.ts'
import { namingStoreRefusals } from '../accounts/store-refusals.ts'
import { listPointsBetween, type UsagePointRow } from '../db/usage-point-store.ts'

/** Points that one answer tells at most; of more, the newest. */
const MOST_POINTS = 20_000

export type PointOfAccount = Omit<UsagePointRow, 'accountId'>

/** The points of all windows of an account, in order of time. Epoch milliseconds. Errors: AccountError store_failed */
export function usagePointsBetween(
  context: Pick<AccountsContext, 'database'>,
  accountId: string,
  { from, until }: { from: number; until: number },
): Promise<PointOfAccount[]> {
  return namingStoreRefusals(() => listPointsBetween(context.database, { accountId, from, until, limit: MOST_POINTS }))
}
