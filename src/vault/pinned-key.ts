/**
 * What the database says about its key: its public id, where it is kept, and two proofs by which the right key is known
 * before anything else is opened with it. Holds no key.
 */

import type { Database } from '../db/client.ts'
import { readMeta } from '../db/meta-store.ts'
import type { Random } from '../lib/random.ts'
import { equalInConstantTime } from '../lib/secret.ts'
import { openEnvelope, sealEnvelope } from './envelope.ts'
import type { WrappedKey } from './key-passphrase.ts'
import { type ExpectedKey, KeyRefusal } from './key-refusal.ts'
import { keyCheckOf, keyIdOf, subKey } from './keys.ts'
import type { KeySource } from './vault.ts'

export interface PinnedKey extends ExpectedKey {
  check: string
  sentinel: string
  /** Only for the source `passphrase`. */
  wrapped: WrappedKey | null
}

/** Under this name in `meta`, as one row, so that it is there whole or not at all. */
export const PINNED_KEY_NAME = 'key'

const SENTINEL_PLACE = { table: 'meta', column: 'value', owner: 'sentinel', generation: 0 }
const SENTINEL_TEXT = 'tokendeck'

/**
 * What the database says, or null when it has no key yet.
 *
 * Errors: KeyRefusal `database_unpinned` when it is damaged; StoreError
 */
export async function readPinnedKey(database: Database): Promise<PinnedKey | null> {
  const text = await readMeta(database, PINNED_KEY_NAME)
  return text === null ? null : parsePinnedKey(text)
}

/** The same of a text that was read already. */
export function parsePinnedKey(text: string): PinnedKey {
  try {
    const pinned = JSON.parse(text) as PinnedKey
    const areTexts = [pinned.id, pinned.check, pinned.sentinel].every((value) => typeof value === 'string')
    if (areTexts && typeof pinned.since === 'number' && SOURCES.includes(pinned.source)) return pinned
  } catch {
    // Not even JSON: the same refusal.
  }
  throw new KeyRefusal(
    'database_unpinned',
    'What the database says about its key is damaged. Nothing was changed. Restore a backup of the database.',
  )
}

const SOURCES: readonly KeySource[] = ['keyring', 'file', 'passphrase']

/** What a database is to say about a key; `since` in epoch milliseconds. */
export function describeKey(
  key: Buffer,
  { source, wrapped, since }: Pick<PinnedKey, 'source' | 'wrapped' | 'since'>,
  random: Random,
): PinnedKey {
  const id = keyIdOf(key)
  const sentinel = sealEnvelope(subKey(key, 'envelopes'), id, random, SENTINEL_PLACE, SENTINEL_TEXT)
  return { id, source, since, check: keyCheckOf(key), sentinel, wrapped }
}

/** True for the one key that the database was made with. */
export function isPinnedKey(key: Buffer, pinned: PinnedKey): boolean {
  return keyIdOf(key) === pinned.id && equalInConstantTime(keyCheckOf(key), pinned.check) && opensSentinel(key, pinned)
}

function opensSentinel(key: Buffer, pinned: PinnedKey): boolean {
  try {
    return openEnvelope(subKey(key, 'envelopes'), pinned.id, SENTINEL_PLACE, pinned.sentinel) === SENTINEL_TEXT
  } catch {
    return false
  }
}
