import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type OpenedDatabase, openDatabase } from '../db/client.ts'
import { readMeta, writeMeta } from '../db/meta-store.ts'
import { accounts } from '../db/schema.ts'
import { type Clock, systemClock } from '../lib/clock.ts'
import { systemRandom } from '../lib/random.ts'
import { Secret } from '../lib/secret.ts'
import { absentKeyring, hangingKeyring, workingKeyring } from '../testing/fake-keyring.ts'
import { KeyRefusal } from './key-refusal.ts'
import { type OpenVaultOptions, openVault } from './open-vault.ts'

const place = { table: 'grants', column: 'access_token_sealed', owner: 'acc_1', generation: 1 }
const secret = new Secret('sk-ant-oat01-FAKE-0001')
const clock: Clock = { ...systemClock, now: () => Date.UTC(2026, 10, 22, 12) }

let directory: string
let opened: OpenedDatabase
let options: OpenVaultOptions

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tokendeck-vault-'))
  opened = await openDatabase({ url: `file:${directory}/data/tokendeck.db` })
  options = {
    database: opened.database,
    random: systemRandom,
    clock,
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

async function refusal(changes: Partial<OpenVaultOptions> = {}): Promise<KeyRefusal> {
  const error = await openVault({ ...options, ...changes }).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(KeyRefusal)
  return error as KeyRefusal
}

async function addAccount() {
  const identity = { id: 'acc_1', provider: 'claude', subject: 's', position: 0, createdAt: 0 }
  await opened.database.insert(accounts).values(identity)
}

/** What lies on the disk, to show that nothing was changed. */
function hashOfEverything(): string {
  const hash = createHash('sha256')
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(directory, name)
    hash.update(name)
    if (statSync(path).isFile() && !path.endsWith('-lock')) hash.update(readFileSync(path))
  }
  return hash.digest('hex')
}

test('a missing key with rows in the database is a refusal, and no new key is made', async () => {
  const { keyId } = await openVault(options)
  await addAccount()
  rmSync(options.keyFile)
  const before = hashOfEverything()

  const error = await refusal()

  expect(error.exitCode).toBe(78)
  expect(error.message).toBe(
    `The encryption key does not match this database. Database key id: ${keyId} (stored in: file, since 2026-11-22). ` +
      `Found: none in file ${options.keyFile}. Nothing was changed. Restore the key with "tokendeck key import", ` +
      'or sign in again after "tokendeck key reset --i-know-tokens-are-lost".',
  )
  expect(hashOfEverything()).toBe(before)
})

test('rows in a database that names no key are a refusal, and no new key is made', async () => {
  await addAccount()
  expect((await refusal()).code).toBe('database_unpinned')
  expect(existsSync(options.keyFile)).toBe(false)
})

test.each([
  ['not JSON', '{"id":'],
  ['nothing', 'null'],
  ['without its proofs', '{"id":"k_00000000","source":"file","since":0}'],
  ['with a place that is none', '{"id":"k_0","source":"moon","since":0,"check":"","sentinel":""}'],
])('a damaged note about the key (%s) is a refusal, and no new key is made', async (_, note) => {
  await openVault(options)
  await writeMeta(opened.database, 'key', note)
  const before = hashOfEverything()
  const error = await refusal()
  expect(error).toMatchObject({ code: 'database_unpinned', exitCode: 78 })
  expect(error.message).toContain('damaged')
  expect(hashOfEverything()).toBe(before)
})

test('a key that passes its check but not the sentinel is refused', async () => {
  await openVault(options)
  const pinned = JSON.parse((await readMeta(opened.database, 'key'))!)
  const sentinel = pinned.sentinel.replace(/.$/, (letter: string) => (letter === 'A' ? 'Q' : 'A'))
  await writeMeta(opened.database, 'key', JSON.stringify({ ...pinned, sentinel }))
  expect((await refusal()).code).toBe('key_mismatch')
})

test('where two machines start at once on one database, the first one’s key counts', async () => {
  const other = { ...options, keyFile: join(directory, 'other', 'key') }
  const [first, second] = await Promise.allSettled([openVault(options), openVault(other)])
  const winners = [first, second].filter(({ status }) => status === 'fulfilled')
  expect(winners).toHaveLength(1)
  const loser = [first, second].find(({ status }) => status === 'rejected') as PromiseRejectedResult
  expect(loser.reason).toMatchObject({ code: 'key_mismatch' })
})

test('the key of another installation is a refusal that names both, and both files stay', async () => {
  const mine = await openVault(options)
  const other = await openDatabase({ url: ':memory:' })
  const otherFile = join(directory, 'other', 'key')
  const theirs = await openVault({ ...options, database: other.database, keyFile: otherFile })
  await other.close()
  const before = hashOfEverything()

  const error = await refusal({ keyFile: otherFile })

  expect(error.code).toBe('key_mismatch')
  expect(error.message).toContain(`Database key id: ${mine.keyId}`)
  expect(error.message).toContain(`Found: ${theirs.keyId} in file`)
  expect(error.message.length).toBeLessThan(1024)
  expect(hashOfEverything()).toBe(before)
})

test.each([
  ['cut', (line: string) => line.slice(0, 30)],
  ['empty', () => ''],
  ['one letter changed', (line: string) => line.replace(/.(?=\n?$)/, (letter) => (letter === 'A' ? 'Q' : 'A'))],
  ['something else', () => 'hello\n'],
])('a damaged key file (%s) is a refusal', async (_, damage) => {
  await openVault(options)
  writeFileSync(options.keyFile, damage(readFileSync(options.keyFile, 'utf8')))
  expect((await refusal()).code).toBe('key_damaged')
})

