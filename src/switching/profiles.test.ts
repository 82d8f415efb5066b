import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { addToken } from '../accounts/add-token.ts'
import { makeProfileDirectory, removeUnusedProfiles } from '../accounts/cli-profile.ts'
import { linkAccount } from '../accounts/link-account.ts'
import { getAccount } from '../accounts/list-accounts.ts'
import { Secret } from '../lib/secret.ts'
import { type CliMachine, createCliMachine } from '../testing/cli-files.ts'
import { addFakeProcess } from '../testing/fake-processes.ts'
import { claudeCredentialsJson, claudeJson } from '../testing/fake-tokens.ts'
import { removeProfileDirectory } from './profile-directory.ts'
import { environmentOfAccount } from './profile-environment.ts'
import { getProfile, listProfiles, profileOfAccount } from './profile-list.ts'
import { makeProfile } from './profile-make.ts'
import { previewProfileRemoval, removeProfile } from './profile-remove.ts'

let machine: CliMachine
beforeEach(async () => {
  machine = await createCliMachine()
  // Names of profiles are chance, and the test's chance has a beginning.
  machine.context.random = { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)), fraction: () => 0.5 }
})
afterEach(() => machine.close())

const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )

async function ownAccount(name = 'ada') {
  const { pair } = machine.signIn(name)
  const account = await addToken(machine.context, {
    provider: 'claude',
    kind: 'token_pair',
    accessToken: new Secret(pair.accessToken),
    refreshToken: new Secret(pair.refreshToken!),
    expiresAt: pair.accessTokenExpiresAt,
    actor: 'api',
  })
  return { ...account, pair }
}

const make = (accountId: string) => machine.settled(makeProfile(machine.context, { accountId, actor: 'api' }))
const remove = (profileId: string, losesLogin = false) =>
  machine.settled(removeProfile(machine.context, { profileId, losesLogin, actor: 'api' }))

describe('what cannot have a profile', () => {
  test('an account whose login a CLI holds elsewhere, and nothing is made', async () => {
    const issue = machine.signIn('ada')
    await machine.put(machine.claudePath, claudeCredentialsJson(issue))
    await machine.put(machine.companionPath, claudeJson(issue.family))
    const { id } = await machine.settled(linkAccount(machine.context, { provider: 'claude', actor: 'api' }))
    await expect(make(id)).rejects.toMatchObject({ code: 'profile_login_elsewhere' })
    expect(await readdir(machine.context.profilesDirectory).catch(() => [])).toEqual([])
  })

  test('a token without a refresh token, and a provider without a CLI', async () => {
    const { pair } = machine.signIn('ada')
    const { id } = await addToken(machine.context, {
      provider: 'claude',
      kind: 'access_token',
      accessToken: new Secret(pair.accessToken),
      actor: 'api',
    })
    await expect(make(id)).rejects.toMatchObject({ code: 'no_refresh_token' })
    await expect(makeProfileDirectory(machine.context, { id: 'acme', cli: null }, null)).rejects.toMatchObject({
      code: 'method_not_offered',
    })
  })

  test('when the switch is refused, no directory and no row is left', async () => {
    const { id } = await ownAccount()
    // Its tokens cannot be opened, which is seen only when they are to be written.
    machine.context.vault = {
      ...machine.context.vault,
      open: () => {
        throw new Error('FAKE: no key')
      },
    } as never
    await expect(make(id)).rejects.toThrow()
    expect(await readdir(machine.context.profilesDirectory)).toEqual([])
    expect(await listProfiles(machine.context)).toEqual([])
  })
})

test('the login moves into the profile and nobody else holds it; removing brings it back', async () => {
  const { id, pair } = await ownAccount()
  const profile = await make(id)
  expect(profile).toMatchObject({ accountId: id, state: 'live', isHolder: true })
  expect((await stat(profile.directory)).mode & 0o777).toBe(0o700)
  expect((await stat(profile.path)).mode & 0o777).toBe(0o600)
  const written = JSON.parse(await readFile(profile.path, 'utf8'))
  expect(written.claudeAiOauth.refreshToken).toBe(pair.refreshToken)
  expect(await getAccount(machine.context, id)).toMatchObject({ custody: 'cli', credentialPath: profile.path })
  expect(await isThere(machine.claudePath)).toBe(false)

  const environment = await environmentOfAccount(machine.context, id)
  expect(environment.set).toEqual({ CLAUDE_CONFIG_DIR: profile.directory })

  const done = await remove(profile.id)
  expect(done).toMatchObject({ login: 'returned', profile: { id: profile.id } })
  expect(await isThere(profile.directory)).toBe(false)
  expect(await getAccount(machine.context, id)).toMatchObject({ custody: 'dashboard' })
  expect(await machine.held(id)).toMatchObject({ refresh: pair.refreshToken })
  await expect(getProfile(machine.context, profile.id)).rejects.toMatchObject({ code: 'profile_not_found' })
})

test('what the CLI rotated in the profile is what comes back', async () => {
  const { id } = await ownAccount()
  const profile = await make(id)
  const rotated = machine.signIn('ada')
  await machine.world.clock.advance(60_000)
  await machine.put(profile.path, claudeCredentialsJson(rotated))
  await remove(profile.id)
  expect(await machine.held(id)).toMatchObject({ refresh: rotated.pair.refreshToken })
})

