/** A reset makes a new key, gives up exactly what the old one sealed, and takes it all back when it cannot be finished. */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { OpenedDatabase } from '../db/client.ts'
import { readMeta, writeMeta } from '../db/meta-store.ts'
import { accounts, attempts, authorizations, grants, inbox, sessions } from '../db/schema.ts'
import { auditEvents } from '../db/schema-trails.ts'
import { type Clock, systemClock } from '../lib/clock.ts'
import { systemRandom } from '../lib/random.ts'
import { Secret } from '../lib/secret.ts'
import { absentKeyring, workingKeyring } from '../testing/fake-keyring.ts'
import { openTestDatabase } from '../testing/test-database.ts'
import { openVault } from './open-vault.ts'
import { forecastReset, type ResetOptions, resetKey } from './reset-key.ts'
import type { Vault } from './vault.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const clock: Clock = { ...systemClock, now: () => NOW }
let directory: string
let opened: OpenedDatabase
let options: ResetOptions

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tokendeck-reset-'))
  opened = await openTestDatabase()
  options = {
    database: opened.database,
    random: systemRandom,
    clock,
    keySource: 'auto',
    keyFile: join(directory, 'config', 'key'),
    passphraseFile: null,
    keyring: absentKeyring,
    actor: 'cli',
  }
})

afterEach(async () => {
  await opened.close()
  rmSync(directory, { recursive: true, force: true })
})

/** Three logins (one of a CLI, one refused before), a retired one, an answer, a sign-in and a session. */
async function fill(vault: Vault): Promise<void> {
  const { database } = opened
  const sealed = (owner: string) =>
    vault.seal({ table: 'grants', column: 'x', owner, generation: 1 }, new Secret('rt_FAKE_0001'))
  const row = (id: string, changes: Partial<typeof grants.$inferInsert> = {}) => ({
    ...{ id, accountId: `acc_${id}`, custody: 'dashboard', origin: 'callback', scopes: ['a'], createdAt: 1 },
    ...{ accessTokenSealed: sealed(id), refreshTokenSealed: sealed(id), idTokenSealed: sealed(id) },
    ...{ accessTokenFingerprint: `a${id}`, refreshTokenFingerprint: `r${id}`, accessTokenIssuedAt: 1 },
    ...{ nextRefreshAt: 5, leaseOwner: 'somebody', leaseUntil: 9, uncertainAt: 3 },
    ...changes,
  })
  const identity = (id: string) => ({
    id: `acc_${id}`,
    provider: 'claude',
    subject: id,
    label: id,
    position: 0,
    createdAt: 0,
  })
  await database.insert(accounts).values(['own', 'cli', 'over'].map(identity))
  await database
    .insert(grants)
    .values([
      row('own'),
      row('cli', { custody: 'cli', refreshTokenSealed: null, refreshTokenFingerprint: null }),
      row('over', { refusedAt: 7, refusalCode: 'invalid_grant' }),
      row('old', { accountId: 'acc_own', retiredAt: 6, nextRefreshAt: null }),
    ])
  const attempt = { grantId: 'own', generation: 1, parentFingerprint: 'rown', owner: 'somebody', leaseEpoch: 1 }
  await database
    .insert(attempts)
    .values({ ...attempt, id: 'att', purpose: 'scheduled', outcome: 'intent', startedAt: 1 })
  const answer = { id: 'ans', accountId: 'acc_own', grantId: 'own', generation: 1, parentFingerprint: 'rown' }
  await database.insert(inbox).values({ ...answer, answerSealed: sealed('own'), receivedAt: 1 })
  const signIn = {
    provider: 'claude',
    method: 'paste',
    stateFingerprint: '',
    redirectUri: '',
    createdAt: 1,
    expiresAt: 2,
  }
  await database.insert(authorizations).values([
    { ...signIn, id: 'open', stateSealed: sealed('s'), codeVerifierSealed: sealed('v'), deviceCodeSealed: sealed('d') },
    { ...signIn, id: 'done', stateSealed: '', codeVerifierSealed: '', completedAt: 2 },
  ])
  await database.insert(sessions).values({ idHash: 'hash', createdAt: 1, lastSeenAt: 1 })
}

test('nothing that the old key sealed stays, and everything else does', async () => {
  const before = await openVault(options)
  await fill(before)
  expect(await forecastReset(opened.database)).toEqual({ keyId: before.keyId, logins: 1, followedLogins: 1 })

  const reset = await resetKey(options)

  expect(reset).toMatchObject({ keyId: before.keyId, logins: 1, followedLogins: 1, source: 'file' })
  const after = await openVault(options)
  expect(after.keyId).toBe(reset.newKeyId)
  expect(after.keyId).not.toBe(before.keyId)
  expect(readFileSync(reset.setAside!, 'utf8')).toContain(before.keyId)
  const { database } = opened
  const rows = Object.fromEntries((await database.select().from(grants)).map((grant) => [grant.id, grant]))
  const given = { accessTokenSealed: '', idTokenSealed: null }
  const idle = { nextRefreshAt: null, leaseOwner: null, leaseUntil: null, generation: 2 }
  const lost = { ...given, ...idle, refusedAt: NOW, refusalCode: 'key_reset', uncertainAt: null }
  expect(rows.own).toMatchObject({ ...lost, refreshTokenSealed: '' })
  expect(rows.cli).toMatchObject({ ...lost, refreshTokenSealed: null })
  expect(rows.over).toMatchObject({ ...given, ...idle, refusedAt: 7, refusalCode: 'invalid_grant', uncertainAt: 3 })
  expect(rows.old).toMatchObject({ ...given, retiredAt: 6, refusedAt: null, generation: 1 })
  expect(await database.select().from(attempts)).toMatchObject([
    { outcome: 'unknown', code: 'key_reset', endedAt: NOW },
  ])
  expect(await database.select().from(inbox)).toEqual([])
  expect(await database.select().from(sessions)).toEqual([])
  expect(await database.select().from(authorizations)).toMatchObject([
    { id: 'open', stateSealed: '', codeVerifierSealed: '', deviceCodeSealed: null, cancelledAt: NOW },
    { id: 'done', cancelledAt: null },
  ])
  expect((await database.select().from(accounts)).map(({ label }) => label)).toEqual(['own', 'cli', 'over'])
  const details = { from: before.keyId, to: after.keyId }
  const events = await database.select().from(auditEvents)
  expect(events.map(({ accountId }) => accountId).sort()).toEqual(['acc_cli', 'acc_over', 'acc_own', null])
  for (const event of events) expect(event).toMatchObject({ kind: 'key.reset', actor: 'cli', at: NOW, details })
  const everything = JSON.stringify([
    rows,
    await database.select().from(authorizations),
    await readMeta(database, 'key'),
  ])
  expect(everything).not.toContain(`v1.${before.keyId}.`)
  expect(await forecastReset(database)).toEqual({ keyId: after.keyId, logins: 0, followedLogins: 0 })
})

