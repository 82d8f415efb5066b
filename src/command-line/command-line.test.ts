/** Commands as a shell runs them: whole processes in a home of their own, without a server and beside strangers. */

import { createHmac } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemRandom } from '../lib/random.ts'
import { findServer } from './find-server.ts'
import { columns, when } from './output.ts'

const FAKE_TOKEN = 'sk-ant-oat01-FAKE-setup-token-for-commands'
let directory: string
let home: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tokendeck-command-'))
  home = join(directory, 'home')
  mkdirSync(home, { mode: 0o700 })
})

afterEach(() => rmSync(directory, { recursive: true, force: true }))

const MAIN = join(import.meta.dirname, 'main.ts')

async function tokendeck(args: string[], input = '', environment: Record<string, string> = {}, cwd = process.cwd()) {
  const child = Bun.spawn([process.execPath, '--no-env-file', MAIN, ...args], {
    cwd,
    env: {
      PATH: process.env.PATH,
      HOME: join(directory, 'user'),
      TOKENDECK_HOME: home,
      TOKENDECK_KEY_FILE: join(directory, 'config', 'key'),
      TOKENDECK_KEY_SOURCE: 'file',
      ...environment,
    },
    stdin: new Blob([input]),
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { out, err, code }
}

const addSetupToken = () =>
  tokendeck(['add', '--provider', 'claude', '--setup-token-stdin', '--label', 'ci'], `${FAKE_TOKEN}\n`)

describe('what cannot be done is said, with a code for scripts', () => {
  test.each([
    ['an unknown command', ['frobnicate'], 2, 'There is no command “frobnicate”'],
    ['an unknown option', ['accounts', '--frobnicate'], 2, 'frobnicate'],
    ['no account named', ['token'], 2, 'Name one account'],
    ['an account that is not there', ['token', 'nobody'], 1, 'There is no account “nobody”'],
    ['two ways to choose', ['refresh', '--due', '--all'], 2, 'Name one account'],
    ['a link without a dashboard', ['link'], 1, 'No dashboard is running'],
    ['a token as an argument', ['add', '--provider', 'claude', FAKE_TOKEN], 2, 'standard input'],
  ])('%s', async (_, args, code, words) => {
    const run = await tokendeck(args)
    expect(run).toMatchObject({ code, out: '' })
    expect(run.err).toContain(words)
    expect(run.err).not.toContain(FAKE_TOKEN.slice(12))
  })

  test('a bad environment names the variable and ends with 78', async () => {
    const run = await tokendeck(['accounts'], '', { TOKENDECK_PORT: 'eighty' })
    expect(run.code).toBe(78)
    expect(run.err).toMatch(/TOKENDECK_PORT.*eighty/)
    expect(run.err.trim().split('\n')).toHaveLength(1)
  })

  test('a removal says what it does where nobody can be asked', async () => {
    await addSetupToken()
    const removed = await tokendeck(['remove', 'ci'])
    expect(removed).toMatchObject({ code: 0, err: expect.stringContaining('ci is forgotten here') })
    expect((await tokendeck(['accounts'])).out).toBe('')
  })
})

describe('with no server running', () => {
  test('a token goes in by standard input and comes out alone', async () => {
    expect(await addSetupToken()).toMatchObject({ code: 0 })
    expect(await tokendeck(['token', 'ci'])).toEqual({ code: 0, out: `${FAKE_TOKEN}\n`, err: '' })
    const listed = await tokendeck(['accounts', '--json'])
    expect(JSON.parse(listed.out)).toMatchObject([{ label: 'ci', custody: 'none' }])
    expect(listed.out).not.toContain('FAKE')
  })

  test('where the shell stands does not matter', async () => {
    const { code, out } = await tokendeck(['accounts', '--json'], '', {}, directory)
    expect({ code, out }).toEqual({ code: 0, out: '[]\n' })
  })

  test('a key beside its database is called a problem', async () => {
    const beside = { TOKENDECK_KEY_FILE: join(home, 'key') }
    await tokendeck(['accounts'], '', beside)
    const { out, code } = await tokendeck(['doctor'], '', beside)
    expect(out).toContain(`${join(home, 'key')} lies in the home`)
    expect(code).toBe(1)
  })

  test('every command explains itself', async () => {
    const overview = await tokendeck(['--help'])
    const names = [...overview.out.matchAll(/^ {2}(\w+) /gm)].map(([, name]) => name!)
    expect(names).toContain('doctor')
    for (const name of names) {
      const help = await tokendeck([name, '--help'])
      expect(help, name).toMatchObject({ code: 0, err: '' })
      expect(help.out).toContain(`tokendeck ${name}`)
    }
  })
})

describe('a stranger on the port of the server', () => {
  const proofKey = 'FAKE-proof-key-of-the-real-server-0123456789'
  let heard: string[]
  let stranger: Bun.Server<undefined>
  let answer: (request: Request) => Response | Promise<Response>

  beforeEach(async () => {
    await addSetupToken()
    heard = []
    answer = () => Response.json({ status: 'ok' })
    stranger = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      async fetch(request) {
        heard.push(`${request.url} ${JSON.stringify([...request.headers])} ${await request.text()}`)
        return answer(request)
      },
    })
    const file = { pid: 1, port: stranger.port, host: '127.0.0.1', startedAt: 0, proofKey }
    writeFileSync(join(home, 'server.json'), JSON.stringify(file), { mode: 0o600 })
  })

  afterEach(() => stranger.stop(true))

  test('is not sent the token, and the command works without it', async () => {
    const apiToken = readFileSync(join(home, 'api-token'), 'utf8').trim()
    expect(await tokendeck(['token', 'ci'])).toMatchObject({ code: 0, out: `${FAKE_TOKEN}\n` })
    expect(heard.length).toBeGreaterThan(0)
    expect(heard.join('\n')).not.toContain(apiToken)
    expect(heard.join('\n')).not.toContain(FAKE_TOKEN)
  })

  test('cannot pass the challenge on to the real server, which signs its own port', async () => {
    const realPort = stranger.port! + 1
    const proof = (challenge: string, port: number) =>
      createHmac('sha256', proofKey).update(`${challenge}|${port}`).digest('base64url')
    const answerWith = (port: number) => (request: Request) =>
      Response.json(
        { status: 'ok' },
        { headers: { 'Tokendeck-Proof': proof(request.headers.get('Tokendeck-Challenge')!, port) } },
      )
    answer = answerWith(realPort)
    expect(await findServer(home, fetch, systemRandom)).toBeNull()
    answer = answerWith(stranger.port!)
    expect(await findServer(home, fetch, systemRandom)).toEqual({ origin: `http://127.0.0.1:${stranger.port}` })
  })
})

