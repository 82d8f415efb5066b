/** Forecasts: what is said when nothing can be, properties that hold for any history, and the habits that are learned. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../lib/clock.ts'
import { bandOf, courseShare, halfwayTo } from './band.ts'
import type { Forecast, UsagePoint } from './forecast.ts'
import { type ForecastRequest, foretell } from './foretell.ts'
import { evenPaceFraction, linearAt } from './linear-rule.ts'
import { localDays, weekdayOf } from './local-days.ts'
import { scoreOf } from './score.ts'
import { useBetween, wasReset } from './use-between.ts'

const WEEK_MS = 7 * DAY_MS
/** A Monday at midnight in UTC. */
const MONDAY = Date.UTC(2026, 8, 7)
const UTC = 'UTC'

/** Readings every half hour of somebody who uses 2 % an hour from nine to five on working days. */
function officeHistory(from: number, until: number): UsagePoint[] {
  const points: UsagePoint[] = []
  let used = 0
  for (let at = from; at <= until; at += 30 * MINUTE_MS) {
    if ((at - MONDAY) % WEEK_MS === 0) used = 0
    const hour = (at % DAY_MS) / HOUR_MS
    const isOpen = hour > 9 && hour <= 17 && weekdayOf(Math.floor((at - 1) / DAY_MS)) % 6 !== 0
    if (isOpen) used = Math.min(1, used + 0.01)
    points.push(pointAt(at, used, MONDAY + (Math.floor((at - MONDAY) / WEEK_MS) + 1) * WEEK_MS))
  }
  return points
}

function pointAt(
  at: number,
  usedFraction: number,
  resetsAt: number | null,
  highestFraction = usedFraction,
): UsagePoint {
  return { at, usedFraction, highestFraction, resetsAt }
}

function request(now: number, changes: Partial<ForecastRequest> = {}): ForecastRequest {
  const points = officeHistory(MONDAY, now)
  const { usedFraction, resetsAt } = points[points.length - 1]!
  return { window: { durationMs: WEEK_MS, usedFraction, resetsAt }, points, now, timeZone: UTC, ...changes }
}

const NOW = MONDAY + 5 * WEEK_MS + 2 * DAY_MS + 12 * HOUR_MS

describe('not enough data', () => {
  const window = { durationMs: WEEK_MS, usedFraction: 0.4, resetsAt: NOW + DAY_MS }
  test.each([
    ['use_unknown', { ...window, usedFraction: null }],
    ['use_unknown', { ...window, usedFraction: Number.NaN }],
    ['not_started', { ...window, resetsAt: null }],
    ['not_started', { ...window, durationMs: null }],
    ['not_started', { ...window, durationMs: 0 }],
    ['reset_passed', { ...window, resetsAt: NOW }],
  ])('%s', (why, given) => {
    expect(foretell(request(NOW, { window: given }))).toMatchObject({ kind: 'not_enough', why })
  })

  test('without history, and with days nobody saw', () => {
    expect(foretell(request(NOW, { points: [] }))).toMatchObject({ why: 'short_history' })
    expect(foretell(request(MONDAY + 4 * DAY_MS))).toMatchObject({ why: 'short_history' })
    const rare = [0, 10, 20, 30].map((day) => pointAt(MONDAY + day * DAY_MS, 0.1, null))
    expect(foretell(request(NOW, { points: [...rare, pointAt(NOW, 0.4, NOW + DAY_MS)] }))).toMatchObject({
      why: 'short_history',
    })
  })

  test('a window that is used up needs no forecast', () => {
    expect(foretell(request(NOW, { window: { ...window, usedFraction: 1 } })).kind).toBe('used_up')
  })
})

test('working hours are learned: what is left on Friday evening lasts over the weekend, where a line does not', () => {
  const friday = MONDAY + 5 * WEEK_MS + 4 * DAY_MS + 17 * HOUR_MS
  const forecast = foretell(request(friday))
  expect(forecast.kind).toBe('lasts')
  const full = foretell(
    request(friday, { window: { durationMs: WEEK_MS, usedFraction: 0.9, resetsAt: MONDAY + 6 * WEEK_MS } }),
  )
  expect(full.kind).toBe('lasts')
  expect(full.linearAt).not.toBeNull()
})

