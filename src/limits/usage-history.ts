/** The history of limits as a page shows it: 90 days of each window, its resets, what was foretold, and how that came out. */

import type { AccountsContext } from '../accounts/context.ts'
import { namingStoreRefusals } from '../accounts/store-refusals.ts'
import type { Database } from '../db/client.ts'
import { type ForecastRow, listForecastRecords, listScoredForecasts } from '../db/forecast-store.ts'
import { listTranscriptHours } from '../db/transcript-store.ts'
import { listPointsOfAccount, listUsagePeaks, type WindowKey } from '../db/usage-point-store.ts'
import { listUsageWindows, type UsageWindowRow } from '../db/usage-state-store.ts'
import { USED_UP_FRACTION, type UsagePoint } from '../forecast/forecast.ts'
import { wasReset } from '../forecast/use-between.ts'
import { DAY_MS, HOUR_MS } from '../lib/clock.ts'
import { letOthersRun } from '../lib/let-others-run.ts'
import type { WindowKind } from '../usage/usage-reading.ts'
import { areTranscriptsCounted } from './count-transcripts.ts'
import { lastOfEach } from './thin-points.ts'
import { type UnexplainedUse, unexplainedUse } from './unexplained-use.ts'

export type { UnexplainedUse } from './unexplained-use.ts'

/** How far back pages look. */
const SHOWN_MS = 90 * DAY_MS
/** A chart of some hundred pixels shows no more. */
const SPAN_MS = 3 * HOUR_MS
/** Rows of the table behind a chart. */
const SPANS_LISTED = 30
const FORECASTS_READ = 4000
const LEARNED_FROM_MS = 28 * DAY_MS

/** Use at an instant; null where it began anew. */
export interface HistoryPoint {
  at: number
  fraction: number
}

/** One span of a window, from its start to its reset. Instants in epoch milliseconds. */
export interface PastSpan {
  resetsAt: number
  highestFraction: number
  /** Null where nothing was foretold, or the end was not seen. */
  forecast: PastForecast | null
}

/** The first forecast of a span that named an hour, else its first, with what came of it. */
export interface PastForecast {
  madeAt: number
  runsOutAt: number | null
  earliestAt: number | null
  latestAt: number | null
  linearAt: number | null
  ranOutAt: number | null
  isInBand: boolean | null
}

/** How the forecasts of a window came out. Mean distances in milliseconds. */
export interface PastRecord {
  scored: number
  bands: number
  held: number
  errorMs: number
  linearErrorMs: number
}

export interface WindowHistory {
  windowId: string
  kind: WindowKind
  label: string | null
  scope: string | null
  durationMs: number | null
  /** Lines of points, one for each span, in order of time. */
  lines: HistoryPoint[][]
  /** The highest use of each stretch of some hours: for windows that are shorter than what a line can show. */
  peaks: HistoryPoint[]
  resets: number[]
  /** Newest first. */
  spans: PastSpan[]
  record: PastRecord | null
  /** What transcripts here do not explain; null where the window counts only a part, or transcripts are not counted. */
  unexplained: UnexplainedUse | null
}

export interface UsageHistory {
  from: number
  until: number
  windows: WindowHistory[]
}

/** The history of one account. Errors: AccountError store_failed */
export function usageHistory(context: AccountsContext, accountId: string): Promise<UsageHistory> {
  return namingStoreRefusals(async () => {
    const { database } = context
    const until = context.clock.now()
    const from = until - SHOWN_MS
    const [windows, points, scored, records] = await Promise.all([
      listUsageWindows(database, accountId),
      listPointsOfAccount(database, accountId, from),
      listScoredForecasts(database, { accountId, since: from, limit: FORECASTS_READ }),
      listForecastRecords(database, accountId),
    ])
    const unexplained = await unexplainedOf(context, { accountId, windows, points })
    return {
      from,
      until,
      windows: windows.map((window) => ({
        ...named(window),
        ...pastOf(
          lastOfEach(points.get(window.windowId) ?? [], SPAN_MS),
          scored.filter(({ windowId }) => windowId === window.windowId),
          window.durationMs,
        ),
        record: records.find(({ windowId }) => windowId === window.windowId) ?? null,
        unexplained: unexplained.get(window.windowId) ?? null,
      })),
    }
  })
}

function named({ windowId, kind, label, scope, durationMs }: UsageWindowRow) {
  return { windowId, kind: kind as WindowKind, label, scope, durationMs }
}

