/** A ring of keys whose database refuses, loses its answer, or was rotated by somebody else meanwhile. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type OpenedDatabase, openDatabase } from '../db/client.ts'
import { systemClock } from '../lib/clock.ts'
import { systemRandom } from '../lib/random.ts'
import { Secret } from '../lib/secret.ts'
import { absentKeyring } from '../testing/fake-keyring.ts'
import { type FaultyStore, faultyStore } from '../testing/faulty-store.ts'
import { EnvelopeError } from './envelope.ts'
import { type OpenVaultOptions, openVault } from './open-vault.ts'

const place = { table: 'grants', column: 'access_token_sealed', owner: 'acc_1', generation: 1 }
const secret = new Secret('sk-ant-oat01-FAKE-0001')

let directory: string
let opened: OpenedDatabase
let options: OpenVaultOptions
let store: FaultyStore

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tokendeck-ring-'))
  opened = await openDatabase({ url: `file:${directory}/data/tokendeck.db` })
  const keyFile = join(directory, 'config', 'key')
  const places = { keySource: 'file', keyFile, passphraseFile: null, keyring: absentKeyring } as const
  options = { database: opened.database, random: systemRandom, clock: systemClock, ...places }
  store = faultyStore(opened.database)
})

afterEach(async () => {
  await opened.close()
  rmSync(directory, { recursive: true, force: true })
})

/** Names and contents of the key files. */
const keyFiles = () =>
  readdirSync(join(directory, 'config'))
    .sort()
    .map((name) => [name, readFileSync(join(directory, 'config', name), 'utf8')])

test('a new key that the database does not take lies nowhere, and the old one goes on', async () => {
  const vault = await openVault(options)
  const before = keyFiles()
  const { keyId } = vault
  // The first call reads what the database says, the second changes it.
  store.strike(2, 'refused')
  await expect(vault.keys.addKey({ keepUntil: null })).rejects.toMatchObject({ code: 'busy' })
  store.heal()
  const [[, line] = []] = before
  expect([vault.keyId, [...new Set(keyFiles().map(([, text]) => text))]]).toEqual([keyId, [line]])
  expect((await openVault(options)).keyId).toBe(keyId)
})

test('a change whose answer was lost has been made', async () => {
  const vault = await openVault(options)
  const envelope = vault.seal(place, secret)
  store.strike(2, 'unheard')
  const { to } = await vault.keys.addKey({ keepUntil: null })
  store.heal()
  const again = await openVault(options)
  expect([vault.keyId, again.keyId]).toEqual([to, to])
  expect(again.open(place, envelope).reveal()).toBe(secret.reveal())
})

test('who comes second finds another key in the database, and puts none there', async () => {
  const [first, second] = [await openVault(options), await openVault(options)]
  await first.keys.addKey({ keepUntil: null })
  const before = keyFiles()
  await expect(second.keys.addKey({ keepUntil: null })).rejects.toThrow()
  await expect(second.keys.markEmptied(second.keyId)).rejects.toThrow()
  expect(keyFiles()).toEqual(before)
  expect((await openVault(options)).keyId).toBe(first.keyId)
})

test('an envelope of a key that is not on the ring does not open, whatever it looks like', async () => {
  const vault = await openVault(options)
  const [version, , ...rest] = vault.seal(place, secret).split('.')
  for (const envelope of [[version, 'k_00000000', ...rest].join('.'), 'v1', '', 'v1.k_1.x.y'])
    expect(() => vault.open(place, envelope)).toThrow(EnvelopeError)
})

test('a destroyed key opens nothing, and destroying what is not there changes nothing', async () => {
  const vault = await openVault(options)
  const envelope = vault.seal(place, secret)
  const { from } = await vault.keys.addKey({ keepUntil: null })
  await vault.keys.markEmptied(from)
  expect(vault.keys.former()).toMatchObject([{ id: from, emptiedAt: expect.any(Number) }])
  await vault.keys.destroy(from)
  const before = keyFiles()
  await vault.keys.destroy(from)
  expect([vault.keys.former(), keyFiles()]).toEqual([[], before])
  expect(() => vault.open(place, envelope)).toThrow(EnvelopeError)
})