test('on Wednesday at noon with 5 % left it runs out the same afternoon', () => {
  const resetsAt = MONDAY + 6 * WEEK_MS
  const forecast = foretell(request(NOW, { window: { durationMs: WEEK_MS, usedFraction: 0.95, resetsAt } }))
  expect(forecast.kind).toBe('runs_out')
  const { at, earliest, latest } = forecast as Forecast & { kind: 'runs_out' }
  expect(at).toBeGreaterThan(NOW + HOUR_MS)
  expect(at).toBeLessThan(NOW + 5 * HOUR_MS)
  expect(earliest).toBeLessThanOrEqual(at)
  expect(latest!).toBeGreaterThanOrEqual(at)
})

test('the person’s time zone decides which hours are the night', () => {
  const inTokyo = request(NOW, { timeZone: 'Asia/Tokyo' })
  expect(foretell(inTokyo)).toEqual(foretell(inTokyo))
  expect(foretell(request(NOW, { timeZone: 'No/Where' }))).toEqual(foretell(request(NOW)))
})

test('the same readings give the same forecast', () => {
  expect(foretell(request(NOW))).toEqual(foretell(request(NOW)))
})

/** Any history at all: jumps, drops, gaps, resets that move. */
const anyPoints = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 1, max: 40 * 60 }),
      used: fc.integer({ min: 0, max: 130 }),
      reset: fc.option(fc.integer({ min: -20_000, max: 20_000 }), { nil: null }),
    }),
    { maxLength: 120 },
  )
  .map((steps) => {
    let at = MONDAY
    return steps.map(({ gap, used, reset }) => {
      at += gap * MINUTE_MS
      return pointAt(at, used / 100, reset === null ? null : at + reset * MINUTE_MS)
    })
  })

test('any history: the band is in order, after now and before the reset, and nothing is NaN', () => {
  fc.assert(
    fc.property(
      anyPoints,
      fc.double({ min: 0, max: 1.2, noNaN: true }),
      fc.constantFrom(5 * HOUR_MS, WEEK_MS, 30 * DAY_MS),
      fc.double({ min: 0.001, max: 1, noNaN: true }),
      (points, usedFraction, durationMs, rest) => {
        const now = (points[points.length - 1]?.at ?? MONDAY) + MINUTE_MS
        const window = { durationMs, usedFraction, resetsAt: now + rest * durationMs }
        const forecast = foretell({ window, points, now, timeZone: 'Europe/Berlin' })
        const hours = [
          forecast.linearAt,
          ...(forecast.kind === 'lasts' ? [forecast.earliest] : []),
          ...(forecast.kind === 'runs_out' ? [forecast.earliest, forecast.at, forecast.latest] : []),
        ].filter((at) => at !== null)
        for (const at of hours) {
          expect(at).toBeGreaterThanOrEqual(now)
          expect(at).toBeLessThanOrEqual(window.resetsAt)
        }
        if (forecast.kind === 'runs_out') expect(hours.slice(-2)).toEqual(hours.slice(-2).sort((a, b) => a - b))
        expect(forecast.evenPaceFraction).toBeGreaterThanOrEqual(0)
        expect(forecast.evenPaceFraction).toBeLessThanOrEqual(1)
      },
    ),
    { numRuns: 150 },
  )
})

test('more use never runs out later', () => {
  const base = request(NOW)
  const rank = (usedFraction: number) => {
    const forecast = foretell({ ...base, window: { ...base.window, usedFraction } })
    const never = Number.POSITIVE_INFINITY
    if (forecast.kind === 'lasts') return [forecast.earliest ?? never, never, never]
    if (forecast.kind === 'runs_out') return [forecast.earliest, forecast.at, forecast.latest ?? never]
    return [NOW, NOW, NOW]
  }
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (one, other) => {
        const less = rank(Math.min(one, other))
        const more = rank(Math.max(one, other))
        for (let index = 0; index < 3; index++) expect(more[index]).toBeLessThanOrEqual(less[index]!)
      },
    ),
    { numRuns: 60 },
  )
})

