import { createHash } from 'node:crypto'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FakeClock } from '../testing/fake-clock.ts'
import { keyringItem } from './keyring-items.ts'
import { placesInOtherHomes } from './other-homes.ts'
import { readCredentials } from './read-credentials.ts'

const providers = [
  { id: 'claude', cli: 'claude' as const },
  { id: 'codex', cli: 'codex' as const },
  { id: 'copilot', cli: null },
]
const LOGIN = '{"claudeAiOauth":{"accessToken":"sk-ant-oat01-FAKE","scopes":["user:inference"]}}'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tokendeck-homes-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

async function put(path: string, text = LOGIN) {
  await mkdir(join(root, path, '..'), { recursive: true })
  await writeFile(join(root, path), text, { mode: 0o600 })
}

const found = async (named: string[], windowsUsers: string[] = []) =>
  (await placesInOtherHomes({ named: named.map((name) => join(root, name)), windowsUsers }, providers)).map((place) =>
    place.path.slice(root.length + 1),
  )

test('nothing is found where nothing is, and a strange auth.json is nobody’s', async () => {
  await put('project/auth.json', '{}')
  expect(await found(['missing', 'project'], [join(root, 'no-windows')])).toEqual([])
})

test('a named directory is a home, or a CLI’s own', async () => {
  await put('old/.claude/.credentials.json')
  await put('old/.codex/auth.json', '{}')
  await put('claude-work/.credentials.json')
  await put('my-codex/auth.json', '{}')
  expect(await found(['old', 'claude-work', 'my-codex'])).toEqual([
    'old/.claude/.credentials.json',
    'claude-work/.credentials.json',
    'old/.codex/auth.json',
    'my-codex/auth.json',
  ])
})

test('homes of Windows are looked into, those of nobody are not, and their modes say nothing', async () => {
  await put('Users/ada/.claude/.credentials.json')
  await put('Users/Public/.claude/.credentials.json')
  await chmod(join(root, 'Users/ada/.claude/.credentials.json'), 0o777)
  const [place, ...others] = await placesInOtherHomes({ named: [], windowsUsers: [join(root, 'Users')] }, providers)
  expect(others).toEqual([])
  const machine = { clock: new FakeClock(), uid: process.getuid!(), platform: 'linux' }
  expect(await readCredentials(place!, machine)).toMatchObject({ state: 'live' })
  const { hasModes: _, ...strict } = place!
  expect(await readCredentials(strict, machine)).toMatchObject({ state: 'not_permitted' })
})

test('homes of Linux systems inside Windows are looked into, also that of root', async () => {
  await put('wsl/Debian/home/ada/.claude/.credentials.json')
  await put('wsl/Debian/root/.codex/auth.json', '{}')
  await put('wsl/Ubuntu/home/grace/.codex/auth.json', '{}')
  await put('wsl/Ubuntu/etc/.codex/auth.json', '{}')
  const linuxRoots = [join(root, 'wsl'), join(root, 'nowhere')]
  const places = await placesInOtherHomes({ named: [], windowsUsers: [], linuxRoots }, providers)
  expect(places.map(({ path, hasModes }) => [relative(root, path), hasModes]).sort()).toEqual([
    ['wsl/Debian/home/ada/.claude/.credentials.json', false],
    ['wsl/Debian/root/.codex/auth.json', false],
    ['wsl/Ubuntu/home/grace/.codex/auth.json', false],
  ])
})

test('the items of the keyrings have the names that the CLIs give them', () => {
  const sha = (text: string) => createHash('sha256').update(text).digest('hex')
  const claude = { cli: 'claude', directory: '/home/ada/.claude' } as const
  expect(keyringItem({ ...claude, kind: 'default' }, '')).toEqual({
    store: 'keychain',
    service: 'Claude Code-credentials',
    account: null,
  })
  expect(keyringItem({ ...claude, kind: 'profile' }, '').service).toBe(
    `Claude Code-credentials-${sha('/home/ada/.claude').slice(0, 8)}`,
  )
  expect(keyringItem({ cli: 'codex', directory: '/x', kind: 'default' }, '/home/ada/.codex')).toEqual({
    store: 'keyring',
    service: 'Codex Auth',
    account: `cli|${sha('/home/ada/.codex').slice(0, 16)}`,
  })
})
