/**
 * Finds an account by what a person calls it. Apart from the list of accounts, because a helper that wants a token needs no
 * more than this.
 */

import { listAccountNames } from '../db/account-names.ts'
import { accountNamed } from './account-named.ts'
import type { AccountsContext } from './context.ts'
import { namingStoreRefusals } from './store-refusals.ts'

/**
 * The id of the account that a person means: by id, else by its label, else by its e-mail; letter case does not matter.
 *
 * Errors: AccountError account_not_found; account_ambiguous when several have that label or e-mail; store_failed
 */
export async function findAccountId(context: AccountsContext, reference: string): Promise<string> {
  return accountNamed(reference, await namingStoreRefusals(() => listAccountNames(context.database)))
}