describe('the band', () => {
  const times = (finite: number[], lasting: number) =>
    Float64Array.from([...finite, ...Array<number>(lasting).fill(Number.POSITIVE_INFINITY)])
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

  test('leaves out as much at both ends', () => {
    expect(bandOf(times(upTo(100), 0), 0.8)).toEqual({ kind: 'runs_out', at: 51, earliest: 11, latest: 91 })
  })
  test('is open where more courses last than it may leave out', () => {
    expect(bandOf(times(upTo(70), 30), 0.8)).toEqual({ kind: 'runs_out', at: 51, earliest: 21, latest: null })
  })
  test('of what lasts has an early end only where it may run out after all', () => {
    expect(bandOf(times(upTo(40), 60), 0.8)).toEqual({ kind: 'lasts', earliest: 21 })
    expect(bandOf(times(upTo(15), 85), 0.8)).toEqual({ kind: 'lasts', earliest: null })
  })
  test('keeps the hour that is moved halfway to the straight line', () => {
    const outlook = { kind: 'runs_out', at: 40, earliest: 30, latest: 60 } as const
    expect(halfwayTo(44, outlook)).toEqual({ ...outlook, at: 42 })
    expect(halfwayTo(10, outlook)).toEqual({ ...outlook, at: 30 })
    expect(halfwayTo(100, outlook)).toEqual({ ...outlook, at: 60 })
    expect(halfwayTo(100, { ...outlook, latest: null })).toEqual({ ...outlook, latest: null, at: 70 })
    expect(halfwayTo(10, { kind: 'lasts', earliest: 30 })).toEqual({ kind: 'lasts', earliest: 30 })
  })
  test('widens after bands that did not hold, narrows after bands that held too often, within limits', () => {
    expect(courseShare({ scored: 0, inBand: 0 })).toBeCloseTo(0.8)
    expect(courseShare({ scored: 60, inBand: 30 })).toBeGreaterThan(0.95)
    expect(courseShare({ scored: 60, inBand: 60 })).toBeLessThan(0.7)
    expect(courseShare({ scored: 1e6, inBand: 0 })).toBe(0.97)
    expect(courseShare({ scored: 1e6, inBand: 1e6 })).toBeCloseTo(0.6)
  })
})

describe('what was used between readings', () => {
  const reset = MONDAY + WEEK_MS
  const fractions = (before: UsagePoint, after: UsagePoint) =>
    useBetween(before, after, WEEK_MS).map(({ fraction }) => fraction)

  test('the difference; a correction downwards is nothing', () => {
    expect(fractions(pointAt(MONDAY, 0.1, reset), pointAt(MONDAY + HOUR_MS, 0.25, reset))[0]).toBeCloseTo(0.15)
    expect(fractions(pointAt(MONDAY, 0.25, reset), pointAt(MONDAY + HOUR_MS, 0.2, reset))).toEqual([0])
  })
  test('a reset that is rounded anew, or moves on while it is ahead, is none', () => {
    expect(wasReset(pointAt(MONDAY, 0.2, reset), pointAt(MONDAY + HOUR_MS, 0.2, reset + 3000))).toBe(false)
    expect(wasReset(pointAt(MONDAY, 0.2, reset), pointAt(MONDAY + HOUR_MS, 0.2, reset + HOUR_MS))).toBe(false)
  })
  test('over a reset: the last of the old, and all of the new', () => {
    const spans = useBetween(
      pointAt(reset - HOUR_MS / 4, 0.5, reset),
      pointAt(reset + HOUR_MS, 0.04, reset + WEEK_MS, 0.6),
      WEEK_MS,
    )
    expect(spans.map(({ fraction }) => Number(fraction.toFixed(3)))).toEqual([0.1, 0.04])
    expect(spans[0]!.until).toBe(reset)
  })
  test('before a first use nothing was used, and while nothing is left nothing can be learned', () => {
    const first = useBetween(
      pointAt(MONDAY, 0, null),
      pointAt(MONDAY + 9 * HOUR_MS, 0.2, MONDAY + 13 * HOUR_MS),
      5 * HOUR_MS,
    )
    expect(first).toEqual([
      { from: MONDAY, until: MONDAY + 8 * HOUR_MS, fraction: 0, isKnown: true },
      { from: MONDAY + 8 * HOUR_MS, until: MONDAY + 9 * HOUR_MS, fraction: 0.2, isKnown: true },
    ])
    expect(useBetween(pointAt(MONDAY, 1, reset), pointAt(MONDAY + HOUR_MS, 1, reset), WEEK_MS)[0]!.isKnown).toBe(false)
    expect(wasReset(pointAt(MONDAY, 0.5, null), pointAt(MONDAY + 1, 0.1, null))).toBe(true)
  })
})

