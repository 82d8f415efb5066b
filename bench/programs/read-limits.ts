/** Limits of every account by one statement each, as if all had just been read. */

import { sql } from 'drizzle-orm'
import type { Database } from '../../src/db/client.ts'
import { DAY_MS, HOUR_MS } from '../../src/lib/clock.ts'

/** A window of five hours and one of a week, differently used. `now` in epoch milliseconds. */
export async function readLimitsOfAll(database: Database, now: number): Promise<void> {
  await database.run(sql`insert into usage_states (account_id, read_at, plan, failures, next_read_at)
    select id, ${now}, 'max', 0, ${now + 10 * 60_000} + position from accounts`)
  for (const [place, kind, durationMs] of [
    [0, 'session', 5 * HOUR_MS],
    [1, 'weekly', 7 * DAY_MS],
  ] as const) {
    await database.run(sql`insert into usage_windows
      (account_id, window_id, position, kind, duration_ms, used_fraction, resets_at, is_active, read_at)
      select id, ${kind}, ${place}, ${kind}, ${durationMs}, (position * 37 + ${place} * 11) % 100 / 100.0,
        ${now} + ${durationMs} / 2 + position * 1000, 1, ${now} from accounts`)
  }
}
