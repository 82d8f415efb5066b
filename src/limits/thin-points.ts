/** Which readings are kept, and for how long: all of two weeks, the last of each hour of 90 days, the last of each day of two years. */

import type { UsagePoint } from '../forecast/forecast.ts'
import { DAY_MS, HOUR_MS } from '../lib/clock.ts'

export const FULL_KEPT_MS = 14 * DAY_MS
export const HOURS_KEPT_MS = 90 * DAY_MS
export const DAYS_KEPT_MS = 2 * 365 * DAY_MS

/** The last point of every whole span, at its own time, with the highest use of the span. Points in order of time. */
export function lastOfEach(points: readonly UsagePoint[], spanMs: number): UsagePoint[] {
  const kept: UsagePoint[] = []
  let span = Number.NaN
  for (const point of points) {
    const own = Math.floor(point.at / spanMs)
    const last = own === span ? kept.pop() : undefined
    kept.push({ ...point, highestFraction: Math.max(point.highestFraction, last?.highestFraction ?? 0) })
    span = own
  }
  return kept
}

/** Points that say nothing new go: those between two others that name the same use and the same reset. */
export function withoutRepeats(points: readonly UsagePoint[]): UsagePoint[] {
  return points.filter((point, index) => {
    const before = points[index - 1]
    const after = points[index + 1]
    return !before || !after || !isSame(before, point) || !isSame(point, after)
  })
}

function isSame(one: UsagePoint, other: UsagePoint): boolean {
  return (
    one.usedFraction === other.usedFraction &&
    one.highestFraction === other.highestFraction &&
    one.resetsAt === other.resetsAt
  )
}

/** The history as it is kept at `now`: hours of what is older than two weeks, everything of what is not. */
export function thinned(points: readonly UsagePoint[], now: number): UsagePoint[] {
  const full = now - FULL_KEPT_MS
  const first = points.findIndex(({ at }) => at >= full)
  const split = first < 0 ? points.length : first
  const old = points.slice(0, split).filter(({ at }) => at >= now - HOURS_KEPT_MS)
  return [...withoutRepeats(lastOfEach(old, HOUR_MS)), ...withoutRepeats(points.slice(split))]
}
