/** Reads the history of an installation for a replay: from a copy of its database, so that a running program is not disturbed. */

import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@libsql/client'
import { USED_UP_FRACTION, type UsagePoint } from '../../forecast/forecast.ts'
import { wasReset } from '../../forecast/use-between.ts'
import { HOUR_MS } from '../../lib/clock.ts'
import type { Cycle, ReplayedWindow } from './invented-history.ts'

/** Every window of every account in a database file. Ids only: no name is read. */
export async function readKeptHistory(path: string, timeZone: string): Promise<ReplayedWindow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'tokendeck-replay-'))
  const copy = join(directory, 'copy.db')
  for (const end of ['', '-wal']) if (existsSync(path + end)) copyFileSync(path + end, copy + end)
  const client = createClient({ url: `file:${copy}` })
  try {
    const { rows } = await client.execute(`select p.account_id, p.window_id, p.at, p.used_fraction, p.highest_fraction,
        p.resets_at, w.duration_ms
      from usage_points p join usage_windows w on w.account_id = p.account_id and w.window_id = p.window_id
      where p.resolution <> 'day' and w.duration_ms is not null order by p.account_id, p.window_id, p.at`)
    const windows = Map.groupBy(rows, (row) => `${row.account_id} ${row.window_id}`)
    return [...windows].map(([name, own]) => {
      const durationMs = Number(own[0]!.duration_ms)
      const points = own.map((row) => ({
        at: Number(row.at),
        usedFraction: Number(row.used_fraction),
        highestFraction: Number(row.highest_fraction),
        resetsAt: row.resets_at === null ? null : Number(row.resets_at),
      }))
      const kind = durationMs <= 12 * HOUR_MS ? 'session' : 'weekly'
      return { name, kind, durationMs, timeZone, ...oneResetEach(points, durationMs) }
    })
  } finally {
    client.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** The spans of a window as they were read; each point gets the reset that its span was known by at last. */
function oneResetEach(points: readonly UsagePoint[], durationMs: number): { points: UsagePoint[]; cycles: Cycle[] } {
  const cycles: Cycle[] = []
  const own: (Cycle | null)[] = []
  points.forEach((point, index) => {
    const before = points[index - 1]
    let cycle = own[index - 1] ?? null
    if (point.resetsAt === null) cycle = null
    else if (!cycle || !before || wasReset(before, point)) {
      cycle = { startAt: point.resetsAt - durationMs, resetsAt: point.resetsAt, ranOutAt: null }
      cycles.push(cycle)
    } else cycle.resetsAt = point.resetsAt
    if (cycle && cycle.ranOutAt === null && point.usedFraction >= USED_UP_FRACTION) {
      cycle.ranOutAt = before ? (before.at + point.at) / 2 : point.at
    }
    own.push(cycle)
  })
  return { points: points.map((point, index) => ({ ...point, resetsAt: own[index]?.resetsAt ?? null })), cycles }
}
