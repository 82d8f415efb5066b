/** A rotation loses nothing and leaves nothing behind, whatever goes on meanwhile and wherever it is cut off. */

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type OpenedDatabase, openDatabase } from '../db/client.ts'
import { copyDatabase } from '../db/database-copy.ts'
import { grants } from '../db/schema.ts'
import { auditEvents } from '../db/schema-trails.ts'
import { countSealedRows } from '../db/sealed-row-store.ts'
import { DAY_MS } from '../lib/clock.ts'
import { systemRandom } from '../lib/random.ts'
import { Secret } from '../lib/secret.ts'
import { absentKeyring, workingKeyring } from '../testing/fake-keyring.ts'
import { countReadable, fillSealed } from '../testing/sealed-rows.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { replaceKeyFile } from '../vault/key-file.ts'
import { newMasterKey } from '../vault/keys.ts'
import { type OpenVaultOptions, openVault } from '../vault/open-vault.ts'
import type { AccountsContext } from './context.ts'
import { finishKeyRotations, type RotationChoice, rotateKey } from './rotate-key.ts'

const CHOICE: RotationChoice = { keepMs: 30 * DAY_MS, othersAreStopped: false, actor: 'cli' }
const COUNT = 120
let directory: string
let opened: OpenedDatabase
let made: TestContext
let options: OpenVaultOptions

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tokendeck-rotation-'))
  opened = await openDatabase({ url: `file:${directory}/tokendeck.db` })
  made = await createTestContext()
  options = {
    ...{ database: opened.database, random: systemRandom, clock: made.clock, keySource: 'file' },
    ...{ keyFile: join(directory, 'config', 'key'), passphraseFile: null, keyring: absentKeyring },
  }
})

afterEach(async () => {
  await made.close()
  await opened.close()
  rmSync(directory, { recursive: true, force: true })
})

/** As a start does it. */
async function start(changes: Partial<OpenVaultOptions> = {}): Promise<AccountsContext> {
  Object.assign(options, changes)
  const vault = await openVault(options)
  return { ...made.context, database: opened.database, vault, keys: vault.keys, isSoleOwner: true }
}

async function expectAllReadable(context: AccountsContext, count = COUNT) {
  expect(await countReadable(context)).toEqual({ envelopes: count * 13, readable: count * 13 })
}

test('a database that several machines share is not rotated under them', async () => {
  const context = { ...(await start()), isSoleOwner: false }
  const { keyId } = context.vault
  await expect(rotateKey(context, CHOICE)).rejects.toMatchObject({ code: 'key_rotation_shared' })
  expect(context.vault.keyId).toBe(keyId)
  expect(await rotateKey(context, { ...CHOICE, othersAreStopped: true })).toMatchObject({ from: keyId, left: 0 })
})

test('a place that takes no new key, or a database that does not note it, leaves the old key where it was', async () => {
  const keyring = workingKeyring()
  const context = await start({ keySource: 'keyring', keyring })
  const { keyId } = context.vault
  await fillSealed(context, 1)
  const set = keyring.set
  keyring.set = absentKeyring.set
  await expect(rotateKey(context, CHOICE)).rejects.toMatchObject({
    code: 'key_rotation_refused',
    params: { detail: expect.stringContaining('The keyring did not answer') },
  })
  keyring.set = set
  // Another process has changed what the database says about the key.
  const second = await start()
  await rotateKey(second, CHOICE)
  await expect(rotateKey(context, CHOICE)).rejects.toMatchObject({ code: 'key_rotation_refused' })
  expect(context.vault.keyId).toBe(keyId)
  await expectAllReadable(await start(), 1)
})

test('cut off between the place of the key and the database, the old key is found under its own name', async () => {
  const context = await start()
  await fillSealed(context, 1)
  replaceKeyFile(options.keyFile, newMasterKey(systemRandom))
  const after = await start()
  expect(after.vault.keyId).toBe(context.vault.keyId)
  expect(await rotateKey(after, CHOICE)).toMatchObject({ from: context.vault.keyId, left: 0 })
  await expectAllReadable(await start(), 1)
})

test('a grant that is being refreshed is left alone until that has ended', async () => {
  const context = await start()
  await fillSealed(context, 3)
  const lease = { leaseOwner: 'somebody', leaseUntil: Date.now() + 3_600_000 }
  const [before] = await opened.database.update(grants).set(lease).where(eq(grants.id, 'row_1')).returning()
  const rotation = rotateKey(context, CHOICE)
  await expect(rotateKey(context, CHOICE)).rejects.toMatchObject({ code: 'key_rotation_under_way' })
  while ((await countSealedRows(opened.database, before!.accessTokenSealed.split('.')[1]!)) > 3) await Bun.sleep(5)
  const [meanwhile] = await opened.database.select().from(grants).where(eq(grants.id, 'row_1'))
  expect(meanwhile!.accessTokenSealed).toBe(before!.accessTokenSealed)
  await opened.database.update(grants).set({ leaseOwner: null, leaseUntil: null })
  while (made.clock.pending() === 0) await Bun.sleep(1)
  await made.clock.advance(1_000)
  expect(await rotation).toMatchObject({ left: 0, resealed: 39 })
  await expectAllReadable(context, 3)
})

