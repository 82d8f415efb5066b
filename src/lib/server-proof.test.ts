import { expect, test } from 'vitest'
import { Secret } from './secret.ts'
import { proofHolds, proofOf } from './server-proof.ts'

const key = new Secret('FAKE-proof-key-of-a-server-0123456789')

test('the proof depends on key, challenge and port, and does not tell the key', () => {
  const proof = proofOf(key, 'challenge', 4747)
  expect(proofHolds(key, 'challenge', 4747, proof)).toBe(true)
  expect(proofHolds(key, 'challenge', 4748, proof)).toBe(false)
  expect(proofHolds(key, 'other', 4747, proof)).toBe(false)
  expect(proofHolds(new Secret(`${key.reveal()}x`), 'challenge', 4747, proof)).toBe(false)
  expect(proofHolds(key, 'challenge', 4747, '')).toBe(false)
  expect(proof).not.toContain(key.reveal())
})

test('it is the HMAC-SHA-256 that running servers and programs of other versions compute', () => {
  expect(proofOf(new Secret('key'), 'challenge', 4747)).toBe('5JHTyrC5biKaFxHtmryNJAuHfeVrmNkd6fWsoa4Fdvw')
})
