/** What a machine may change about itself between two runs: nothing that is sealed here hangs on it. */

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const ACCOUNTS = 2
const SRC = import.meta.dirname
/** Gives a process a host name of its own, where the system lets anybody do that. */
const OTHER_HOST = ['unshare', '--user', '--map-root-user', '--uts', 'sh', '-c', 'hostname "$0" && exec "$@"']
let directory: string
let home: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tokendeck-surroundings-'))
  home = join(directory, 'home')
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** Runs a program of the source with nothing in its environment but what is given. */
async function run(environment: Record<string, string>, script: string, args: string[], before: string[] = []) {
  const child = Bun.spawn([...before, process.execPath, '--no-env-file', join(SRC, script), ...args], {
    env: { PATH: process.env.PATH, TOKENDECK_HOME: home, TOKENDECK_KEY_SOURCE: 'file', ...environment },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  return { out, err, code: await child.exited }
}

/** What opens with the key that is found in these surroundings. */
async function readable(environment: Record<string, string>, before?: string[]) {
  const { out, err, code } = await run(environment, 'testing/rotation-program.ts', ['look'], before)
  expect({ err, code }).toEqual({ err: '', code: 0 })
  const { envelopes, readable } = JSON.parse(/^read (.*)$/m.exec(out)![1]!) as { envelopes: number; readable: number }
  expect(envelopes).toBeGreaterThan(ACCOUNTS)
  return readable === envelopes
}

const fill = (environment: Record<string, string>) =>
  run(environment, 'testing/rotation-program.ts', ['fill', String(ACCOUNTS)])

test('another home directory, settings directory, name and locale of the person: the key is found where it was, and none is made', async () => {
  const first = { HOME: join(directory, 'ada'), USER: 'ada', LOGNAME: 'ada' }
  await fill(first)
  const keyFile = join(directory, 'ada', '.config', 'tokendeck', 'key')
  expect(readFileSync(join(home, 'key-file'), 'utf8')).toBe(`${keyFile}\n`)
  expect(statSync(join(home, 'key-file')).mode & 0o777).toBe(0o600)
  const machine = readFileSync(join(home, 'machine'), 'utf8')
  const key = readFileSync(keyFile)

  const second = {
    HOME: join(directory, 'brook'),
    USER: 'brook',
    LOGNAME: 'brook',
    LANG: 'ja_JP.UTF-8',
    TZ: 'Asia/Tokyo',
  }
  expect(await readable(second)).toBe(true)
  expect(await readable({ ...second, XDG_CONFIG_HOME: join(directory, 'settings') })).toBe(true)
  const accounts = await run(second, 'command-line/main.ts', ['accounts', '--json'])
  expect(accounts).toMatchObject({ code: 0, err: '' })

  expect(readFileSync(join(home, 'machine'), 'utf8')).toBe(machine)
  expect(readFileSync(keyFile)).toEqual(key)
  for (const made of [join(directory, 'brook', '.config'), join(directory, 'settings')])
    expect(existsSync(made) ? readdirSync(made, { recursive: true }) : []).toEqual([])
})

test('a key file that was named once is found when it is not named any more; one that is named counts', async () => {
  const named = join(directory, 'safe', 'key')
  const person = { HOME: join(directory, 'ada') }
  await fill({ ...person, TOKENDECK_KEY_FILE: named })
  expect(await readable(person)).toBe(true)
  const elsewhere = join(directory, 'moved', 'key')
  mkdirSync(join(directory, 'moved'), { mode: 0o700 })
  renameSync(named, elsewhere)
  const lost = await run(person, 'command-line/main.ts', ['accounts'])
  expect(lost).toMatchObject({ code: 78, err: expect.stringContaining('does not match this database') })
  expect(await readable({ ...person, TOKENDECK_KEY_FILE: elsewhere })).toBe(true)
  expect(await readable(person)).toBe(true)
})

test('another name of the host', async ({ skip }) => {
  const host = spawnSync(OTHER_HOST[0]!, [...OTHER_HOST.slice(1), 'other-host', 'hostname'], { encoding: 'utf8' })
  skip(host.status !== 0 || host.stdout.trim() !== 'other-host', 'this system lets nobody have another host name')
  const person = { HOME: join(directory, 'ada') }
  await fill(person)
  const machine = readFileSync(join(home, 'machine'), 'utf8')
  expect(await readable(person, [...OTHER_HOST, 'other-host'])).toBe(true)
  expect(readFileSync(join(home, 'machine'), 'utf8')).toBe(machine)
})
