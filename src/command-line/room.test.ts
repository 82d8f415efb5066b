/** Room is only where everything is known, and waiting ends at the reset. */

import { expect, test } from 'vitest'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { FakeClock, settle, TEST_NOW } from '../testing/fake-clock.ts'
import { type ApiUsage, type ApiWindow, isForNow, judgeRoom, type Room, waitForRoom } from './room.ts'

const window = (changes: Partial<ApiWindow> = {}): ApiWindow => ({
  ...{ id: 'session', kind: 'session', label: null, used_fraction: 0.5, active: true, forecast: null },
  resets_at: new Date(TEST_NOW + HOUR_MS).toISOString(),
  ...changes,
})
const usage = (windows: ApiWindow[], changes: Partial<ApiUsage> = {}): ApiUsage => ({
  ...{ account_id: 'acc_1', provider: 'claude', label: null, email: null, plan: null, failure: null, old: false },
  ...{ read_at: new Date(TEST_NOW).toISOString(), windows, ...changes },
})
const wish = (maxPercent: number, name: string | null = null) => ({ maxPercent, window: name })

test.each([
  ['never read', usage([], { read_at: null, old: true }), wish(80), { kind: 'unknown', why: 'never_read' }],
  ['too old', usage([window()], { old: true }), wish(80), { kind: 'unknown', why: 'old' }],
  ['no window at all', usage([]), wish(80), { kind: 'unknown', why: 'no_such_window' }],
  ['another window asked for', usage([window()]), wish(80, 'weekly'), { kind: 'unknown', why: 'no_such_window' }],
  ['a number unknown', usage([window(), window({ used_fraction: null })]), wish(80), { why: 'window_unknown' }],
  ['exactly the wish', usage([window({ used_fraction: 0.8 })]), wish(80), { kind: 'full' }],
  ['over the limit', usage([window({ used_fraction: 1.12 })]), wish(100), { kind: 'full', until: TEST_NOW + HOUR_MS }],
  ['full without a reset', usage([window({ used_fraction: 1, resets_at: null })]), wish(100), { until: null }],
  ['one tick below', usage([window({ used_fraction: 0.7999 })]), wish(80), { kind: 'room' }],
  [
    'full, but it does not count now',
    usage([window(), window({ used_fraction: 1, active: false })]),
    wish(80),
    { kind: 'room' },
  ],
  [
    'asked for by its name',
    usage([window({ used_fraction: 1 }), window({ label: 'Opus' })]),
    wish(80, 'opus'),
    { kind: 'room' },
  ],
])('%s', (_, facts, wanted, room) => {
  expect(judgeRoom(facts, wanted)).toMatchObject(room)
})

test('waits until the reset and looks again, and again where limits are not known', async () => {
  const clock = new FakeClock()
  const rooms: Room[] = [
    { kind: 'full', windows: [window()], until: TEST_NOW + HOUR_MS },
    { kind: 'unknown', why: 'old' },
    { kind: 'room' },
  ]
  const looks: number[] = []
  const said: number[] = []
  const done = waitForRoom(
    async () => {
      looks.push(clock.now() - TEST_NOW)
      return rooms.shift()!
    },
    clock,
    (_, until) => said.push(until - TEST_NOW),
  )
  for (let minutes = 0; minutes < 70; minutes++) {
    await settle()
    await clock.advance(MINUTE_MS)
  }
  expect(await done).toEqual({ kind: 'room' })
  expect(said).toEqual([HOUR_MS + 30 * SECOND_MS, HOUR_MS + 5 * MINUTE_MS + 30 * SECOND_MS])
  expect(looks).toEqual([0, ...said])
})

test.each<Room>([
  { kind: 'full', windows: [window({ resets_at: null })], until: null },
  { kind: 'unknown', why: 'no_such_window' },
  ...['not_permitted', 'no_usage', 'unknown_provider'].map(
    (code): Room => ({ kind: 'unknown', why: 'never_read', failure: { code, retryAt: null } }),
  ),
])('does not wait for what never comes: %j', async (room) => {
  const clock = new FakeClock()
  expect(
    await waitForRoom(
      async () => room,
      clock,
      () => {},
    ),
  ).toBe(room)
  expect(clock.pending()).toBe(0)
})

test.each([
  ['at the instant that is known', 12 * MINUTE_MS, 12 * MINUTE_MS],
  ['never sooner than in a minute', 1, MINUTE_MS],
  ['in five minutes where none is known', null, 5 * MINUTE_MS],
])('looks again after a failure that passes %s', async (_, wait, expected) => {
  const clock = new FakeClock()
  const failure = { code: 'held', retryAt: wait === null ? null : TEST_NOW + wait }
  const rooms: Room[] = [{ kind: 'unknown', why: 'old', failure }, { kind: 'room' }]
  const said: number[] = []
  const done = waitForRoom(
    async () => rooms.shift()!,
    clock,
    (_, until) => said.push(until - TEST_NOW),
  )
  for (let minutes = 0; minutes < 13; minutes++) {
    await settle()
    await clock.advance(MINUTE_MS)
  }
  expect([await done, said]).toEqual([{ kind: 'room' }, [expected]])
})

test.each(['held', 'budget_spent', 'too_soon', 'rate_limited'])('%s passes; no code and others do not', (code) => {
  expect(isForNow({ kind: 'unknown', why: 'old', failure: { code, retryAt: null } })).toBe(true)
  expect(isForNow({ kind: 'unknown', why: 'old', failure: { code: 'unreachable', retryAt: null } })).toBe(false)
  expect(isForNow({ kind: 'unknown', why: 'old' })).toBe(false)
})
