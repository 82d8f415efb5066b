/** A working day of twenty accounts on compressed time; `npm run soak` runs the week. */

import { expect, test } from 'vitest'
import { soak } from '../testing/soak.ts'

test('twenty accounts, one call in twenty fails: every crossing once, no false alert, within the budget, exact to the percent', async () => {
  const result = await soak({ days: 0.25, accounts: 20, faultShare: 0.05, withForecasts: false })
  expect(result).toMatchObject({ missed: 0, repeated: 0, falseAlerts: 0, wrongTotals: 0, totals: 40 })
  expect(result.mostCallsAnHour).toBeLessThanOrEqual(24)
  expect(result.crossings).toBeGreaterThan(5)
  expect(result.failedReadings).toBeGreaterThan(5)
}, 60_000)
