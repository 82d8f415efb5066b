/** Margins exactly, and one tick to either side of them. */

import { describe, expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { TEST_NOW as T } from '../testing/fake-clock.ts'
import { steadyRandom } from '../testing/fake-random.ts'
import {
  countFailures,
  dueAt,
  isJustRefreshed,
  MIN_EXCHANGE_INTERVAL_MS,
  nextRefreshAt,
  REFRESH_MARGIN_MS,
  type RefreshFacts,
  retryAt,
  UNKNOWN_LIFE_MS,
  unknownRetryAt,
  unreachedRetryMs,
} from './refresh-policy.ts'

const least = steadyRandom(0)
const most = steadyRandom(0.999_999)

const facts = (changes: Partial<RefreshFacts> = {}): RefreshFacts => ({
  custody: 'dashboard',
  isPaused: false,
  hasRefreshToken: true,
  refusedAt: null,
  generation: 1,
  accessTokenIssuedAt: T,
  accessTokenExpiresAt: T + 8 * HOUR_MS,
  ...changes,
})

describe('nextRefreshAt', () => {
  test.each([
    ['the CLI refreshes', { custody: 'cli' }],
    ['nobody refreshes', { custody: 'none' }],
    ['paused', { isPaused: true }],
    ['refused', { refusedAt: T }],
    ['no refresh token', { hasRefreshToken: false }],
  ])('null when %s', (_, changes) => {
    expect(nextRefreshAt(facts(changes), least)).toBeNull()
  })

  test.each([
    ['eight hours: five minutes before', 8 * HOUR_MS, 8 * HOUR_MS - 5 * MINUTE_MS],
    ['one tick longer than 25 minutes: five minutes before', 25 * MINUTE_MS + 10, 20 * MINUTE_MS + 10],
    ['25 minutes: both rules agree', 25 * MINUTE_MS, 20 * MINUTE_MS],
    ['ten minutes: four fifths', 10 * MINUTE_MS, 8 * MINUTE_MS],
    ['one minute: four fifths', MINUTE_MS, 48 * SECOND_MS],
    ['over already: at once', 0, 0],
  ])('%s', (_, life, expected) => {
    expect(nextRefreshAt(facts({ accessTokenExpiresAt: T + life }), least)).toBe(T + expected)
  })

  test('an import that expired long ago is due at its expiry, which is past', () => {
    expect(nextRefreshAt(facts({ accessTokenExpiresAt: T - DAY_MS }), least)).toBe(T - DAY_MS)
  })

  test('an unknown end comes after eight days', () => {
    expect(nextRefreshAt(facts({ accessTokenExpiresAt: null }), least)).toBe(T + UNKNOWN_LIFE_MS)
  })

  test('jitter only brings forward, by at most half a minute and at most a fiftieth of the life', () => {
    expect(nextRefreshAt(facts(), most)).toBe(T + 8 * HOUR_MS - REFRESH_MARGIN_MS - 30 * SECOND_MS)
    expect(nextRefreshAt(facts({ accessTokenExpiresAt: T + MINUTE_MS }), most)).toBe(T + 48 * SECOND_MS - 1_200)
  })

  test.each([0, 1, SECOND_MS, 5 * MINUTE_MS])(
    'a refresh that gave %i ms of life brings none for five minutes',
    (life) => {
      const next = nextRefreshAt(facts({ generation: 2, accessTokenExpiresAt: T + life }), most)
      expect(next).toBe(T + MIN_EXCHANGE_INTERVAL_MS)
    },
  )
})

test('dueAt: one tick before the margin is not due, the margin is', () => {
  const due = dueAt({ issuedAt: T, expiresAt: T + 8 * HOUR_MS })
  expect(T + 8 * HOUR_MS - REFRESH_MARGIN_MS - 1 < due).toBe(true)
  expect(T + 8 * HOUR_MS - REFRESH_MARGIN_MS >= due).toBe(true)
})

test('isJustRefreshed: five minutes exactly, never for a sign-in, never for a time to come', () => {
  const at = (age: number, generation = 2) => isJustRefreshed({ generation, accessTokenIssuedAt: T }, T + age)
  expect([at(0), at(MIN_EXCHANGE_INTERVAL_MS - 1), at(MIN_EXCHANGE_INTERVAL_MS)]).toEqual([true, true, false])
  expect([at(0, 1), at(-1)]).toEqual([false, false])
})

describe('retryAt', () => {
  const delay = (
    kind: 'not_sent' | 'transient' | 'misconfigured' | 'unknown',
    failures: number,
    random = least,
    more = {},
  ) =>
    retryAt(
      { kind, failures, wasRetryAfterUnknown: false, retryAfterMs: null, isDoubtful: false, isLocked: false, ...more },
      T,
      random,
    ) - T

  test('three quick tries with growth and jitter, then calm', () => {
    expect([1, 2, 3].map((failures) => delay('transient', failures))).toEqual([2_500, 7_500, 22_500])
    expect([1, 2, 3].map((failures) => delay('transient', failures, most))).toEqual([5_000, 15_000, 45_000])
    expect(delay('transient', 4)).toBe(7.5 * MINUTE_MS)
    expect(delay('transient', 400, most)).toBe(10 * MINUTE_MS)
  })

  test.each(['transient', 'not_sent'] as const)(
    '%s: at most twelve requests in any hour, with the least of all waits',
    (kind) => {
      let at = 0
      let failures = 0
      const requests: number[] = []
      while (at < 3 * HOUR_MS) {
        requests.push(at)
        at += delay(kind, ++failures)
      }
      const inHourFrom = (from: number) => requests.filter((time) => time >= from && time < from + HOUR_MS).length
      expect(Math.max(...requests.map(inHourFrom))).toBeLessThanOrEqual(12)
    },
  )

  test('out of reach: the same waits for the provider as for its accounts', () => {
    for (const failures of [1, 3, 4, 90])
      expect(unreachedRetryMs(failures, most)).toBe(delay('not_sent', failures, most))
  })

  test('behind the locks of a CLI: six tries with at most fifteen seconds between, then as after any failure', () => {
    const waits = [1, 2, 3, 6, 7].map((failures) => delay('transient', failures, most, { isLocked: true }))
    expect(waits.map((ms) => Math.round(ms / SECOND_MS))).toEqual([5, 10, 15, 15, 600])
  })

  test('a wrong request is not repeated in a hurry', () => {
    expect(delay('misconfigured', 1)).toBe(7.5 * MINUTE_MS)
  })

  test('an answer that may mean the end: three quick tries, then twice as long each time, up to six hours', () => {
    const waits = [3, 4, 5, 6, 9, 10, 400].map((failures) => delay('transient', failures, most, { isDoubtful: true }))
    expect(waits.map((ms) => Math.round(ms / SECOND_MS))).toEqual([45, 600, 1_200, 2_400, 19_200, 21_600, 21_600])
  })

  test.each([
    [0, null, 'not_found', 1],
    [2, 'server_error', 'not_found', 3],
    [90, 'server_error', 'not_found', 4],
    [90, 'not_found', 'not_found', 91],
    [90, 'not_found', 'server_error', 91],
  ])('after %i failures, the last of them %s, %s counts as number %i', (failures, lastFailureCode, code, count) => {
    expect(countFailures({ failures, lastFailureCode }, code)).toBe(count)
  })

  test('Retry-After is a minimum, not a maximum', () => {
    expect(delay('transient', 1, least, { retryAfterMs: HOUR_MS })).toBe(HOUR_MS)
    expect(delay('transient', 4, least, { retryAfterMs: SECOND_MS })).toBe(7.5 * MINUTE_MS)
  })

  test('an unknown outcome: one retry after one to three seconds, then calm', () => {
    expect([delay('unknown', 1), delay('unknown', 1, most)]).toEqual([SECOND_MS, 3 * SECOND_MS])
    expect(unknownRetryAt(T, least)).toBe(T + SECOND_MS)
    expect(delay('unknown', 2, least, { wasRetryAfterUnknown: true })).toBe(7.5 * MINUTE_MS)
  })
})
