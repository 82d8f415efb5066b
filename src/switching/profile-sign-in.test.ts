import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AuthorizationView } from '../accounts/authorization-view.ts'
import { beginAuthorization, cancelAuthorization, getAuthorization } from '../accounts/authorizations.ts'
import type { Programs, RunOptions } from '../lib/programs.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { until } from '../testing/until.ts'
import { startCliSignIn, stopCliSignIns, tellCliCode, viewCliSignIn } from './profile-sign-in.ts'

/** A CLI in the test's hand: what it was started with, what it was told, and its end. */
interface HeldCli {
  path: string
  args: readonly string[]
  options: RunOptions
  told: string[]
  say(text: string): void
  exit(code: number): Promise<void>
}

let world: TestContext
let started: HeldCli[]
let installed: boolean
beforeEach(async () => {
  started = []
  installed = true
  const programs: Programs = {
    find: async (name) => (installed ? `/usr/bin/${name}` : null),
    environment: { PATH: '/usr/bin', HOME: '/home/ada' },
    variables: new Set(),
    run: (path, args, options) =>
      new Promise((resolve) => {
        const told: string[] = []
        const end = (how: 'exited' | 'aborted', exitCode: number | null) =>
          resolve({ end: how, exitCode, stdout: '', stderr: '' })
        options.signal?.addEventListener('abort', () => end('aborted', null))
        if (typeof options.input === 'function') options.input({ write: (text) => told.push(text), end: () => {} })
        started.push({
          ...{ path, args, options, told },
          say: (text) => options.onOutput?.(text, 'stdout'),
          exit: async (code) => {
            const before = endings()
            end('exited', code)
            await until(() => endings() > before)
          },
        })
      }),
  }
  world = await createTestContext({ overrides: { programs } })
})
afterEach(async () => {
  await stopCliSignIns(world.context)
  await world.close()
})

/** How many runs have ended for good. */
const endings = () => world.log.lines.filter(({ event }) => event === 'profile.sign_in_ended').length

async function begin(provider = 'claude'): Promise<AuthorizationView> {
  return beginAuthorization(world.context, { provider, method: 'cli_profile', browser: null, actor: 'browser' })
}

const view = async ({ id }: AuthorizationView) =>
  (await viewCliSignIn(world.context, await getAuthorization(world.context, id)))!

test('where the CLI is not installed nothing is started, and that is said', async () => {
  installed = false
  const sign = await begin()
  expect(await startCliSignIn(world.context, sign.id)).toBe(false)
  expect(await view(sign)).toMatchObject({ state: 'absent', cli: 'claude', takesCode: false })
})

test('a login that lies there already is never signed in over', async () => {
  const sign = await begin('codex')
  await mkdir(sign.profilePath!, { recursive: true })
  await writeFile(join(sign.profilePath!, 'auth.json'), '{"tokens":{"refresh_token":"rt_FAKE"}}', { mode: 0o600 })
  let refusal: unknown = null
  startCliSignIn(world.context, sign.id).catch((error: unknown) => {
    refusal = error
  })
  await until(async () => {
    if (world.clock.pending() > 0) await world.clock.advance(500)
    return refusal !== null
  })
  expect(refusal).toMatchObject({ code: 'profile_has_login' })
  expect(started).toEqual([])
})

test('a sign-in that is over is not started, and one of another kind has no CLI', async () => {
  const sign = await begin()
  await cancelAuthorization(world.context, sign.id)
  await expect(startCliSignIn(world.context, sign.id)).rejects.toMatchObject({ code: 'authorization_over' })
  expect(await viewCliSignIn(world.context, { ...sign, method: 'paste' })).toBeNull()
})

test.each([
  ['claude', ['auth', 'login'], 'CLAUDE_CONFIG_DIR', true],
  ['codex', ['login', '--device-auth'], 'CODEX_HOME', false],
])('%s is started once, in its profile, without anything that outranks it', async (cli, args, variable, takesCode) => {
  const sign = await begin(cli)
  await startCliSignIn(world.context, sign.id)
  await startCliSignIn(world.context, sign.id)
  expect(started).toHaveLength(1)
  const { path, options } = started[0]!
  expect({ path, args: started[0]!.args }).toEqual({ path: `/usr/bin/${cli}`, args })
  expect(options.env).toEqual({
    ...{ PATH: '/usr/bin', HOME: '/home/ada', NO_COLOR: '1', TERM: 'dumb' },
    [variable]: sign.profilePath,
  })
  expect(options.timeoutMs).toBe(sign.expiresAt - world.clock.now())
  expect(await view(sign)).toMatchObject({ state: 'running', takesCode })
})

test('what it says is told in bursts, its address and code stand out', async () => {
  const sign = await begin('codex')
  await startCliSignIn(world.context, sign.id)
  world.events.length = 0
  started[0]!.say('Open https://auth.openai.com/codex/device\n')
  started[0]!.say('ABCD-12345\n')
  await world.clock.advance(200)
  expect(world.events).toEqual([{ type: 'authorization.changed', authorizationId: sign.id }])
  expect(await view(sign)).toMatchObject({ address: 'https://auth.openai.com/codex/device', code: 'ABCD-12345' })
})

test('a code is told as one line, and never anything else', async () => {
  const sign = await begin()
  expect(() => tellCliCode(world.context, sign.id, 'FAKE-code')).toThrow('cli_sign_in_not_running')
  await startCliSignIn(world.context, sign.id)
  expect(() => tellCliCode(world.context, sign.id, '  ')).toThrow('response_empty')
  expect(() => tellCliCode(world.context, sign.id, 'FAKE\u0003')).toThrow('response_unreadable')
  expect(() => tellCliCode(world.context, sign.id, 'x'.repeat(5_000))).toThrow('response_unreadable')
  tellCliCode(world.context, sign.id, ' FAKE-code#\nFAKE-state ')
  expect(started[0]!.told).toEqual(['FAKE-code#FAKE-state\n'])
  expect(JSON.stringify(world.log)).not.toContain('FAKE-code')
})

test('cancelling ends it; one that failed can be started again', async () => {
  const first = await begin()
  await startCliSignIn(world.context, first.id)
  await cancelAuthorization(world.context, first.id)
  await expect.poll(async () => (await view(first)).end).toBe('aborted')

  const second = await begin()
  await startCliSignIn(world.context, second.id)
  await started[1]!.exit(1)
  expect(await view(second)).toMatchObject({ state: 'ended', end: 'exited', exitCode: 1 })
  await startCliSignIn(world.context, second.id)
  expect(started).toHaveLength(3)
  await stopCliSignIns(world.context)
  expect(await view(second)).toMatchObject({ state: 'ended', end: 'aborted' })
})
