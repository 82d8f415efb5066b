/** Forecasts on replayed histories: the band holds in four of five cases, and they come nearer than a straight line. */

import { expect, test } from 'vitest'
import { inventHistory } from './invented-history.ts'
import { REPLAY_DAYS, REPLAY_START, type ReplayedForecast, replay, summarize } from './replay.ts'

const SEEDS = 12
const all: ReplayedForecast[] = []
for (let seed = 1000; seed < 1000 + SEEDS; seed++) {
  for (const window of inventHistory(seed, { startAt: REPLAY_START, dayCount: REPLAY_DAYS })) {
    all.push(...replay(window, seed))
  }
}

test('four of five outcomes lie in the band that named an hour', () => {
  const { bands, held } = summarize(all)
  expect(bands).toBeGreaterThan(800)
  expect(held / bands).toBeGreaterThan(0.75)
  expect(held / bands).toBeLessThan(0.85)
})

test.each(['session', 'weekly'] as const)('of the %s, too, with some more room for few of them', (kind) => {
  const { bands, held } = summarize(all.filter(({ window }) => window.kind === kind))
  expect(bands).toBeGreaterThan(100)
  expect(held / bands).toBeGreaterThan(0.72)
  expect(held / bands).toBeLessThan(0.88)
})

test('forecasts come nearer than a straight line, and what they call lasting lasts', () => {
  const { error, linear, firm, firmRight } = summarize(all)
  expect(error.mean).toBeLessThan(0.9 * linear.mean)
  expect(firmRight / firm).toBeGreaterThan(0.85)
})

test('where an hour is named, it is nearer than the straight line’s on the whole and in the middle', () => {
  const { error, linear } = summarize(all.filter(({ forecast }) => forecast.kind === 'runs_out'))
  expect(error.mean).toBeLessThan(linear.mean)
  expect(error.median).toBeLessThan(linear.median)
})

test('only the first weeks are not enough data', () => {
  const none = all.filter(({ forecast }) => forecast.kind === 'not_enough')
  expect(none.length / all.length).toBeLessThan(0.12)
  expect(none.every(({ madeAt }) => madeAt < REPLAY_START + 40 * 86_400_000)).toBe(true)
})

test('the same seed gives the same history', () => {
  const make = () => inventHistory(7, { startAt: REPLAY_START, dayCount: 20 })
  expect(make()).toEqual(make())
})
