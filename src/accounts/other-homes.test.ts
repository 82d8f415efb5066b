import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CliMachine, createCliMachine } from '../testing/cli-files.ts'
import { claudeCredentialsJson } from '../testing/fake-tokens.ts'
import { listCandidates } from './import-candidates.ts'
import { changeOtherHomes, getOtherHomes } from './other-homes.ts'

let machine: CliMachine
beforeEach(async () => {
  machine = await createCliMachine()
})
afterEach(() => machine.close())

test.each([
  [['relative/path']],
  [['~/x']],
  [['/a\u0007b']],
  [[`/${'x'.repeat(2_000)}`]],
  [Array.from({ length: 21 }, (_, n) => `/h${n}`)],
])('refused, and what was named stays: %#', async (homes) => {
  await changeOtherHomes(machine.context, ['/kept'], 'api')
  await expect(changeOtherHomes(machine.context, homes, 'api')).rejects.toMatchObject({ code: 'home_invalid' })
  expect(await getOtherHomes(machine.context)).toEqual(['/kept'])
})

test('a login in a named home is a candidate, and none after the home is taken out', async () => {
  const home = join(machine.world.directory, 'old')
  await machine.put(join(home, '.claude', '.credentials.json'), claudeCredentialsJson(machine.signIn('ada')))
  expect(await listCandidates(machine.context)).toEqual([])
  await changeOtherHomes(machine.context, [` ${home}/ `, '', home], 'api')
  expect(await getOtherHomes(machine.context)).toEqual([home])
  expect(await listCandidates(machine.context)).toMatchObject([
    { kind: 'other', state: 'live', store: 'file', storeItem: null, canLink: true },
  ])
  await changeOtherHomes(machine.context, [], 'api')
  expect(await listCandidates(machine.context)).toEqual([])
})

test('paths belong to their machine', async () => {
  await changeOtherHomes(machine.context, ['/one'], 'api')
  expect(await getOtherHomes({ ...machine.context, machine: { id: 'mac_other', name: 'other' } })).toEqual([])
})

test('a login that codex keeps in the keyring is named by its item', async () => {
  const codex = join(machine.world.directory, '.codex')
  await mkdir(codex)
  await writeFile(join(codex, 'config.toml'), 'cli_auth_credentials_store = "keyring"\n')
  const [candidate] = await listCandidates(machine.context)
  expect(candidate).toMatchObject({ state: 'keyring', store: 'keyring', canLink: false })
  expect(candidate!.storeItem).toMatch(/^Codex Auth · cli\|[0-9a-f]{16}$/)
})
