/** Which account a person means by a name, among those that there are. */

import type { AccountNames } from '../db/account-names.ts'
import { AccountError } from './errors.ts'

/**
 * The id of that account: by id, else by its label, else by its e-mail; letter case does not matter.
 *
 * Errors: AccountError account_not_found; account_ambiguous when several have that label or e-mail
 */
export function accountNamed(reference: string, names: readonly AccountNames[]): string {
  const wanted = reference.trim().toLowerCase()
  for (const way of ['id', 'label', 'email'] as const) {
    const [first, ...others] = names.filter((each) => each[way]?.toLowerCase() === wanted)
    if (others.length > 0) throw new AccountError('account_ambiguous', { account: reference, count: others.length + 1 })
    if (first && wanted !== '') return first.id
  }
  throw new AccountError('account_not_found', { account: reference })
}
