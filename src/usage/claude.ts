/**
 * Reads Claude's usage answer. `limits` is the newer list and is asked first; the named windows beside it come and go,
 * some under code names, so that any of them may be new, null or missing.
 *
 * Source: observed 2026-11-22 (Claude Code 2.1.330); undocumented
 */

import { DAY_MS, HOUR_MS } from '../lib/clock.ts'
import {
  asCurrency,
  asFlag,
  asIdPart,
  asList,
  asMinorUnits,
  asName,
  asObject,
  asResetText,
  asTitle,
  fractionOfPercent,
  isObject,
} from './foreign-values.ts'
import {
  distinctWindows,
  type ExtraUsage,
  type UsageParser,
  type UsageWindow,
  type WindowKind,
} from './usage-reading.ts'

/** What the groups of `limits` count over. Named windows say it in their names. */
const SESSION = { kind: 'session', durationMs: 5 * HOUR_MS } as const
const WEEKLY = { kind: 'weekly', durationMs: 7 * DAY_MS } as const
const GROUPS = new Map<unknown, { kind: WindowKind; durationMs: number }>([
  ['session', SESSION],
  ['weekly', WEEKLY],
])
/** Members that look like windows, or may one day, and are none. */
const NO_WINDOWS = new Set(['limits', 'extra_usage', 'spend', 'error'])
const WEEKLY_OF = 'seven_day_'

/** Source: observed 2026-11-22; percent from 0 to 100, instants in RFC 3339 or null before a window began */
export const readClaudeUsage: UsageParser = (body, now) => {
  if (!isObject(body) || isObject(body.error)) return null
  const listed = asList(body.limits).flatMap((limit) => listedWindow(limit, now))
  const windows = listed.length > 0 ? listed : namedWindows(body, now)
  if (windows.length === 0 && !Array.isArray(body.limits) && !('five_hour' in body)) return null
  return {
    readAt: now,
    // The answer names no plan: the profile does.
    plan: null,
    windows: distinctWindows(windows),
    credits: null,
    extraUsage: extraUsage(body.extra_usage),
  }
}

function listedWindow(limit: unknown, now: number): UsageWindow[] {
  const { kind: rawKind, group: rawGroup, percent, resets_at, scope, is_active } = asObject(limit)
  const kind = asName(rawKind)
  if (kind === null || asIdPart(kind) === '') return []
  const group = GROUPS.get(rawGroup ?? kind.split('_')[0])
  const name = scopeName(scope)
  return [
    {
      id: [asIdPart(kind), ...(name === null ? [] : [asIdPart(name)])].join(':'),
      kind: group?.kind ?? 'other',
      label: name ?? (group ? null : asTitle(kind)),
      scope: name,
      durationMs: group?.durationMs ?? null,
      usedFraction: fractionOfPercent(percent),
      resetsAt: asResetText(resets_at, now),
      isActive: asFlag(is_active) ?? true,
    },
  ]
}

/** The model or surface that alone counts. */
function scopeName(scope: unknown): string | null {
  const { model, surface } = asObject(scope)
  const { display_name, id } = asObject(model)
  return asName(display_name) ?? asName(id) ?? asName(surface) ?? asName(asObject(surface).display_name)
}

/** Windows by their own members. Their ids are those that `limits` would give, so that a history goes on. */
function namedWindows(body: Record<string, unknown>, now: number): UsageWindow[] {
  return Object.entries(body).flatMap(([key, value]) => {
    if (NO_WINDOWS.has(key) || !isObject(value) || !('utilization' in value)) return []
    const usedFraction = fractionOfPercent(value.utilization)
    const named = nameOf(key)
    // A code name without a number is nothing that anybody could be told.
    if (named === null || (named.kind === 'other' && usedFraction === null)) return []
    return [{ ...named, usedFraction, resetsAt: asResetText(value.resets_at, now), isActive: true }]
  })
}

type Name = Pick<UsageWindow, 'id' | 'kind' | 'label' | 'scope' | 'durationMs'>

function nameOf(key: string): Name | null {
  if (key === 'five_hour') return { id: 'session', label: null, scope: null, ...SESSION }
  if (key === 'seven_day') return { id: 'weekly_all', label: null, scope: null, ...WEEKLY }
  const name = asName(asTitle(key.startsWith(WEEKLY_OF) ? key.slice(WEEKLY_OF.length) : key))
  if (name === null || asIdPart(name) === '') return null
  if (!key.startsWith(WEEKLY_OF))
    return { id: asIdPart(key), kind: 'other', label: name, scope: null, durationMs: null }
  return { id: `weekly_scoped:${asIdPart(name)}`, label: name, scope: name, ...WEEKLY }
}

function extraUsage(value: unknown): ExtraUsage | null {
  if (!isObject(value)) return null
  const { is_enabled, used_credits, monthly_limit, utilization, currency, decimal_places } = value
  return {
    isEnabled: asFlag(is_enabled),
    used: asMinorUnits(used_credits, decimal_places),
    limit: asMinorUnits(monthly_limit, decimal_places),
    currency: asCurrency(currency),
    usedFraction: fractionOfPercent(utilization),
  }
}
