/**
 * The places where a key can be kept, behind one face: look it up, keep it. Decides nothing about which key is the right
 * one, and never takes one place for another.
 */

import type { Clock } from '../lib/clock.ts'
import type { Random } from '../lib/random.ts'
import type { Secret } from '../lib/secret.ts'
import { deleteSetAsideKey, readKeyFileOf, replaceKeyFile } from './key-file.ts'
import { deleteKeyringKey, type Keyring, readKeyringKey, systemKeyring, writeKeyringKey } from './key-keyring.ts'
import { unwrapKey, type WrappedKey, wrapKey } from './key-passphrase.ts'
import { KeyRefusal } from './key-refusal.ts'
import { keyIdOf } from './keys.ts'
import type { PinnedKey } from './pinned-key.ts'
import { readSecretFile } from './secret-file.ts'
import type { KeySource } from './vault.ts'

export interface KeyPlaces {
  random: Random
  clock: Clock
  keySource: 'auto' | KeySource
  keyFile: string
  passphraseFile: string | null
  /** The system's own unless told. */
  keyring?: Keyring
}

/**
 * What lies where the database says its key is; `where` names the place for people.
 *
 * Errors: KeyRefusal
 */
export async function lookUpKey(places: KeyPlaces, pinned: PinnedKey): Promise<{ key: Buffer | null; where: string }> {
  switch (pinned.source) {
    case 'file':
      return { key: readKeyFileOf(places.keyFile, pinned.id), where: `file ${places.keyFile}` }
    case 'keyring':
      return { key: await readKeyringKey(keyringOf(places), pinned.id, places.clock), where: 'keyring' }
    case 'passphrase': {
      const key = pinned.wrapped && unwrapKey(pinned.wrapped, readPassphrase(places.passphraseFile))
      return { key, where: `passphrase (${places.passphraseFile} holds another one)` }
    }
  }
}

/** A key that was put in its place. */
export interface KeptKey {
  /** What the database must keep, for the source `passphrase`. */
  wrapped: WrappedKey | null
  /** Where another key was set aside to, when one lay in the place. */
  setAside: string | null
  /** Puts the former key back in its place. */
  undo(): void
}

/**
 * Puts a key in a place, durably. A key that lies there already is set aside, never written over.
 *
 * Errors: KeyRefusal, with nothing changed
 */
export async function keepKey(places: KeyPlaces, source: KeySource, key: Buffer): Promise<KeptKey> {
  switch (source) {
    case 'file':
      return { wrapped: null, ...replaceKeyFile(places.keyFile, key) }
    case 'keyring':
      // Each key lies under its own name: what is there for others stays.
      await writeKeyringKey(keyringOf(places), keyIdOf(key), key, places.clock)
      return { wrapped: null, setAside: null, undo() {} }
    case 'passphrase': {
      const wrapped = wrapKey(key, readPassphrase(places.passphraseFile), places.random)
      return { wrapped, setAside: null, undo() {} }
    }
  }
}

/**
 * Destroys the copy of a former key. The database has let go of it afterwards.
 *
 * Errors: KeyRefusal
 */
export async function destroyKey(places: KeyPlaces, { source, id }: { source: KeySource; id: string }): Promise<void> {
  if (source === 'file') deleteSetAsideKey(places.keyFile, id)
  if (source === 'keyring') await deleteKeyringKey(keyringOf(places), id, places.clock)
}

/** The system's keyring unless another was given. */
export function keyringOf({ keyring = systemKeyring }: KeyPlaces): Keyring {
  return keyring
}

/**
 * The passphrase in a file that only its owner may read.
 *
 * Errors: KeyRefusal `passphrase_missing`, `key_not_permitted`
 */
export function readPassphrase(path: string | null): Secret {
  const passphrase = path === null ? null : readSecretFile(path, 'passphrase file')
  if (passphrase && !passphrase.isEmpty) return passphrase
  throw new KeyRefusal(
    'passphrase_missing',
    path === null
      ? 'The key is protected by a passphrase, but TOKENDECK_PASSPHRASE_FILE is not set.'
      : `The passphrase file ${path} is missing or empty.`,
  )
}
