import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findServer } from './command-line/find-server.ts'
import { systemRandom } from './lib/random.ts'

const MAIN = join(import.meta.dirname, 'main.ts')
let directory: string
let home: string
const children: Bun.Subprocess[] = []

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tokendeck-main-'))
  home = join(directory, 'home')
})

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL')
    await child.exited
  }
  rmSync(directory, { recursive: true, force: true })
})

/** Runs the program with a umask that would let everybody read what it makes. */
function start(environment: Record<string, string> = {}) {
  const child = Bun.spawn(['/bin/sh', '-c', `umask 000; exec "${process.execPath}" --no-env-file "${MAIN}"`], {
    stdout: 'pipe',
    stderr: 'pipe',
    env: {
      PATH: process.env.PATH ?? '',
      HOME: join(directory, 'person'),
      TOKENDECK_HOME: home,
      TOKENDECK_PORT: '0',
      TOKENDECK_NO_OPEN: '1',
      TOKENDECK_KEY_SOURCE: 'file',
      TOKENDECK_KEY_FILE: join(directory, 'config', 'key'),
      ...environment,
    },
  })
  children.push(child)
  return child
}

/** Waits for the address and the one-time link. */
async function listening(child: ReturnType<typeof start>) {
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of child.stdout.values({ preventCancel: true })) {
    text += decoder.decode(chunk)
    const link = /http:\/\/localhost:(\d+)\/sign-in#t=[\w-]{43}/.exec(text)
    if (link) return { port: Number(link[1]), text }
  }
  throw new Error(`It ended before it listened: ${await new Response(child.stderr).text()}`)
}

/** The end of a start that is refused. */
async function refused(environment: Record<string, string> = {}) {
  const child = start(environment)
  const exitCode = await child.exited
  return { exitCode, errors: await new Response(child.stderr).text(), output: await new Response(child.stdout).text() }
}

test('a start whatever the umask makes files and directories for their owner alone, and a signal ends it with 0', async () => {
  const child = start()
  const { port } = await listening(child)
  expect(await findServer(home, fetch, systemRandom)).toEqual({ origin: `http://127.0.0.1:${port}` })
  const token = readFileSync(join(home, 'api-token'), 'utf8').trim()
  const events = await fetch(`http://127.0.0.1:${port}/api/events`, { headers: { authorization: `Bearer ${token}` } })
  expect(events.status).toBe(200)

  const made = [home, join(directory, 'config')].flatMap((root) => [
    root,
    ...readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => join(root, name)),
  ])
  expect(made.length).toBeGreaterThan(5)
  expect(made.filter((path) => (statSync(path).mode & 0o077) !== 0)).toEqual([])

  child.kill('SIGTERM')
  expect(await child.exited).toBe(0)
  expect(existsSync(join(home, 'server.json'))).toBe(false)
  expect(await findServer(home, fetch, systemRandom)).toBeNull()
})

test('a home that others could read is narrowed', async () => {
  const first = start()
  await listening(first)
  first.kill('SIGINT')
  expect(await first.exited).toBe(0)
  chmodSync(home, 0o755)
  chmodSync(join(home, 'tokendeck.db'), 0o644)
  await listening(start())
  expect(statSync(home).mode & 0o777).toBe(0o700)
  expect(statSync(join(home, 'tokendeck.db')).mode & 0o777).toBe(0o600)
})

test('a second dashboard on the same home, and a taken port, are refused in one line with 75', async () => {
  const { port } = await listening(start())
  const same = await refused()
  expect(same.exitCode).toBe(75)
  expect(same.errors).toBe(`Tokendeck is already running at http://localhost:${port}/ (home ${home}).\n`)
  const taken = await refused({
    TOKENDECK_PORT: String(port),
    TOKENDECK_HOME: join(directory, 'other'),
  })
  expect(taken.exitCode).toBe(75)
  expect(taken.errors).toMatch(new RegExp(`^Port ${port} is in use by [^\\n]*\\n$`))
})

test('what cannot be used is refused in one line with 78, whatever it is, and again and again', async () => {
  const first = start()
  await listening(first)
  first.kill('SIGTERM')
  await first.exited
  writeFileSync(join(directory, 'config', 'other'), '')
  const cases: [Record<string, string>, RegExp][] = [
    [{ TOKENDECK_PORT: 'http' }, /^TOKENDECK_PORT is "http"\. Allowed: /],
    [{ TOKENDECK_HOME: '/dev/null/home' }, /^The directory \/dev\/null\/home cannot be made or used/],
    [{ TOKENDECK_KEY_FILE: join(directory, 'nowhere', 'key') }, /^The encryption key does not match this database\./],
    [{ TOKENDECK_KEY_FILE: join(directory, 'config', 'other') }, /^The key file .* is damaged\./],
  ]
  writeFileSync(join(directory, 'bad.toml'), '[providers.codex]\nclient = 1\n')
  cases.push([{ TOKENDECK_CONFIG: join(directory, 'bad.toml') }, /^config\.toml: .*unknown key.*bad\.toml/])
  for (const [environment, words] of cases) {
    const { exitCode, errors, output } = await refused(environment)
    expect(errors).toMatch(words)
    expect(exitCode).toBe(78)
    expect(errors.trimEnd()).not.toContain('\n')
    expect(errors.length + output.length).toBeLessThan(1024)
  }
  expect(existsSync(join(directory, 'nowhere'))).toBe(false)
})

test('a database that is gone although the home tells of one is not made anew: 78, in words, and nothing is made', async () => {
  const first = start()
  await listening(first)
  first.kill('SIGTERM')
  await first.exited
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(home, `tokendeck.db${suffix}`), { force: true })
  const { exitCode, errors } = await refused()
  expect(exitCode).toBe(78)
  expect(errors).toContain(`The database ${join(home, 'tokendeck.db')} is missing, although there was one`)
  expect(errors).toContain(join(home, 'tokendeck.db-closed'))
  expect(existsSync(join(home, 'tokendeck.db'))).toBe(false)
  // What it says to remove is enough to begin anew.
  for (const [, path] of errors.matchAll(/(\S+(?:-closed|\.json))/g)) rmSync(path!, { force: true })
  await listening(start())
})