describe('beside its own server', () => {
  const proofKey = 'FAKE-proof-key-of-the-real-server-0123456789'

  test('the API token goes to nobody else: not through a proxy, not to the terminal', async () => {
    await addSetupToken()
    const apiToken = readFileSync(join(home, 'api-token'), 'utf8').trim()
    const told: string[] = []
    const server: Bun.Server<undefined> = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch(request) {
        told.push(request.headers.get('Authorization') ?? '')
        const challenge = request.headers.get('Tokendeck-Challenge')
        const proof = createHmac('sha256', proofKey).update(`${challenge}|${server.port}`).digest('base64url')
        return Response.json([], { headers: { 'Tokendeck-Proof': proof } })
      },
    })
    const passed: string[] = []
    const proxy = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch(request) {
        passed.push(request.headers.get('Authorization') ?? '')
        return fetch(request.url, { headers: request.headers })
      },
    })
    const file = { pid: 1, port: server.port, host: '127.0.0.1', startedAt: 0, proofKey }
    writeFileSync(join(home, 'server.json'), JSON.stringify(file), { mode: 0o600 })
    const address = `http://127.0.0.1:${proxy.port}`
    const environment = { http_proxy: address, HTTP_PROXY: address, BUN_CONFIG_VERBOSE_FETCH: 'curl' }
    const run = await tokendeck(['accounts', '--json'], '', environment)
    await Promise.all([server.stop(true), proxy.stop(true)])
    expect(run).toEqual({ code: 0, out: '[]\n', err: '' })
    expect(told).toContain(`Bearer ${apiToken}`)
    expect(passed).toEqual([])
  })
})

test('a directory that the command is called in brings in no code and no settings', () => {
  const place = join(directory, 'somebody-elses-project')
  mkdirSync(join(place, 'node_modules', 'hono'), { recursive: true })
  const hostile = "console.log('HOSTILE')"
  writeFileSync(join(place, 'hostile.ts'), hostile)
  writeFileSync(join(place, 'node_modules', 'hono', 'index.js'), hostile)
  writeFileSync(join(place, 'bunfig.toml'), 'preload = ["./hostile.ts"]\n[run]\npreload = ["./hostile.ts"]\n')
  writeFileSync(join(place, 'tsconfig.json'), '{"compilerOptions":{"baseUrl":".","paths":{"*":["./hostile.ts"]}}}')
  writeFileSync(join(place, '.env'), 'TOKENDECK_PORT=hostile\n')
  // Tests run with a `node` in their PATH that is Bun, and a Bun has read its settings before it reads the command.
  const path = process.env.PATH?.split(delimiter)
    .filter((entry) => !/bun-node/.test(entry))
    .join(delimiter)
  const node = Bun.which('node', { PATH: path }) ?? 'node'
  const run = Bun.spawnSync([node, join(import.meta.dirname, '..', '..', 'bin', 'tokendeck.mjs'), 'accounts'], {
    cwd: place,
    env: {
      PATH: path,
      HOME: join(directory, 'user'),
      TOKENDECK_HOME: home,
      TOKENDECK_KEY_FILE: join(directory, 'config', 'key'),
      TOKENDECK_KEY_SOURCE: 'file',
    },
  })
  expect(run.stdout.toString()).toBe('')
  expect(run.stderr.toString()).toMatch(/^There are no accounts yet\..*\n$/)
  expect(run.exitCode).toBe(0)
})

