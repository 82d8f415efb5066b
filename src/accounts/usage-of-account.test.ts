/** What is known of limits now, from what was stored of them then. */

import { expect, test } from 'vitest'
import type { UsageFacts } from '../db/account-facts-store.ts'
import { usageOfAccount } from './usage-of-account.ts'

const NOW = 1_000_000
const window = (changes: Partial<UsageFacts['windows'][number]> = {}): UsageFacts['windows'][number] => ({
  ...{ windowId: 'session', kind: 'session', label: null, scope: null, durationMs: 1_000, usedFraction: 0.5 },
  ...{ resetsAt: NOW + 250, isActive: 1, forecast: null },
  ...changes,
})
const read = (windows: UsageFacts['windows'], credits: unknown = null) =>
  usageOfAccount({ state: { readAt: NOW, plan: null, credits, failureCode: null, nextReadAt: null }, windows }, NOW)

test('the tightest comes first, unknown ones and those that do not count last', () => {
  const { windows } = read([
    window({ windowId: 'unknown', usedFraction: null }),
    window({ windowId: 'idle', usedFraction: 0.9, isActive: 0 }),
    window({ windowId: 'half' }),
    window({ windowId: 'full', usedFraction: 1.2 }),
  ])
  expect(windows.map(({ id }) => id)).toEqual(['full', 'half', 'unknown', 'idle'])
})

test.each([
  ['one tick before its reset', NOW + 1, 0.5],
  ['at its reset', NOW, null],
])('%s', (_, resetsAt, usedFraction) => {
  expect(read([window({ resetsAt })]).windows[0]!.usedFraction).toBe(usedFraction)
})

test.each([
  [1_000, NOW + 250, 0.75],
  [1_000, NOW + 5_000, 0],
  [null, NOW + 250, null],
  [1_000, null, null],
])('even pace of %s ms until %s', (durationMs, resetsAt, pace) => {
  expect(read([window({ durationMs, resetsAt })]).windows[0]!.evenPaceFraction).toBe(pace)
})

test.each([
  [null, null],
  [[null, null, null], { kind: 'lasts', earliest: null }],
  [[null, 7, null], { kind: 'lasts', earliest: NOW + 7 }],
  [[null, -7, null], { kind: 'lasts', earliest: NOW }],
  [[8, 7, 9], { kind: 'runs_out', at: NOW + 8, earliest: NOW + 7, latest: NOW + 9 }],
  [[8, null, null], { kind: 'runs_out', at: NOW + 8, earliest: NOW + 8, latest: null }],
  [[0, -1, 9], null],
  [[1, -1, 0], null],
] as const)('forecast %j from now', (forecast, told) => {
  const [at, earliest, latest] = (forecast ?? []).map((offset) => (offset === null ? null : NOW + offset))
  const kept = forecast && ([at!, earliest!, latest!] as [number | null, number | null, number | null])
  expect(read([window({ forecast: kept })]).windows[0]!.forecast).toEqual(told)
})

test('what is used up needs no forecast', () => {
  const forecast: [number, number, number] = [NOW + 8, NOW + 7, NOW + 9]
  expect(read([window({ usedFraction: 1, forecast })]).windows[0]!.forecast).toBeNull()
})

test('credits and extra usage are what was kept', () => {
  const credits = { hasCredits: true, isUnlimited: false, balance: '1.50' }
  expect(read([], { credits, extraUsage: null })).toMatchObject({ credits, extraUsage: null })
  expect(read([])).toMatchObject({ credits: null, extraUsage: null, failure: null })
})
