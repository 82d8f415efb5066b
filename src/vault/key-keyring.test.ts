/** A keyring that is absent, locked, slow, forgetful or damaged is never taken for an empty one. */

import { expect, test } from 'vitest'
import { systemRandom } from '../lib/random.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { absentKeyring, hangingKeyring, workingKeyring } from '../testing/fake-keyring.ts'
import { KEYRING_DEADLINE_MS, type Keyring, keyringWorks, readKeyringKey, writeKeyringKey } from './key-keyring.ts'
import { keyIdOf, newMasterKey } from './keys.ts'

const key = newMasterKey(systemRandom)
const id = keyIdOf(key)

test.each<[string, () => Keyring]>([
  ['is absent', () => absentKeyring],
  ['keeps nothing', () => ({ ...workingKeyring(), get: async () => null })],
  ['gives back something else', () => ({ ...workingKeyring(), get: async () => 'else' })],
  ['cannot forget', () => ({ ...workingKeyring(), delete: async () => false })],
])('a keyring that %s does not count as one', async (_, make) => {
  expect(await keyringWorks(make(), systemRandom, new FakeClock())).toBe(false)
})

test('a keyring that works is left as it was', async () => {
  const keyring = workingKeyring()
  const clock = new FakeClock()
  expect(await keyringWorks(keyring, systemRandom, clock)).toBe(true)
  expect(keyring.entries.size).toBe(0)
  await Promise.resolve()
  expect(clock.pending()).toBe(0)
})

test('a keyring that hangs is given three seconds, for the trial and for each question', async () => {
  const clock = new FakeClock()
  const trial = keyringWorks(hangingKeyring, systemRandom, clock)
  await clock.advance(KEYRING_DEADLINE_MS)
  expect(await trial).toBe(false)
  const questions = [readKeyringKey(hangingKeyring, id, clock), writeKeyringKey(hangingKeyring, id, key, clock)]
  const outcomes = Promise.allSettled(questions)
  await clock.advance(KEYRING_DEADLINE_MS)
  for (const outcome of await outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'keyring_silent', exitCode: 78 } })
  }
})

test('what is in the keyring comes back; nothing is nothing; damaged is damaged', async () => {
  const keyring = workingKeyring()
  const clock = new FakeClock()
  expect(await readKeyringKey(keyring, id, clock)).toBeNull()
  await writeKeyringKey(keyring, id, key, clock)
  expect(await readKeyringKey(keyring, id, clock)).toEqual(key)
  keyring.entries.set(id, keyring.entries.get(id)!.slice(0, -1))
  await expect(readKeyringKey(keyring, id, clock)).rejects.toMatchObject({
    code: 'key_damaged',
    message: expect.stringContaining(`The key ${id} in the keyring is damaged.`),
  })
})
