/**
 * Opens the vault: finds the key that this database was made with, or makes one at the first start. Where the key lives is
 * chosen once and pinned in the database; any later trouble is a refusal, never a new key and never another place.
 */

import type { Database } from '../db/client.ts'
import { hasSealedRows, writeMetaOnce } from '../db/meta-store.ts'
import { Secret } from '../lib/secret.ts'
import { openEnvelope, sealEnvelope } from './envelope.ts'
import { createKeyFile, readKeyFile } from './key-file.ts'
import { keyringWorks, writeKeyringKey } from './key-keyring.ts'
import { type WrappedKey, wrapKey } from './key-passphrase.ts'
import { type KeyPlaces, keyringOf, lookUpKey, readPassphrase } from './key-places.ts'
import { KeyRefusal, keyMismatch } from './key-refusal.ts'
import { fingerprintOf, keyIdOf, newMasterKey, subKey } from './keys.ts'
import {
  describeKey,
  isPinnedKey,
  PINNED_KEY_NAME,
  type PinnedKey,
  parsePinnedKey,
  readPinnedKey,
} from './pinned-key.ts'
import type { KeySource, Vault } from './vault.ts'

export interface OpenVaultOptions extends KeyPlaces {
  database: Database
}

/**
 * With random nonces a key is good for 2^32 envelopes; far before that a process stops. At a thousand accounts that refresh
 * every hour this is more than a year without a restart.
 */
const MAX_SEALS = 2 ** 30

/**
 * The vault of this database.
 *
 * Errors: KeyRefusal, with nothing changed; StoreError
 */
export async function openVault(options: OpenVaultOptions): Promise<Vault> {
  const pinned = await readPinnedKey(options.database)
  if (pinned) return vaultOf(await findKey(options, pinned), pinned, options)
  if (await hasSealedRows(options.database)) {
    throw new KeyRefusal(
      'database_unpinned',
      'The database holds sealed tokens but does not say with which key. Nothing was changed. Restore a backup of the database.',
    )
  }
  return pinNewKey(options)
}

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

async function pinNewKey(options: OpenVaultOptions): Promise<Vault> {
  const { source, key, wrapped } = await makeKey(options)
  const mine = describeKey(key, { source, wrapped, since: options.clock.now() }, options.random)
  // The key is durable before the database names it. Where several machines share a database, the first one's key counts.
  const kept = parsePinnedKey(await writeMetaOnce(options.database, PINNED_KEY_NAME, JSON.stringify(mine)))
  return vaultOf(kept.id === mine.id ? key : await findKey(options, kept), kept, options)
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
  return { source: 'file', key: readKeyFile(keyFile) ?? createKeyFile(keyFile, fresh), wrapped: null }
}

function vaultOf(masterKey: Buffer, pinned: PinnedKey, { random, keyFile }: OpenVaultOptions): Vault {
  const envelopeKey = subKey(masterKey, 'envelopes')
  const fingerprintKey = subKey(masterKey, 'fingerprints')
  let seals = 0
  return {
    keyId: pinned.id,
    keySource: pinned.source,
    keyLocation: pinned.source === 'file' ? keyFile : pinned.source,
    seal(place, secret) {
      if (++seals > MAX_SEALS) throw new Error('This key has sealed too much in one run; restart the program.')
      return sealEnvelope(envelopeKey, pinned.id, random, place, secret.reveal())
    },
    open: (place, envelope) => new Secret(openEnvelope(envelopeKey, pinned.id, place, envelope)),
    fingerprint: (purpose, secret) => fingerprintOf(fingerprintKey, purpose, secret),
  }
}
