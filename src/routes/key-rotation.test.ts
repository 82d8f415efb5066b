/** A new encryption key by a form of the settings page: what it says, what it does, and what it refuses. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { getAccount } from '../accounts/list-accounts.ts'
import { type OpenedDatabase, openDatabase } from '../db/client.ts'
import { systemRandom } from '../lib/random.ts'
import { connectPerson } from '../testing/connected-account.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { absentKeyring } from '../testing/fake-keyring.ts'
import { createTestApp, type TestApp } from '../testing/test-app.ts'
import { openVault } from '../vault/open-vault.ts'

let directory: string
let opened: OpenedDatabase
let app: TestApp

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tokendeck-key-form-'))
  opened = await openDatabase({ url: `file:${directory}/tokendeck.db` })
  const { database } = opened
  const keyFile = join(directory, 'config', 'key')
  const given = { database, random: systemRandom, clock: new FakeClock(), keySource: 'file' as const, keyFile }
  const vault = await openVault({ ...given, passphraseFile: null, keyring: absentKeyring })
  app = await createTestApp({ overrides: { database, vault, keys: vault.keys, isSoleOwner: true } })
})
afterEach(async () => {
  await app.close()
  await opened.close()
  rmSync(directory, { recursive: true, force: true })
})

const page = async () => (await app.browse('/settings')).text()
const rotate = (fields: Record<string, string> = {}) => app.submit('/settings/key-rotations', fields)

test('the page says why and how; a new key takes the place of the old one, and everything opens', async () => {
  const { context } = app
  const ada = await connectPerson(app)
  const from = context.vault.keyId
  expect(await page()).toContain('action="/settings/key-rotations"')
  const answer = await rotate({ keep_days: '90' })
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/settings#key'])
  const to = context.vault.keyId
  expect(to).not.toBe(from)
  const text = await page()
  expect(text).toContain(`The key is ${to} now, in place of ${from}`)
  expect(text).toContain('Former key')
  const [former] = context.keys.former()
  expect((former!.keepUntil! - former!.retiredAt) / 86_400_000).toBeCloseTo(90, 3)
  expect((await getAccount(context, ada.accountId)).login.status).toBe('valid')
})

test.each([
  [{ keep_days: 'always' }, null],
  [{ keep_days: '0' }, 0],
  [{ keep_days: '-1' }, 30],
  [{}, 30],
])('what is sent as %j keeps the old key so long', async (fields, days) => {
  await rotate(fields as Record<string, string>)
  const [former] = app.context.keys.former()
  const kept = former!.keepUntil === null ? null : (former!.keepUntil - former!.retiredAt) / 86_400_000
  if (days === null) expect(kept).toBeNull()
  else expect(kept).toBeCloseTo(days, 3)
})

test('where other machines may use the database, they must be stopped first', async () => {
  app.context.isSoleOwner = false
  const { keyId } = app.context.vault
  expect(await page()).toContain('name="others_are_stopped"')
  await rotate()
  expect(app.context.vault.keyId).toBe(keyId)
  expect(await page()).toContain('Other machines may be using this database')
  await rotate({ others_are_stopped: 'yes' })
  expect(app.context.vault.keyId).not.toBe(keyId)
})

test('while one is under way the page says so, and another is not begun', async () => {
  const { context } = app
  let goOn = () => {}
  const { addKey } = context.keys
  context.keys.addKey = async (choice) => {
    await new Promise<void>((resolve) => {
      goOn = resolve
    })
    return addKey(choice)
  }
  const asked = rotate()
  while (app.clock.pending() === 0) await new Promise(setImmediate)
  await app.clock.advance(1_500)
  expect((await asked).status).toBe(303)
  expect(await page()).toContain('A new key is being put in place')
  expect(await page()).not.toContain('action="/settings/key-rotations"')
  expect((await rotate()).status).toBe(303)
  goOn()
  for (let turn = 0; context.keys.former().length === 0 && turn < 1_000; turn++) await new Promise(setImmediate)
  expect(context.keys.former()).toHaveLength(1)
})
