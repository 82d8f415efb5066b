/**
 * What the rest of a window may be like: many courses, each put together of days that this account has had. The first piece
 * comes from moments like the present one, the days after it from days like those to come.
 */

import { HOUR_MS, MINUTE_MS } from '../lib/clock.ts'
import type { Activity } from './activity.ts'
import { type LocalDays, weekdayOf } from './local-days.ts'

const COURSES = 240
/** Older days count for less: half as much after this many. */
const HALF_LIFE_DAYS = 28
/** What a day counts for that is not the same day of the week, and one of the other kind: work or weekend. */
const OTHER_WEEKDAY = 0.4
const OTHER_KIND = 0.04
/** How far from the present time of day a like moment may be; milliseconds. */
const SHIFT_MS = 90 * MINUTE_MS
/** How alike: the smaller, the fewer moments count. In shares of a usual day, after the square root. */
const RECENT_WIDTH = 0.25
const TODAY_WIDTH = 0.35
/** A day that follows one as busy as its own forerunner is likelier by this much. */
const OTHER_PACE = 0.35
/**
 * By the length of a slot: the span before now by which moments are alike; how far the present pace carries over (1: wholly);
 * and how much busier or idler than history a course may be, as a spread of its logarithm.
 */
const BY_QUARTER = { recentMs: HOUR_MS, carry: 1, drift: 0.34 }
const BY_HOUR = { recentMs: 3 * HOUR_MS, carry: 0.3, drift: 0.36 }
/** Paces are compared with this share of a usual day added, so that idle moments are not infinitely idler than others. */
const PACE_FLOOR = 0.03
/** Whole percents are read: the use may be more or less than it by this. */
const ROUNDING = 0.0075
/** More of it where few weeks are known. */
const DRIFT_OF_A_WEEK = 0.35

export interface Ahead {
  activity: Activity
  days: LocalDays
  now: number
  /** The reset; epoch milliseconds. */
  until: number
}

/** A moment, counted in slots from the first day on. */
type Position = number

/**
 * When each course has used `remaining`, in order of time; Infinity where it has not by the reset. The courses do not depend on
 * `remaining`, so that less of it is never later.
 */
export function runOutTimes(ahead: Ahead, remaining: number): Float64Array {
  const { activity } = ahead
  const sums = prefixSums(activity.use)
  const moments = likeMoments(ahead, sums)
  const followers = createFollowers(activity)
  const chance = createChance()
  const times = new Float64Array(COURSES)
  const drift = Math.hypot(horizonOf(activity).drift, DRIFT_OF_A_WEEK / Math.sqrt(Math.max(1, activity.wholeDays / 7)))
  for (let course = 0; course < COURSES; course++) {
    const share = (course * 0.6180339887 + 0.5 / COURSES) % 1
    const pace = Math.exp(drift * 0.55 * Math.log(share / (1 - share)))
    const rounding = ROUNDING * (2 * ((course * 0.7548776662) % 1) - 1)
    const first = pick(moments.weights, (course + 0.5) / COURSES)
    const start = moments.positions[first]!
    const momentum = moments.momenta[first]!
    times[course] = walk(
      { ...ahead, sums, start, pace, momentum, followers, chance },
      Math.max(1e-4, remaining + rounding),
    )
  }
  return times.sort()
}

function horizonOf({ slotMs }: Activity): typeof BY_HOUR {
  return slotMs < HOUR_MS ? BY_QUARTER : BY_HOUR
}

function prefixSums(use: Float64Array): Float64Array {
  const sums = new Float64Array(use.length + 1)
  for (let slot = 0; slot < use.length; slot++) sums[slot + 1] = sums[slot]! + use[slot]!
  return sums
}

/** Earlier moments at about this time of day, and how much each is like now (weights summed up). */
function likeMoments(
  { activity, days, now }: Ahead,
  sums: Float64Array,
): { positions: Position[]; momenta: number[]; weights: Float64Array } {
  const { firstDay, dayCount, slotsPerDay, slotMs, isWhole } = activity
  const today = dayCount - 1
  const ofDay = Math.min(slotsPerDay, (now - days.beginningOf(firstDay + today)) / slotMs)
  const present = today * slotsPerDay + ofDay
  const usual = activity.usualTotal
  const { recentMs, carry } = horizonOf(activity)
  const recentSlots = recentMs / slotMs
  const like = (position: Position) => ({
    recent: Math.sqrt(Math.max(0, sumAt(sums, position) - sumAt(sums, position - recentSlots)) / usual),
    day: Math.sqrt(
      Math.max(0, sumAt(sums, position) - sumAt(sums, Math.floor(position / slotsPerDay) * slotsPerDay)) / usual,
    ),
  })
  const here = like(present)
  const shifts = Math.round(SHIFT_MS / slotMs)
  const positions: Position[] = []
  const weights: number[] = []
  const momenta: number[] = []
  let total = 0
  for (let day = 0; day < today; day++) {
    if (!isWhole[day]) continue
    const ofKind = kindWeight(firstDay + day, firstDay + today) * recency(today - day)
    for (let shift = -shifts; shift <= shifts; shift++) {
      const position = day * slotsPerDay + ofDay + shift
      if (position < day * slotsPerDay || position >= (day + 1) * slotsPerDay) continue
      const there = like(position)
      const distance =
        Math.abs(there.recent - here.recent) / RECENT_WIDTH +
        Math.abs(there.day - here.day) / TODAY_WIDTH +
        Math.abs(shift) / (shifts + 1)
      total += ofKind * Math.exp(-distance) + 1e-9
      positions.push(position)
      momenta.push(((here.recent ** 2 + PACE_FLOOR) / (there.recent ** 2 + PACE_FLOOR)) ** carry)
      weights.push(total)
    }
  }
  return { positions, momenta, weights: Float64Array.from(weights) }
}

