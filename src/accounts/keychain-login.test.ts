/** Logins in the macOS Keychain, with a stand-in for `security`: opened on a click, and never by a look. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { credentialPlaces } from '../cli-credentials/credential-places.ts'
import { environmentOfAccount } from '../switching/profile-environment.ts'
import { type CliMachine, createCliMachine } from '../testing/cli-files.ts'
import { noPrograms, scriptedPrograms } from '../testing/fake-programs.ts'
import { blankedClaudeCredentialsJson, claudeCredentialsJson, claudeJson } from '../testing/fake-tokens.ts'
import type { AccountsContext } from './context.ts'
import { createCredentialFollower } from './follow-credentials.ts'
import { listCandidates } from './import-candidates.ts'
import { readFromKeychain } from './keychain-login.ts'
import { getAccount, listAccounts } from './list-accounts.ts'

let machine: CliMachine
let context: AccountsContext
let item: string
let calls: string
const actor = 'browser' as const
const settled = <T>(work: Promise<T>) => machine.settled(work)

/** Prints what the item holds, as the system does; ends with 44 where there is none. */
const SECURITY = (directory: string) => `
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
appendFileSync(${JSON.stringify(`${directory}/calls`)}, process.argv.slice(2).join(' ') + '\\n')
if (!existsSync(${JSON.stringify(`${directory}/item`)})) process.exit(44)
console.log(readFileSync(${JSON.stringify(`${directory}/item`)}, 'utf8'))
`

beforeEach(async () => {
  machine = await createCliMachine()
  const directory = join(machine.world.directory, 'bin')
  const programs = await scriptedPrograms(directory, { security: SECURITY(directory) }, { USER: 'ada' })
  context = { ...machine.context, system: on('darwin'), programs }
  item = join(directory, 'item')
  calls = join(directory, 'calls')
})
afterEach(() => machine.close())

const on = (platform: string) => ({ ...machine.context.system, platform })
const read = (mode: 'link' | 'take_over' = 'link', path = machine.claudePath) =>
  settled(readFromKeychain(context, { path, mode, actor }))
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error) => error.code,
  )
const advice = async () =>
  (await settled(listCandidates(context))).map((found) => [found.advice, found.canReadKeychain])

async function signIn(name: string) {
  const issue = machine.signIn(name)
  writeFileSync(item, claudeCredentialsJson(issue))
  await machine.put(machine.companionPath, claudeJson(issue.family))
  return issue
}

test('a login in the Keychain is named, and no look opens it', async () => {
  await signIn('ada')
  expect(await advice()).toEqual([['keychain', true]])
  await settled(createCredentialFollower(context).check())
  expect(existsSync(calls)).toBe(false)
  context.system = on('linux')
  expect(await advice()).toEqual([])
})

test('a click opens exactly that item; linked, it is looked at only by another click', async () => {
  const first = await signIn('ada')
  const linked = await read()
  expect(readFileSync(calls, 'utf8')).toBe('find-generic-password -s Claude Code-credentials -a ada -w\n')
  expect([linked.custody, linked.login.status]).toEqual(['cli', 'valid'])
  expect(await advice()).toEqual([['keychain_linked', true]])

  await machine.world.clock.advance(60_000)
  const next = machine.world.fake.grants.refresh(first.pair.refreshToken!, first.family.clientId)
  if (typeof next === 'string') throw new Error(next)
  writeFileSync(item, claudeCredentialsJson(next))
  await settled(createCredentialFollower(context).check())
  expect(await machine.held(linked.id)).toMatchObject({ access: first.pair.accessToken })
  expect((await getAccount(context, linked.id)).login.status).toBe('valid')
  expect((await read()).id).toBe(linked.id)
  expect(await machine.held(linked.id)).toMatchObject({ access: next.pair.accessToken, generation: 2 })
  expect(readFileSync(calls, 'utf8').split('\n')).toHaveLength(3)
  // Programs started for it use the place whose Keychain item it is.
  expect((await environmentOfAccount(context, linked.id)).set).toEqual({})

  await signIn('brook')
  expect((await read()).id).not.toBe(linked.id)
  expect(await listAccounts(context)).toHaveLength(2)
})

test('taken over, it stays a conflict until a click finds another login there', async () => {
  await signIn('ada')
  const taken = await read('take_over')
  expect([taken.custody, taken.ownership.status]).toEqual(['dashboard', 'conflict'])
  await settled(createCredentialFollower(context).check())
  expect((await getAccount(context, taken.id)).ownership.status).toBe('conflict')
  expect(await advice()).toEqual([['keychain_conflict', true]])
  await signIn('brook')
  await read()
  expect((await getAccount(context, taken.id)).ownership.status).toBe('dashboard')
})

test('hexadecimal digits, as the system prints them, are read', async () => {
  await signIn('ada')
  writeFileSync(item, Buffer.from(readFileSync(item)).toString('hex'))
  expect((await read()).custody).toBe('cli')
})

test.each<[string, () => unknown, string]>([
  ['no such item, or a person who said no', () => {}, 'keychain_refused'],
  ['no JSON', () => writeFileSync(item, 'password'), 'file_torn'],
  ['a login that is over', () => writeFileSync(item, blankedClaudeCredentialsJson()), 'file_blanked'],
  ['another system', () => Object.assign(context, { system: on('linux') }), 'keychain_not_here'],
  ['no such program', () => Object.assign(context, { programs: noPrograms }), 'keychain_not_here'],
])('refused: %s', async (_, prepare, code) => {
  prepare()
  expect(await refusal(read())).toBe(code)
  expect(await listAccounts(context)).toEqual([])
})

test('only places of Claude Code are opened', async () => {
  await signIn('ada')
  for (const path of [machine.codexPath, '/etc/passwd', `${machine.claudePath}#keychain:login`]) {
    expect(await refusal(read('link', path))).toBe('keychain_not_here')
  }
  expect(existsSync(calls)).toBe(false)
})

test('a directory of its own has an item of its own, and without a user’s name the item alone is asked for', async () => {
  const directory = join(machine.world.directory, 'work')
  const inputs = { home: null, claudeConfigDir: directory, claudeSecureStorageConfigDir: null, codexHome: null }
  context.credentialPlaces = credentialPlaces({ ...inputs, providers: context.providers.values() })
  const bin = join(machine.world.directory, 'bin')
  context.programs = await scriptedPrograms(bin, { security: SECURITY(bin) })
  const issue = machine.signIn('ada')
  writeFileSync(item, claudeCredentialsJson(issue))
  await machine.put(join(directory, '.claude.json'), claudeJson(issue.family))
  expect(await advice()).toEqual([['keychain', true]])
  expect((await read('link', join(directory, '.credentials.json'))).custody).toBe('cli')
  expect(readFileSync(calls, 'utf8')).toMatch(/^find-generic-password -s Claude Code-credentials-[0-9a-f]{8} -w\n$/)
})
