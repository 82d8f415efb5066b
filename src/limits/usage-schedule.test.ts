/** When limits are read next, to the tick. */

import { expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../lib/clock.ts'
import { fakeRandom } from '../testing/fake-random.ts'
import { CLOSE_POLL_MS, nextReadAt, PARKED_POLL_MS, POLL_MS, retryReadingAt } from './usage-schedule.ts'

const NOW = 1_000_000_000
const middle = { ...fakeRandom(1), fraction: () => 0.5 }
const windows = (usedFraction: number | null, resetsIn: number | null = null, isActive = true) => [
  { usedFraction, resetsAt: resetsIn === null ? null : NOW + resetsIn, isActive },
]

test.each([
  ['usually', { windows: windows(0.5) }, POLL_MS],
  ['nothing known', { windows: windows(null) }, POLL_MS],
  ['nothing has moved for long', { windows: windows(0.5), isParked: true }, PARKED_POLL_MS],
  ['near a limit', { windows: windows(0.85) }, CLOSE_POLL_MS],
  ['near a limit, even when parked', { windows: windows(0.9), isParked: true }, CLOSE_POLL_MS],
  ['just below', { windows: windows(0.849) }, POLL_MS],
  ['at the limit nothing more happens', { windows: windows(1) }, POLL_MS],
  ['a window that does not count', { windows: windows(0.9, null, false) }, POLL_MS],
  ['a reset comes first', { windows: windows(0.5, 4 * MINUTE_MS) }, 4 * MINUTE_MS + 45_000],
  ['a reset is at hand', { windows: windows(0.5, 1_000) }, 3 * MINUTE_MS],
  ['a reset lies further away', { windows: windows(0.5, HOUR_MS) }, POLL_MS],
  ['a reset has passed', { windows: windows(0.5, -1) }, POLL_MS],
  ['near a limit and a reset, with what is left for people', { windows: windows(0.9, 60_000), budgetLeft: 4 }, POLL_MS],
])('%s', (_, facts, wait) => {
  expect(nextReadAt({ now: NOW, isParked: false, budgetLeft: 20, ...facts }, middle) - NOW).toBe(wait)
})

test('readings drift apart by a tenth at most', () => {
  const at = (fraction: number) =>
    nextReadAt({ now: NOW, windows: [], isParked: false, budgetLeft: 20 }, { ...middle, fraction: () => fraction }) -
    NOW
  expect([at(0), at(1)]).toEqual([0.9 * POLL_MS, 1.1 * POLL_MS])
})

test.each([
  ['not_permitted', 1, null, null],
  ['no_usage', 9, HOUR_MS, null],
  ['reauthorization_required', 1, null, null],
  ['stale_token', 4, null, 15 * MINUTE_MS],
  ['rate_limited', 1, 7 * MINUTE_MS, 7 * MINUTE_MS],
  ['rate_limited', 1, 9 * DAY_MS, DAY_MS],
])('%s, failure %i, asked to wait %s', (code, failures, waitMs, wait) => {
  const at = retryReadingAt({ now: NOW, code, failures, waitMs }, middle)
  expect(at === null ? null : at - NOW).toBe(wait)
})

test('failures are tried again ever more slowly, up to an hour', () => {
  const waits = [1, 2, 3, 4, 9].map(
    (failures) => retryReadingAt({ now: NOW, code: 'server_error', failures, waitMs: null }, middle)! - NOW,
  )
  expect(waits.map((wait) => Math.round(wait / MINUTE_MS / 0.95))).toEqual([10, 20, 40, 60, 60])
})
