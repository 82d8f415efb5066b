import fc from 'fast-check'
import { expect, test } from 'vitest'
import { systemRandom } from '../lib/random.ts'
import { EnvelopeError, openEnvelope, sealEnvelope } from './envelope.ts'
import { keyIdOf, newMasterKey, subKey } from './keys.ts'

const master = newMasterKey(systemRandom)
const key = subKey(master, 'envelopes')
const keyId = keyIdOf(master)
const place = { table: 'grants', column: 'refresh_token_sealed', owner: 'acc_1', generation: 3 }
const token = 'rt_FAKE_0001'
const seal = (at = place) => sealEnvelope(key, keyId, systemRandom, at, token)
const opens = (envelope: string, at = place) => {
  try {
    return openEnvelope(key, keyId, at, envelope)
  } catch (error) {
    if (error instanceof EnvelopeError) return null
    throw error
  }
}

test('a flipped bit anywhere in an envelope is refused', () => {
  const envelope = Buffer.from(seal(), 'latin1')
  fc.assert(
    fc.property(fc.integer({ min: 0, max: envelope.length * 8 - 1 }), (bit) => {
      const changed = Buffer.from(envelope)
      changed[bit >> 3]! ^= 1 << (bit & 7)
      expect(opens(changed.toString('latin1'))).toBeNull()
    }),
    { numRuns: 6_000 },
  )
})

test('an envelope that was cut, extended or had its version, key id, nonce or tag changed is refused', () => {
  const [version, id, nonce, sealed] = seal().split('.') as [string, string, string, string]
  const shorten = (text: string, bytes: number) =>
    Buffer.from(text, 'base64url').subarray(0, bytes).toString('base64url')
  const sealedBytes = Buffer.from(sealed, 'base64url').length
  fc.assert(
    fc.property(
      fc.oneof(
        fc.integer({ min: 0, max: sealedBytes - 1 }).map((bytes) => [version, id, nonce, shorten(sealed, bytes)]),
        // Only a tag of 4 to 15 bytes after the whole ciphertext.
        fc.integer({ min: 4, max: 15 }).map((tag) => [version, id, nonce, shorten(sealed, token.length + tag)]),
        fc.integer({ min: 0, max: 11 }).map((bytes) => [version, id, shorten(nonce, bytes), sealed]),
        fc.string().map((text) => [version, id, nonce, `${sealed}${text || 'A'}`]),
        fc.string().map((text) => [text === version ? 'v2' : text, id, nonce, sealed]),
        fc.string().map((text) => [version, text === id ? 'k_00000000' : text, nonce, sealed]),
        fc.array(fc.string(), { maxLength: 6 }),
      ),
      (parts) => {
        expect(opens(parts.join('.'))).toBeNull()
      },
    ),
    { numRuns: 6_000 },
  )
})

test.each([
  ['another row', { ...place, owner: 'acc_2' }],
  ['another column', { ...place, column: 'access_token_sealed' }],
  ['another table', { ...place, table: 'inbox' }],
  ['a newer generation', { ...place, generation: 4 }],
  ['an older generation', { ...place, generation: 2 }],
  ['a place with the same letters in other fields', { ...place, column: 'refresh_token_sealedacc', owner: '_1' }],
])('an envelope moved to %s is refused', (_, elsewhere) => {
  expect(opens(seal(), elsewhere)).toBeNull()
})

test('an envelope of another key is refused and says so', () => {
  const other = newMasterKey(systemRandom)
  const envelope = sealEnvelope(subKey(other, 'envelopes'), keyIdOf(other), systemRandom, place, token)
  expect(() => openEnvelope(key, keyId, place, envelope)).toThrow(new EnvelopeError('other_key'))
})

test('an envelope opens at its place, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), (text, generation) => {
      const at = { ...place, generation }
      expect(openEnvelope(key, keyId, at, sealEnvelope(key, keyId, systemRandom, at, text))).toBe(text)
    }),
  )
  expect(seal()).toMatch(/^v1\.k_[0-9A-F]{8}\.[\w-]{16}\.[\w-]+$/)
  expect(seal()).not.toContain(token)
})

test('a million envelopes have a million nonces', () => {
  const count = 1_000_000
  const nonces = new BigUint64Array(count)
  for (let index = 0; index < count; index++) {
    const envelope = sealEnvelope(key, keyId, systemRandom, place, '')
    // Two thirds of the nonce are enough to tell a million apart.
    nonces[index] = Buffer.from(envelope.slice(14, 30), 'base64url').readBigUInt64LE()
  }
  nonces.sort()
  let repeated = 0
  for (let index = 1; index < count; index++) if (nonces[index] === nonces[index - 1]) repeated++
  expect(repeated).toBe(0)
  // Two seconds by itself; many times that beside other work.
}, 120_000)
