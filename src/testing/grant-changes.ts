/** Changes the facts of a stored login directly: states that would take days of requests to reach. */

import { eq } from 'drizzle-orm'
import type { AccountsContext } from '../accounts/context.ts'
import { grants } from '../db/schema.ts'

export async function updateGrant(
  { database }: Pick<AccountsContext, 'database'>,
  accountId: string,
  facts: Partial<typeof grants.$inferInsert>,
): Promise<void> {
  await database.update(grants).set(facts).where(eq(grants.accountId, accountId))
}
