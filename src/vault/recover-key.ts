/**
 * Takes the key of a database out into a recovery kit, and puts it back from one. Works beside a vault that does not open;
 * everything is checked before anything is written.
 */

import type { Database } from '../db/client.ts'
import { writeMeta } from '../db/meta-store.ts'
import type { Secret } from '../lib/secret.ts'
import { findKey } from './find-key.ts'
import { type KeyPlaces, keepKey, lookUpKey } from './key-places.ts'
import { KeyRefusal } from './key-refusal.ts'
import { isPinnedKey, PINNED_KEY_NAME, type PinnedKey, readPinnedKey } from './pinned-key.ts'
import { KitRefusal, makeRecoveryKit, openRecoveryKit, readRecoveryKit } from './recovery-kit.ts'
import type { KeySource } from './vault.ts'

export interface RecoveryOptions extends KeyPlaces {
  database: Database
}

/** A kit as text, and the public name of the key in it. */
export interface ExportedKit {
  keyId: string
  text: string
}

/**
 * The kit of this database's key. `passphrase` is asked for only when the key is there to be wrapped.
 *
 * Errors: KeyRefusal; StoreError; whatever `passphrase` throws
 */
export async function exportKey(options: RecoveryOptions, passphrase: () => Promise<Secret>): Promise<ExportedKit> {
  const pinned = await expectPinned(options.database)
  const key = await findKey(options, pinned)
  return { keyId: pinned.id, text: makeRecoveryKit(key, await passphrase(), options.random, options.clock.now()) }
}

/** What an import came to. `place` is where the key is now; a path for a file. */
export interface ImportedKey {
  keyId: string
  source: KeySource
  place: string
  /** False when the key had been there all along, and nothing was written. */
  isNew: boolean
  /** Where another key was set aside to, when one lay in the place. */
  setAside: string | null
}

/**
 * Puts the key of a kit where the database says its key is; or where TOKENDECK_KEY_SOURCE says, when it names a place:
 * then the database is told so. Only the very key that the database was made with.
 *
 * Errors: KitRefusal, KeyRefusal, StoreError, with nothing changed; whatever `passphrase` throws
 */
export async function importKey(
  options: RecoveryOptions,
  kitText: string,
  passphrase: () => Promise<Secret>,
): Promise<ImportedKey> {
  const kit = readRecoveryKit(kitText)
  const pinned = await expectPinned(options.database)
  if (kit.keyId !== pinned.id) throw otherKey(kit.keyId, pinned)
  const key = openRecoveryKit(kit, await passphrase())
  // Names are short: two keys can have the same one.
  if (!isPinnedKey(key, pinned)) throw otherKey(kit.keyId, pinned)
  const source = options.keySource === 'auto' ? pinned.source : options.keySource
  const result = { keyId: pinned.id, source, place: source === 'file' ? options.keyFile : source }
  if (source === pinned.source && (await isThere(options, pinned))) return { ...result, isNew: false, setAside: null }
  const kept = await keepKey(options, source, key)
  if (source !== pinned.source || kept.wrapped) {
    const next: PinnedKey = { ...pinned, source, wrapped: kept.wrapped }
    try {
      await writeMeta(options.database, PINNED_KEY_NAME, JSON.stringify(next))
    } catch (error) {
      kept.undo()
      throw error
    }
  }
  return { ...result, isNew: true, setAside: kept.setAside }
}

async function expectPinned(database: Database): Promise<PinnedKey> {
  const pinned = await readPinnedKey(database)
  if (pinned) return pinned
  throw new KeyRefusal('database_unpinned', 'This database has no key yet: the first start makes one.')
}

function otherKey(kitKeyId: string, pinned: PinnedKey): KitRefusal {
  return new KitRefusal(
    'kit_other_key',
    `This recovery kit holds another key (${kitKeyId}) than the one of this database (${pinned.id}).`,
  )
}

/** Whether the right key lies in its place already. What is damaged or unreadable there does not count. */
async function isThere(options: RecoveryOptions, pinned: PinnedKey): Promise<boolean> {
  try {
    const { key } = await lookUpKey(options, pinned)
    return key !== null && isPinnedKey(key, pinned)
  } catch (error) {
    if (error instanceof KeyRefusal && error.code === 'key_damaged') return false
    throw error
  }
}
