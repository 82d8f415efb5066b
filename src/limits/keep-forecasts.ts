/** Makes forecasts when limits were read, keeps them as they were said, and scores them after the reset. */

import type { AccountsContext } from '../accounts/context.ts'
import {
  countHeldBands,
  type ForecastRow,
  type ForecastScore,
  findLastForecast,
  insertForecast,
  listUnscoredForecasts,
  moveForecastReset,
  scoreForecasts,
} from '../db/forecast-store.ts'
import { listUsagePoints } from '../db/usage-point-store.ts'
import { listUsageWindows, type UsageWindowRow } from '../db/usage-state-store.ts'
import { type Forecast, USED_UP_FRACTION, type UsagePoint } from '../forecast/forecast.ts'
import { foretell } from '../forecast/foretell.ts'
import { scoreOf } from '../forecast/score.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../lib/clock.ts'

const HISTORY_MS = { short: 42 * DAY_MS, long: 91 * DAY_MS }
const SHORT_WINDOW_MS = 12 * HOUR_MS
/** A forecast stands this long while the use moves, unless it moves by a step; milliseconds. */
const STANDS_MS = { short: 20 * MINUTE_MS, long: 2 * HOUR_MS }
/** And this long while nothing is used. */
const STANDS_IDLE_MS = 6 * HOUR_MS
const STEP_FRACTION = 0.05
/** Resets that differ by less are the same. */
const SAME_RESET_MS = 10 * MINUTE_MS
/** A window whose end nobody saw from nearer than this cannot be scored: the share of its span, and the least; milliseconds. */
const UNSEEN_SHARE = 0.05
const UNSEEN_MS = 30 * MINUTE_MS
/** Newest scores that a band is set by. */
const SCORES_HEARD = 60
/** Forecasts that one run scores. */
const SCORED_AT_ONCE = 500

/**
 * Foretells the windows of an account anew where that is due.
 *
 * Shape:  → true when a forecast is new
 * Errors: StoreError
 */
export async function keepForecasts(context: AccountsContext, accountId: string): Promise<boolean> {
  let isNew = false
  for (const window of await listUsageWindows(context.database, accountId)) {
    isNew = (await keepForecast(context, window)) || isNew
  }
  return isNew
}

async function keepForecast(context: AccountsContext, window: UsageWindowRow): Promise<boolean> {
  const { database, clock, system } = context
  const { usedFraction, resetsAt, durationMs } = window
  const now = clock.now()
  if (usedFraction === null || resetsAt === null || durationMs === null || resetsAt <= now) return false
  if (usedFraction >= USED_UP_FRACTION) return false
  const last = await findLastForecast(database, window)
  const isSame = last !== null && Math.abs(last.resetsAt - resetsAt) < SAME_RESET_MS
  if (last && isSame && last.resetsAt !== resetsAt) {
    await moveForecastReset(database, window, { from: last.resetsAt, to: resetsAt })
  }
  if (last && isSame && stillStands(last, { usedFraction, durationMs, now })) return false
  const points = await listUsagePoints(database, window, now - HISTORY_MS[lengthOf(durationMs)])
  const past = await countHeldBands(database, window, SCORES_HEARD)
  const forecast = foretell({ window, points, now, timeZone: system.timeZone, past })
  if (forecast.kind === 'not_enough' || forecast.kind === 'used_up') return false
  await insertForecast(database, {
    ...{ accountId: window.accountId, windowId: window.windowId, madeAt: now, resetsAt, usedFraction },
    ...hoursOf(forecast),
  })
  return true
}

function lengthOf(durationMs: number): 'short' | 'long' {
  return durationMs <= SHORT_WINDOW_MS ? 'short' : 'long'
}

function stillStands(
  last: ForecastRow,
  { usedFraction, durationMs, now }: { usedFraction: number; durationMs: number; now: number },
): boolean {
  const age = now - last.madeAt
  const moved = Math.abs(usedFraction - last.usedFraction)
  // An hour that has passed without it is no forecast any more.
  if (last.earliestAt !== null && last.earliestAt < now) return false
  if (moved >= STEP_FRACTION) return false
  return age < (moved > 0 ? STANDS_MS[lengthOf(durationMs)] : STANDS_IDLE_MS)
}

function hoursOf(forecast: Forecast & { kind: 'lasts' | 'runs_out' }) {
  const { earliest, linearAt } = forecast
  const runsOutAt = forecast.kind === 'runs_out' ? forecast.at : null
  return {
    runsOutAt: whole(runsOutAt),
    earliestAt: whole(earliest),
    latestAt: whole(forecast.kind === 'runs_out' ? forecast.latest : null),
    linearAt: whole(linearAt),
  }
}

function whole(at: number | null): number | null {
  return at === null ? null : Math.round(at)
}

/** Scores forecasts whose window was reset. Errors: StoreError */
export async function scorePastForecasts(context: AccountsContext): Promise<void> {
  const { database, clock } = context
  const now = clock.now()
  const rows = await listUnscoredForecasts(database, { before: now, limit: SCORED_AT_ONCE })
  if (rows.length === 0) return
  const scores: ForecastScore[] = []
  const unknown: number[] = []
  const seen = new Map<string, UsagePoint[]>()
  for (const row of rows) {
    const key = `${row.accountId} ${row.windowId} ${row.resetsAt}`
    const points = seen.get(key) ?? (await listUsagePoints(database, row, row.madeAt - HOUR_MS))
    seen.set(key, points)
    const outcome = outcomeOf(points, row)
    if (outcome === null) unknown.push(row.id)
    else scores.push({ id: row.id, ranOutAt: outcome.ranOutAt, isInBand: scoreOf(asForecast(row), outcome)!.isInBand })
  }
  await scoreForecasts(database, { scores, unknown, now })
}

/**
 * What happened to a window after a forecast of it, as far as it was seen: when it was used up, midway between the readings
 * before and at that. Null where nobody saw its end.
 */
export function outcomeOf(
  points: readonly UsagePoint[],
  { madeAt, resetsAt }: Pick<ForecastRow, 'madeAt' | 'resetsAt'>,
): { ranOutAt: number | null; resetsAt: number } | null {
  const ofWindow = points.filter(
    (point) => point.resetsAt !== null && Math.abs(point.resetsAt - resetsAt) < SAME_RESET_MS && point.at <= resetsAt,
  )
  const first = ofWindow.findIndex(({ at, highestFraction }) => at >= madeAt && highestFraction >= USED_UP_FRACTION)
  const unseen = Math.max(UNSEEN_MS, (resetsAt - madeAt) * UNSEEN_SHARE)
  if (first < 0) {
    const last = ofWindow[ofWindow.length - 1]
    return last && resetsAt - last.at <= unseen ? { ranOutAt: null, resetsAt } : null
  }
  const at = ofWindow[first]!.at
  const before = Math.max(madeAt, ofWindow[first - 1]?.at ?? madeAt)
  return at - before <= 2 * unseen ? { ranOutAt: Math.round((at + before) / 2), resetsAt } : null
}

function asForecast({ runsOutAt, earliestAt, latestAt, linearAt }: ForecastRow): Forecast {
  const measures = { linearAt, evenPaceFraction: null }
  if (runsOutAt === null) return { kind: 'lasts', earliest: earliestAt, ...measures }
  return { kind: 'runs_out', at: runsOutAt, earliest: earliestAt ?? runsOutAt, latest: latestAt, ...measures }
}
