/** Days as a person lives them: in their time zone, and from four in the morning, so that a late evening belongs to its day. */

import { DAY_MS, HOUR_MS } from '../lib/clock.ts'

const DAY_BEGINS_MS = 4 * HOUR_MS
/** The first of January 1970 was a Thursday. */
const FIRST_WEEKDAY = 4
/** Distances from UTC that are remembered; ten years of days. */
const REMEMBERED_DAYS = 3660

export interface LocalDays {
  /** Number of the day that `at` belongs to. */
  dayOf(at: number): number
  /** When a day begins; epoch milliseconds. */
  beginningOf(day: number): number
}

/** 0 for Sunday to 6 for Saturday. */
export function weekdayOf(day: number): number {
  return (((day + FIRST_WEEKDAY) % 7) + 7) % 7
}

const zones = new Map<string, LocalDays>()

/** The days of a time zone such as `Europe/Berlin`. One that is not known counts as UTC. */
export function localDays(timeZone: string): LocalDays {
  const known = zones.get(timeZone)
  if (known) return known
  const days = createDays(timeZone)
  zones.set(timeZone, days)
  return days
}

function createDays(timeZone: string): LocalDays {
  const offsets = new Map<number, number>()
  const format = offsetFormat(timeZone)
  const offsetOf = (utcDay: number) => {
    let offset = offsets.get(utcDay)
    if (offset === undefined) {
      if (offsets.size > REMEMBERED_DAYS) offsets.clear()
      offset = readOffset(format, utcDay * DAY_MS)
      offsets.set(utcDay, offset)
    }
    return offset
  }
  return {
    dayOf: (at) => Math.floor((at + offsetOf(Math.floor(at / DAY_MS)) - DAY_BEGINS_MS) / DAY_MS),
    beginningOf: (day) => day * DAY_MS + DAY_BEGINS_MS - offsetOf(day),
  }
}

function offsetFormat(timeZone: string): Intl.DateTimeFormat {
  const options = { timeZoneName: 'longOffset', year: 'numeric' } as const
  try {
    return new Intl.DateTimeFormat('en-US', { ...options, timeZone })
  } catch {
    return new Intl.DateTimeFormat('en-US', { ...options, timeZone: 'UTC' })
  }
}

/** Milliseconds that local time is ahead of UTC, from text such as `2026, GMT+05:30`. */
function readOffset(format: Intl.DateTimeFormat, at: number): number {
  const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(format.format(at)) ?? []
  if (!sign) return 0
  return (sign === '-' ? -1 : 1) * (Number(hours) * HOUR_MS + Number(minutes) * (HOUR_MS / 60))
}