function kindWeight(day: number, other: number): number {
  const a = weekdayOf(day)
  const b = weekdayOf(other)
  if (a === b) return 1
  return isWeekend(a) === isWeekend(b) ? OTHER_WEEKDAY : OTHER_KIND
}

function isWeekend(weekday: number): boolean {
  return weekday === 0 || weekday === 6
}

function recency(age: number): number {
  return 2 ** (-age / HALF_LIFE_DAYS)
}

/** The sum up to a position between slots. */
function sumAt(sums: Float64Array, position: Position): number {
  if (position <= 0) return 0
  const slot = Math.min(sums.length - 1, Math.floor(position))
  const next = Math.min(sums.length - 1, slot + 1)
  return sums[slot]! + (sums[next]! - sums[slot]!) * (position - slot)
}

/** For a weekday to come and the pace of the day before it: which days may be like it. */
type Followers = (day: number, pace: number) => { days: number[]; weights: Float64Array }

const PACES = 3

function createFollowers(activity: Activity): Followers {
  const { firstDay, dayCount, isWhole } = activity
  const today = dayCount - 1
  const made = new Map<number, { days: number[]; weights: Float64Array }>()
  return (day, pace) => {
    const key = weekdayOf(day) * PACES + pace
    const known = made.get(key)
    if (known) return known
    const days: number[] = []
    const weights: number[] = []
    let total = 0
    for (let candidate = 0; candidate < today; candidate++) {
      if (!isWhole[candidate]) continue
      const before = candidate > 0 && isWhole[candidate - 1] ? paceOf(activity, candidate - 1) : pace
      total +=
        kindWeight(firstDay + candidate, day) * recency(today - candidate) * OTHER_PACE ** Math.abs(before - pace) +
        1e-9
      days.push(candidate)
      weights.push(total)
    }
    const followers = { days, weights: Float64Array.from(weights) }
    made.set(key, followers)
    return followers
  }
}

/** 0 idle, 1 usual, 2 busy. */
function paceOf(activity: Activity, day: number): number {
  const share = activity.totals[day]! / activity.usualTotal
  return share < 0.1 ? 0 : share < 1 ? 1 : 2
}

/** The index of the weight that `share` of the sum falls on. */
function pick(weights: Float64Array, share: number): number {
  const wanted = share * weights[weights.length - 1]!
  let low = 0
  let high = weights.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (weights[middle]! < wanted) low = middle + 1
    else high = middle
  }
  return low
}

/** The same numbers every time, so that a forecast changes only with what it is made from. */
function createChance(): () => number {
  let state = 0x9e3779b9
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

interface Course extends Ahead {
  sums: Float64Array
  start: Position
  pace: number
  /** How much busier the present is than the like moment. */
  momentum: number
  followers: Followers
  chance: () => number
}

/** Follows one course until `remaining` is used or the window is reset. */
function walk(course: Course, remaining: number): number {
  const { activity, days, now, until, sums, pace, followers, chance } = course
  const { slotsPerDay, slotMs, firstDay } = activity
  let today = firstDay + activity.dayCount - 1
  let left = remaining / pace
  let factor = course.momentum
  let piece = course.start
  let like = Math.floor(piece / slotsPerDay)
  for (let at = now; at < until; ) {
    const ends = Math.min(until, days.beginningOf(today + 1))
    const last = Math.min((like + 1) * slotsPerDay, piece + (ends - at) / slotMs)
    const used = (sumAt(sums, last) - sumAt(sums, piece)) * factor
    if (used >= left)
      return Math.min(ends, at + (positionOf(sums, sumAt(sums, piece) + left / factor) - piece) * slotMs)
    left -= used
    factor = 1
    at = ends
    today++
    const { days: candidates, weights } = followers(today, paceOf(activity, like))
    like = candidates[pick(weights, chance())]!
    piece = like * slotsPerDay
  }
  return Number.POSITIVE_INFINITY
}

/** Where the sum reaches `wanted`. */
function positionOf(sums: Float64Array, wanted: number): Position {
  let low = 0
  let high = sums.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (sums[middle]! < wanted) low = middle + 1
    else high = middle
  }
  if (low === 0) return 0
  const step = sums[low]! - sums[low - 1]!
  return step > 0 ? low - 1 + (wanted - sums[low - 1]!) / step : low
}
