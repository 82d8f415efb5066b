/** A key behind a passphrase opens with that passphrase, in whichever way it was stretched, and with no other. */

import { expect, test } from 'vitest'
import { systemRandom } from '../lib/random.ts'
import { Secret } from '../lib/secret.ts'
import { type Stretching, stretch, stretchBeside, unwrapKey, wrapKey } from './key-passphrase.ts'
import { newMasterKey } from './keys.ts'

const key = newMasterKey(systemRandom)
const passphrase = new Secret('correct horse battery é')

test.each<[Stretching['kind'], object]>([
  ['argon2id', { memory: 65_536, passes: 3, parallelism: 1 }],
  ['scrypt', { cost: 131_072, blockSize: 8, parallelism: 1 }],
])('%s', async (kind, parameters) => {
  const wrapped = wrapKey(key, passphrase, systemRandom, kind)
  expect(wrapped.stretching).toMatchObject({ kind, ...parameters })
  expect(unwrapKey(wrapped, new Secret('wrong horse battery é'))).toBeNull()
  // The same letters as another keyboard sends them.
  expect(unwrapKey(wrapped, new Secret(passphrase.reveal().normalize('NFD')))).toEqual(key)
  const salt = wrapped.stretching.salt.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))
  expect(unwrapKey({ ...wrapped, stretching: { ...wrapped.stretching, salt } }, passphrase)).toBeNull()
  expect(JSON.stringify(wrapped)).not.toContain(key.toString('base64url'))
  // Beside other work it comes to the same.
  expect(await stretchBeside(passphrase, wrapped.stretching)).toEqual(stretch(passphrase, wrapped.stretching))
})

test('where the runtime offers it, argon2id is taken; the same key is wrapped differently each time', () => {
  const [first, second] = [wrapKey(key, passphrase, systemRandom), wrapKey(key, passphrase, systemRandom)]
  expect(first.stretching.kind).toBe('argon2id')
  expect(first.stretching.salt).not.toBe(second.stretching.salt)
  expect(first.envelope).not.toBe(second.envelope)
})
