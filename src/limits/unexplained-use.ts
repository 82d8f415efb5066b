/**
 * Sets what CLIs of the known machines noted against what the provider counted. What one token costs of a window is not
 * published, so it is learned from hours in which both are known, with an honest margin. Pure.
 */

import type { UsagePoint } from '../forecast/forecast.ts'
import { useBetween } from '../forecast/use-between.ts'
import { HOUR_MS } from '../lib/clock.ts'

/** Tokens of an hour that CLIs noted. */
export interface NotedHour {
  at: number
  inputTokens: number
  cachedTokens: number
  outputTokens: number
}

/** What can be said of the present span of a window. Shares of the whole window. */
export type UnexplainedUse =
  /** `no_transcripts`: nothing of this account was noted; `short_history`: too few hours to learn from; `nothing_used`. */
  | { kind: 'cannot_tell'; why: 'no_transcripts' | 'short_history' | 'nothing_used' }
  /** `low` is certain within the margin, `high` the most that it may be. */
  | { kind: 'elsewhere'; low: number; high: number }
  /** All of it may well have come from here; up to `high` may not. */
  | { kind: 'explained'; high: number }

export interface UnexplainedRequest {
  points: readonly UsagePoint[]
  hours: readonly NotedHour[]
  durationMs: number
  /** From when on transcripts of this account were counted; epoch milliseconds. */
  countedSince: number
  now: number
  /** The reset that is ahead. */
  resetsAt: number
}

/** What tokens weigh against each other: about the proportion of their prices. */
const WEIGHT = { input: 1, cached: 0.1, output: 5 }
/** Hours with both tokens and use that are needed to learn from. */
const FEWEST_HOURS = 12
/** Whole percents are told: less than this may be rounding. */
const ROUNDING = 0.02

/** What was used elsewhere: another machine, the web, an app. */
export function unexplainedUse({
  points,
  hours,
  durationMs,
  countedSince,
  now,
  resetsAt,
}: UnexplainedRequest): UnexplainedUse {
  if (hours.length === 0) return { kind: 'cannot_tell', why: 'no_transcripts' }
  const weights = new Map(hours.map((hour) => [hour.at, weightOf(hour)]))
  const used = useByHour(points, durationMs)
  const startedAt = Math.max(resetsAt - durationMs, countedSince)
  let here = 0
  let spent = 0
  let silent = 0
  for (const [hour, fraction] of used) {
    if (hour < startedAt - HOUR_MS || hour > now) continue
    spent += fraction
    here += weights.get(hour) ?? 0
    // What was noted just before or after may still be its cause: readings and clocks are some minutes apart.
    if (![hour - HOUR_MS, hour, hour + HOUR_MS].some((at) => (weights.get(at) ?? 0) > 0)) silent += fraction
  }
  if (spent < ROUNDING) return { kind: 'cannot_tell', why: 'nothing_used' }
  const price = pricePerToken(used, weights)
  if (price === null && silent <= ROUNDING) return { kind: 'cannot_tell', why: 'short_history' }
  const low = Math.max(silent, price === null ? 0 : spent - here * price.high) - ROUNDING
  const high = Math.min(spent, price === null ? spent : Math.max(silent, spent - here * price.low) + ROUNDING)
  return low > 0 ? { kind: 'elsewhere', low: Math.min(low, high), high } : { kind: 'explained', high }
}

function weightOf({ inputTokens, cachedTokens, outputTokens }: NotedHour): number {
  return inputTokens * WEIGHT.input + cachedTokens * WEIGHT.cached + outputTokens * WEIGHT.output
}

/** Use by the hour; spans longer than two hours say nothing of an hour. */
function useByHour(points: readonly UsagePoint[], durationMs: number): Map<number, number> {
  const used = new Map<number, number>()
  for (let index = 1; index < points.length; index++) {
    for (const { from, until, fraction, isKnown } of useBetween(points[index - 1]!, points[index]!, durationMs)) {
      if (!isKnown || fraction <= 0 || until - from > 2 * HOUR_MS) continue
      const hour = Math.floor((from + until) / 2 / HOUR_MS) * HOUR_MS
      used.set(hour, (used.get(hour) ?? 0) + fraction)
    }
  }
  return used
}

/**
 * What a token of weight 1 costs of the window, from days with both. Use from elsewhere only makes it look dearer, so that
 * what is said to be certain stays so.
 */
function pricePerToken(
  used: ReadonlyMap<number, number>,
  weights: ReadonlyMap<number, number>,
): { low: number; high: number } | null {
  // Four hours together: whole percents are too coarse for one.
  const spans = new Map<number, { fraction: number; weight: number }>()
  for (const [hour, weight] of weights) {
    const span = Math.floor(hour / (4 * HOUR_MS))
    const sum = spans.get(span) ?? { fraction: 0, weight: 0 }
    spans.set(span, { fraction: sum.fraction + (used.get(hour) ?? 0), weight: sum.weight + weight })
  }
  const prices = [...spans.values()]
    .filter(({ fraction, weight }) => fraction >= ROUNDING / 2 && weight > 0)
    .map(({ fraction, weight }) => fraction / weight)
    .sort((left, right) => left - right)
  if (prices.length < FEWEST_HOURS) return null
  return { low: prices[Math.floor(prices.length * 0.1)]!, high: prices[Math.floor(prices.length * 0.9)]! }
}