/** Makes points and scores into lines and spans. */
export function pastOf(
  points: readonly UsagePoint[],
  scored: readonly ForecastRow[],
  durationMs: number | null,
): Pick<WindowHistory, 'lines' | 'peaks' | 'resets' | 'spans'> {
  const lines: HistoryPoint[][] = []
  const spans: PastSpan[] = []
  let line: HistoryPoint[] = []
  points.forEach((point, index) => {
    const before = points[index - 1]
    const isNew = before === undefined || wasReset(before, point)
    const last = spans[spans.length - 1]
    if (isNew) {
      if (last && before) {
        const fraction = lastOfOld(before, point)
        last.highestFraction = Math.max(last.highestFraction, fraction)
        // What is used up stays so; anything else is known only for a while after it was read.
        const isSeen = fraction >= USED_UP_FRACTION || (before.resetsAt ?? 0) - before.at < DAY_MS
        if (before.resetsAt !== null && before.resetsAt > before.at && isSeen)
          line.push({ at: before.resetsAt, fraction })
      }
      const startsAt = point.resetsAt !== null && durationMs !== null ? point.resetsAt - durationMs : null
      line = startsAt !== null && startsAt > (before?.at ?? point.at) ? [{ at: startsAt, fraction: 0 }] : []
      lines.push(line)
      if (point.resetsAt !== null) spans.push({ resetsAt: point.resetsAt, highestFraction: 0, forecast: null })
    }
    line.push({ at: point.at, fraction: point.usedFraction })
    const own = spans[spans.length - 1]
    if (own && point.resetsAt !== null) {
      own.resetsAt = point.resetsAt
      own.highestFraction = Math.max(own.highestFraction, isNew ? point.usedFraction : point.highestFraction)
    }
  })
  for (const span of spans) span.forecast = forecastOf(span, scored)
  const now = points[points.length - 1]?.at ?? 0
  return {
    lines,
    peaks: points.map(({ at, highestFraction }) => ({ at, fraction: highestFraction })),
    resets: spans.map(({ resetsAt }) => resetsAt).filter((at) => at <= now),
    spans: spans.reverse().slice(0, SPANS_LISTED),
  }
}

/** The highest use of a stretch in which a window began anew belongs to the span before, where it is higher than the new use. */
function lastOfOld(before: UsagePoint, point: UsagePoint): number {
  return point.highestFraction > point.usedFraction ? point.highestFraction : before.usedFraction
}

const SAME_RESET_MS = 10 * 60_000

function forecastOf({ resetsAt }: PastSpan, scored: readonly ForecastRow[]): PastForecast | null {
  const own = scored.filter((row) => Math.abs(row.resetsAt - resetsAt) < SAME_RESET_MS)
  const row = own.find(({ isInBand }) => isInBand !== null) ?? own[0]
  if (!row) return null
  const { madeAt, runsOutAt, earliestAt, latestAt, linearAt, ranOutAt, isInBand } = row
  return { madeAt, runsOutAt, earliestAt, latestAt, linearAt, ranOutAt, isInBand }
}

/** For windows that count everything: what transcripts do not explain. */
async function unexplainedOf(
  context: AccountsContext,
  {
    accountId,
    windows,
    points,
  }: { accountId: string; windows: readonly UsageWindowRow[]; points: ReadonlyMap<string, readonly UsagePoint[]> },
): Promise<Map<string, UnexplainedUse>> {
  const found = new Map<string, UnexplainedUse>()
  if (!(await areTranscriptsCounted(context))) return found
  const { database } = context
  const now = context.clock.now()
  const since = now - LEARNED_FROM_MS
  const hours = await listTranscriptHours(database, { accountId, since })
  for (const window of windows) {
    const { durationMs, resetsAt, scope } = window
    if (scope !== null || durationMs === null || resetsAt === null || resetsAt <= now) continue
    const own = (points.get(window.windowId) ?? []).filter(({ at }) => at >= since)
    found.set(
      window.windowId,
      unexplainedUse({ points: own, hours, durationMs, resetsAt, now, countedSince: hours[0]?.at ?? now }),
    )
  }
  return found
}

/** The highest use of each twelve hours of every window, for all accounts beside one another. */
export interface AccountsHistory {
  from: number
  until: number
  /** By account and window. */
  windows: ({ accountId: string; windowId: string } & Pick<WindowHistory, 'lines' | 'peaks' | 'resets' | 'record'>)[]
}

/** The history of some accounts together, in a fixed number of queries. Errors: AccountError store_failed */
export function accountsHistory(context: AccountsContext, accountIds: readonly string[]): Promise<AccountsHistory> {
  return namingStoreRefusals(async () => {
    const { database } = context
    const until = context.clock.now()
    const from = until - SHOWN_MS
    const windows = await peaksOf(database, { accountIds, from, until })
    const records = await listForecastRecords(database)
    return {
      from,
      until,
      windows: windows.map(({ accountId, windowId, points }) => {
        const { lines, peaks, resets } = pastOf(points, [], null)
        const record = records.find((each) => each.accountId === accountId && each.windowId === windowId) ?? null
        return { accountId, windowId, lines, peaks, resets, record }
      }),
    }
  })
}

/** Days ago at which a query ends and the next begins, so that none of them holds others up: two weeks are kept in full. */
const QUERIED_DAYS = [50, 14, 10, 6, 3, 0]

/** The peaks of some accounts' windows, in order of account and window. */
async function peaksOf(
  database: Database,
  { accountIds, from, until }: { accountIds: readonly string[]; from: number; until: number },
): Promise<(WindowKey & { points: UsagePoint[] })[]> {
  const spanMs = 4 * SPAN_MS
  const windows = new Map<string, WindowKey & { points: UsagePoint[] }>()
  let begins = from
  for (const days of QUERIED_DAYS) {
    const ends = days === 0 ? until + 1 : Math.floor((until - days * DAY_MS) / spanMs) * spanMs
    for (const { accountId, windowId, points } of await listUsagePeaks(database, {
      ...{ accountIds, from: begins, until: ends, spanMs },
    })) {
      const key = JSON.stringify([accountId, windowId])
      const known = windows.get(key)
      if (known) known.points.push(...points)
      else windows.set(key, { accountId, windowId, points })
    }
    begins = ends
    await letOthersRun()
  }
  return [...windows.values()]
}
