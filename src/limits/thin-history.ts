/** Makes the history of limits coarser as it ages, a bit at a time, so that nobody waits for it. */

import type { AccountsContext } from '../accounts/context.ts'
import { deleteOldForecasts } from '../db/forecast-store.ts'
import { listAccountsWithPoints, thinningSteps } from '../db/usage-point-store.ts'
import { DAY_MS, HOUR_MS } from '../lib/clock.ts'
import { letOthersRun } from '../lib/let-others-run.ts'
import { DAYS_KEPT_MS, FULL_KEPT_MS, HOURS_KEPT_MS } from './thin-points.ts'

/** Forecasts tell how they did for this long. */
const FORECASTS_KEPT_MS = 120 * DAY_MS
/** Repeats are looked for in the time since the last run, and a little more. */
const REPEATS_MS = DAY_MS + 2 * HOUR_MS

/** Whole spans only: a day that was begun is made coarser when it is over. Errors: StoreError */
export async function thinHistory(context: AccountsContext, signal?: AbortSignal): Promise<void> {
  const now = context.clock.now()
  const limits = {
    full: wholeDays(now - FULL_KEPT_MS),
    hours: wholeDays(now - HOURS_KEPT_MS),
    days: now - DAYS_KEPT_MS,
    repeats: { from: now - REPEATS_MS, until: now - HOUR_MS },
  }
  for (const accountId of await listAccountsWithPoints(context.database)) {
    for (const step of thinningSteps(context.database, accountId, limits)) {
      if (signal?.aborted) return
      await step()
      await letOthersRun()
    }
  }
  await deleteOldForecasts(context.database, now - FORECASTS_KEPT_MS)
}

function wholeDays(at: number): number {
  return Math.floor(at / DAY_MS) * DAY_MS
}