test('a token that is replaced while it is sealed anew stays the newer one', async () => {
  const context = await start()
  await fillSealed(context, 2)
  const { seal } = context.vault
  const newer = new Secret('sk-ant-oat01-FAKE-newer')
  let isReplaced = false
  const place = { table: 'grants', column: 'access_token_sealed', owner: 'acc_0', generation: 4 }
  const vault = Object.assign(Object.create(context.vault), {
    seal(...given: Parameters<typeof seal>) {
      if (!isReplaced && given[0].column === 'access_token_sealed') {
        isReplaced = true
        const accessTokenSealed = seal(place, newer)
        // Runs before the batch that puts this envelope in its place.
        void opened.database
          .update(grants)
          .set({ accessTokenSealed, generation: 4 })
          .where(eq(grants.id, 'row_0'))
          .run()
      }
      return seal(...given)
    },
  })
  await rotateKey({ ...context, vault }, CHOICE)
  const [row] = await opened.database.select().from(grants).where(eq(grants.id, 'row_0'))
  expect(context.vault.open(place, row!.accessTokenSealed).equals(newer)).toBe(true)
})

test('an envelope that no key opens is told and left, and its key is not destroyed', async () => {
  const context = await start()
  await fillSealed(context, 2)
  const { keyId } = context.vault
  await opened.database
    .update(grants)
    .set({ idTokenSealed: `v1.${keyId}.AAAA.AAAA` })
    .where(eq(grants.id, 'row_0'))
  expect(await rotateKey(context, { ...CHOICE, keepMs: 0 })).toMatchObject({ left: 1, unreadable: 1, resealed: 25 })
  await finishKeyRotations(await start(), { isStart: true })
  expect(existsSync(`${options.keyFile}.${keyId}`)).toBe(true)
  expect(context.keys.former()).toMatchObject([{ id: keyId, emptiedAt: null }])
})

test('fingerprints and the links of the history are the same under the new key, in this process and the next', async () => {
  const context = await start()
  const print = (of: AccountsContext) => [
    of.vault.fingerprint('refresh_token', new Secret('rt_FAKE_0001')),
    of.vault.chain('before', 'text'),
  ]
  const before = print(context)
  await rotateKey(context, CHOICE)
  expect(print(context)).toEqual(before)
  expect(print(await start())).toEqual(before)
})

test.each(['file', 'keyring', 'passphrase'] as const)(
  'with the key in: %s, everything opens with the new key alone once the old one was destroyed',
  async (keySource) => {
    const passphraseFile = join(directory, 'passphrase')
    await Bun.write(passphraseFile, 'correct horse battery\n')
    const keyring = workingKeyring()
    const context = await start({ keySource, keyring, passphraseFile })
    await fillSealed(context, COUNT)
    const { from, to, ...rotation } = await rotateKey(context, CHOICE)
    expect(rotation).toMatchObject({ resealed: COUNT * 13, left: 0, unreadable: 0, isResumed: false })
    await expectAllReadable(context)
    expect(await countSealedRows(opened.database, from)).toBe(0)

    // Not before its time, and not in a running process.
    await finishKeyRotations(await start(), { isStart: true })
    await made.clock.advance(30 * DAY_MS)
    await finishKeyRotations(context, { isStart: false })
    expect(context.keys.former()).toHaveLength(1)
    const last = await start()
    await finishKeyRotations(last, { isStart: true })

    const end = await start()
    expect([end.vault.keyId, end.keys.former()]).toEqual([to, []])
    await expectAllReadable(end)
    expect([...keyring.entries.keys()]).toEqual(keySource === 'keyring' ? [to] : [])
    if (keySource === 'file') expect(readdirSync(join(directory, 'config'))).toEqual(['key'])
    const events = await opened.database.select().from(auditEvents)
    expect(events.map(({ kind }) => kind)).toEqual(['key.rotated', 'key.destroyed'])
  },
)

test('after a rotation no file of the database holds an envelope of the old key', async () => {
  const context = await start()
  await fillSealed(context, COUNT)
  // Rows that come and go leave free pages.
  await opened.database.delete(grants).where(eq(grants.accountId, 'acc_7'))
  const { from } = await rotateKey(context, CHOICE)
  const files = readdirSync(directory).filter((name) => name.startsWith('tokendeck.db'))
  expect(files.length).toBeGreaterThan(1)
  for (const name of files) expect(readFileSync(join(directory, name)).includes(`v1.${from}.`), name).toBe(false)
})

