/** An export of a running installation is whole and of one key, and leaves nothing behind but the note of where it lies. */

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type OpenedDatabase, openDatabase } from '../db/client.ts'
import { grantCopies } from '../db/schema-copies.ts'
import { auditEvents } from '../db/schema-trails.ts'
import { systemRandom } from '../lib/random.ts'
import { Secret } from '../lib/secret.ts'
import { connectPerson } from '../testing/connected-account.ts'
import { absentKeyring } from '../testing/fake-keyring.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { openExport, readExport } from '../vault/export-file.ts'
import { openVault } from '../vault/open-vault.ts'
import { isPinnedKey, readPinnedKey } from '../vault/pinned-key.ts'
import type { AccountsContext } from './context.ts'
import { exportInstallation } from './export-installation.ts'
import { rotateKey } from './rotate-key.ts'

const passphrase = new Secret('FAKE horse battery')
let directory: string
let copiesDirectory: string
let opened: OpenedDatabase
let world: TestContext
let context: AccountsContext

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tokendeck-export-'))
  copiesDirectory = join(directory, 'backups')
  opened = await openDatabase({ url: `file:${directory}/tokendeck.db` })
  world = await createTestContext()
  const { database } = opened
  const keyFile = join(directory, 'config', 'key')
  const places = { random: systemRandom, clock: world.clock, keyFile, passphraseFile: null, keyring: absentKeyring }
  const vault = await openVault({ ...places, database, keySource: 'file' })
  const machine = { id: 'mac_here', name: 'desk' }
  context = { ...world.context, database, vault, keys: vault.keys, isSoleOwner: true, copiesDirectory, machine }
})
afterEach(async () => {
  await world.close()
  await opened.close()
  rmSync(directory, { recursive: true, force: true })
})

const make = (given: AccountsContext = context) =>
  exportInstallation(given, {
    ...{ configFile: join(directory, 'config.toml'), passphrase, place: '/media/deck.export', actor: 'cli' },
  })

/** What is in an export, and whether its key is the one of its database. */
async function opens(bytes: Buffer): Promise<{ isItsKey: boolean; config: string | null }> {
  const { key, database, config } = openExport(readExport(bytes), passphrase)
  const path = join(directory, 'opened.db')
  writeFileSync(path, database)
  const copy = await openDatabase({ url: `file:${path}` })
  try {
    const pinned = (await readPinnedKey(copy.database))!
    return { isItsKey: isPinnedKey(key, pinned), config: config?.toString() ?? null }
  } finally {
    await copy.close()
    for (const suffix of ['', '-closed', '-lock']) rmSync(path + suffix, { force: true })
  }
}

test('where the database is no file of this machine, there is nothing to copy', async () => {
  expect(await make({ ...context, isDatabaseRemote: true })).toBeNull()
  expect(await make({ ...context, copiesDirectory: undefined })).toBeNull()
  expect(await make({ ...context, machine: undefined })).toBeNull()
})

test('it holds the database, config.toml and the key, and every login in it is known to lie there', async () => {
  const { accountId } = await connectPerson({ ...world, context }, 'ada')
  const without = (await make())!
  expect(await opens(without.bytes)).toEqual({ isItsKey: true, config: null })
  writeFileSync(join(directory, 'config.toml'), '# mine\n')
  const made = (await make())!
  expect(made.keyId).toBe(context.vault.keyId)
  expect(readExport(made.bytes).facts).toMatchObject({ isMove: false, machine: { id: 'mac_here' }, keyId: made.keyId })
  expect(await opens(made.bytes)).toEqual({ isItsKey: true, config: '# mine\n' })
  expect(readdirSync(copiesDirectory)).toEqual([])
  expect(await opened.database.select().from(grantCopies)).toMatchObject([
    { accountId, kind: 'export', place: '/media/deck.export', machineId: 'mac_here' },
  ])
  const kinds = (await opened.database.select().from(auditEvents)).map(({ kind }) => kind)
  expect(kinds.filter((kind) => kind === 'export.made')).toHaveLength(2)
}, 60_000)

test('a key that is rotated meanwhile: the export is made anew, of the new one', async () => {
  const { keys } = context
  let tries = 0
  const rotated: AccountsContext = {
    ...context,
    keys: {
      ...keys,
      async sealExport(...parts) {
        if (tries++ === 0) await rotateKey(context, { keepMs: null, othersAreStopped: false, actor: 'cli' })
        return keys.sealExport(...parts)
      },
    },
  }
  const made = (await make(rotated))!
  expect(tries).toBe(2)
  expect(made.keyId).toBe(context.vault.keyId)
  expect(await opens(made.bytes)).toMatchObject({ isItsKey: true })
  expect(readdirSync(copiesDirectory)).toEqual([])
})

test('a config.toml that cannot be read: no export, and no copy of the database is left', async () => {
  rmSync(join(directory, 'config.toml'), { force: true })
  const configFile = join(directory, 'backups')
  await make()
  await expect(
    exportInstallation(context, { configFile, passphrase, place: '/media/deck.export', actor: 'cli' }),
  ).rejects.toThrow()
  expect(readdirSync(copiesDirectory)).toEqual([])
})
