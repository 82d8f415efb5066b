/** Replays histories: at moments of the past a forecast is made from what was known then, and scored with what came. */

import type { Forecast, PastScore } from '../../forecast/forecast.ts'
import { foretell } from '../../forecast/foretell.ts'
import { type Score, scoreOf } from '../../forecast/score.ts'
import { DAY_MS, HOUR_MS } from '../../lib/clock.ts'
import { thinned } from '../../limits/thin-points.ts'
import type { Cycle, ReplayedWindow, WindowKind } from './invented-history.ts'
import { seededChance } from './invented-person.ts'

/** Between two forecasts of a window. */
const STEP_MS: Record<WindowKind, number> = { session: 4 * HOUR_MS, weekly: 11 * HOUR_MS }
/** Scores of a window that its band is set by. */
const SCORES_HEARD = 60

export interface ReplayedForecast {
  window: ReplayedWindow
  madeAt: number
  durationMs: number
  forecast: Forecast
  score: Score | null
  /** Time that it took; milliseconds. */
  tookMs: number
}

/** Forecasts of a window from its first day on, each scored. */
export function replay(window: ReplayedWindow, seed: number): ReplayedForecast[] {
  const chance = seededChance(seed)
  const made: ReplayedForecast[] = []
  const open: { score: Score; resetsAt: number }[] = []
  const past: boolean[] = []
  const { points, cycles, durationMs, timeZone } = window
  let from = points[0]?.at ?? 0
  for (let index = 0; index < points.length; index++) {
    const point = points[index]!
    if (point.at < from) continue
    from = point.at + STEP_MS[window.kind] * (0.5 + chance())
    for (let first = open[0]; first && first.resetsAt <= point.at; first = open[0]) {
      if (first.score.isInBand !== null) past.push(first.score.isInBand)
      open.shift()
    }
    const cycle = cycleOf(cycles, point)
    if (!cycle || point.usedFraction === 0 || cycle.resetsAt > points[points.length - 1]!.at) continue
    const history = thinned(points.slice(0, index + 1), point.at)
    const startedAt = performance.now()
    const forecast = foretell({
      window: { ...point, durationMs },
      points: history,
      now: point.at,
      timeZone,
      past: pastScore(past),
    })
    const tookMs = performance.now() - startedAt
    const score = scoreOf(forecast, cycle)
    made.push({ window, madeAt: point.at, durationMs, forecast, score, tookMs })
    if (score) open.push({ score, resetsAt: cycle.resetsAt })
  }
  return made
}

function cycleOf(cycles: readonly Cycle[], { resetsAt }: { resetsAt: number | null }): Cycle | undefined {
  return resetsAt === null ? undefined : cycles.find((cycle) => cycle.resetsAt === resetsAt)
}

function pastScore(past: readonly boolean[]): PastScore {
  const heard = past.slice(-SCORES_HEARD)
  return { scored: heard.length, inBand: heard.filter(Boolean).length }
}

export interface ReplaySummary {
  forecasts: number
  notEnough: number
  /** Bands that named an hour, and those that held. */
  bands: number
  held: number
  /** Forecasts that say "lasts" without a band, and those that did last. */
  firm: number
  firmRight: number
  /** Mean and median distance in milliseconds, and the straight line's. */
  error: { mean: number; median: number }
  linear: { mean: number; median: number }
  right: number
  slowestMs: number
  medianMs: number
}

export function summarize(made: readonly ReplayedForecast[]): ReplaySummary {
  const scores = made.flatMap(({ score }) => score ?? [])
  const bands = scores.filter(({ isInBand }) => isInBand !== null)
  const firm = scores.filter(({ isInBand }) => isInBand === null)
  const took = made.map(({ tookMs }) => tookMs)
  return {
    forecasts: made.length,
    notEnough: made.filter(({ forecast }) => forecast.kind === 'not_enough').length,
    bands: bands.length,
    held: bands.filter(({ isInBand }) => isInBand).length,
    firm: firm.length,
    firmRight: firm.filter(({ isRight }) => isRight).length,
    error: middle(scores.map(({ errorMs }) => errorMs)),
    linear: middle(scores.map(({ linearErrorMs }) => linearErrorMs)),
    right: scores.filter(({ isRight }) => isRight).length,
    slowestMs: Math.max(0, ...took),
    medianMs: middle(took).median,
  }
}

function middle(values: number[]): { mean: number; median: number } {
  const sorted = [...values].sort((a, b) => a - b)
  const mean = sorted.reduce((sum, value) => sum + value, 0) / Math.max(1, sorted.length)
  return { mean, median: sorted[Math.floor(sorted.length / 2)] ?? 0 }
}

export const REPLAY_DAYS = 120
export const REPLAY_START = Date.UTC(2026, 2, 2) - (Date.UTC(2026, 2, 2) % DAY_MS)