test('asked for twice at once, one profile is made; later it is the same one', async () => {
  const { id } = await ownAccount()
  const [first, second] = await machine.settled(
    Promise.all([
      makeProfile(machine.context, { accountId: id, actor: 'api' }),
      makeProfile(machine.context, { accountId: id, actor: 'api' }),
    ]),
  )
  expect(second!.id).toBe(first!.id)
  const again = await machine.settled(
    makeProfile(machine.context, { accountId: id, shared: ['history'], actor: 'api' }),
  )
  expect(again).toMatchObject({ id: first!.id, shared: ['history'] })
  expect(await listProfiles(machine.context)).toHaveLength(1)
})

test('two accounts have two directories that have nothing in common', async () => {
  const [ada, carol] = [await ownAccount('ada'), await ownAccount('carol')]
  const [first, second] = [await make(ada.id), await make(carol.id)]
  expect(first.directory).not.toBe(second.directory)
  expect((await profileOfAccount(machine.context, carol.id))?.identity).toBe('carol@example.com')
  expect((await environmentOfAccount(machine.context, ada.id)).directory).toBe(first.directory)
})

test('a login that nobody here knows is not lost without a word', async () => {
  const { id, directory } = await makeProfileDirectory(machine.context, { id: 'claude', cli: 'claude' }, null)
  const issue = machine.signIn('ada')
  await machine.put(join(directory, '.credentials.json'), claudeCredentialsJson(issue))
  await writeFile(join(directory, 'note.txt'), '12345')
  expect(await previewProfileRemoval(machine.context, id)).toMatchObject({ login: 'lost', files: 2 })
  await expect(remove(id)).rejects.toMatchObject({ code: 'profile_login_unknown' })
  expect(await isThere(directory)).toBe(true)
  expect(await remove(id, true)).toMatchObject({ login: 'lost' })
  expect(await isThere(directory)).toBe(false)
})

test('removing follows no link out of the directory, and nothing else is a profile', async () => {
  const { directory } = await makeProfileDirectory(machine.context, { id: 'codex', cli: 'codex' }, null)
  const outside = join(machine.world.directory, 'outside')
  await mkdir(outside)
  await writeFile(join(outside, 'kept.txt'), 'kept')
  await symlink(outside, join(directory, 'sessions'))
  await removeProfileDirectory(machine.context, directory)
  expect(await readFile(join(outside, 'kept.txt'), 'utf8')).toBe('kept')
  await expect(removeProfileDirectory(machine.context, outside)).rejects.toMatchObject({ code: 'profile_not_found' })
  await symlink(outside, join(machine.context.profilesDirectory, 'codex-00'))
  const link = join(machine.context.profilesDirectory, 'codex-00')
  await expect(removeProfileDirectory(machine.context, link)).rejects.toMatchObject({ code: 'profile_not_found' })
})

test('a directory that only lies there is a profile too, once the files are followed', async () => {
  const directory = join(machine.context.profilesDirectory, 'codex-0123456789abcdef')
  await mkdir(directory, { recursive: true })
  expect(await listProfiles(machine.context)).toEqual([])
  await removeUnusedProfiles(machine.context)
  expect(await listProfiles(machine.context)).toMatchObject([{ directory, accountId: null, state: 'missing' }])
})

test('an account that Tokendeck holds has no directory to name', async () => {
  const { id } = await ownAccount()
  expect(await environmentOfAccount(machine.context, id)).toMatchObject({ directory: null, set: {} })
})

test('a login that a CLI holds on another machine is not run here, and gets no second holder', async () => {
  const { id } = await ownAccount()
  machine.context.machine = { id: 'mac_one', name: 'one' }
  await make(id)
  const elsewhere = { ...machine.context, machine: { id: 'mac_two', name: 'two' } }
  expect(await environmentOfAccount(elsewhere, id)).toMatchObject({ directory: null, set: {} })
  expect(await listProfiles(elsewhere)).toEqual([])
  await expect(machine.settled(makeProfile(elsewhere, { accountId: id, actor: 'api' }))).rejects.toMatchObject({
    code: 'profile_login_elsewhere',
  })
})

test('what lies in a profile is counted through its directories', async () => {
  const { id, directory } = await makeProfileDirectory(machine.context, { id: 'codex', cli: 'codex' }, null)
  await mkdir(join(directory, 'sessions', '2026'), { recursive: true })
  await writeFile(join(directory, 'sessions', '2026', 'one.jsonl'), '1234567890')
  expect(await previewProfileRemoval(machine.context, id)).toMatchObject({ login: 'none', files: 1, bytes: 10 })
  await expect(previewProfileRemoval(machine.context, 'prf_none')).rejects.toMatchObject({ code: 'profile_not_found' })
})

test('who uses a profile is told where the system shows it, and not known elsewhere', async () => {
  const { directory } = await makeProfileDirectory(machine.context, { id: 'codex', cli: 'codex' }, null)
  const root = join(machine.world.directory, 'proc')
  const context = { ...machine.context, system: { ...machine.context.system, processRoot: root } }
  const usedBy = async () => (await listProfiles(context)).map((profile) => profile.usedBy)
  expect(await usedBy()).toEqual([null])
  await addFakeProcess(root, 4242, 'codex', { CODEX_HOME: '/elsewhere' })
  expect(await usedBy()).toEqual([[]])
  await addFakeProcess(root, 4243, 'codex', { CODEX_HOME: directory })
  expect(await usedBy()).toEqual([['codex (4243)']])
})
