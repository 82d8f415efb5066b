/**
 * Reads Codex's usage answer. What a window is follows from its length, never from its place: accounts with a weekly limit
 * alone have it where others have the five hours.
 *
 * Source: source code of openai/codex 2026-08-22; observed 2026-11-22 (codex 0.169.0)
 */

import { DAY_MS, HOUR_MS } from '../lib/clock.ts'
import {
  asAmount,
  asDuration,
  asFlag,
  asIdPart,
  asList,
  asName,
  asObject,
  asResetAfter,
  asResetSeconds,
  fractionOfPercent,
  isObject,
} from './foreign-values.ts'
import {
  distinctWindows,
  type ExtraUsage,
  type UsageCredits,
  type UsageParser,
  type UsageWindow,
  type WindowKind,
} from './usage-reading.ts'

/** Lengths that have a name, with room for a server that rounds. */
const LENGTHS: { kind: WindowKind; fromMs: number; toMs: number }[] = [
  { kind: 'session', fromMs: 4 * HOUR_MS, toMs: 6 * HOUR_MS },
  { kind: 'weekly', fromMs: 6.5 * DAY_MS, toMs: 7.5 * DAY_MS },
  { kind: 'monthly', fromMs: 27 * DAY_MS, toMs: 32 * DAY_MS },
]
/** Only for a window that does not say how long it is. */
const BY_PLACE = { primary_window: 'session', secondary_window: 'weekly' } as const
/** Two names of one plan. Source: source code 2026-08-22 */
const PLAN_ALIASES: Record<string, string> = { hc: 'enterprise', education: 'edu' }

/** Source: source code 2026-08-22; percent from 0 to 100, seconds, `reset_at` in seconds since 1970 */
export const readCodexUsage: UsageParser = (body, now) => {
  if (!isObject(body) || isObject(body.error)) return null
  const plan = asName(body.plan_type)
  if (plan === null && !('rate_limit' in body)) return null
  const additional = asList(body.additional_rate_limits).flatMap((limit) => {
    const { limit_name, metered_feature, rate_limit } = asObject(limit)
    const scope = asName(metered_feature) ?? asName(limit_name)
    return scope === null ? [] : windowsOf(rate_limit, { label: asName(limit_name) ?? scope, scope }, now)
  })
  return {
    readAt: now,
    plan: plan && (Object.hasOwn(PLAN_ALIASES, plan) ? PLAN_ALIASES[plan]! : plan),
    windows: distinctWindows([...windowsOf(body.rate_limit, { label: null, scope: null }, now), ...additional]),
    credits: credits(body.credits),
    extraUsage: spendControl(body.spend_control),
  }
}

function windowsOf(rateLimit: unknown, name: Pick<UsageWindow, 'label' | 'scope'>, now: number): UsageWindow[] {
  const limit = asObject(rateLimit)
  return (['primary_window', 'secondary_window'] as const).flatMap((place) => {
    const window = limit[place]
    if (!isObject(window)) return []
    const durationMs = asDuration(window.limit_window_seconds)
    const kind = durationMs === null ? BY_PLACE[place] : kindOf(durationMs)
    const id = kind === 'other' ? `window_${durationMs! / 1_000}` : kind
    return [
      {
        ...name,
        id: name.scope === null ? id : `${asIdPart(name.scope)}:${id}`,
        kind,
        durationMs,
        usedFraction: fractionOfPercent(window.used_percent),
        resetsAt: asResetSeconds(window.reset_at, now) ?? asResetAfter(window.reset_after_seconds, now),
        isActive: true,
      },
    ]
  })
}

function kindOf(durationMs: number): WindowKind {
  return LENGTHS.find(({ fromMs, toMs }) => durationMs >= fromMs && durationMs <= toMs)?.kind ?? 'other'
}

function credits(value: unknown): UsageCredits | null {
  if (!isObject(value)) return null
  return {
    hasCredits: asFlag(value.has_credits),
    isUnlimited: asFlag(value.unlimited),
    balance: asAmount(value.balance),
  }
}

function spendControl(value: unknown): ExtraUsage | null {
  const { individual_limit } = asObject(value)
  if (!isObject(individual_limit)) return null
  const { used, limit, used_percent } = individual_limit
  return {
    isEnabled: true,
    used: asAmount(used),
    limit: asAmount(limit),
    // The answer names none.
    currency: null,
    usedFraction: fractionOfPercent(used_percent),
  }
}
