/** `tokendeck activate` and `tokendeck undo` as a shell runs them, without a server, over real files. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FakeClock } from '../../testing/fake-clock.ts'
import { createFakeProvider } from '../../testing/fake-provider.ts'
import { fakeProviderConfigToml } from '../../testing/fake-provider-config.ts'
import { fakeIdToken, signInAs } from '../../testing/fake-tokens.ts'
import { runCommand } from '../../testing/run-command.ts'
import { command } from './activate.ts'

let directory: string
let home: string
const auth = () => join(directory, 'user', '.codex', 'auth.json')

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tokendeck-activate-'))
  home = join(directory, 'home')
  mkdirSync(home, { mode: 0o700 })
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const MAIN = join(import.meta.dirname, '..', 'main.ts')

async function tokendeck(args: string[], input = '') {
  const child = Bun.spawn([process.execPath, '--no-env-file', MAIN, ...args], {
    env: {
      ...{ PATH: directory, HOME: join(directory, 'user'), TOKENDECK_HOME: home, TOKENDECK_KEY_SOURCE: 'file' },
      TOKENDECK_KEY_FILE: join(directory, 'config', 'key'),
    },
    ...{ stdin: new Blob([input]), stdout: 'pipe', stderr: 'pipe' },
  })
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { out, err, code }
}

test('an account is planned, activated, undone and taken out, and no token is ever shown', async () => {
  const fake = createFakeProvider({ clock: new FakeClock(Date.now()) })
  const served = await fake.serve()
  writeFileSync(join(home, 'config.toml'), fakeProviderConfigToml(served.origin))
  const issue = signInAs(fake.grants, fake.person('hopper'))
  const { accessToken, refreshToken, accessTokenExpiresAt } = issue.pair
  const pair = {
    ...{ access_token: accessToken, refresh_token: refreshToken, id_token: fakeIdToken(issue) },
    expires_at: new Date(accessTokenExpiresAt).toISOString(),
  }
  expect((await tokendeck(['add', '--provider', 'codex', '--token-pair-stdin'], JSON.stringify(pair))).code).toBe(0)
  const shown: string[] = []
  const run = async (...args: string[]) => {
    const ended = await tokendeck(args)
    shown.push(ended.out, ended.err)
    return ended
  }
  expect(await run('activate')).toMatchObject({ code: 2 })
  expect(await run('activate', 'nobody@example.com', '--yes')).toMatchObject({ code: 1 })
  expect(await run('undo')).toMatchObject({ code: 1, err: expect.stringContaining('No switch') })

  const plan = await run('activate', 'hopper@example.com', '--dry-run')
  expect(plan).toMatchObject({ code: 0 })
  expect(plan.out).toMatch(/now {4}no login\n {2}after {2}hopper@example.com\n/)
  expect(plan.out).toContain('+ tokens')
  expect(() => readFileSync(auth())).toThrow()

  const done = await run('activate', 'hopper@example.com')
  expect(done).toMatchObject({ code: 0, out: expect.stringContaining('Verified as hopper@example.com') })
  expect(JSON.parse(readFileSync(auth(), 'utf8')).tokens.refresh_token).toBe(refreshToken)
  const again = await run('activate', 'hopper@example.com', '--yes')
  expect(again).toMatchObject({ code: 0, out: expect.stringMatching(/^Already active\./) })
  expect((await run('undo', '--list')).out).toMatch(/no login → hopper@example.com/)

  expect((await run('undo')).out).toBe('What was there before is there again, byte for byte.\n')
  expect(() => readFileSync(auth())).toThrow()
  expect((await run('activate', 'hopper@example.com', '--yes')).code).toBe(0)
  expect((await run('activate', 'none')).out).toContain('has no login')
  expect(await run('activate', 'none', '--provider', 'codex', '--yes', '--json')).toMatchObject({ code: 1 })
  for (const secret of [accessToken, refreshToken!]) expect(shown.join()).not.toContain(secret)
  await served.close()
}, 60_000)

const PLAN = {
  ...{ cli: 'codex', directory: '/home/ada/.codex', warnings: [], refusal: null },
  incoming: { account_id: 'acc_1', name: 'work', refreshed_first: false },
  outgoing: { name: 'home', fate: 'returns' },
  files: [{ path: '/home/ada/.codex/auth.json', is_new: false, is_removed: false, changes: [] }],
}

/** One form of the command against a plan; `sent` are the requests that change something. */
async function planned(args: string[], person: string | null, plan: object = PLAN) {
  const { calls, ...end } = await runCommand(command, args, {
    person,
    answer(method, path) {
      if (method === 'POST') return { verified_as: 'work', verified_by: 'cli', backup_id: 'bak_1' }
      if (method === 'DELETE') return { account_ids: [], backup_id: 'bak_1' }
      return path === '/api/accounts' ? [{ id: 'acc_1', label: 'work', email: null }] : plan
    },
  })
  return { ...end, sent: calls.filter((call) => /^(POST|DELETE)/.test(call)) }
}

test.each([
  ['an account', ['work'], 'POST /api/accounts/acc_1/activation'],
  ['none', ['none', '--provider', 'codex'], 'DELETE /api/running/codex'],
])('%s: a person is asked; where nobody can be asked the plan is said and carried out', async (_, args, request) => {
  expect(await planned(args, 'n')).toMatchObject({ code: 1, out: '', sent: [] })
  const asked = await planned(args, 'y')
  expect(asked).toMatchObject({ code: 0, sent: [request] })
  expect(asked.said).toContain('[y/N]')
  const script = await planned(args, null)
  expect(script).toMatchObject({ code: 0, sent: [request] })
  expect(script.said).toContain('now    home (comes back to Tokendeck)')
  expect((await planned([...args, '--yes'], 'n')).sent).toEqual([request])
})

test('an account that is active already stays so, and that is no failure; another refusal is one', async () => {
  const words = { title: 'Already active', detail: 'The CLI holds work.' }
  const current = { ...PLAN, refusal: { code: 'activation_current', ...words } }
  expect(await planned(['work'], 'n', current)).toMatchObject({
    code: 0,
    sent: [],
    out: 'Already active. The CLI holds work.\n',
  })
  const asJson = await planned(['work', '--json'], null, current)
  expect(JSON.parse(asJson.out)).toMatchObject({ account_id: 'acc_1', already_active: true, backup_id: null })
  expect((await planned(['work', '--dry-run'], null, current)).code).toBe(0)
  const conflict = { ...PLAN, refusal: { code: 'activation_conflict', ...words } }
  expect((await planned(['work', '--dry-run'], null, conflict)).code).toBe(1)
})
