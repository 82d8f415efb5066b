/** Makes what is stored of an account's limits into what is known of them now. Pure. */

import type { UsageFacts } from '../db/account-store.ts'
import type { ExtraUsage, UsageCredits, WindowKind } from '../usage/usage-reading.ts'
import type { UsageOfAccount, WindowForecast, WindowOfAccount } from './account-summary.ts'

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
