/** Which account a person means by a name, among those that there are. Everybody who takes a name asks this file. */

import type { AccountNames } from '../db/account-names.ts'
import { AccountError } from './errors.ts'

/**
 * Those that the name fits: by id, else by label, else by e-mail; letter case and space around it do not matter.
 *
 * Errors: none; several only where they share that label or e-mail
 */
export function accountsNamed<Named extends AccountNames>(reference: string, accounts: readonly Named[]): Named[] {
  const wanted = reference.trim().toLowerCase()
  if (wanted === '') return []
  for (const way of ['id', 'label', 'email'] as const) {
    const fits = accounts.filter((each) => each[way]?.toLowerCase() === wanted)
    if (fits.length > 0) return fits
  }
  return []
}

/**
 * The id of the one account that the name fits.
 *
 * Errors: AccountError account_not_found; account_ambiguous when several have that label or e-mail
 */
export function accountNamed(reference: string, accounts: readonly AccountNames[]): string {
  const [first, ...others] = accountsNamed(reference, accounts)
  if (!first) throw new AccountError('account_not_found', { account: reference })
  if (others.length > 0) throw new AccountError('account_ambiguous', { account: reference, count: others.length + 1 })
  return first.id
}
