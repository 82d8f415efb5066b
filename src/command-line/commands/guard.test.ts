/** `tokendeck guard`: what a reading that failed means to a script, in its exit code, its words and its JSON. */

import { expect, test } from 'vitest'
import { TEST_NOW } from '../../testing/fake-clock.ts'
import { runCommand } from '../../testing/run-command.ts'
import { command } from './guard.ts'

const USAGE = { account_id: 'acc_1', provider: 'claude', label: 'work', email: null, plan: null, failure: null }
const NEVER = { ...USAGE, read_at: null, old: true, windows: [] }

function guard(args: string[], code: string | null, usage: object = NEVER) {
  return runCommand(command, ['work', '--max-percent', '80', ...args], {
    answer(method, path) {
      if (path === '/api/accounts') return [{ id: 'acc_1', label: 'work', email: null }]
      if (path === '/api/usage') return [NEVER]
      expect(method).toBe('POST')
      return { outcome: code === null ? 'read' : 'not_read', code, retry_at: null, usage }
    },
  })
}

test.each([
  ['not_permitted', 'lacks the permission'],
  ['no_usage', 'not known how to read limits'],
  ['unknown_provider', 'could not be read (unknown_provider)'],
])('%s can never be read: 1 with the reason, at once also with --wait', async (code, words) => {
  for (const args of [[], ['--wait']]) {
    const end = await guard(args, code)
    expect(end).toMatchObject({ code: 1, out: '' })
    expect(end.said).toContain(words)
  }
})

test.each(['held', 'budget_spent', 'too_soon', 'rate_limited'])('%s passes: 4', async (code) => {
  expect(await guard([], code)).toMatchObject({ code: 4 })
})

test('another failure is 1, a login that has ended 3', async () => {
  expect(await guard([], 'unreachable')).toMatchObject({ code: 1 })
  expect(await guard([], 'reauthorization_required')).toMatchObject({ code: 3 })
})

test('as JSON: room, which windows are full and until when, or why it is not known', async () => {
  const resets_at = new Date(TEST_NOW + 3_600_000).toISOString()
  const window = { id: 'w', kind: 'weekly', label: null, used_fraction: 0.5, resets_at, active: true, forecast: null }
  const read = (used_fraction: number) => ({
    ...NEVER,
    read_at: resets_at,
    old: false,
    windows: [{ ...window, used_fraction }],
  })
  const room = await guard(['--json'], null, read(0.5))
  expect([room.code, JSON.parse(room.out)]).toEqual([0, { limits: 'room', windows: [], until: null, reason: null }])
  const full = await guard(['--json'], null, read(0.9))
  expect(full.code).toBe(4)
  expect(JSON.parse(full.out)).toMatchObject({ limits: 'full', windows: [{ id: 'w' }], until: resets_at })
  const unknown = await guard(['--json'], 'held')
  expect(JSON.parse(unknown.out)).toMatchObject({ limits: 'unknown', reason: 'held', until: null })
})