test.each<[string, () => void]>([
  ['gone', () => rmSync(options.keyFile)],
  ['damaged', () => writeFileSync(options.keyFile, 'v1.')],
])('a key that is %s stands in the way of the vault, not of a reset', async (_, lose) => {
  await openVault(options)
  lose()
  await expect(openVault(options)).rejects.toMatchObject({ exitCode: 78 })
  const { newKeyId } = await resetKey(options)
  expect((await openVault(options)).keyId).toBe(newKeyId)
})

test.each<[string, string, boolean]>([
  ['a keyring that works', 'keyring', true],
  ['no keyring', 'file', false],
])('a damaged note about the key is replaced; with %s the new key is in the %s', async (_, source, hasKeyring) => {
  if (hasKeyring) options.keyring = workingKeyring()
  await writeMeta(opened.database, 'key', '{')
  await expect(openVault(options)).rejects.toMatchObject({ code: 'database_unpinned' })
  expect(await forecastReset(opened.database)).toMatchObject({ keyId: null })
  expect(await resetKey(options)).toMatchObject({ keyId: null, source })
  expect((await openVault(options)).keySource).toBe(source)
})

test('a pinned keyring that cannot be asked is no reason to take a file; being told to is', async () => {
  const { keyId } = await openVault({ ...options, keyring: workingKeyring() })
  await expect(resetKey(options)).rejects.toMatchObject({ code: 'keyring_silent' })
  expect(JSON.parse((await readMeta(opened.database, 'key'))!).id).toBe(keyId)
  expect(existsSync(options.keyFile)).toBe(false)
  expect(await resetKey({ ...options, keySource: 'file' })).toMatchObject({ source: 'file', place: options.keyFile })
  expect((await openVault(options)).keySource).toBe('file')
})

test('the former key stays in the keyring, for the copy of the database', async () => {
  const keyring = workingKeyring()
  const { keyId } = await openVault({ ...options, keyring })
  const { newKeyId, setAside } = await resetKey({ ...options, keyring })
  expect([...keyring.entries.keys()]).toEqual([keyId, newKeyId])
  expect(setAside).toBeNull()
})

test('a forgotten passphrase is left behind with its key', async () => {
  const passphraseFile = join(directory, 'passphrase')
  writeFileSync(passphraseFile, 'the first passphrase\n', { mode: 0o600 })
  const changes = { ...options, passphraseFile, keySource: 'passphrase' as const }
  await openVault(changes)
  writeFileSync(passphraseFile, 'another passphrase\n')
  const { newKeyId } = await resetKey({ ...changes, keySource: 'auto' })
  expect(await openVault(changes)).toMatchObject({ keyId: newKeyId, keySource: 'passphrase' })
})

test('a database that refuses the last row keeps everything, and so does the place of the key', async () => {
  const before = await openVault(options)
  await fill(before)
  const line = readFileSync(options.keyFile, 'utf8')
  const stored = await opened.database.select().from(grants)
  await opened.database.run(sql`create trigger full before delete on sessions begin select raise(abort, 'full'); end`)
  await expect(resetKey(options)).rejects.toThrow('The database refused a query')
  expect(readFileSync(options.keyFile, 'utf8')).toBe(line)
  expect((await openVault(options)).keyId).toBe(before.keyId)
  expect(await opened.database.select().from(grants)).toEqual(stored)
  expect(await opened.database.select().from(auditEvents)).toEqual([])
})

test.each<'keyring' | 'passphrase'>(['keyring', 'passphrase'])('the same with the key in the %s', async (keySource) => {
  const passphraseFile = join(directory, 'passphrase')
  writeFileSync(passphraseFile, 'correct horse battery\n', { mode: 0o600 })
  Object.assign(options, { keySource, passphraseFile, keyring: workingKeyring() })
  const { keyId } = await openVault(options)
  await opened.database.run(sql`create trigger full before update on meta begin select raise(abort, 'full'); end`)
  await expect(resetKey(options)).rejects.toThrow('The database refused a query')
  expect((await openVault(options)).keyId).toBe(keyId)
})

test('a database that cannot be read is not taken for one that has no key', async () => {
  await openVault(options)
  const line = readFileSync(options.keyFile, 'utf8')
  await opened.database.run(sql`alter table meta rename to elsewhere`)
  await expect(forecastReset(opened.database)).rejects.toThrow('The database refused a query')
  await expect(resetKey(options)).rejects.toThrow('The database refused a query')
  expect(readFileSync(options.keyFile, 'utf8')).toBe(line)
})
