/** Keeps `status.json` as the database is. What stands in it, and how a prompt reads it, is for status-file.ts, which loads nothing. */

import { byPlace } from '../db/account-facts-store.ts'
import type { AccountsContext } from './context.ts'
import { accountsInParts } from './list-accounts.ts'
import { type StatusOfAccount, statusOfAccount, writeStatusFile } from './status-file.ts'

type PlacedStatus = Parameters<typeof byPlace>[0] & { status: StatusOfAccount }

/** Writes the file where what it says has changed, or has grown old. Errors: StoreError; those of the file system */
export async function keepStatusFile(path: string, context: AccountsContext): Promise<void> {
  const placed: PlacedStatus[] = []
  for await (const part of accountsInParts(context)) {
    for (const account of part) {
      const { id, position, createdAt } = account
      placed.push({ id, position, createdAt, status: statusOfAccount(account) })
    }
  }
  const statuses = placed.sort(byPlace).map(({ status }) => status)
  writeStatusFile(path, statuses, context)
}
