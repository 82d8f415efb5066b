/**
 * What the database says about its key: its public id, where it is kept, and two proofs by which the right key is known
 * before anything else is opened with it. Holds no key in the clear: former ones, and the secret behind fingerprints, lie
 * here sealed by the present key.
 */

import type { Database } from '../db/client.ts'
import type { Random } from '../lib/random.ts'
import { equalInConstantTime, Secret } from '../lib/secret.ts'
import { openEnvelope, sealEnvelope } from './envelope.ts'
import type { WrappedKey } from './key-passphrase.ts'
import { type ExpectedKey, KeyRefusal } from './key-refusal.ts'
import { keyCheckOf, keyIdOf, newMasterKey, subKey } from './keys.ts'
import type { FormerKey, KeySource } from './vault.ts'

export interface PinnedKey extends ExpectedKey {
  check: string
  sentinel: string
  /** Only for the source `passphrase`. */
  wrapped: WrappedKey | null
  /** The secret behind fingerprints and MACs, sealed. It outlives the keys, so that equal stays equal. */
  lasting: string
  /** Keys that open but do not seal any more, newest first. */
  former: PinnedFormerKey[]
}

/** A former key, with the key itself sealed by the present one. */
export interface PinnedFormerKey extends FormerKey {
  sealed: string
}

/** Under this name in `meta`, as one row, so that it is there whole or not at all. */
export const PINNED_KEY_NAME = 'key'

const SENTINEL_PLACE = { table: 'meta', column: 'value', owner: 'sentinel', generation: 0 }
const SENTINEL_TEXT = 'tokendeck'
const LASTING_PLACE = { ...SENTINEL_PLACE, owner: 'lasting secret' }
const formerPlace = (id: string) => ({ ...SENTINEL_PLACE, owner: `former key ${id}` })

/**
 * What the database says, or null when it has no key yet.
 *
 * Errors: KeyRefusal `database_unpinned` when it is damaged; StoreError
 */
export async function readPinnedKey(database: Database): Promise<PinnedKey | null> {
  // Read when it is needed: who has the text already wants no store.
  const { readMeta } = await import('../db/meta-store.ts')
  const text = await readMeta(database, PINNED_KEY_NAME)
  return text === null ? null : parsePinnedKey(text)
}

/** The same of a text that was read already. */
export function parsePinnedKey(text: string): PinnedKey {
  try {
    const pinned = JSON.parse(text) as PinnedKey
    const texts = [pinned.id, pinned.check, pinned.sentinel, pinned.lasting]
    const areTexts = texts.every((value) => typeof value === 'string')
    const isWhole = areTexts && typeof pinned.since === 'number' && Array.isArray(pinned.former)
    if (isWhole && SOURCES.includes(pinned.source)) return pinned
  } catch {
    // Not even JSON: the same refusal.
  }
  throw damaged()
}

function damaged(): KeyRefusal {
  return new KeyRefusal(
    'database_unpinned',
    'What the database says about its key is damaged. Nothing was changed. Restore a backup of the database.',
  )
}

const SOURCES: readonly KeySource[] = ['keyring', 'file', 'passphrase']

/** What belongs to an installation and not to one of its keys. */
export interface Inheritance {
  lasting: Buffer
  former: readonly (FormerKey & { key: Buffer })[]
}

/**
 * What a database is to say about a key; `since` in epoch milliseconds. Without an inheritance everything begins anew with
 * this key.
 */
export function describeKey(
  key: Buffer,
  { source, wrapped, since }: Pick<PinnedKey, 'source' | 'wrapped' | 'since'>,
  random: Random,
  { lasting, former }: Inheritance = { lasting: newMasterKey(random), former: [] },
): PinnedKey {
  const id = keyIdOf(key)
  const envelopes = subKey(key, 'envelopes')
  const seal = (place: typeof SENTINEL_PLACE, text: string) => sealEnvelope(envelopes, id, random, place, text)
  return {
    ...{ id, source, since, check: keyCheckOf(key), sentinel: seal(SENTINEL_PLACE, SENTINEL_TEXT), wrapped },
    lasting: seal(LASTING_PLACE, lasting.toString('base64url')),
    former: former.map(({ key, ...facts }) => ({
      ...facts,
      sealed: seal(formerPlace(facts.id), key.toString('base64url')),
    })),
  }
}

/**
 * What the key of a database opens beside the data.
 *
 * Errors: KeyRefusal `database_unpinned` when that is damaged
 */
export function openInheritance(key: Buffer, pinned: PinnedKey): Inheritance {
  const envelopes = subKey(key, 'envelopes')
  const open = (place: typeof SENTINEL_PLACE, envelope: string) =>
    Buffer.from(new Secret(openEnvelope(envelopes, pinned.id, place, envelope)).reveal(), 'base64url')
  try {
    return {
      lasting: open(LASTING_PLACE, pinned.lasting),
      former: pinned.former.map(({ sealed, ...facts }) => ({ ...facts, key: open(formerPlace(facts.id), sealed) })),
    }
  } catch {
    throw damaged()
  }
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
