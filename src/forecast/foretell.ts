/** Foretells the rest of a usage window from the account's own history. Pure: the same readings give the same forecast. */

import { DAY_MS, HOUR_MS, MINUTE_MS } from '../lib/clock.ts'
import { type Activity, activityOf } from './activity.ts'
import { bandOf, courseShare, halfwayTo } from './band.ts'
import {
  type Forecast,
  type NotEnough,
  type PastScore,
  USED_UP_FRACTION,
  type UsagePoint,
  type WindowNow,
} from './forecast.ts'
import { evenPaceFraction, linearAt } from './linear-rule.ts'
import { localDays } from './local-days.ts'
import { runOutTimes } from './possible-days.ts'

/** Windows up to this span are looked at by the quarter of an hour, longer ones by the hour. */
const SHORT_WINDOW_MS = 12 * HOUR_MS
/** How far back each looks; days. */
const SHORT_HISTORY_DAYS = 42
const LONG_HISTORY_DAYS = 90
/** Less was read than this: nobody's working hours can be told from it. */
const FEWEST_DAYS = { short: 5, long: 8 }
const FEWEST_ACTIVE_DAYS = { short: 3, long: 3 }

export interface ForecastRequest {
  window: WindowNow
  /** Readings of this window until now, in order of time. */
  points: readonly UsagePoint[]
  now: number
  /** Where the person's day is, such as `Europe/Berlin`. */
  timeZone: string
  past?: PastScore
}

/** What will happen until the reset, with a band that is to hold in four of five cases. */
export function foretell({
  window,
  points,
  now,
  timeZone,
  past = { scored: 0, inBand: 0 },
}: ForecastRequest): Forecast {
  const measures = { linearAt: linearAt(window, now), evenPaceFraction: evenPaceFraction(window, now) }
  const { usedFraction, resetsAt, durationMs } = window
  if (usedFraction === null || !Number.isFinite(usedFraction)) return { ...notEnough('use_unknown'), ...measures }
  if (resetsAt === null || durationMs === null || !(durationMs > 0)) return { ...notEnough('not_started'), ...measures }
  if (resetsAt <= now) return { ...notEnough('reset_passed'), ...measures }
  if (usedFraction >= USED_UP_FRACTION) return { kind: 'used_up', ...measures }
  const isShort = durationMs <= SHORT_WINDOW_MS
  const days = localDays(timeZone)
  const activity = activityOf(points, {
    days,
    now,
    durationMs,
    slotMs: isShort ? 15 * MINUTE_MS : HOUR_MS,
    dayLimit: isShort ? SHORT_HISTORY_DAYS : LONG_HISTORY_DAYS,
  })
  if (!isEnough(activity, isShort ? 'short' : 'long')) return { ...notEnough('short_history'), ...measures }
  const ahead = { activity, days, now, until: Math.min(resetsAt, now + 62 * DAY_MS) }
  const outlook = bandOf(runOutTimes(ahead, 1 - usedFraction), courseShare(past))
  return { ...halfwayTo(measures.linearAt ?? resetsAt, outlook), ...measures }
}

function notEnough(why: NotEnough): { kind: 'not_enough'; why: NotEnough } {
  return { kind: 'not_enough', why }
}

function isEnough({ wholeDays, activeDays }: Activity, kind: 'short' | 'long'): boolean {
  return wholeDays >= FEWEST_DAYS[kind] && activeDays >= FEWEST_ACTIVE_DAYS[kind]
}
