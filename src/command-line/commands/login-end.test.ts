/** That a login ends within a week is said wherever accounts are shown, and not before; on the test clock. */

import { afterEach, beforeEach, expect, test } from 'vitest'
import { DAY_MS } from '../../lib/clock.ts'
import { runCommand } from '../../testing/run-command.ts'
import { createTestApp, type TestApp } from '../../testing/test-app.ts'
import type { Command } from '../command.ts'
import { command as accounts } from './accounts.ts'
import { command as doctor } from './doctor.ts'
import { command as status } from './status.ts'

let web: TestApp
beforeEach(async () => {
  web = await createTestApp()
  const expires_at = new Date(web.clock.now() + 8 * DAY_MS).toISOString()
  const token = { kind: 'setup_token', access_token: 'sk-ant-oat01-FAKE-that-ends', label: 'work', expires_at }
  expect((await web.call('POST', '/api/accounts', { provider: 'claude', ...token })).status).toBe(201)
})
afterEach(() => web.close())

const config = { home: '/nowhere', keyFile: '/nowhere/key', callbackPorts: [] }
const run = (command: Command) =>
  runCommand(command, [], {
    answer: async (method, path) => await (await web.call(method, path)).json(),
    clock: web.clock,
    config,
  })

test('eight days before nobody speaks of it; seven days before everybody does', async () => {
  expect((await run(accounts)).out).toMatch(/valid {2,}/)
  expect((await run(status)).out).toContain('login      valid:')
  expect((await run(doctor)).out).not.toContain('work')

  await web.clock.advance(DAY_MS)
  expect((await run(accounts)).out).toContain('ends_soon (in 7 d)')
  const told = await run(status)
  expect(told.code).toBe(0)
  expect(told.out).toMatch(/login {6}ends_soon: .*(in|7) .*d/)
  const found = await run(doctor)
  expect(found).toMatchObject({ code: 0 })
  expect(found.out).toMatch(/^· work: .+/m)

  await web.clock.advance(7 * DAY_MS)
  expect((await run(status)).code).toBe(3)
  expect(await run(doctor)).toMatchObject({ code: 1, out: expect.stringMatching(/^✗ work: .+/m) })
})

test('a database that does not open is a finding, whenever that shows', async () => {
  const refuse = () => Promise.reject(new Error('The key of this database is missing.'))
  const late = await runCommand(doctor, ['--json'], { answer: refuse, config })
  expect(late.code).toBe(1)
  expect(JSON.parse(late.out).findings).toContainEqual({
    check: 'database and key',
    state: 'problem',
    words: 'The key of this database is missing.',
  })
})
