/** `tokendeck key` as a shell runs it: a key lost and found again, a key given up, and nothing done by accident. */

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { takeDatabaseLock } from '../../db/database-lock.ts'

const TOKEN = 'sk-ant-oat01-FAKE-setup-token-for-keys'
const PASSPHRASE = 'correct horse battery'
let directory: string
let home: string
let keyFile: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tokendeck-key-command-'))
  home = join(directory, 'home')
  keyFile = join(directory, 'config', 'key')
  mkdirSync(home, { mode: 0o700 })
})

afterEach(() => rmSync(directory, { recursive: true, force: true }))

function environmentOf() {
  return {
    PATH: process.env.PATH,
    HOME: join(directory, 'user'),
    TOKENDECK_HOME: home,
    TOKENDECK_KEY_FILE: keyFile,
    TOKENDECK_KEY_SOURCE: 'file',
  }
}

async function tokendeck(args: string[], input = '', environment: Record<string, string> = {}) {
  const child = Bun.spawn([process.execPath, '--no-env-file', 'src/command-line/main.ts', ...args], {
    env: { ...environmentOf(), ...environment },
    stdin: new Blob([input]),
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  for (const text of [out, err]) expect(text).not.toContain(PASSPHRASE)
  return { out, err, code }
}

/** What lies in the directory of the key, but for the mark of how far this database had come. */
const keyFiles = () => readdirSync(join(directory, 'config')).filter((name) => !name.startsWith('high-water-'))

const addToken = () => tokendeck(['add', '--provider', 'claude', '--setup-token-stdin', '--label', 'ci'], `${TOKEN}\n`)

async function makeKit(): Promise<{ text: string; path: string }> {
  const { out } = await tokendeck(['key', 'export'], `${PASSPHRASE}\n`)
  const path = join(directory, 'kit.txt')
  writeFileSync(path, out)
  return { text: out, path }
}

test('a key that was lost comes back from its kit, by file or by standard input', async () => {
  await addToken()
  const kit = await makeKit()
  const line = readFileSync(keyFile, 'utf8')
  rmSync(keyFile)
  const lost = await tokendeck(['token', 'ci'])
  expect(lost.code).toBe(78)
  expect(lost.err).toContain('tokendeck key import')

  const wrong = await tokendeck(['key', 'import', kit.path], 'wrong horse battery\n')
  expect(wrong).toMatchObject({ code: 1, out: '' })
  expect(wrong.err).toContain('The passphrase does not open this recovery kit')
  const cut = await tokendeck(['key', 'import'], `${PASSPHRASE}\n${kit.text.slice(0, -8)}`)
  expect(cut).toMatchObject({ code: 1, out: '' })
  expect(cut.err).toContain('damaged')
  expect(existsSync(keyFile)).toBe(false)

  for (const [args, input] of [
    [['key', 'import', kit.path], `${PASSPHRASE}\r\n`],
    [['key', 'import'], `${PASSPHRASE}\n${kit.text}`],
  ] as const) {
    rmSync(keyFile, { force: true })
    expect(await tokendeck([...args], input)).toMatchObject({ code: 0, err: '' })
    expect(readFileSync(keyFile, 'utf8')).toBe(line)
  }
  expect(await tokendeck(['token', 'ci'])).toMatchObject({ code: 0, out: `${TOKEN}\n` })
  const again = await tokendeck(['key', 'import', kit.path], `${PASSPHRASE}\n`)
  expect(again).toMatchObject({ code: 0 })
  expect(again.out).toContain('Nothing was changed')
}, 60_000)

test('for programs: a kit, its way back and a reset as JSON', async () => {
  await addToken()
  const read = async (args: string[], input = `${PASSPHRASE}\n`) =>
    JSON.parse((await tokendeck(['key', ...args, '--json'], input)).out)
  const { key_id, kit } = await read(['export'])
  expect(kit).toMatch(/^Tokendeck recovery kit/)
  const there = await read(['import'], `${PASSPHRASE}\n${kit}`)
  expect(there).toEqual({ key_id, place: keyFile, is_new: false, set_aside: null })
  const reset = await read(['reset', '--i-know-tokens-are-lost'])
  expect(reset).toMatchObject({ logins: 1, followed_logins: 0, backup: expect.stringContaining(home) })
  expect(reset.key_id).not.toBe(key_id)
}, 60_000)

test('a reset says what it costs, does nothing unless told to, and keeps a copy', async () => {
  await addToken()
  const line = readFileSync(keyFile, 'utf8')
  const asked = await tokendeck(['key', 'reset'])
  expect(asked).toMatchObject({ code: 2, out: '' })
  expect(asked.err).toContain('1 login to sign in to again')
  expect(asked.err).toContain('--i-know-tokens-are-lost')
  expect(readFileSync(keyFile, 'utf8')).toBe(line)
  expect(await tokendeck(['token', 'ci'])).toMatchObject({ code: 0 })

  const done = await tokendeck(['key', 'reset', '--i-know-tokens-are-lost'])
  expect(done.code).toBe(0)
  expect(done.out).toMatch(/^The new key is k_[0-9A-F]{8} /)
  expect(readFileSync(keyFile, 'utf8')).not.toBe(line)
  expect((await tokendeck(['status'])).out).toContain('sign_in_again')
  expect(await tokendeck(['token', 'ci'])).toMatchObject({ code: 3, out: '' })
  expect((await tokendeck(['accounts'])).out).toContain('ci')

  const [copy] = readdirSync(join(home, 'backups'))
  expect(done.err).toContain(copy)
  expect(statSync(join(home, 'backups', copy!)).mode & 0o777).toBe(0o600)
  const setAside = keyFiles().find((name) => name !== 'key')
  const backup = `file://${join(home, 'backups', copy!)}`
  const former = { TOKENDECK_DATABASE_URL: backup, TOKENDECK_KEY_FILE: join(directory, 'config', setAside!) }
  expect(await tokendeck(['token', 'ci'], '', former)).toMatchObject({ code: 0, out: `${TOKEN}\n` })
}, 60_000)

test('what cannot be meant is refused, and nothing is written', async () => {
  const refusals: [string, string[], string, number, string][] = [
    ['no act', [], '', 2, 'key export'],
    ['an unknown act', ['frobnicate'], '', 2, 'key export'],
    ['a passphrase as an argument', ['export', 'hunter2hunter2'], '', 2, 'key export'],
    ['two files', ['import', 'one', 'two'], '', 2, 'key import FILE'],
    ['the flag of another act', ['export', '--i-know-tokens-are-lost'], '', 2, 'key export'],
    ['days that are no number', ['rotate', '--keep-days', 'many'], '', 2, 'whole number of days'],
    ['days without end', ['rotate', '--keep-days', '9999'], '', 2, 'from 0 to 3650'],
    ['days and for good', ['rotate', '--keep-days', '1', '--keep-old-key'], '', 2, 'not both'],
    ['the days of another act', ['export', '--keep-days', '1'], '', 2, 'key rotate'],
    ['a short passphrase', ['export'], 'short\n', 1, 'at least 12 characters'],
    ['no passphrase', ['export'], '', 1, 'at least 12 characters'],
    ['a kit without its passphrase', ['import'], 'Tokendeck recovery kit, version 1\n', 2, 'first line'],
    ['a file that is not there', ['import', '/nowhere/kit'], `${PASSPHRASE}\n`, 1, 'cannot be read (ENOENT)'],
    ['a file that is no kit', ['import', 'package.json'], `${PASSPHRASE}\n`, 1, 'not a recovery kit'],
  ]
  await addToken()
  const line = readFileSync(keyFile, 'utf8')
  for (const [what, args, input, code, words] of refusals) {
    const run = await tokendeck(['key', ...args], input)
    expect(run, what).toMatchObject({ code, out: '' })
    expect(run.err, what).toContain(words)
    expect(readFileSync(keyFile, 'utf8'), what).toBe(line)
    expect(keyFiles(), what).toEqual(['key'])
    expect(existsSync(join(home, 'backups')), what).toBe(false)
  }
}, 60_000)

test('where there is no database, none is made', async () => {
  for (const act of [['export'], ['import', 'kit'], ['reset', '--i-know-tokens-are-lost']]) {
    const run = await tokendeck(['key', ...act], `${PASSPHRASE}\n`)
    expect(run).toMatchObject({ code: 78, out: '' })
    expect(run.err).toContain('There is no database')
  }
  expect(readdirSync(home)).toEqual([])
})

test('beside another Tokendeck it is refused, with a code for scripts', async () => {
  await addToken()
  const release = takeDatabaseLock(join(home, 'tokendeck.db'))!
  const run = await tokendeck(['key', 'reset', '--i-know-tokens-are-lost'])
  release()
  expect(run).toMatchObject({ code: 75, out: '' })
  expect(run.err).toContain('Stop it, then try again')
  expect(await tokendeck(['token', 'ci'])).toMatchObject({ code: 0 })
})

test('a rotation needs no sign-in and no restart, without a dashboard and beside one', async () => {
  await addToken()
  const idOf = () => readFileSync(keyFile, 'utf8').split('.')[1]!
  const first = idOf()
  const alone = await tokendeck(['key', 'rotate'])
  expect(alone).toMatchObject({ code: 0, out: expect.stringContaining(`in place of ${first}`) })
  expect(idOf()).not.toBe(first)
  expect(await tokendeck(['token', 'ci'])).toMatchObject({ code: 0, out: `${TOKEN}\n` })

  const second = idOf()
  const server = Bun.spawn([process.execPath, '--no-env-file', 'src/command-line/main.ts', 'serve'], {
    env: { ...environmentOf(), TOKENDECK_PORT: '0', TOKENDECK_NO_OPEN: '1', TOKENDECK_CALLBACK_PORTS: '1' },
    stdout: 'ignore',
    stderr: 'ignore',
  })
  try {
    while (!existsSync(join(home, 'server.json'))) await Bun.sleep(20)
    const served = await tokendeck(['key', 'rotate', '--keep-days', '0'])
    expect(served).toMatchObject({ code: 0, out: expect.stringContaining(`in place of ${second}`) })
    // The old keys lie beside the new one, until a start after their time.
    expect(existsSync(`${keyFile}.${second}`)).toBe(true)
    expect(await tokendeck(['token', 'ci'])).toMatchObject({ code: 0, out: `${TOKEN}\n` })
  } finally {
    server.kill('SIGTERM')
    await server.exited
  }
  expect(await tokendeck(['token', 'ci'])).toMatchObject({ code: 0, out: `${TOKEN}\n` })
}, 60_000)
