import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { accountFor, type Launch, namedAccountFor } from './choose-account.ts'
import type { ApiAccount } from './deck.ts'
import { FOLDER_FILE, nearestFolderFile, writeFolderFile } from './folder-file.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tokendeck-folder-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const put = (text: string, at = folder) => writeFile(join(at, FOLDER_FILE), text)

describe('a file that cannot be understood is named, and not rewritten', () => {
  test.each([
    ['no TOML', 'accounts = ['],
    ['accounts that are no table', 'accounts = 3'],
    ['a reference that is no text', '[accounts]\nclaude = 1'],
    ['a provider that is no id', '[accounts]\n"../x" = "a"'],
    ['far too much', `# ${'x'.repeat(20_000)}`],
  ])('%s', async (_, text) => {
    await put(text)
    await expect(nearestFolderFile(folder)).rejects.toThrow(FOLDER_FILE)
    await expect(writeFolderFile(folder, 'claude', 'work')).rejects.toThrow(FOLDER_FILE)
    expect(await readFile(join(folder, FOLDER_FILE), 'utf8')).toBe(text)
  })
})

test('the nearest file counts; one of somebody else, and a link, are passed over', async () => {
  const inner = join(folder, 'a', 'b')
  await mkdir(inner, { recursive: true })
  await put('[accounts]\nclaude = "outer"')
  expect((await nearestFolderFile(inner))?.accounts).toEqual({ claude: 'outer' })
  expect(await nearestFolderFile(inner, 4_242_424)).toBeNull()
  await symlink(join(folder, FOLDER_FILE), join(inner, FOLDER_FILE))
  expect((await nearestFolderFile(inner))?.path).toBe(join(folder, FOLDER_FILE))
  await expect(writeFolderFile(inner, 'claude', 'x')).rejects.toThrow('not a plain file')
})

test('a provider’s line is replaced, and everything else stays', async () => {
  await writeFolderFile(folder, 'claude', 'work "1"')
  const path = join(folder, FOLDER_FILE)
  expect(await readFile(path, 'utf8')).toMatch(/^# The account[\s\S]*\[accounts\]\nclaude = "work \\"1\\""\n$/)
  await put('# mine\n[other]\nkey = 1\n\n[accounts] # here\nclaude = "old"\ncodex = "ada"\n\n[last]\nx = 2\n')
  await writeFolderFile(folder, 'claude', 'new')
  expect(await readFile(path, 'utf8')).toBe(
    '# mine\n[other]\nkey = 1\n\n[accounts] # here\nclaude = "new"\ncodex = "ada"\n\n[last]\nx = 2\n',
  )
  await writeFolderFile(folder, 'claude', null)
  expect((await nearestFolderFile(folder))?.accounts).toEqual({ codex: 'ada' })
  await put('x = 1\n')
  await writeFolderFile(folder, 'codex', 'ada')
  expect(await readFile(path, 'utf8')).toBe('x = 1\n\n[accounts]\ncodex = "ada"\n')
})

describe('the account of a program', () => {
  const account = (id: string, label: string | null, more: Partial<ApiAccount> = {}) =>
    ({
      ...{ id, provider: 'claude', label, email: null, paused: false, custody: 'dashboard' },
      login: { status: 'valid' },
      ...more,
    }) as ApiAccount
  const accounts = [
    account('acc_1', 'paused', { paused: true }),
    account('acc_2', 'over', { login: { status: 'sign_in_again' } as ApiAccount['login'] }),
    account('acc_3', 'bare', { custody: 'none' }),
    account('acc_4', 'work'),
    account('acc_5', 'home'),
  ]
  const other = account('acc_6', 'home', { provider: 'codex', email: 'ada@example.com' })
  const providers = [
    { id: 'claude', cli: 'claude' },
    { id: 'codex', cli: 'codex' },
    { id: 'copilot', cli: null },
  ]
  const launch = (program: string, more: Partial<Launch> = {}) => ({ program, accounts, providers, ...more })
  const file = (named: Record<string, string>) => ({ path: '/p/.tokendeck.toml', accounts: named })

  test('the folder’s own, else the first that can be used, and it is said why', () => {
    expect(accountFor(launch('/usr/bin/claude'), file({ claude: 'home' }))).toMatchObject({
      account: { id: 'acc_5' },
      why: 'named in /p/.tokendeck.toml',
    })
    expect(accountFor(launch('claude'), null)).toMatchObject({ account: { id: 'acc_4' } })
    expect(accountFor(launch('make'), file({ claude: 'home' }))).toMatchObject({ account: { id: 'acc_5' } })
  })

  test('a name that is not here is refused, never replaced by another account', () => {
    expect(() => accountFor(launch('claude'), file({ claude: 'gone' }))).toThrow('“gone”')
    expect(() => accountFor(launch('make'), null)).toThrow('Which account is make to be run as?')
    expect(() => accountFor(launch('copilot'), null)).toThrow('Which account is copilot to be run as?')
    const unusable = { accounts: accounts.slice(0, 3) }
    expect(() => accountFor(launch('claude', unusable), null)).toThrow('No account of claude can be used now')
    expect(() => accountFor(launch('codex'), file({ claude: 'home' }))).toThrow('No account of codex can be used now')
  })

  test('a CLI narrows the name to its own accounts; with another provider’s account it is not run', () => {
    const all = { accounts: [...accounts, other] }
    expect(namedAccountFor(launch('/opt/claude', all), 'home').id).toBe('acc_5')
    expect(namedAccountFor(launch('codex.exe', all), 'HOME').id).toBe('acc_6')
    expect(namedAccountFor(launch('make', all), 'work').id).toBe('acc_4')
    expect(() => namedAccountFor(launch('make', all), 'home')).toThrow('fits 2 accounts')
    const wrong = expect.objectContaining({ exitCode: 2, message: expect.stringContaining('an account of codex') })
    for (const reference of ['acc_6', 'ada@example.com'])
      expect(() => namedAccountFor(launch('claude', all), reference)).toThrow(wrong)
    expect(() => namedAccountFor(launch('codex'), 'work')).toThrow(expect.objectContaining({ exitCode: 2 }))
    expect(() => namedAccountFor(launch('claude', all), 'gone')).toThrow('There is no account “gone”')
  })
})