test('the even pace and the straight line', () => {
  const window = { durationMs: WEEK_MS, usedFraction: 0.5, resetsAt: MONDAY + WEEK_MS }
  expect(evenPaceFraction(window, MONDAY + WEEK_MS / 4)).toBe(0.25)
  expect(linearAt(window, MONDAY + WEEK_MS / 4)).toBe(MONDAY + WEEK_MS / 2)
  expect(linearAt(window, MONDAY + WEEK_MS / 2)).toBeNull()
  expect(linearAt({ ...window, usedFraction: 0 }, MONDAY + DAY_MS)).toBeNull()
  expect(evenPaceFraction({ durationMs: null, resetsAt: 1 }, 0)).toBeNull()
})

test('a day begins at four in the morning, there; a zone with half hours, and summer time', () => {
  const india = localDays('Asia/Kolkata')
  expect(india.dayOf(Date.UTC(2026, 8, 7, 22, 29))).toBe(Math.floor(Date.UTC(2026, 8, 7) / DAY_MS))
  expect(india.dayOf(Date.UTC(2026, 8, 7, 22, 30))).toBe(Math.floor(Date.UTC(2026, 8, 8) / DAY_MS))
  const berlin = localDays('Europe/Berlin')
  const summer = berlin.dayOf(Date.UTC(2026, 6, 1, 12))
  expect(berlin.beginningOf(summer)).toBe(Date.UTC(2026, 6, 1, 2))
  const winter = berlin.dayOf(Date.UTC(2026, 11, 1, 12))
  expect(berlin.beginningOf(winter)).toBe(Date.UTC(2026, 11, 1, 3))
})

test('a zone behind UTC, one at it, and more days than are remembered', () => {
  const york = localDays('America/New_York')
  const winter = york.dayOf(Date.UTC(2026, 0, 10, 12))
  expect(york.beginningOf(winter)).toBe(Date.UTC(2026, 0, 10, 9))
  expect(localDays('UTC').beginningOf(20_000)).toBe(20_000 * DAY_MS + 4 * HOUR_MS)
  for (let day = 0; day < 4000; day++) york.beginningOf(day)
  expect(york.beginningOf(winter)).toBe(Date.UTC(2026, 0, 10, 9))
})

describe('scores', () => {
  const resetsAt = 1000
  const measures = { linearAt: 700, evenPaceFraction: 0.5 }
  const said: Forecast = { kind: 'runs_out', at: 500, earliest: 400, latest: 600, ...measures }

  test.each([
    [said, 450, true, 50, 250],
    [said, 650, false, 150, 50],
    [said, null, false, 500, 300],
    [{ ...said, latest: null }, null, true, 500, 300],
    [{ ...said, latest: null }, 300, false, 200, 400],
    [{ kind: 'lasts', earliest: 900, ...measures } as Forecast, 950, true, 50, 250],
    [{ kind: 'lasts', earliest: null, ...measures } as Forecast, 950, null, 50, 250],
  ])('%o came out at %s', (forecast, ranOutAt, isInBand, errorMs, linearErrorMs) => {
    expect(scoreOf(forecast, { ranOutAt, resetsAt })).toMatchObject({ isInBand, errorMs, linearErrorMs })
  })
  test('nothing foretold, nothing scored', () => {
    expect(scoreOf({ kind: 'used_up', ...measures }, { ranOutAt: 1, resetsAt })).toBeNull()
  })
})
