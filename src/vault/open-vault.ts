/**
 * Opens the vault: finds the key that this database was made with, or makes one at the first start. Where the key lives is
 * chosen once and pinned in the database; any later trouble is a refusal, never a new key and never another place.
 */

import type { Database } from '../db/client.ts'
import { hasSealedRows, readMeta, writeMetaOnce } from '../db/meta-store.ts'
import type { Clock } from '../lib/clock.ts'
import type { Random } from '../lib/random.ts'
import { equalInConstantTime, Secret } from '../lib/secret.ts'
import { EnvelopeError, openEnvelope, sealEnvelope } from './envelope.ts'
import { createKeyFile, readKeyFile, readPrivateFile } from './key-file.ts'
import { type Keyring, keyringWorks, readKeyringKey, systemKeyring, writeKeyringKey } from './key-keyring.ts'
import { unwrapKey, type WrappedKey, wrapKey } from './key-passphrase.ts'
import { type ExpectedKey, KeyRefusal, keyMismatch } from './key-refusal.ts'
import { fingerprintOf, keyCheckOf, keyIdOf, newMasterKey, subKey } from './keys.ts'
import type { KeySource, Vault } from './vault.ts'

export interface OpenVaultOptions {
  database: Database
  random: Random
  clock: Clock
  keySource: 'auto' | KeySource
  keyFile: string
  passphraseFile: string | null
  /** The system's own unless told. */
  keyring?: Keyring
}

/** What the database says about its key. */
interface PinnedKey extends ExpectedKey {
  check: string
  sentinel: string
  /** Only for the source `passphrase`. */
  wrapped: WrappedKey | null
}

/** Under this name in `meta`, as one row, so that it is there whole or not at all. */
const META_NAME = 'key'

const SENTINEL_PLACE = { table: 'meta', column: 'value', owner: 'sentinel', generation: 0 }
const SENTINEL_TEXT = 'tokendeck'

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
  const pinned = await readPinned(options.database)
  if (pinned) return vaultOf(await findKey(options, pinned), pinned, options)
  if (await hasSealedRows(options.database)) {
    throw new KeyRefusal(
      'database_unpinned',
      'The database holds sealed tokens but does not say with which key. Nothing was changed. Restore a backup of the database.',
    )
  }
  return pinNewKey(options)
}

async function readPinned(database: Database): Promise<PinnedKey | null> {
  const text = await readMeta(database, META_NAME)
  return text === null ? null : parsePinned(text)
}

function parsePinned(text: string): PinnedKey {
  try {
    return JSON.parse(text) as PinnedKey
  } catch {
    throw new KeyRefusal(
      'database_unpinned',
      'What the database says about its key is damaged. Nothing was changed. Restore a backup of the database.',
    )
  }
}

async function findKey(options: OpenVaultOptions, pinned: PinnedKey): Promise<Buffer> {
  if (options.keySource !== 'auto' && options.keySource !== pinned.source) {
    throw new KeyRefusal(
      'source_pinned',
      `TOKENDECK_KEY_SOURCE is ${options.keySource}, but the key of this database (${pinned.id}) is kept in: ${pinned.source}. ` +
        `Nothing was changed. Set TOKENDECK_KEY_SOURCE to ${pinned.source} or leave it out.`,
    )
  }
  const { key, where } = await lookUp(options, pinned)
  if (!key) throw keyMismatch(pinned, `none in ${where}`)
  const isRight = keyIdOf(key) === pinned.id && equalInConstantTime(keyCheckOf(key), pinned.check)
  if (!isRight || !opensSentinel(key, pinned)) throw keyMismatch(pinned, `${keyIdOf(key)} in ${where}`)
  return key
}

async function lookUp(options: OpenVaultOptions, pinned: PinnedKey): Promise<{ key: Buffer | null; where: string }> {
  switch (pinned.source) {
    case 'file':
      return { key: readKeyFile(options.keyFile), where: `file ${options.keyFile}` }
    case 'keyring': {
      const keyring = options.keyring ?? systemKeyring
      return { key: await readKeyringKey(keyring, pinned.id, options.clock), where: 'keyring' }
    }
    case 'passphrase': {
      const key = pinned.wrapped && unwrapKey(pinned.wrapped, readPassphrase(options.passphraseFile))
      return { key, where: `passphrase (${options.passphraseFile} holds another one)` }
    }
  }
}

function opensSentinel(key: Buffer, pinned: PinnedKey): boolean {
  try {
    return openEnvelope(subKey(key, 'envelopes'), pinned.id, SENTINEL_PLACE, pinned.sentinel) === SENTINEL_TEXT
  } catch (error) {
    if (error instanceof EnvelopeError) return false
    throw error
  }
}

async function pinNewKey(options: OpenVaultOptions): Promise<Vault> {
  const { source, key, wrapped } = await makeKey(options)
  const id = keyIdOf(key)
  const sentinel = sealEnvelope(subKey(key, 'envelopes'), id, options.random, SENTINEL_PLACE, SENTINEL_TEXT)
  const mine: PinnedKey = { id, source, since: options.clock.now(), check: keyCheckOf(key), sentinel, wrapped }
  // The key is durable before the database names it. Where several machines share a database, the first one's key counts.
  const kept = parsePinned(await writeMetaOnce(options.database, META_NAME, JSON.stringify(mine)))
  return vaultOf(kept.id === id ? key : await findKey(options, kept), kept, options)
}

async function makeKey(
  options: OpenVaultOptions,
): Promise<{ source: KeySource; key: Buffer; wrapped: WrappedKey | null }> {
  const { random, clock, keyFile, keyring = systemKeyring } = options
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

function readPassphrase(path: string | null): Secret {
  const passphrase = path === null ? null : readPrivateFile(path, 'passphrase file')
  if (passphrase && !passphrase.isEmpty) return passphrase
  throw new KeyRefusal(
    'passphrase_missing',
    path === null
      ? 'The key is protected by a passphrase, but TOKENDECK_PASSPHRASE_FILE is not set.'
      : `The passphrase file ${path} is missing or empty.`,
  )
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
