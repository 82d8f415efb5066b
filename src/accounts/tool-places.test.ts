/** Logins in files of other tools: listed, linked, followed, taken over, and never written to. */

import { chmod, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { clearPlace, deactivateAccount } from '../switching/clear-place.ts'
import { environmentOfAccount } from '../switching/profile-environment.ts'
import { settleCustody } from '../switching/settle-custody.ts'
import { type CliMachine, createCliMachine } from '../testing/cli-files.ts'
import { authProfile, opencodeEntry, tokenMapEntry } from '../testing/tool-files.ts'
import type { AccountsContext } from './context.ts'
import { createCredentialFollower } from './follow-credentials.ts'
import { listCandidates } from './import-candidates.ts'
import { linkAccount } from './link-account.ts'
import { getAccount } from './list-accounts.ts'
import { changeOtherHomes } from './other-homes.ts'
import { refreshGrant } from './refresh-grant.ts'
import { takeOverAccount } from './take-over-account.ts'

let machine: CliMachine
let context: Omit<AccountsContext, 'providers'> & { providers: AccountsContext['providers'] }
let opencode: string
const actor = 'browser' as const

beforeEach(async () => {
  machine = await createCliMachine()
  context = {
    ...machine.context,
    toolRoots: { home: machine.world.directory, dataHome: null, openclawDirectory: null },
  }
  opencode = join(machine.world.directory, '.local/share/opencode/auth.json')
})
afterEach(() => machine.close())

const putJson = (path: string, value: unknown) => machine.put(path, JSON.stringify(value))
const settled = <T>(work: Promise<T>) => machine.settled(work)
const refusal = (work: Promise<unknown>) =>
  settled(work).then(
    () => 'none',
    (error) => error.code,
  )
const listed = async () => {
  const found = await settled(listCandidates(context))
  return found.map(({ entry, state, advice, identity }) => [entry?.tool, entry?.name, state, advice, identity?.email])
}

test('every login of every tool is listed by itself; a broken one hides none', async () => {
  const agents = join(machine.world.directory, '.openclaw/agents')
  await putJson(opencode, {
    anthropic: opencodeEntry(machine.signIn('ada')),
    openai: opencodeEntry(machine.signIn('grace')),
    groq: { type: 'api', key: 'K' },
  })
  await putJson(join(agents, 'main/agent/auth-profiles.json'), {
    profiles: { bad: { type: 'oauth', provider: 'openai', access: 7 }, good: authProfile(machine.signIn('grace')) },
  })
  await machine.put(join(agents, 'torn/agent/auth-profiles.json'), '{"profiles":')
  await putJson(join(machine.world.directory, '.oldtool/oauth_tokens.json'), {
    claude: tokenMapEntry(machine.signIn('ada')),
    gmail: { access_token: 'ya29.FAKE' },
  })
  const grace = machine.world.fake.person('grace').email
  expect(await listed()).toEqual([
    ['opencode', 'anthropic', 'live', 'tool_identity_asked', undefined],
    ['opencode', 'openai', 'live', 'link_tool', grace],
    ['openclaw', 'bad', 'unusable', 'unusable', undefined],
    ['openclaw', 'good', 'live', 'link_tool', grace],
    ['openclaw', null, 'torn', 'torn', undefined],
    ['oldtool', 'claude', 'live', 'tool_identity_asked', undefined],
  ])
})

test('the environment names directories, other homes have them too, and each file counts once', async () => {
  const dataHome = join(machine.world.directory, 'data')
  const state = join(machine.world.directory, 'state')
  const other = join(machine.world.directory, 'other')
  context.toolRoots = { home: null, dataHome, openclawDirectory: state }
  await putJson(join(dataHome, 'opencode/auth.json'), { openai: opencodeEntry(machine.signIn('grace')) })
  await putJson(join(state, 'agents/a/agent/auth-profiles.json'), {
    profiles: { p: authProfile(machine.signIn('grace')) },
  })
  await putJson(join(other, '.local/share/opencode/auth.json'), { openai: opencodeEntry(machine.signIn('grace')) })
  await changeOtherHomes(context, [other, `${other}/.`], 'api')
  expect((await listed()).map(([tool]) => tool)).toEqual(['opencode', 'opencode', 'openclaw'])
})

test('a linked login is followed: what the tool renews is adopted, and what it removes is seen', async () => {
  const first = machine.signIn('grace')
  await putJson(opencode, { openai: opencodeEntry(first) })
  const linked = await settled(linkAccount(context, { path: opencode, actor }))
  expect([linked.custody, linked.credentialPath]).toEqual(['cli', `${opencode}#opencode:openai`])
  expect((await listed())[0]![3]).toBe('tool_linked')
  expect(await refusal(linkAccount(context, { path: `${opencode}#opencode:openai`, actor }))).toBe('already_linked')
  expect((await settled(refreshGrant(context, linked.id, { actor: 'api', purpose: 'requested' }))).outcome).toBe(
    'not_custodian',
  )

  await machine.world.clock.advance(60_000)
  const next = machine.world.fake.grants.refresh(first.pair.refreshToken!, first.family.clientId)
  if (typeof next === 'string') throw new Error(next)
  await putJson(opencode, { other: 1, openai: opencodeEntry(next) })
  const follower = createCredentialFollower(context)
  await settled(follower.check())
  expect(await machine.held(linked.id)).toMatchObject({ access: next.pair.accessToken, generation: 2 })

  await putJson(opencode, { other: 1 })
  await settled(follower.check())
  expect((await getAccount(context, linked.id)).login.reason.code).not.toBe('login_valid_cli')
})

test('Claude’s login is asked for at the provider, and keeps the scopes that were asked for', async () => {
  await putJson(opencode, { anthropic: opencodeEntry(machine.signIn('ada')) })
  const linked = await settled(linkAccount(context, { path: opencode, actor }))
  expect(linked.email).toBe(machine.world.fake.person('ada').email)
  await settled(createCredentialFollower(context).check())
  expect((await listed())[0]!.slice(0, 4)).toEqual(['opencode', 'anthropic', 'live', 'tool_linked'])
})

test('taken over, the copy stays a conflict until it is gone from the file, which is never written', async () => {
  await putJson(opencode, { openai: opencodeEntry(machine.signIn('grace')) })
  const before = await readFile(opencode, 'utf8')
  const { id } = await settled(linkAccount(context, { path: opencode, actor }))
  const taken = await settled(takeOverAccount(context, { path: opencode, actor }))
  expect([taken.id, taken.custody, taken.ownership.status]).toEqual([id, 'dashboard', 'conflict'])
  expect((await listed())[0]![3]).toBe('tool_conflict')
  expect(await refusal(settleCustody(context, id, { custodian: 'dashboard', actor }))).toBe('place_of_tool')
  expect(await refusal(clearPlace(context, { path: `${opencode}#opencode:openai`, provider: 'codex', actor }))).toBe(
    'place_of_tool',
  )
  expect(await readFile(opencode, 'utf8')).toBe(before)

  await putJson(opencode, {})
  await settled(createCredentialFollower(context).check())
  expect((await getAccount(context, id)).ownership.status).toBe('dashboard')
})

test('a linked login is not given back by writing, and no CLI is started in the tool’s directory', async () => {
  await putJson(opencode, { openai: opencodeEntry(machine.signIn('grace')) })
  const { id } = await settled(linkAccount(context, { path: opencode, actor }))
  expect(await refusal(deactivateAccount(context, { accountId: id, actor }))).toBe('place_of_tool')
  expect(await refusal(environmentOfAccount(context, id))).toBe('place_of_tool')
})

test.each<[string, unknown, string]>([
  ['several logins', { openai: 'GRACE', anthropic: 'ADA' }, 'file_several_logins'],
  ['keys only', { openai: { type: 'api', key: 'K' } }, 'file_api_key'],
  ['keys of several', { openai: { type: 'api', key: 'K' }, anthropic: { type: 'api', key: 'K' } }, 'file_no_login'],
  ['nobody known', { groq: { type: 'api', key: 'K' } }, 'file_no_login'],
  ['a broken entry', { openai: { type: 'oauth' } }, 'file_unusable'],
])('refused with %s: the file must say which login is meant', async (_, root, code) => {
  const text = JSON.stringify(root)
    .replace('"GRACE"', JSON.stringify(opencodeEntry(machine.signIn('grace'))))
    .replace('"ADA"', JSON.stringify(opencodeEntry(machine.signIn('ada'))))
  await machine.put(opencode, text)
  expect(await refusal(linkAccount(context, { path: opencode, actor }))).toBe(code)
})

test('of several logins, the named one, or the only one of the provider, is meant', async () => {
  const path = join(machine.world.directory, 'any-name.json')
  await putJson(path, {
    openai: opencodeEntry(machine.signIn('grace')),
    anthropic: opencodeEntry(machine.signIn('ada')),
  })
  expect((await settled(linkAccount(context, { path: `${path}#opencode:openai`, actor }))).provider).toBe('codex')
  expect((await settled(linkAccount(context, { path, provider: 'claude', actor }))).provider).toBe('claude')
  expect(await refusal(linkAccount(context, { path: `${path}#opencode:gone`, actor }))).toBe('file_no_login')
})

test('a file that may not be read is said to be one', async () => {
  await mkdir(join(machine.world.directory, '.openclaw/agents/a/agent/auth-profiles.json'), { recursive: true })
  await putJson(opencode, { openai: opencodeEntry(machine.signIn('grace')) })
  await chmod(opencode, 0o666)
  expect((await listed()).map(([tool, , state]) => [tool, state])).toEqual([
    ['opencode', 'not_permitted'],
    ['openclaw', 'foreign'],
  ])
})

test('what cannot be linked says why: nobody named, nothing to renew with, a login of our own', async () => {
  const grace = opencodeEntry(machine.signIn('grace'))
  await putJson(join(machine.world.directory, '.openclaw/agents/a/agent/auth-profiles.json'), {
    profiles: {
      nobody: { type: 'oauth', provider: 'openai', access: 'opaque-FAKE', refresh: 'r' },
      once: { ...grace, provider: 'openai', refresh: undefined },
      empty: { ...grace, provider: 'openai', access: '' },
      full: { ...grace, provider: 'openai' },
    },
  })
  const advices = async () => Object.fromEntries((await listed()).map(([, name, , advice]) => [name, advice]))
  expect(await advices()).toEqual({
    nobody: 'identity_unknown',
    once: 'no_refresh_token',
    empty: 'unusable',
    full: 'link_tool',
  })
  const path = join(machine.world.directory, 'other.json')
  await putJson(path, { openai: opencodeEntry(machine.signIn('grace')) })
  await settled(takeOverAccount(context, { path, actor }))
  expect((await advices()).full).toBe('dashboard_has_own')
})

test('files on a disk of another system are read whatever their modes say', async () => {
  const windows = join(machine.world.directory, 'Users')
  const linux = join(machine.world.directory, 'wsl')
  context.otherHomes = { configured: [], windowsUsers: [windows], linuxRoots: [linux] }
  const paths = [
    join(windows, 'ada/.local/share/opencode/auth.json'),
    join(linux, 'Debian/home/ada/.local/share/opencode/auth.json'),
  ]
  for (const path of paths) {
    await putJson(path, { openai: opencodeEntry(machine.signIn('grace')) })
    await chmod(path, 0o777)
  }
  expect((await listed()).map(([tool, name, state]) => [tool, name, state])).toEqual([
    ['opencode', 'openai', 'live'],
    ['opencode', 'openai', 'live'],
  ])
})

test('where a provider is not known here, its logins are not listed', async () => {
  await putJson(opencode, {
    openai: opencodeEntry(machine.signIn('grace')),
    anthropic: opencodeEntry(machine.signIn('ada')),
  })
  context.providers = new Map([...context.providers].filter(([id]) => id === 'claude'))
  expect((await listed()).map(([, name]) => name)).toEqual(['anthropic'])
})
