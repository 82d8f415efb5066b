import { mkdir, mkdtemp, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isSharedKind, SHARED_KINDS, shareWithProfile } from './profile-sharing.ts'

let root: string
let main: string
let profile: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tokendeck-sharing-'))
  main = join(root, 'main')
  profile = join(root, 'profile')
  await mkdir(main)
  await mkdir(profile)
})
afterEach(() => rm(root, { recursive: true, force: true }))

const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )

describe('credentials are never shared', () => {
  test('not the files of a login, whatever is chosen', async () => {
    for (const name of ['.credentials.json', '.claude.json', 'auth.json']) await writeFile(join(main, name), '{}')
    for (const cli of ['claude', 'codex'] as const) await shareWithProfile(cli, main, profile, SHARED_KINDS)
    for (const name of ['.credentials.json', '.claude.json', 'auth.json']) {
      expect(await isThere(join(profile, name)), name).toBe(false)
    }
  })

  test('not what the settings of Claude Code say of other credentials', async () => {
    const env = { ANTHROPIC_API_KEY: 'FAKE-key', MY_TOKEN: 'FAKE-token', EDITOR_STYLE: 'plain' }
    await writeFile(join(main, 'settings.json'), JSON.stringify({ apiKeyHelper: '/bin/FAKE', model: 'opus', env }))
    expect(await shareWithProfile('claude', main, profile, ['settings'])).toEqual(['settings'])
    const text = await readFile(join(profile, 'settings.json'), 'utf8')
    expect(JSON.parse(text)).toEqual({ model: 'opus', env: { EDITOR_STYLE: 'plain' } })
    expect((await stat(join(profile, 'settings.json'))).mode & 0o777).toBe(0o600)
  })

  test.each(['{"env":', '[]', 'null'])('settings that are not whole are left behind: %s', async (text) => {
    await writeFile(join(main, 'settings.json'), text)
    await shareWithProfile('claude', main, profile, ['settings'])
    expect(await readFile(join(profile, 'settings.json'), 'utf8')).toBe('{}\n')
  })

  test('not what the settings of codex say of other credentials or another store', async () => {
    const lines = [
      'model = "gpt"',
      'cli_auth_credentials_store = "keyring"',
      '[model_providers.own]',
      'name = "own"',
      'experimental_bearer_token = "FAKE-bearer"',
      'http_headers = { Authorization = "FAKE-header" }',
      '[mcp_servers.one.env]',
      'KEY = "FAKE-env"',
      '[tui]',
      'theme = "dark"',
    ]
    await writeFile(join(main, 'config.toml'), lines.join('\n'))
    await shareWithProfile('codex', main, profile, ['settings'])
    const text = await readFile(join(profile, 'config.toml'), 'utf8')
    expect(text).not.toMatch(/FAKE|keyring/)
    expect(Bun.TOML.parse(text)).toEqual({
      model: 'gpt',
      model_providers: { own: { name: 'own' } },
      tui: { theme: 'dark' },
    })
  })

  test('a value over several lines that would be torn leaves nothing', async () => {
    await writeFile(join(main, 'config.toml'), 'env = [\n  "FAKE-one",\n]\n')
    await shareWithProfile('codex', main, profile, ['settings'])
    expect(await readFile(join(profile, 'config.toml'), 'utf8')).toBe('')
  })
})

test('directories are linked, made where they are missing, and let go of when no longer chosen', async () => {
  await mkdir(join(main, 'commands'))
  expect(await shareWithProfile('claude', main, profile, ['commands', 'history'])).toEqual(['commands', 'history'])
  expect(await readlink(join(profile, 'projects'))).toBe(join(main, 'projects'))
  await writeFile(join(profile, 'commands', 'hello.md'), 'Hello')
  expect(await shareWithProfile('claude', main, profile, [])).toEqual([])
  expect(await isThere(join(profile, 'commands'))).toBe(false)
  expect(await readFile(join(main, 'commands', 'hello.md'), 'utf8')).toBe('Hello')
})

test('what a profile has of its own stays', async () => {
  await mkdir(join(main, 'skills'))
  await mkdir(join(profile, 'skills'))
  await mkdir(join(root, 'elsewhere'))
  await symlink(join(root, 'elsewhere'), join(profile, 'agents'))
  await writeFile(join(main, 'CLAUDE.md'), 'main')
  await writeFile(join(profile, 'CLAUDE.md'), 'own')
  expect(await shareWithProfile('claude', main, profile, ['skills', 'agents', 'instructions'])).toEqual([
    'instructions',
  ])
  expect(await readFile(join(profile, 'CLAUDE.md'), 'utf8')).toBe('own')
  await shareWithProfile('claude', main, profile, ['instructions'], { replacesCopies: true })
  expect(await readFile(join(profile, 'CLAUDE.md'), 'utf8')).toBe('main')
  await shareWithProfile('claude', main, profile, [])
  expect(await readlink(join(profile, 'agents'))).toBe(join(root, 'elsewhere'))
})

test('what the main home does not have is not shared', async () => {
  expect(await shareWithProfile('codex', main, profile, ['settings', 'instructions'])).toEqual([])
  expect([isSharedKind('settings'), isSharedKind('credentials')]).toEqual([true, false])
})