test('another source than the pinned one is a refusal, also when that source works', async () => {
  await openVault(options)
  expect((await refusal({ keySource: 'keyring', keyring: workingKeyring() })).code).toBe('source_pinned')
  const again = await openVault({ ...options, keyring: workingKeyring() })
  expect(again.keySource).toBe('file')
})

test('a pinned keyring that is absent, hangs or lost the key is a refusal of its own, never another key', async () => {
  const keyring = workingKeyring()
  const { keyId } = await openVault({ ...options, keyring })
  expect((await refusal({ keyring: absentKeyring })).code).toBe('keyring_silent')

  const impatient: Clock = { ...clock, sleep: (ms, signal) => systemClock.sleep(ms / 100, signal) }
  const hanging = await refusal({ keyring: hangingKeyring, clock: impatient })
  expect(hanging.message).toContain('did not answer within 3 s')

  keyring.entries.clear()
  expect((await refusal({ keyring })).message).toContain(`Database key id: ${keyId} (stored in: keyring,`)
  expect((await refusal({ keyring })).message).toContain('Found: none in keyring')
  expect(keyring.entries.size).toBe(0)
  expect(existsSync(options.keyFile)).toBe(false)
})

test('the first start takes the keyring when one answers, else the file, and says which', async () => {
  const keyring = workingKeyring()
  const inKeyring = await openVault({ ...options, keyring })
  expect(inKeyring.keySource).toBe('keyring')
  expect([...keyring.entries.keys()]).toEqual([inKeyring.keyId])

  const other = await openDatabase({ url: ':memory:' })
  const impatient: Clock = { ...clock, sleep: (ms, signal) => systemClock.sleep(ms / 100, signal) }
  const inFile = await openVault({ ...options, database: other.database, keyring: hangingKeyring, clock: impatient })
  expect(inFile).toMatchObject({ keySource: 'file', keyLocation: options.keyFile })
  await other.close()
})

test('a passphrase opens its database again; another one, or none, does not', async () => {
  const passphraseFile = join(directory, 'passphrase')
  writeFileSync(passphraseFile, 'correct horse battery\n', { mode: 0o600 })
  const changes = { keySource: 'passphrase' as const, passphraseFile }
  const first = await openVault({ ...options, ...changes })
  const envelope = first.seal(place, secret)
  const again = await openVault({ ...options, ...changes })
  expect(again.open(place, envelope).reveal()).toBe(secret.reveal())
  expect(existsSync(options.keyFile)).toBe(false)

  const pinned = JSON.parse((await readMeta(opened.database, 'key'))!)
  expect(pinned.wrapped.stretching).toMatchObject({ kind: 'argon2id', memory: 65_536, passes: 3 })
  writeFileSync(passphraseFile, 'wrong horse battery\n')
  expect((await refusal(changes)).message).toContain('Found: none in passphrase')
  rmSync(passphraseFile)
  expect((await refusal(changes)).code).toBe('passphrase_missing')
})

test.each<[string, () => string | null, string]>([
  ['not named', () => null, 'TOKENDECK_PASSPHRASE_FILE is not set'],
  ['missing', () => join(directory, 'nowhere'), 'is missing or empty'],
  ['empty', () => join(directory, 'empty'), 'is missing or empty'],
])('a passphrase file that is %s is a refusal, also at the first start', async (_, path, words) => {
  writeFileSync(join(directory, 'empty'), '\n', { mode: 0o600 })
  const error = await refusal({ keySource: 'passphrase', passphraseFile: path() })
  expect(error.code).toBe('passphrase_missing')
  expect(error.message).toContain(words)
  expect(await readMeta(opened.database, 'key')).toBeNull()
})

test('the key file is for its owner alone, and one that is not is narrowed', async () => {
  await openVault(options)
  expect(statSync(options.keyFile).mode & 0o777).toBe(0o600)
  expect(statSync(join(directory, 'config')).mode & 0o777).toBe(0o700)
  expect(readdirSync(join(directory, 'config'))).toEqual(['key'])
  chmodSync(options.keyFile, 0o644)
  await openVault(options)
  expect(statSync(options.keyFile).mode & 0o777).toBe(0o600)
})

test('a key file is never written over, also when the start before was cut short', async () => {
  const first = await openVault(options)
  const line = readFileSync(options.keyFile, 'utf8')
  const empty = await openDatabase({ url: ':memory:' })
  const second = await openVault({ ...options, database: empty.database })
  expect(second.keyId).toBe(first.keyId)
  expect(readFileSync(options.keyFile, 'utf8')).toBe(line)
  await empty.close()
})

test('host name, user, home and machine have no say in the key', async () => {
  const first = await openVault(options)
  const envelope = first.seal(place, secret)
  const fingerprint = first.fingerprint('access_token', secret)
  for (const name of ['HOSTNAME', 'HOST', 'USER', 'LOGNAME', 'HOME', 'XDG_CONFIG_HOME']) vi.stubEnv(name, 'elsewhere')
  const again = await openVault(options)
  expect(again.open(place, envelope).equals(secret)).toBe(true)
  expect(again.fingerprint('access_token', secret)).toBe(fingerprint)
  vi.unstubAllEnvs()
})

test('fingerprints are equal for equal secrets of one purpose, and for nothing else', async () => {
  const vault = await openVault(options)
  const fingerprint = vault.fingerprint('refresh_token', secret)
  expect(fingerprint).toMatch(/^[0-9a-f]{32}$/)
  expect(vault.fingerprint('refresh_token', new Secret(secret.reveal()))).toBe(fingerprint)
  expect(vault.fingerprint('access_token', secret)).not.toBe(fingerprint)
  expect(vault.fingerprint('refresh_token', new Secret(`${secret.reveal()}x`))).not.toBe(fingerprint)
})
