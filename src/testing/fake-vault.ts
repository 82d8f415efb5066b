/** The program's own sealing with a key that everybody knows, for tests of rooms that only need a vault. */

import type { Random } from '../lib/random.ts'
import { Secret } from '../lib/secret.ts'
import { openEnvelope, sealEnvelope } from '../vault/envelope.ts'
import { KeyRefusal } from '../vault/key-refusal.ts'
import { chainMacOf, fingerprintOf, keyIdOf, subKey } from '../vault/keys.ts'
import type { KeyKeeper, Vault } from '../vault/vault.ts'

const FAKE_KEY = Buffer.alloc(32, 'fake-key')

export function fakeVault(random: Random): Vault {
  const keyId = keyIdOf(FAKE_KEY)
  const envelopeKey = subKey(FAKE_KEY, 'envelopes')
  const fingerprintKey = subKey(FAKE_KEY, 'fingerprints')
  const auditKey = subKey(FAKE_KEY, 'audit')
  return {
    keyId,
    keySource: 'file',
    keyLocation: '/nowhere/key',
    seal: (place, secret) => sealEnvelope(envelopeKey, keyId, random, place, secret.reveal()),
    open: (place, envelope) => new Secret(openEnvelope(envelopeKey, keyId, place, envelope)),
    fingerprint: (purpose, secret) => fingerprintOf(fingerprintKey, purpose, secret),
    chain: (previousMac, text) => chainMacOf(auditKey, previousMac, text),
  }
}

/** Of that vault: one key, which stays. Tests of changing keys open a real vault. */
export const fakeKeys: KeyKeeper = {
  former: () => [],
  addKey: () => Promise.reject(new KeyRefusal('key_not_permitted', 'The key that everybody knows cannot be changed.')),
  markEmptied: async () => {},
  destroy: async () => {},
  sealExport: () =>
    Promise.reject(new KeyRefusal('key_not_permitted', 'The key that everybody knows is not exported.')),
}
