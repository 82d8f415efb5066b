/**
 * The keys of a database, opened: one that seals, and all that open. They do not change, and they count nothing; whoever
 * seals for long does both (key-ring.ts).
 */

import type { Random } from '../lib/random.ts'
import { Secret } from '../lib/secret.ts'
import { EnvelopeError, openEnvelope, sealEnvelope } from './envelope.ts'
import { chainMacOf, fingerprintOf, subKey } from './keys.ts'
import { type Inheritance, openInheritance, type PinnedKey } from './pinned-key.ts'
import type { Vault } from './vault.ts'

/** What a vault does with its keys. */
export interface OpenKeys extends Pick<Vault, 'seal' | 'open' | 'fingerprint' | 'chain'> {
  /** What the key opened beside the data. */
  readonly inheritance: Inheritance
}

/**
 * Opens what the key of a database opens.
 *
 * Errors: KeyRefusal when what lies beside the data is damaged
 */
export function openKeys(masterKey: Buffer, pinned: PinnedKey, random: Random): OpenKeys {
  const inheritance = openInheritance(masterKey, pinned)
  const keys = [...inheritance.former, { id: pinned.id, key: masterKey }]
  const envelopeKeys = new Map(keys.map(({ id, key }) => [id, subKey(key, 'envelopes')]))
  const present = envelopeKeys.get(pinned.id)!
  const fingerprintKey = subKey(inheritance.lasting, 'fingerprints')
  const auditKey = subKey(inheritance.lasting, 'audit')
  return {
    inheritance,
    seal: (place, secret) => sealEnvelope(present, pinned.id, random, place, secret.reveal()),
    open(place, envelope) {
      const keyId = envelope.split('.', 2)[1] ?? ''
      const key = envelopeKeys.get(keyId)
      // Without a key of that name, the present one says what is wrong with the envelope.
      if (!key) openEnvelope(present, pinned.id, place, envelope)
      if (!key) throw new EnvelopeError('other_key')
      return new Secret(openEnvelope(key, keyId, place, envelope))
    },
    fingerprint: (purpose, secret) => fingerprintOf(fingerprintKey, purpose, secret),
    chain: (previousMac, text) => chainMacOf(auditKey, previousMac, text),
  }
}
