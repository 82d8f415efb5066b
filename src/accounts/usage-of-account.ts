/** Makes what is stored of an account's limits into what is known of them now. Pure. */

import type { UsageFacts } from '../db/account-facts-store.ts'
import type { ExtraUsage, UsageCredits, UsageWindow, WindowKind } from '../usage/usage-reading.ts'

/**
 * How a window will come out, as foretold when it was last read: the middle, and a band that holds in four of five cases.
 * Instants in epoch milliseconds; `earliest` of `lasts` where it may run out after all, `latest` null where it may last.
 */
export type WindowForecast =
  | { kind: 'lasts'; earliest: number | null }
  | { kind: 'runs_out'; at: number; earliest: number; latest: number | null }

/** A window as it is known now: what was read of a span that has ended since is not known any more. */
export interface WindowOfAccount extends UsageWindow {
  /** The share that an even pace would have used by now; null where the window does not say when it began. */
  evenPaceFraction: number | null
  /** Null when there is not enough data, or nothing was foretold. */
  forecast: WindowForecast | null
}

/** What is known of an account's limits. Instants in epoch milliseconds. */
export interface UsageOfAccount {
  /** The tightest first, unknown ones last. */
  windows: WindowOfAccount[]
  /** Of the last good reading; null before the first. */
  readAt: number | null
  nextReadAt: number | null
  /** Stable code of why the last reading failed; null after a good one. */
  failure: string | null
  credits: UsageCredits | null
  extraUsage: ExtraUsage | null
}

/**
 * The limits of an account.
 *
 * Shape:  facts of one account, `now` in epoch milliseconds → windows with the tightest first
 * Errors: none; total
 */
export function usageOfAccount({ state, windows }: UsageFacts, now: number): UsageOfAccount {
  const kept = state.credits as { credits: UsageCredits | null; extraUsage: ExtraUsage | null } | null
  return {
    windows: windows.map((window) => windowNow(window, now)).sort(byTightness),
    readAt: state.readAt,
    nextReadAt: state.nextReadAt,
    failure: state.failureCode,
    credits: kept?.credits ?? null,
    extraUsage: kept?.extraUsage ?? null,
  }
}

function windowNow(window: UsageFacts['windows'][number], now: number): WindowOfAccount {
  const { windowId, kind, label, scope, durationMs, usedFraction, resetsAt, isActive, forecast } = window
  const named = { id: windowId, kind: kind as WindowKind, label, scope, durationMs, isActive: Boolean(isActive) }
  // The span that this was read in is over, and nobody has looked since.
  if (resetsAt !== null && resetsAt <= now) {
    return { ...named, usedFraction: null, resetsAt: null, evenPaceFraction: null, forecast: null }
  }
  return {
    ...named,
    usedFraction,
    resetsAt,
    evenPaceFraction: evenPace(durationMs, resetsAt, now),
    // What is used up needs no forecast.
    forecast: usedFraction !== null && usedFraction >= 0.995 ? null : told(forecast, now),
  }
}

function evenPace(durationMs: number | null, resetsAt: number | null, now: number): number | null {
  if (durationMs === null || resetsAt === null) return null
  return Math.min(1, Math.max(0, 1 - (resetsAt - now) / durationMs))
}

/** A forecast whose hour has passed without it is over. */
function told(forecast: UsageFacts['windows'][number]['forecast'], now: number): WindowForecast | null {
  if (forecast === null) return null
  const [at, early, latest] = forecast
  const earliest = early === null ? null : Math.max(now, early)
  if (at === null) return { kind: 'lasts', earliest }
  return at > now && (latest === null || latest > now)
    ? { kind: 'runs_out', at, earliest: earliest ?? at, latest }
    : null
}

function byTightness(left: WindowOfAccount, right: WindowOfAccount): number {
  if (left.isActive !== right.isActive) return left.isActive ? -1 : 1
  return (right.usedFraction ?? -1) - (left.usedFraction ?? -1)
}
