/** Running programs as an account, as a shell does it: whole processes, no server, fake CLIs. */

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const MAIN = join(import.meta.dirname, 'main.ts')
const PAIR = { access_token: 'sk-ant-oat01-FAKE-exec-access', refresh_token: 'sk-ant-ort01-FAKE-exec-refresh' }

let directory: string
let home: string
let bin: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tokendeck-exec-'))
  home = join(directory, 'home')
  bin = join(directory, 'bin')
  for (const path of [home, bin, join(directory, 'user')]) mkdirSync(path, { mode: 0o700 })
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function start(args: string[], environment: Record<string, string> = {}, input = '') {
  return Bun.spawn([process.execPath, '--no-env-file', MAIN, ...args], {
    cwd: directory,
    env: {
      PATH: `${bin}:/usr/bin:/bin`,
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
}

async function tokendeck(args: string[], environment: Record<string, string> = {}, input = '') {
  const child = start(args, environment, input)
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { out, err, code }
}

function program(name: string, script: string) {
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(bin, name), 0o755)
}

const addSetupToken = () =>
  tokendeck(['add', '--provider', 'claude', '--setup-token-stdin', '--label', 'ci'], {}, `${PAIR.access_token}\n`)

/** A login that the CLI holds in its own place. */
function putClaudeLogin() {
  const claude = join(directory, 'user', '.claude')
  mkdirSync(claude, { mode: 0o700 })
  const oauth = {
    ...{ accessToken: PAIR.access_token, refreshToken: PAIR.refresh_token, expiresAt: Date.now() + 3_600_000 },
    ...{ scopes: ['user:inference'], accountUuid: 'FAKE-account', organizationUuid: 'FAKE-organization' },
  }
  writeFileSync(join(claude, '.credentials.json'), JSON.stringify({ claudeAiOauth: oauth }), { mode: 0o600 })
  const oauthAccount = {
    accountUuid: 'FAKE-account',
    organizationUuid: 'FAKE-organization',
    emailAddress: 'a@example.com',
  }
  writeFileSync(join(directory, 'user', '.claude.json'), JSON.stringify({ oauthAccount }), { mode: 0o600 })
}

describe('what cannot be run', () => {
  test.each([
    ['no dashes', ['exec', 'ci', 'claude'], 2, 'two dashes'],
    ['no program', ['exec', 'ci', '--'], 2, 'two dashes'],
    ['two accounts', ['exec', 'a', 'b', '--', 'x'], 2, 'two dashes'],
    ['an unknown kind', ['exec', '--share', 'credentials', 'ci', '--', 'x'], 2, '--share takes'],
    ['nobody', ['exec', 'nobody', '--', 'x'], 1, 'There is no account'],
    ['a program of no provider', ['exec', '--', 'make'], 2, 'Which account is make'],
    ['a shell that is not known', ['completion', 'tcsh'], 2, 'bash, zsh or fish'],
    ['an act of no profile', ['profiles', 'frob'], 2, 'make ACCOUNT'],
    ['a profile that is not there', ['profiles', 'remove', 'prf_1', '--yes'], 1, 'There is no profile'],
  ])('%s', async (_, args, code, words) => {
    const run = await tokendeck(args)
    expect(run).toMatchObject({ code, out: '' })
    expect(run.err).toContain(words)
  })

  test('an account whose token no CLI could refresh', async () => {
    await addSetupToken()
    const run = await tokendeck(['exec', 'ci', '--', 'true'])
    expect(run.code).toBe(3)
    expect(run.err).toMatch(/refresh token/i)
    expect((await tokendeck(['env', 'ci'])).err).toContain('--token')
  })
})

test('a CLI runs in the place that holds its login, with the database free and the outranking variables gone', async () => {
  putClaudeLogin()
  await tokendeck(['import', '--provider', 'claude', '--label', 'work'])
  const again = `'${process.execPath}' --no-env-file '${MAIN}' accounts --json`
  program(
    'claude',
    `echo "[$CLAUDE_CONFIG_DIR][$ANTHROPIC_API_KEY] $*"; umask; ${again} | grep -c '"label": "work"'; exit 9`,
  )
  const own = { CLAUDE_CONFIG_DIR: '/nowhere', ANTHROPIC_API_KEY: 'FAKE-key-of-another' }
  const inHere = { ...own, CLAUDE_CONFIG_DIR: join(directory, 'user', '.claude') }
  const mask = (await new Response(Bun.spawn(['sh', '-c', 'umask']).stdout).text()).trim()
  const run = await tokendeck(['exec', 'work', '--', 'claude', '--resume', 'a b'], inHere)
  expect(run).toMatchObject({ code: 9 })
  expect(run.out.split('\n').slice(0, 3)).toEqual([`[${join(directory, 'user', '.claude')}][] --resume a b`, mask, '1'])
  expect(run.err).toContain('ANTHROPIC_API_KEY')
  expect(run.err).not.toContain('FAKE-key')
  const env = await tokendeck(['env', 'work'])
  expect(env.out).toContain('unset ANTHROPIC_API_KEY\n')
  expect(env.out).not.toContain('FAKE')
})

test('an account is not run by the CLI of another provider, and nothing is made for it', async () => {
  putClaudeLogin()
  await tokendeck(['import', '--provider', 'claude', '--label', 'work'])
  program('codex', 'echo ran')
  const run = await tokendeck(['exec', 'a@example.com', '--', 'codex'])
  expect(run).toMatchObject({ code: 2, out: '', err: expect.stringContaining('an account of claude') })
  expect((await tokendeck(['profiles', '--json'])).out).toBe('[]\n')
})

test('signals and ends are passed on', async () => {
  putClaudeLogin()
  await tokendeck(['import', '--provider', 'claude', '--label', 'work'])
  program('claude', `trap 'echo heard; exit 5' TERM; echo ready; while :; do sleep 0.05; done`)
  const child = start(['exec', 'work', '--', 'claude'])
  let said = ''
  for await (const piece of child.stdout) {
    said += new TextDecoder().decode(piece)
    if (said === 'ready\n') child.kill('SIGTERM')
  }
  expect({ said, code: await child.exited }).toEqual({ said: 'ready\nheard\n', code: 5 })
  program('claude', 'kill -9 $$')
  expect((await tokendeck(['exec', 'work', '--', 'claude'])).code).toBe(137)
  expect((await tokendeck(['exec', 'work', '--', 'no-such-program'])).code).toBe(127)
})

test('a folder remembers its account by label, and says so', async () => {
  putClaudeLogin()
  await tokendeck(['import', '--provider', 'claude', '--label', 'work'])
  expect((await tokendeck(['use'])).err).toContain('No account is chosen here')
  expect(JSON.parse((await tokendeck(['use', '--json'])).out)).toEqual({ file: null, accounts: {} })
  await tokendeck(['use', 'a@example.com'])
  const text = readFileSync(join(directory, '.tokendeck.toml'), 'utf8')
  expect(text).toContain('claude = "work"')
  expect(text).not.toMatch(/@|FAKE/)
  program('claude', 'echo ran')
  const run = await tokendeck(['exec', '--', 'claude'])
  expect(run).toMatchObject({ code: 0, out: 'ran\n' })
  expect(run.err).toContain(`Account: work (named in ${join(directory, '.tokendeck.toml')})`)
  expect((await tokendeck(['use'])).out).toContain('claude\twork\t')
  const chosen = { file: join(directory, '.tokendeck.toml'), accounts: { claude: 'work' } }
  expect(JSON.parse((await tokendeck(['use', '--json'])).out)).toEqual(chosen)
  const none = await tokendeck(['use', '--none', 'claude', '--json'])
  expect(JSON.parse(none.out)).toEqual({ ...chosen, accounts: {} })
  expect((await tokendeck(['exec', '--', 'claude'])).err).toContain('the first in your order')
})

test('a token is printed for a shell only when asked for, quoted', async () => {
  await addSetupToken()
  const sh = await tokendeck(['env', 'ci', '--token'])
  expect(sh.out).toContain(`export CLAUDE_CODE_OAUTH_TOKEN='${PAIR.access_token}'\n`)
  expect(sh.out).toContain('unset ANTHROPIC_API_KEY\n')
  const fish = await tokendeck(['env', 'ci', '--token', '--shell', 'fish'])
  expect(fish.out).toContain(`set -gx CLAUDE_CODE_OAUTH_TOKEN '${PAIR.access_token}';\n`)
})

test('completion knows every command, and names accounts without asking anybody', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { out, code } = await tokendeck(['completion', shell])
    expect(code).toBe(0)
    for (const name of ['exec', 'profiles', 'doctor']) expect(out).toContain(name)
  }
  const { out } = await tokendeck(['completion', 'bash'])
  writeFileSync(join(directory, 'completion.bash'), out)
  expect(Bun.spawnSync(['bash', '-n', join(directory, 'completion.bash')]).exitCode).toBe(0)
  const accounts = [{ id: 'acc_1', name: 'at work' }]
  writeFileSync(join(home, 'status.json'), JSON.stringify({ version: 1, writtenAt: 0, accounts }))
  expect((await tokendeck(['completion', '--accounts'])).out).toBe('at work\n')
})

test('one line for a prompt works where no dashboard ever ran', async () => {
  await addSetupToken()
  expect(await tokendeck(['status', '--line'])).toMatchObject({ code: 0, out: '1 account\n' })
  expect((await tokendeck(['status', '--line', '--json'])).code).toBe(2)
})
