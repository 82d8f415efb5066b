/**
 * Finds an account by what a person calls it. Apart from the list of accounts, because a helper that wants a token needs no
 * more than this.
 */

import { listAccountNames } from '../db/account-names.ts'
import type { AccountsContext } from './context.ts'
import { AccountError } from './errors.ts'
import { namingStoreRefusals } from './store-refusals.ts'

/**
 * The id of the account that a person means: by id, else by its label, else by its e-mail; letter case does not matter.
 *
 * Errors: AccountError account_not_found; account_ambiguous when several have that label or e-mail; store_failed
 */
export async function findAccountId(context: AccountsContext, reference: string): Promise<string> {
  const names = await namingStoreRefusals(() => listAccountNames(context.database))
  const wanted = reference.trim().toLowerCase()
  for (const way of ['id', 'label', 'email'] as const) {
    const [first, ...others] = names.filter((each) => each[way]?.toLowerCase() === wanted)
    if (others.length > 0) throw new AccountError('account_ambiguous', { account: reference, count: others.length + 1 })
    if (first && wanted !== '') return first.id
  }
  throw new AccountError('account_not_found', { account: reference })
}
