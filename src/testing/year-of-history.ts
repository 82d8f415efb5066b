/** A year of an account's limits as it lies in the database after all that time: full, then by the hour, then by the day. */

import type { Database } from '../db/client.ts'
import { usagePoints } from '../db/schema-usage.ts'
import { DAY_MS, HOUR_MS } from '../lib/clock.ts'
import { lastOfEach, withoutRepeats } from '../limits/thin-points.ts'
import { inventHistory } from './replay/invented-history.ts'

const FULL_MS = 14 * DAY_MS
const HOURLY_MS = 90 * DAY_MS
/** As many as an account has at most; who is invented has one or two, and the last counts again. */
const WINDOWS = 3
/** So many rows go into one statement. */
const ROWS = 400

/** Writes it, for three windows. `seed` decides about the person's habits. */
export async function writeYearOfHistory(
  database: Database,
  { accountId, seed, now }: { accountId: string; seed: number; now: number },
): Promise<void> {
  const windows = inventHistory(seed, { startAt: now - 365 * DAY_MS, dayCount: 365 })
  for (let index = 0; index < WINDOWS; index++) {
    const { points } = windows[Math.min(index, windows.length - 1)]!
    const between = (from: number, to: number) => points.filter(({ at }) => at >= now - from && at < now - to)
    const parts = {
      full: withoutRepeats(between(FULL_MS, 0)),
      hour: lastOfEach(between(HOURLY_MS, FULL_MS), HOUR_MS),
      day: lastOfEach(between(Number.POSITIVE_INFINITY, HOURLY_MS), DAY_MS),
    }
    const rows = Object.entries(parts).flatMap(([resolution, part]) =>
      part.map((point) => ({ accountId, windowId: `window-${index}`, resolution, ...point })),
    )
    for (let from = 0; from < rows.length; from += ROWS) {
      await database.insert(usagePoints).values(rows.slice(from, from + ROWS))
    }
  }
}