describe('the line for a prompt', () => {
  test('the first one without a dashboard opens the database, later ones read its file, and commands renew it', async () => {
    expect((await tokendeck(['status', '--line'])).out).toBe('0 accounts\n')
    const path = join(home, 'status.json')
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ version: 1, accounts: [] })
    // The key is gone: whoever opened the database now would fail.
    const key = readFileSync(join(directory, 'config', 'key'))
    rmSync(join(directory, 'config', 'key'))
    expect(await tokendeck(['status', '--line'])).toMatchObject({ code: 0, out: '0 accounts\n', err: '' })
    writeFileSync(join(directory, 'config', 'key'), key, { mode: 0o600 })
    await addSetupToken()
    expect((await tokendeck(['status', '--line'])).out).toBe('1 account\n')
  })
})

describe('importing', () => {
  test('the list says store, state, age, users and advice of every login, also of other tools', async () => {
    expect((await tokendeck(['import'])).out).toBe('No login was found on this machine.\n')
    const opencode = join(directory, 'user', '.local/share/opencode')
    mkdirSync(opencode, { recursive: true })
    mkdirSync(join(directory, 'user', '.codex'))
    const login = {
      type: 'oauth',
      access: 'sk-ant-oat01-FAKE',
      refresh: 'sk-ant-ort01-FAKE',
      expires: 1_795_400_000_000,
    }
    const text = JSON.stringify({ anthropic: login, openai: { ...login, access: 7 } })
    writeFileSync(join(opencode, 'auth.json'), text, { mode: 0o600 })
    writeFileSync(join(directory, 'user', '.codex', 'config.toml'), 'cli_auth_credentials_store = "keyring"\n')
    const { out } = await tokendeck(['import'])
    expect(out).toMatch(/^PROVIDER +IDENTITY +STATE +AGE +STORE +USED BY +ACCOUNT +PATH\n/)
    expect(out).toMatch(/codex +— +keyring +— +keyring: Codex Auth · cli\|[0-9a-f]{16} +— +— +\//)
    expect(out).toMatch(/claude +— +live +0 min +file +— +— +\/.*auth\.json#opencode:anthropic\n/)
    expect(out).toMatch(/codex +— +unusable +0 min +file .*#opencode:openai\n/)
    expect(out).toContain('#opencode:openai: opencode itself cannot use this entry')
    expect(out).not.toContain('FAKE')
    const found = JSON.parse((await tokendeck(['import', '--json'])).out)
    expect(found.map(({ entry, advice_code }: Record<string, unknown>) => [entry, advice_code])).toEqual([
      [null, 'keyring'],
      [{ tool: 'opencode', name: 'anthropic' }, 'tool_identity_asked'],
      [{ tool: 'opencode', name: 'openai' }, 'unusable'],
    ])
    const several = await tokendeck(['import', opencode])
    expect(several).toMatchObject({ code: 2 })
    expect(several.err).toContain('auth.json#opencode:anthropic')
    expect((await tokendeck(['import', join(opencode, 'auth.json#opencode:openai')])).err).toContain('cannot be used')
  })
})

describe('what is printed', () => {
  test('text from elsewhere cannot steer the terminal', async () => {
    expect(columns([['A'], ['\u001b[2J\u0007evil']])).toBe('A\n [2J evil\n')
    const { err } = await tokendeck(['import', '/nowhere/\u001b[2J\u202eevil', '--provider', 'claude'])
    expect(err).toContain('There is no file at /nowhere/ [2J evil')
  })

  test('wide characters keep the columns aligned', () => {
    expect(
      columns([
        ['NAME', 'X'],
        ['日本', '1'],
      ]),
    ).toBe('NAME  X\n日本  1\n')
  })

  test('an unknown instant is a dash', () => {
    expect(when(null, 0)).toBe('—')
    expect(when('1970-01-01T02:10:00Z', 0)).toBe('in 2 h 10 min')
    expect(when('1970-01-01T00:00:00Z', 240_000)).toBe('4 min ago')
  })
})
