/** Limits as the API gives them: snake_case, RFC 3339, shares from 0. */

import type { z } from 'zod'
import type { AccountSummary } from '../../../accounts/account-summary.ts'
import type { WindowOfAccount } from '../../../accounts/usage-of-account.ts'
import { USAGE_OLD_MS } from '../../../lib/usage-age.ts'
import type { PointOfAccount } from '../../../limits/usage-points.ts'
import { rfc3339 } from './instants.ts'
import type { accountUsage, accountUsageHistory, usageWindow } from './usage-schemas.ts'

/** One window. */
export function windowJson(window: WindowOfAccount): z.infer<typeof usageWindow> {
  const { id, kind, label, scope, durationMs, usedFraction, evenPaceFraction, resetsAt, isActive, forecast } = window
  const runsOut = forecast?.kind === 'runs_out' ? forecast : null
  return {
    ...{ id, kind, label, scope },
    duration_seconds: durationMs === null ? null : Math.round(durationMs / 1_000),
    used_fraction: usedFraction,
    even_pace_fraction: evenPaceFraction === null ? null : Math.round(evenPaceFraction * 10_000) / 10_000,
    resets_at: rfc3339(resetsAt),
    active: isActive,
    forecast: forecast && {
      kind: forecast.kind,
      at: rfc3339(runsOut?.at ?? null),
      earliest: rfc3339(forecast.earliest),
      latest: rfc3339(runsOut?.latest ?? null),
    },
  }
}

/** What is known of an account's limits. `now` in epoch milliseconds. */
export function usageJson(account: AccountSummary, now: number): z.infer<typeof accountUsage> {
  const { readAt, nextReadAt, failure, windows, credits, extraUsage } = account.usage
  return {
    account_id: account.id,
    provider: account.provider,
    label: account.label,
    email: account.email,
    plan: account.plan,
    read_at: rfc3339(readAt),
    next_read_at: rfc3339(nextReadAt),
    failure,
    old: readAt === null || now - readAt > USAGE_OLD_MS,
    windows: windows.map(windowJson),
    credits: credits && {
      has_credits: credits.hasCredits,
      unlimited: credits.isUnlimited,
      balance: credits.balance,
    },
    extra_usage: extraUsage && {
      enabled: extraUsage.isEnabled,
      used: extraUsage.used,
      limit: extraUsage.limit,
      currency: extraUsage.currency,
      used_fraction: extraUsage.usedFraction,
    },
  }
}

/** Points by window, in order of time. */
export function historyJson(points: readonly PointOfAccount[]): z.infer<typeof accountUsageHistory>['history'] {
  return [...Map.groupBy(points, ({ windowId }) => windowId)].map(([window_id, members]) => ({
    window_id,
    points: members.map(({ at, usedFraction, highestFraction, resetsAt, resolution }) => ({
      at: rfc3339(at),
      used_fraction: usedFraction,
      highest_fraction: highestFraction,
      resets_at: rfc3339(resetsAt),
      resolution: resolution as 'full' | 'hour' | 'day',
    })),
  }))
}
