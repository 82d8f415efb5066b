/** The key goes out into a kit and back to where the database has it; nothing else is ever put there. */

import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { OpenedDatabase } from '../db/client.ts'
import { readMeta, writeMeta } from '../db/meta-store.ts'
import { systemClock } from '../lib/clock.ts'
import { systemRandom } from '../lib/random.ts'
import { Secret } from '../lib/secret.ts'
import { absentKeyring, workingKeyring } from '../testing/fake-keyring.ts'
import { openTestDatabase } from '../testing/test-database.ts'
import { openVault } from './open-vault.ts'
import { exportKey, importKey, type RecoveryOptions } from './recover-key.ts'

const passphrase = async () => new Secret('correct horse battery')
const place = { table: 'grants', column: 'access_token_sealed', owner: 'acc_1', generation: 1 }
const token = new Secret('sk-ant-oat01-FAKE-0001')
let directory: string
let opened: OpenedDatabase
let options: RecoveryOptions
let kit: string
let envelope: string

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tokendeck-recover-'))
  opened = await openTestDatabase()
  options = {
    database: opened.database,
    random: systemRandom,
    clock: systemClock,
    keySource: 'auto',
    keyFile: join(directory, 'config', 'key'),
    passphraseFile: null,
    keyring: absentKeyring,
  }
})

afterEach(async () => {
  await opened.close()
  rmSync(directory, { recursive: true, force: true })
})

/** Opens the vault for the first time, seals a token, and makes a kit. */
async function begin(changes: Partial<RecoveryOptions> = {}): Promise<void> {
  Object.assign(options, changes)
  envelope = (await openVault(options)).seal(place, token)
  kit = (await exportKey(options, passphrase)).text
}

const opens = async () => (await openVault(options)).open(place, envelope).equals(token)

test('without the key there is no kit, and nobody is asked for a passphrase', async () => {
  const ask = vi.fn(passphrase)
  await expect(exportKey(options, ask)).rejects.toMatchObject({ code: 'database_unpinned' })
  await begin()
  rmSync(options.keyFile)
  await expect(exportKey(options, ask)).rejects.toMatchObject({ code: 'key_mismatch' })
  expect(ask).not.toHaveBeenCalled()
})

test.each<[string, (text: string) => string, string, string]>([
  ['the wrong passphrase', (text) => text, 'wrong horse battery', 'kit_passphrase'],
  ['a damaged kit', (text) => text.replace('Made: 2', 'Made: 3'), 'correct horse battery', 'kit_damaged'],
  ['something else', () => 'hello', 'correct horse battery', 'not_a_kit'],
])('%s puts nothing anywhere', async (_, change, words, code) => {
  await begin()
  rmSync(options.keyFile)
  const pinned = await readMeta(opened.database, 'key')
  await expect(importKey(options, change(kit), async () => new Secret(words))).rejects.toMatchObject({ code })
  expect(existsSync(options.keyFile)).toBe(false)
  expect(await readMeta(opened.database, 'key')).toBe(pinned)
})

test('a kit of another database is refused before a passphrase is asked for', async () => {
  await begin()
  const other = await openTestDatabase()
  const elsewhere = { ...options, database: other.database, keyFile: join(directory, 'other', 'key') }
  const { keyId } = await openVault(elsewhere)
  const theirs = await exportKey(elsewhere, passphrase)
  await other.close()
  const ask = vi.fn(passphrase)
  const error = await importKey(options, theirs.text, ask).catch((thrown: Error) => thrown as Error)
  expect(error).toMatchObject({ code: 'kit_other_key' })
  expect((error as Error).message).toContain(keyId)
  expect(ask).not.toHaveBeenCalled()
  expect(await opens()).toBe(true)
})

test('a key of the same name that is not the same key is refused', async () => {
  await begin()
  const pinned = JSON.parse((await readMeta(opened.database, 'key'))!)
  await writeMeta(opened.database, 'key', JSON.stringify({ ...pinned, check: 'A'.repeat(43) }))
  rmSync(options.keyFile)
  await expect(importKey(options, kit, passphrase)).rejects.toMatchObject({ code: 'kit_other_key' })
  expect(existsSync(options.keyFile)).toBe(false)
})

test.each<[string, (path: string) => void, boolean]>([
  ['gone', (path) => rmSync(path), false],
  ['damaged', (path) => writeFileSync(path, 'v1.'), true],
  ['replaced by another', (path) => renameSync(`${path}.other`, path), true],
])('a key file that is %s is put back, and what lay there is kept', async (_, damage, isKept) => {
  await begin()
  const line = readFileSync(options.keyFile, 'utf8')
  const other = await openTestDatabase()
  await openVault({ ...options, database: other.database, keyFile: `${options.keyFile}.other` })
  await other.close()
  damage(options.keyFile)
  const imported = await importKey(options, kit, passphrase)
  expect(imported).toMatchObject({ source: 'file', place: options.keyFile, isNew: true })
  expect(readFileSync(options.keyFile, 'utf8')).toBe(line)
  expect(await opens()).toBe(true)
  if (isKept) expect(existsSync(imported.setAside!)).toBe(true)
  else expect(imported.setAside).toBeNull()
})

test('a key that is in its place already is left there', async () => {
  await begin()
  expect(await importKey(options, kit, passphrase)).toMatchObject({ isNew: false, setAside: null })
})

test('a pinned keyring gets it back; one that cannot be asked is no reason to put it elsewhere', async () => {
  const keyring = workingKeyring()
  await begin({ keyring })
  keyring.entries.clear()
  options.keyring = absentKeyring
  await expect(importKey(options, kit, passphrase)).rejects.toMatchObject({ code: 'keyring_silent' })
  expect(existsSync(options.keyFile)).toBe(false)
  options.keyring = keyring
  expect(await importKey(options, kit, passphrase)).toMatchObject({ source: 'keyring', place: 'keyring', isNew: true })
  expect(await opens()).toBe(true)
})

test('on a machine without a keyring it goes to the file when that is asked for, and the database knows', async () => {
  await begin({ keyring: workingKeyring() })
  options.keyring = absentKeyring
  const imported = await importKey({ ...options, keySource: 'file' }, kit, passphrase)
  expect(imported).toMatchObject({ source: 'file', isNew: true })
  expect((await openVault(options)).keySource).toBe('file')
  expect(await opens()).toBe(true)
})

test('when the database cannot be told of the new place, no key stays there', async () => {
  await begin({ keyring: workingKeyring() })
  await opened.database.run('create trigger full before update on meta begin select raise(abort, "full"); end')
  const full = importKey({ ...options, keySource: 'file' }, kit, passphrase)
  await expect(full).rejects.toThrow('The database refused a query')
  expect(existsSync(options.keyFile)).toBe(false)
  expect(await opens()).toBe(true)
})

test('a forgotten passphrase is replaced by a new one', async () => {
  const passphraseFile = join(directory, 'passphrase')
  writeFileSync(passphraseFile, 'the one that was forgotten\n', { mode: 0o600 })
  await begin({ keySource: 'passphrase', passphraseFile })
  writeFileSync(passphraseFile, 'a new passphrase\n')
  await expect(openVault(options)).rejects.toMatchObject({ code: 'key_mismatch' })
  expect(await importKey(options, kit, passphrase)).toMatchObject({ source: 'passphrase', isNew: true })
  expect(await opens()).toBe(true)
})
