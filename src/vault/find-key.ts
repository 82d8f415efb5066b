/** Finds the key of a database where the database says that it is kept, and takes no other for it. */

import { type KeyPlaces, lookUpKey } from './key-places.ts'
import { KeyRefusal, keyMismatch } from './key-refusal.ts'
import { keyIdOf } from './keys.ts'
import { isPinnedKey, type PinnedKey } from './pinned-key.ts'

/**
 * The key of a database, from where it is pinned.
 *
 * Errors: KeyRefusal
 */
export async function findKey(options: KeyPlaces, pinned: PinnedKey): Promise<Buffer> {
  if (options.keySource !== 'auto' && options.keySource !== pinned.source) {
    throw new KeyRefusal(
      'source_pinned',
      `TOKENDECK_KEY_SOURCE is ${options.keySource}, but the key of this database (${pinned.id}) is kept in: ${pinned.source}. ` +
        `Nothing was changed. Set TOKENDECK_KEY_SOURCE to ${pinned.source} or leave it out.`,
    )
  }
  const { key, where } = await lookUpKey(options, pinned)
  if (!key) throw keyMismatch(pinned, `none in ${where}`)
  if (!isPinnedKey(key, pinned)) throw keyMismatch(pinned, `${keyIdOf(key)} in ${where}`)
  return key
}
