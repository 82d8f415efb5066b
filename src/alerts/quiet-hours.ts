/** Hours of the person's day in which nothing is told. Goes by the local clock, whatever summer time makes of it. Pure. */

import { MINUTE_MS } from '../lib/clock.ts'
import type { QuietHours } from './alert-rules.ts'

const STEP_MS = 30 * MINUTE_MS
/** Quiet hours are shorter than a day, and a day is at most 25 hours and a little. */
const MOST_STEPS = 60

/**
 * The instant until which nothing is told; `now` itself when something may be.
 *
 * Units:  epoch milliseconds; an IANA time zone
 * Errors: none; total
 */
export function quietUntil(quiet: QuietHours | null, now: number, timeZone: string): number {
  if (quiet === null || !isQuiet(quiet, now, timeZone)) return now
  let end = now
  for (let step = 0; step < MOST_STEPS && isQuiet(quiet, end, timeZone); step++) end += STEP_MS
  const wholeMinute = Math.floor(end / MINUTE_MS) * MINUTE_MS
  let first = wholeMinute
  while (first - MINUTE_MS > now && !isQuiet(quiet, first - MINUTE_MS, timeZone)) first -= MINUTE_MS
  return Math.max(now, first)
}

/** True within the hours. `from` after `until` goes over midnight. */
export function isQuiet({ from, until }: QuietHours, at: number, timeZone: string): boolean {
  const minute = localMinute(at, timeZone)
  return from < until ? minute >= from && minute < until : minute >= from || minute < until
}

const formats = new Map<string, Intl.DateTimeFormat>()

function localMinute(at: number, timeZone: string): number {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone })
  formats.set(timeZone, format)
  const [hour, minute] = format.format(at).split(':').map(Number)
  return hour! * 60 + minute!
}
