/** Quiet hours by the local clock, over midnight and through the nights in which the clock changes. */

import { expect, test } from 'vitest'
import { isQuiet, quietUntil } from './quiet-hours.ts'

const NIGHT = { from: 22 * 60, until: 7 * 60 }
const at = (text: string) => Date.parse(text)
const until = (text: string, zone: string, quiet = NIGHT) => new Date(quietUntil(quiet, at(text), zone)).toISOString()

test('without quiet hours, and outside of them, something may be told at once', () => {
  expect(quietUntil(null, 5, 'UTC')).toBe(5)
  expect(until('2026-11-22T12:00:30Z', 'UTC')).toBe('2026-11-22T12:00:30.000Z')
  expect(until('2026-11-22T07:00:00Z', 'UTC')).toBe('2026-11-22T07:00:00.000Z')
})

test('over midnight', () => {
  expect(until('2026-11-22T22:00:00Z', 'UTC')).toBe('2026-11-23T07:00:00.000Z')
  expect(until('2026-11-23T06:59:59Z', 'UTC')).toBe('2026-11-23T07:00:00.000Z')
  expect(isQuiet(NIGHT, at('2026-11-22T21:59:59Z'), 'UTC')).toBe(false)
})

test('within a day', () => {
  const noon = { from: 12 * 60, until: 13 * 60 + 15 }
  expect(until('2026-11-22T12:10:00Z', 'UTC', noon)).toBe('2026-11-22T13:15:00.000Z')
})

test('by the clock of the place, whatever summer time makes of the night', () => {
  expect(until('2026-07-01T20:30:00Z', 'Europe/Berlin')).toBe('2026-07-02T05:00:00.000Z')
  // Clocks go forward on 29 March 2026 and back on 25 October 2026.
  expect(until('2026-03-28T22:00:00Z', 'Europe/Berlin')).toBe('2026-03-29T05:00:00.000Z')
  expect(until('2026-10-24T21:00:00Z', 'Europe/Berlin')).toBe('2026-10-25T06:00:00.000Z')
  // An end that does not exist in that night: the first minute after it.
  const gap = { from: 0, until: 2 * 60 + 30 }
  expect(until('2026-03-28T23:30:00Z', 'Europe/Berlin', gap)).toBe('2026-03-29T01:00:00.000Z')
  expect(until('2026-11-22T20:00:00Z', 'Asia/Kolkata')).toBe('2026-11-23T01:30:00.000Z')
})
