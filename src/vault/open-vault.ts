/**
 * Opens the vault: finds the key that this database was made with, or makes one at the first start. Where the key lives is
 * chosen once and pinned in the database; any later trouble is a refusal, never a new key and never another place.
 */

import type { Database } from '../db/client.ts'
import { hasSealedRows, writeMetaOnce } from '../db/meta-store.ts'
import { findKey } from './find-key.ts'
import { createKeyFile, markKeyShared, readKeyFile } from './key-file.ts'
import { keyringWorks, writeKeyringKey } from './key-keyring.ts'
import { type WrappedKey, wrapKey } from './key-passphrase.ts'
import { type KeyPlaces, keyringOf, readPassphrase } from './key-places.ts'
import { KeyRefusal } from './key-refusal.ts'
import { type OpenedVault, openKeyRing } from './key-ring.ts'
import { keyIdOf, newMasterKey } from './keys.ts'
import { describeKey, PINNED_KEY_NAME, parsePinnedKey, readPinnedKey } from './pinned-key.ts'
import type { KeySource } from './vault.ts'

export interface OpenVaultOptions extends KeyPlaces {
  database: Database
}

/**
 * The vault of this database.
 *
 * Errors: KeyRefusal, with nothing changed; StoreError
 */
export async function openVault(options: OpenVaultOptions): Promise<OpenedVault> {
  const pinned = await readPinnedKey(options.database)
  if (pinned) return openKeyRing(await findKey(options, pinned), pinned, options)
  if (await hasSealedRows(options.database)) {
    throw new KeyRefusal(
      'database_unpinned',
      'The database holds sealed tokens but does not say with which key. Nothing was changed. Restore a backup of the database.',
    )
  }
  return pinNewKey(options)
}

async function pinNewKey(options: OpenVaultOptions): Promise<OpenedVault> {
  const { source, key, wrapped } = await makeKey(options)
  const mine = describeKey(key, { source, wrapped, since: options.clock.now() }, options.random)
  // The key is durable before the database names it. Where several machines share a database, the first one's key counts.
  const kept = parsePinnedKey(await writeMetaOnce(options.database, PINNED_KEY_NAME, JSON.stringify(mine)))
  return openKeyRing(kept.id === mine.id ? key : await findKey(options, kept), kept, options)
}

async function makeKey(
  options: OpenVaultOptions,
): Promise<{ source: KeySource; key: Buffer; wrapped: WrappedKey | null }> {
  const { random, clock, keyFile } = options
  const keyring = keyringOf(options)
  const fresh = newMasterKey(random)
  if (options.keySource === 'passphrase') {
    return { source: 'passphrase', key: fresh, wrapped: wrapKey(fresh, readPassphrase(options.passphraseFile), random) }
  }
  if (
    options.keySource === 'keyring' ||
    (options.keySource === 'auto' && (await keyringWorks(keyring, random, clock)))
  ) {
    await writeKeyringKey(keyring, keyIdOf(fresh), fresh, clock)
    return { source: 'keyring', key: fresh, wrapped: null }
  }
  // A key file that is already there belongs to another database of the same person, or to a start that was cut short.
  const found = readKeyFile(keyFile)
  if (found) markKeyShared(keyFile, keyIdOf(found))
  return { source: 'file', key: found ?? createKeyFile(keyFile, fresh), wrapped: null }
}
