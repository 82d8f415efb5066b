/** `tokendeck activate` and `tokendeck undo` as a shell runs them, without a server, over real files. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FakeClock } from '../../testing/fake-clock.ts'
import { createFakeProvider } from '../../testing/fake-provider.ts'
import { fakeProviderConfigToml } from '../../testing/fake-provider-config.ts'
import { fakeIdToken, signInAs } from '../../testing/fake-tokens.ts'

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

  const done = await run('activate', 'hopper@example.com', '--yes')
  expect(done).toMatchObject({ code: 0, out: expect.stringContaining('Verified as hopper@example.com') })
  expect(JSON.parse(readFileSync(auth(), 'utf8')).tokens.refresh_token).toBe(refreshToken)
  expect(await run('activate', 'hopper@example.com', '--yes')).toMatchObject({ code: 1 })
  expect((await run('undo', '--list')).out).toMatch(/no login → hopper@example.com/)

  expect((await run('undo')).out).toBe('What was there before is there again, byte for byte.\n')
  expect(() => readFileSync(auth())).toThrow()
  expect((await run('activate', 'hopper@example.com', '--yes')).code).toBe(0)
  expect((await run('activate', 'none', '--yes')).out).toContain('has no login')
  expect(await run('activate', 'none', '--provider', 'codex', '--yes', '--json')).toMatchObject({ code: 1 })
  for (const secret of [accessToken, refreshToken!]) expect(shown.join()).not.toContain(secret)
  await served.close()
}, 60_000)
