import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { credentialPlaces, type PlaceInputs, placeAt, profilePlaces } from './credential-places.ts'

const PROVIDERS = [
  { id: 'acme', cli: null },
  { id: 'claude', cli: 'claude' as const },
  { id: 'codex', cli: 'codex' as const },
]
const NOTHING = {
  home: null,
  claudeConfigDir: null,
  claudeSecureStorageConfigDir: null,
  codexHome: null,
  providers: PROVIDERS,
}
const brief = (inputs: Partial<PlaceInputs>) =>
  credentialPlaces({ ...NOTHING, ...inputs }).map((place) => `${place.kind} ${place.path} ${place.companionPath}`)

test('sessions lie in the directory of settings, also where the login is kept elsewhere', () => {
  const sessions = (inputs: Partial<PlaceInputs>) =>
    credentialPlaces({ ...NOTHING, ...inputs }).map(({ sessionsDirectory }) => sessionsDirectory)
  expect(sessions({ claudeConfigDir: '/c', claudeSecureStorageConfigDir: '/s' })).toEqual(['/c'])
  expect(sessions({ home: '/h', claudeSecureStorageConfigDir: '/s' })).toEqual(['/h/.claude', undefined, undefined])
  expect(sessions({ claudeConfigDir: '/c' })).toEqual([undefined])
  expect(sessions({ claudeSecureStorageConfigDir: '/s' })).toEqual([undefined])
})

test('defaults lie under the home directory', () => {
  expect(brief({ home: '/h' })).toEqual([
    'default /h/.claude/.credentials.json /h/.claude.json',
    'default /h/.codex/auth.json null',
  ])
})

test('without a home and without an environment there is no place', () => {
  expect(brief({})).toEqual([])
  expect(brief({ home: '', codexHome: '' })).toEqual([])
})

test('what the environment names comes first, and each file is listed once', () => {
  expect(brief({ home: '/h', claudeConfigDir: '/c', codexHome: '/h/.codex' })).toEqual([
    'environment /c/.credentials.json /c/.claude.json',
    'default /h/.claude/.credentials.json /h/.claude.json',
    'environment /h/.codex/auth.json null',
  ])
  expect(brief({ claudeConfigDir: '/c', claudeSecureStorageConfigDir: '/s' })).toEqual([
    'environment /s/.credentials.json /c/.claude.json',
  ])
})

test('a CLI without a provider has no place', () => {
  expect(brief({ home: '/h', providers: PROVIDERS.slice(0, 2) })).toEqual([
    'default /h/.claude/.credentials.json /h/.claude.json',
  ])
})

test('a named file has its companion where the CLI would have it', () => {
  expect(placeAt('claude', 'claude', '/h/.claude/.credentials.json').companionPath).toBe('/h/.claude.json')
  expect(placeAt('claude', 'claude', '/work/.credentials.json').companionPath).toBe('/work/.claude.json')
  expect(placeAt('codex', 'codex', '/work/auth.json').companionPath).toBeNull()
})

test('profiles are directories with our kind of name and nothing else', async () => {
  const root = await mkdtemp(join(tmpdir(), 'profiles-'))
  await mkdir(join(root, 'claude-00ff'))
  await mkdir(join(root, 'acme-00ff'))
  await mkdir(join(root, 'claude-../x'.replace('/', '')))
  await writeFile(join(root, 'codex-00ff'), '')
  await symlink('/etc', join(root, 'codex-01ff'))
  expect((await profilePlaces(root, PROVIDERS)).map((place) => place.path)).toEqual([
    join(root, 'claude-00ff', '.credentials.json'),
  ])
  await rm(root, { recursive: true })
  expect(await profilePlaces(root, PROVIDERS)).toEqual([])
})
