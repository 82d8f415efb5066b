/**
 * The keys of a running process: one that seals, and those that still open. Every change is durable in the key's place
 * before the database names it, and in the database before this process uses it.
 */

import type { Database } from '../db/client.ts'
import { readMeta, replaceMeta } from '../db/meta-store.ts'
import { sealExport } from './export-file.ts'
import { destroyKey, type KeyPlaces, keepKey } from './key-places.ts'
import { KeyRefusal } from './key-refusal.ts'
import { newMasterKey } from './keys.ts'
import { type OpenKeys, openKeys } from './open-keys.ts'
import { describeKey, PINNED_KEY_NAME, type PinnedKey, parsePinnedKey } from './pinned-key.ts'
import type { KeyKeeper, Vault } from './vault.ts'

/**
 * With random nonces a key is good for 2^32 envelopes; far before that a process stops. At a thousand accounts that refresh
 * every hour this is more than a year without a restart.
 */
const MAX_SEALS = 2 ** 30

/** A vault, and the way to change its keys. */
export interface OpenedVault extends Vault {
  readonly keys: KeyKeeper
}

/** Opens what the key of a database opens. Errors: KeyRefusal when what lies beside the data is damaged */
export function openKeyRing(
  masterKey: Buffer,
  pinned: PinnedKey,
  options: KeyPlaces & { database: Database },
): OpenedVault {
  return new KeyRing(masterKey, pinned, options)
}

class KeyRing implements OpenedVault {
  readonly keys: KeyKeeper
  readonly #options: KeyPlaces & { database: Database }
  #masterKey: Buffer
  #pinned: PinnedKey
  #open: OpenKeys
  #seals = 0

  constructor(masterKey: Buffer, pinned: PinnedKey, options: KeyPlaces & { database: Database }) {
    this.#options = options
    this.#masterKey = masterKey
    this.#pinned = pinned
    this.#open = openKeys(masterKey, pinned, options.random)
    this.keys = {
      former: () => this.#pinned.former.map(({ sealed: _, ...facts }) => facts),
      addKey: (choice) => this.#addKey(choice),
      markEmptied: (keyId) => this.#markEmptied(keyId),
      destroy: (keyId) => this.#destroy(keyId),
      sealExport: async (facts, parts, passphrase) => {
        const { keyId } = this
        const whole = { ...parts, key: this.#masterKey }
        const { random } = this.#options
        return { keyId, bytes: await sealExport({ ...facts, keyId }, whole, { passphrase, random }) }
      },
    }
  }

  get keyId() {
    return this.#pinned.id
  }

  get keySource() {
    return this.#pinned.source
  }

  get keyLocation() {
    return this.keySource === 'file' ? this.#options.keyFile : this.keySource
  }

  seal: Vault['seal'] = (place, secret) => {
    if (++this.#seals > MAX_SEALS) throw new Error('This key has sealed too much in one run; restart the program.')
    return this.#open.seal(place, secret)
  }

  open: Vault['open'] = (place, envelope) => this.#open.open(place, envelope)

  fingerprint: Vault['fingerprint'] = (purpose, secret) => this.#open.fingerprint(purpose, secret)

  chain: Vault['chain'] = (previousMac, text) => this.#open.chain(previousMac, text)

  async #addKey({ keepUntil }: { keepUntil: number | null }): Promise<{ from: string; to: string }> {
    const { random, clock } = this.#options
    const before = await this.#readPinned()
    const { id, source, since } = before.pinned
    const key = newMasterKey(random)
    const now = clock.now()
    const kept = await keepKey(this.#options, source, key)
    const retired = { id, source, since, retiredAt: now, emptiedAt: null, keepUntil, key: this.#masterKey }
    const { lasting, former } = this.#open.inheritance
    const inheritance = { lasting, former: [retired, ...former] }
    const next = describeKey(key, { source, wrapped: kept.wrapped, since: now }, random, inheritance)
    try {
      await this.#replacePinned(before.text, next)
    } catch (error) {
      kept.undo()
      throw error
    }
    this.#use(key, next)
    this.#seals = 0
    return { from: id, to: next.id }
  }

  async #markEmptied(keyId: string): Promise<void> {
    const emptiedAt = this.#options.clock.now()
    await this.#changeFormer((former) => former.map((key) => (key.id === keyId ? { ...key, emptiedAt } : key)))
  }

  async #destroy(keyId: string): Promise<void> {
    const former = this.#pinned.former.find((key) => key.id === keyId)
    if (!former) return
    // The copy goes first: cut here, the database still knows that there is something to destroy.
    await destroyKey(this.#options, former)
    await this.#changeFormer((keys) => keys.filter((key) => key.id !== keyId))
  }

  async #changeFormer(change: (former: PinnedKey['former']) => PinnedKey['former']): Promise<void> {
    const { pinned, text } = await this.#readPinned()
    const next = { ...pinned, former: change(pinned.former) }
    await this.#replacePinned(text, next)
    this.#use(this.#masterKey, next)
  }

  /** What the database says now. Errors: KeyRefusal `key_changed` when it names another key than this process has */
  async #readPinned(): Promise<{ text: string; pinned: PinnedKey }> {
    const text = (await readMeta(this.#options.database, PINNED_KEY_NAME)) ?? ''
    const pinned = parsePinnedKey(text)
    if (pinned.id !== this.keyId) throw keyChanged()
    return { text, pinned }
  }

  async #replacePinned(before: string, next: PinnedKey): Promise<void> {
    const after = JSON.stringify(next)
    const { database } = this.#options
    const isReplaced = await replaceMeta(database, PINNED_KEY_NAME, { before, after }).catch(async (error: unknown) => {
      // An answer may be lost on its way from a remote database, and the change made all the same.
      if ((await readMeta(database, PINNED_KEY_NAME).catch(() => null)) === after) return true
      throw error
    })
    if (!isReplaced) throw keyChanged()
  }

  #use(masterKey: Buffer, pinned: PinnedKey): void {
    this.#masterKey = masterKey
    this.#pinned = pinned
    this.#open = openKeys(masterKey, pinned, this.#options.random)
  }
}

function keyChanged(): KeyRefusal {
  return new KeyRefusal(
    'key_changed',
    'Another Tokendeck has changed the key of this database in the meantime. Nothing was changed. Start again.',
  )
}
