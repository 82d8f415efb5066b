/** An export opens whole with its passphrase, or not at all. */

import { expect, test } from 'vitest'
import { systemRandom } from '../lib/random.ts'
import { Secret } from '../lib/secret.ts'
import { openExport, readExport, sealExport } from './export-file.ts'
import { keyIdOf, newMasterKey } from './keys.ts'

const passphrase = new Secret('correct horse battery')
const key = newMasterKey(systemRandom)
const facts = { madeAt: 1_795_348_800_000, machine: { id: 'mac_1', name: 'desk' }, keyId: keyIdOf(key), isMove: false }
const parts = { key, database: Buffer.from(systemRandom.bytes(5_000)), config: Buffer.from('[provider]\n') }
const file = await sealExport(facts, parts, { passphrase, random: systemRandom })
const opening = (bytes: Buffer, secret = passphrase) => openExport(readExport(bytes), secret)
const headerEnd = file.indexOf('\n', file.indexOf('\n') + 1)

test('wherever one bit of an export is changed, it does not open', () => {
  // Every kind of place: title, header, nonce, sealed sizes, middle, tag. Each costs a passphrase.
  const places = [0, 30, 60, 100, headerEnd - 3, headerEnd, headerEnd + 3, headerEnd + 20, 3_000, file.length - 1]
  for (const place of places) {
    const changed = Buffer.from(file)
    changed[place]! ^= 1
    expect(() => opening(changed), `byte ${place}`).toThrow(/Nothing was changed\.$/)
  }
})

test('an export that is cut, or longer than it was, does not open', () => {
  for (const length of [0, 10, 27, headerEnd, headerEnd + 1, headerEnd + 28, file.length - 17, file.length - 1])
    expect(() => opening(file.subarray(0, length)), `${length} bytes`).toThrow(/Nothing was changed\.$/)
  expect(() => opening(Buffer.concat([file, Buffer.alloc(1)]))).toThrow('damaged')
})

test('the header is bound in: an export that was made to stay cannot be passed off as a move', () => {
  const text = file.toString('latin1')
  const forged = Buffer.from(text.replace('"isMove":false', '"isMove":true '), 'latin1')
  expect(readExport(forged).facts.isMove).toBe(true)
  expect(() => opening(forged)).toThrow('damaged')
})

test('another passphrase, another kind of file and a newer version are told apart', () => {
  expect(() => opening(file, new Secret('correct horse batter'))).toThrow('The passphrase does not open this export.')
  expect(() => readExport(Buffer.from('SQLite format 3\0'))).toThrow('not an export')
  expect(() => readExport(Buffer.from('Tokendeck export, version 2\n{}\n'))).toThrow('version 2')
})

test('a header that asks for a passphrase to be stretched for hours, or hardly at all, is not ours', () => {
  for (const memory of ['1024', '99999999']) {
    const text = file.toString('latin1').replace('"memory":65536', `"memory":${memory}`)
    expect(() => readExport(Buffer.from(text, 'latin1'))).toThrow('damaged')
  }
})

test('the right passphrase gives everything back, and the file shows nothing of it', async () => {
  expect(opening(file)).toEqual(parts)
  expect(readExport(file).facts).toEqual(facts)
  const without = { ...parts, config: null }
  expect(opening(await sealExport(facts, without, { passphrase, random: systemRandom }))).toEqual(without)
  for (const hidden of [key, key.toString('base64url'), parts.database.subarray(0, 24), '[provider]'])
    expect(file.includes(hidden)).toBe(false)
})

test('the process goes on with other things while the passphrase is worked on', async () => {
  let hasTurned = false
  setImmediate(() => {
    hasTurned = true
  })
  await sealExport(facts, parts, { passphrase, random: systemRandom })
  expect(hasTurned).toBe(true)
})
