/** A past for the accounts of the demonstration: 90 days of use by invented people, with forecasts that were made and came due. */

import type { AccountsContext } from '../accounts/context.ts'
import { forecasts, transcriptHours, usagePoints } from '../db/schema-usage.ts'
import { DAY_MS, HOUR_MS } from '../lib/clock.ts'
import { FULL_KEPT_MS, thinned } from '../limits/thin-points.ts'
import type { FakeUsage, FakeWindow } from './fake-usage.ts'
import { inventHistory, type ReplayedWindow } from './replay/invented-history.ts'
import { seededChance } from './replay/invented-person.ts'
import { replay } from './replay/replay.ts'

/** Whose past it is, with people whose week is fixed and who have a session, too. */
const PEOPLE: Record<string, number> = { healthy: 3, cli: 2, 'ends-soon': 15, due: 1, 'workspace-one': 17 }
const DAYS = 90
/** Rows in one statement. */
const ROWS = 400

export interface SeedHistory {
  context: AccountsContext
  usage: FakeUsage
  ids: Record<string, string>
}

/** Writes the past. The last span of each window ends with what the fake provider says now. */
export async function seedUsageHistory({ context, usage, ids }: SeedHistory): Promise<void> {
  const now = context.clock.now()
  const startAt = Math.floor((now - DAYS * DAY_MS) / DAY_MS) * DAY_MS
  for (const [name, seed] of Object.entries(PEOPLE)) {
    const accountId = ids[name]
    if (!accountId) continue
    const past = inventHistory(seed, { startAt, dayCount: DAYS })
    for (const window of usage.of(name)) {
      const own = past.find(({ kind }) => kind === window.kind)
      const moved = own && upTo(own, window, now)
      if (!moved) continue
      await write(context, { accountId, windowId: idOf(window), window: moved, seed, now })
      if (name === 'cli' && idOf(window) === 'weekly_all')
        await writeTranscripts(context, { accountId, week: moved, now })
    }
  }
}

function idOf({ kind, model }: FakeWindow): string {
  if (kind === 'session') return 'session'
  return model === null ? 'weekly_all' : `weekly_scoped:${model.toLowerCase()}`
}

/** Moves a past so that its resets fall on the window's, and fits its last span to the present use. */
function upTo(
  past: ReplayedWindow,
  { resetsAt, usedPercent, lengthMs }: FakeWindow,
  now: number,
): ReplayedWindow | null {
  const last = past.cycles[past.cycles.length - 1]
  if (resetsAt === null || !last) return null
  const by = (((resetsAt - last.resetsAt) % lengthMs) - lengthMs) % lengthMs
  const shift = (at: number) => at + by
  const points = past.points
    .map((point) => ({
      ...point,
      at: shift(point.at),
      resetsAt: point.resetsAt === null ? null : shift(point.resetsAt),
    }))
    .filter(({ at }) => at < now - HOUR_MS)
  const began = resetsAt - lengthMs
  const highest = Math.max(0.01, ...points.filter(({ at }) => at > began).map(({ usedFraction }) => usedFraction))
  const fit = Math.min(1, usedPercent / 100) / highest
  return {
    ...past,
    points: points.map((point) => {
      if (point.at <= began) return point
      const fraction = point.resetsAt === resetsAt ? Math.round(point.usedFraction * fit * 100) / 100 : 0
      return { ...point, usedFraction: fraction, highestFraction: fraction, resetsAt: fraction > 0 ? resetsAt : null }
    }),
    cycles: past.cycles
      .map(({ startAt, resetsAt: reset, ranOutAt }) => ({
        ...{ startAt: shift(startAt), resetsAt: shift(reset), ranOutAt: ranOutAt === null ? null : shift(ranOutAt) },
      }))
      .filter((cycle) => cycle.resetsAt < now),
  }
}

interface Past {
  accountId: string
  windowId: string
  window: ReplayedWindow
  seed: number
  now: number
}

async function write({ database }: AccountsContext, { accountId, windowId, window, seed, now }: Past): Promise<void> {
  const points = thinned(window.points, now).map((point) => ({
    ...{ accountId, windowId, ...point },
    resolution: point.at < now - FULL_KEPT_MS ? 'hour' : 'full',
  }))
  for (let from = 0; from < points.length; from += ROWS) {
    await database
      .insert(usagePoints)
      .values(points.slice(from, from + ROWS))
      .onConflictDoNothing()
  }
  const rows = replay(window, seed).flatMap(({ madeAt, forecast, score }) => {
    const cycle = window.cycles.find(({ startAt, resetsAt }) => startAt <= madeAt && madeAt < resetsAt)
    if (!score || !cycle || forecast.kind === 'not_enough' || forecast.kind === 'used_up') return []
    const whole = (at: number | null) => (at === null ? null : Math.round(at))
    return {
      ...{ accountId, windowId, madeAt, resetsAt: cycle.resetsAt, usedFraction: 0.5, scoredAt: cycle.resetsAt },
      runsOutAt: whole(forecast.kind === 'runs_out' ? forecast.at : null),
      earliestAt: whole(forecast.earliest),
      latestAt: whole(forecast.kind === 'runs_out' ? forecast.latest : null),
      linearAt: whole(forecast.linearAt),
      ...{ ranOutAt: whole(cycle.ranOutAt), isInBand: score.isInBand },
    }
  })
  if (rows.length > 0) await database.insert(forecasts).values(rows)
}

/** Most of the use noted on this machine, the rest elsewhere: whole evenings of it. */
async function writeTranscripts(
  { database }: AccountsContext,
  { accountId, week, now }: { accountId: string; week: ReplayedWindow; now: number },
): Promise<void> {
  const chance = seededChance(7)
  const hours = new Map<number, number>()
  week.points.forEach(({ at, usedFraction }, index) => {
    const grown = usedFraction - (week.points[index - 1]?.usedFraction ?? 0)
    const hour = Math.floor(at / HOUR_MS) * HOUR_MS
    if (grown > 0 && at > now - 30 * DAY_MS && at < now) hours.set(hour, (hours.get(hour) ?? 0) + grown)
  })
  const rows = [...hours].flatMap(([at, grown]) => {
    if (Math.floor(at / (6 * HOUR_MS)) % 5 === 0) return []
    const outputTokens = Math.round(grown * 900_000 * (0.7 + 0.6 * chance()))
    const tokens = { inputTokens: outputTokens, cachedTokens: outputTokens * 20, outputTokens }
    return { machineId: 'demo', provider: 'claude', directory: 'demo', accountId, at, messages: 4, ...tokens }
  })
  if (rows.length > 0) await database.insert(transcriptHours).values(rows)
}