test('whole copies of the database go with the key that sealed them; others, and those of a key that is kept, stay', async () => {
  const copiesDirectory = join(directory, 'backups')
  const context = { ...(await start()), copiesDirectory }
  await fillSealed(context, 2)
  const { keyId } = context.vault
  const copy = await copyDatabase(opened.database, copiesDirectory, 'before')
  // One that was copied as it lay there, with the old envelopes only in its log.
  const raw = join(copiesDirectory, 'tokendeck-before-restore.db')
  const filler = Buffer.alloc(256 * 1024 - 5)
  for (const [path, bytes] of [
    [raw, filler],
    [`${raw}-wal`, Buffer.concat([filler, Buffer.from(`v1.${keyId}.x`)])],
    [join(copiesDirectory, 'tokendeck-of-another.db'), Buffer.from('v1.k_00000000.x')],
    [join(copiesDirectory, 'of somebody else.db'), readFileSync(copy)],
  ] as const)
    writeFileSync(path, bytes)
  await rotateKey(context, { ...CHOICE, keepMs: null })
  await finishKeyRotations(context, { isStart: true })
  expect(readdirSync(copiesDirectory)).toHaveLength(5)
  const after = await copyDatabase(opened.database, copiesDirectory, 'after')

  await rotateKey(context, { ...CHOICE, keepMs: 0 })
  await finishKeyRotations(context, { isStart: true })

  // The first key was to be kept, and so are the copies that it opens.
  expect(readdirSync(copiesDirectory).sort()).toEqual([
    'of somebody else.db',
    'tokendeck-before-restore.db',
    'tokendeck-before-restore.db-wal',
    'tokendeck-before.db',
    'tokendeck-of-another.db',
  ])
  expect(context.keys.former().map(({ id }) => id)).toEqual([keyId])
  expect(existsSync(after)).toBe(false)
})

test('a copy that cannot be taken away keeps the key', async () => {
  const copiesDirectory = join(directory, 'backups')
  const context = { ...(await start()), copiesDirectory }
  await fillSealed(context, 1)
  const { keyId } = context.vault
  // Bears the name of a copy, and cannot be read as a file.
  mkdirSync(join(copiesDirectory, 'tokendeck-x.db'), { recursive: true })
  await rotateKey(context, { ...CHOICE, keepMs: 0 })
  await finishKeyRotations(context, { isStart: true })
  expect(context.keys.former().map(({ id }) => id)).toEqual([keyId])
  expect(made.log.text()).toContain('key.copies_not_deleted')
  rmSync(join(copiesDirectory, 'tokendeck-x.db'), { recursive: true })
  const copy = join(copiesDirectory, 'tokendeck-cut-in-two.db')
  // The text that gives it away lies across the end of a chunk.
  writeFileSync(copy, Buffer.concat([Buffer.alloc(256 * 1024 - 6), Buffer.from(`v1.${keyId}.x`)]))
  await finishKeyRotations(context, { isStart: true })
  expect(context.keys.former()).toEqual([])
  expect(existsSync(copy)).toBe(false)
  const [event] = (await opened.database.select().from(auditEvents)).filter(({ kind }) => kind === 'key.destroyed')
  expect(event!.details).toEqual({ key: keyId, copies: 1 })
})

test('what a process that was cut off left of an old key on its way to a name is destroyed with it', async () => {
  const context = await start()
  const left = `${options.keyFile}.k_00000000.4711.new`
  writeFileSync(left, readFileSync(options.keyFile), { mode: 0o600 })
  await rotateKey(context, { ...CHOICE, keepMs: 0 })
  expect(existsSync(left)).toBe(true)
  await finishKeyRotations(await start(), { isStart: true })
  expect(readdirSync(join(directory, 'config'))).toEqual(['key'])
})

test('a key that was replaced while its process was still starting is kept until the next start', async () => {
  const context = await start()
  const startedAt = made.clock.now()
  await rotateKey(context, { ...CHOICE, keepMs: 0 })
  await finishKeyRotations(context, { isStart: true, startedAt })
  expect(context.keys.former()).toHaveLength(1)
  await made.clock.advance(1)
  const next = await start()
  await finishKeyRotations(next, { isStart: true, startedAt: made.clock.now() })
  expect(next.keys.former()).toHaveLength(0)
})

test('a rotation that is asked for while a former one is being finished waits for that', async () => {
  const context = await start()
  await fillSealed(context, COUNT)
  await rotateKey(context, CHOICE)
  const [, rotation] = await Promise.all([finishKeyRotations(context, { isStart: true }), rotateKey(context, CHOICE)])
  expect(rotation).toMatchObject({ isResumed: false })
  await expectAllReadable(context)
})

test('a key file that another database uses too is not destroyed', async () => {
  const context = await start()
  const other = await openDatabase({ url: `file:${directory}/other.db` })
  try {
    const shared = await openVault({ ...options, database: other.database })
    expect(shared.keyId).toBe(context.vault.keyId)
    await rotateKey(context, { ...CHOICE, keepMs: 0 })
    await finishKeyRotations(await start(), { isStart: true })
    expect((await openVault({ ...options, database: other.database })).keyId).toBe(shared.keyId)
  } finally {
    await other.close()
  }
})
