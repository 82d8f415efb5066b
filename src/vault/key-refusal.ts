/** Why the vault stays shut, in words for a person. Nothing has been changed when one of these is thrown. */

import type { KeySource } from './vault.ts'

export type KeyRefusalCode =
  | 'key_mismatch'
  | 'key_damaged'
  | 'key_not_permitted'
  | 'keyring_silent'
  | 'passphrase_missing'
  | 'source_pinned'
  | 'database_unpinned'
  | 'key_changed'

/** The key cannot be had, or is not the one. The program ends with `exitCode` (EX_CONFIG of sysexits.h). */
export class KeyRefusal extends Error {
  override readonly name = 'KeyRefusal'
  readonly exitCode = 78

  constructor(
    readonly code: KeyRefusalCode,
    message: string,
  ) {
    super(message)
  }
}

/** The key that the database was made with. `since` in epoch milliseconds. */
export interface ExpectedKey {
  id: string
  source: KeySource
  since: number
}

/** `found`: where was looked and what was there, such as `k_91C0 in keyring` or `none in keyring`. */
export function keyMismatch(expected: ExpectedKey, found: string): KeyRefusal {
  const since = new Date(expected.since).toISOString().slice(0, 10)
  return new KeyRefusal(
    'key_mismatch',
    `The encryption key does not match this database. Database key id: ${expected.id} (stored in: ${expected.source}, since ${since}). ` +
      `Found: ${found}. Nothing was changed. Restore the key with "tokendeck key import", ` +
      'or sign in again after "tokendeck key reset --i-know-tokens-are-lost".',
  )
}
