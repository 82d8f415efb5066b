/** A person's days: how much of a window was used in each slot of each day, and which days are known well enough to learn from. */

import { DAY_MS } from '../lib/clock.ts'
import { USED_UP_FRACTION, type UsagePoint } from './forecast.ts'
import { type LocalDays, weekdayOf } from './local-days.ts'
import { type Use, useBetween } from './use-between.ts'

/** A span longer than this many slots is filled by the hours that are usual; one longer than a day is not used at all. */
const LONG_SLOTS = 4
/** Days of which less was seen teach nothing. */
const KNOWN_SHARE = 0.6

export interface Activity {
  slotMs: number
  slotsPerDay: number
  /** Number of the first day. */
  firstDay: number
  dayCount: number
  /** Use by slot, all days one after another; slots that are not known hold what is usual then. */
  use: Float64Array
  /** Days to learn from; today is never one. */
  isWhole: Uint8Array
  /** Use by day. */
  totals: Float64Array
  /** Days with any use, and the days that were seen, of those to learn from. */
  activeDays: number
  wholeDays: number
  /** Mean use of an active day. */
  usualTotal: number
}

/**
 * The days until `now`. Points in order of time.
 *
 * Units: `slotMs` divides a day
 */
export function activityOf(
  points: readonly UsagePoint[],
  {
    days,
    now,
    slotMs,
    durationMs,
    dayLimit,
  }: { days: LocalDays; now: number; slotMs: number; durationMs: number; dayLimit: number },
): Activity {
  const slotsPerDay = DAY_MS / slotMs
  const today = days.dayOf(now)
  const firstDay = Math.max(today - dayLimit, points.length > 0 ? days.dayOf(points[0]!.at) : today)
  const dayCount = today - firstDay + 1
  const use = new Float64Array(dayCount * slotsPerDay)
  const seen = new Float64Array(dayCount * slotsPerDay)
  const slotOf = slotFinder(days, firstDay, slotMs, slotsPerDay)
  const long: Use[] = []
  for (let index = 1; index < points.length; index++) {
    for (const span of useBetween(points[index - 1]!, points[index]!, durationMs)) {
      if (!span.isKnown) continue
      const isLong = span.fraction > 0 && span.until - span.from > LONG_SLOTS * slotMs
      if (!isLong) spread(span, { use, seen, slotOf, slotMs })
      else if (span.until - span.from <= DAY_MS) long.push(span)
    }
  }
  const usual = usualDay(use, seen, { firstDay, slotsPerDay })
  for (const span of long) spreadAsUsual(span, { use, seen, slotOf, slotMs, usual, slotsPerDay, firstDay })
  return whole({ slotMs, slotsPerDay, firstDay, dayCount, use, seen, today })
}

type SlotOf = (at: number) => number

function slotFinder(days: LocalDays, firstDay: number, slotMs: number, slotsPerDay: number): SlotOf {
  let day = Number.NaN
  let begins = 0
  let ends = 0
  return (at) => {
    if (!(at >= begins && at < ends)) {
      day = days.dayOf(at)
      begins = days.beginningOf(day)
      ends = days.beginningOf(day + 1)
    }
    const slot = Math.min(slotsPerDay - 1, Math.max(0, Math.floor((at - begins) / slotMs)))
    return (day - firstDay) * slotsPerDay + slot
  }
}

interface Slots {
  use: Float64Array
  seen: Float64Array
  slotOf: SlotOf
  slotMs: number
}

/** Shares a span's use among its slots by the time that each has of it. */
function spread(span: Use, { use, seen, slotOf, slotMs }: Slots): void {
  const length = span.until - span.from
  if (length <= 0) {
    const slot = slotOf(span.until)
    if (slot >= 0 && slot < use.length) use[slot]! += span.fraction
    return
  }
  for (let at = span.from; at < span.until; ) {
    const end = Math.min(span.until, (Math.floor(at / slotMs) + 1) * slotMs)
    const slot = slotOf(at)
    if (slot >= 0 && slot < use.length) {
      use[slot]! += (span.fraction * (end - at)) / length
      seen[slot]! += (end - at) / slotMs
    }
    at = end
  }
}

/** The mean use by slot of a working day and, after it, of a day at the weekend. */
function usualDay(
  use: Float64Array,
  seen: Float64Array,
  { firstDay, slotsPerDay }: { firstDay: number; slotsPerDay: number },
): Float64Array {
  const sums = new Float64Array(2 * slotsPerDay)
  const counts = new Float64Array(2 * slotsPerDay)
  for (let slot = 0; slot < use.length; slot++) {
    if (seen[slot]! < KNOWN_SHARE) continue
    const bin = usualSlot(slot, { firstDay, slotsPerDay })
    sums[bin]! += use[slot]!
    counts[bin]! += 1
  }
  for (let bin = 0; bin < sums.length; bin++) sums[bin] = counts[bin]! > 0 ? sums[bin]! / counts[bin]! : 0
  return sums
}

function usualSlot(slot: number, { firstDay, slotsPerDay }: { firstDay: number; slotsPerDay: number }): number {
  const weekday = weekdayOf(firstDay + Math.floor(slot / slotsPerDay))
  return (slot % slotsPerDay) + (weekday === 0 || weekday === 6 ? slotsPerDay : 0)
}

/** Shares a long span's use as the hours of other days have it; evenly where those know of none. */
function spreadAsUsual(
  span: Use,
  { usual, slotsPerDay, firstDay, ...slots }: Slots & { usual: Float64Array; slotsPerDay: number; firstDay: number },
): void {
  const { use, seen, slotOf, slotMs } = slots
  const inside: number[] = []
  for (let at = span.from; at < span.until; at += slotMs) {
    const slot = slotOf(at)
    if (slot >= 0 && slot < use.length) inside.push(slot)
  }
  const weights = inside.map((slot) => usual[usualSlot(slot, { firstDay, slotsPerDay })]!)
  const sum = weights.reduce((total, weight) => total + weight, 0)
  if (sum <= 0) {
    spread(span, slots)
    return
  }
  inside.forEach((slot, index) => {
    use[slot]! += (span.fraction * weights[index]!) / sum
    seen[slot] = 1
  })
}

function whole({
  today,
  seen,
  ...activity
}: Pick<Activity, 'slotMs' | 'slotsPerDay' | 'firstDay' | 'dayCount' | 'use'> & {
  today: number
  seen: Float64Array
}): Activity {
  const { use, slotsPerDay, firstDay, dayCount } = activity
  const usual = usualDay(use, seen, activity)
  const isWhole = new Uint8Array(dayCount)
  const totals = new Float64Array(dayCount)
  let activeDays = 0
  let wholeDays = 0
  let sum = 0
  for (let day = 0; day < dayCount; day++) {
    let known = 0
    for (let slot = day * slotsPerDay; slot < (day + 1) * slotsPerDay; slot++) {
      if (seen[slot]! >= KNOWN_SHARE) known++
      else if (firstDay + day !== today) use[slot] = Math.max(use[slot]!, usual[usualSlot(slot, activity)]!)
      totals[day]! += use[slot]!
    }
    if (firstDay + day === today || known < KNOWN_SHARE * slotsPerDay) continue
    isWhole[day] = 1
    wholeDays++
    sum += totals[day]!
    if (totals[day]! >= 1 - USED_UP_FRACTION) activeDays++
  }
  const usualTotal = Math.max(1e-6, sum / Math.max(1, activeDays))
  return { ...activity, isWhole, totals, activeDays, wholeDays, usualTotal }
}
