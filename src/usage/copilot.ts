/**
 * Reads the quota answer of GitHub Copilot, for a provider of one's own that names this format. GitHub documents no such
 * endpoint: what is read here is what its own editors read, and may end without notice.
 *
 * Source: GET https://api.github.com/copilot_internal/user as public clients read it, 2025-06 to 2026-09
 */

import {
  asFlag,
  asName,
  asObject,
  asResetText,
  asTitle,
  fractionOfPercentLeft,
  isObject,
  soundReset,
} from './foreign-values.ts'
import { distinctWindows, type UsageParser, type UsageWindow } from './usage-reading.ts'

/** Source: public clients; what is left may be less than nothing where more than the allowance was used */
export const readCopilotUsage: UsageParser = (body, now) => {
  if (!isObject(body)) return null
  const { quota_snapshots, limited_user_quotas, monthly_quotas, copilot_plan } = body
  if (!isObject(quota_snapshots) && !isObject(limited_user_quotas) && asName(copilot_plan) === null) return null
  const resetsAt =
    asResetText(body.quota_reset_date_utc, now) ??
    asResetDate(body.quota_reset_date, now) ??
    asResetDate(body.limited_user_reset_date, now)
  const shares = isObject(quota_snapshots)
    ? Object.entries(quota_snapshots).flatMap(([name, quota]) => snapshotShare(name, quota))
    : freeShares(limited_user_quotas, monthly_quotas)
  return {
    readAt: now,
    plan: asName(copilot_plan),
    windows: distinctWindows(shares.flatMap(([name, used]) => monthlyWindow(name, used, resetsAt))),
    credits: null,
    extraUsage: null,
  }
}

type Share = [name: string, usedFraction: number | null]

/** A quota without a limit is no window. */
function snapshotShare(name: string, quota: unknown): Share[] {
  if (!isObject(quota) || asFlag(quota.unlimited) === true) return []
  const { percent_remaining, remaining, entitlement } = quota
  return [[name, fractionOfPercentLeft(percent_remaining) ?? fractionOfCounts(remaining, entitlement)]]
}

/** Free plans: what is left of each monthly allowance. */
function freeShares(left: unknown, whole: unknown): Share[] {
  return Object.entries(asObject(left)).map(([name, count]) => [name, fractionOfCounts(count, asObject(whole)[name])])
}

function fractionOfCounts(left: unknown, whole: unknown): number | null {
  if (typeof left !== 'number' || typeof whole !== 'number' || !(whole > 0)) return null
  return fractionOfPercentLeft((left / whole) * 100)
}

function monthlyWindow(name: string, usedFraction: number | null, resetsAt: number | null): UsageWindow[] {
  const label = asName(asTitle(name))
  if (label === null || !/^[a-z0-9_]{1,60}$/i.test(name)) return []
  const durationMs = resetsAt === null ? null : resetsAt - monthBefore(resetsAt)
  return [{ id: name, kind: 'monthly', label, scope: name, durationMs, usedFraction, resetsAt, isActive: true }]
}

function monthBefore(instant: number): number {
  const date = new Date(instant)
  date.setUTCMonth(date.getUTCMonth() - 1)
  return date.getTime()
}

/** A day of the calendar counts from its beginning in UTC. */
function asResetDate(value: unknown, now: number): number | null {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return null
  return soundReset(Date.parse(`${value}T00:00:00Z`), now)
}
