/** `npm run soak -- [DAYS] [ACCOUNTS]`: a week of twenty accounts on compressed time, as a table. */

import { soak } from '../src/testing/soak.ts'

const days = Number(process.argv[2] ?? 7)
const accounts = Number(process.argv[3] ?? 20)
const startedAt = performance.now()
const result = await soak({ days, accounts, faultShare: 0.05, withForecasts: true })
const seconds = Math.round((performance.now() - startedAt) / 1_000)
const hours = days * 24

const rows: [string, string | number][] = [
  ['days × accounts', `${days} × ${accounts}`],
  ['readings (failed)', `${result.readings} (${result.failedReadings})`],
  ['readings an hour and account', (result.readings / hours / accounts).toFixed(2)],
  ['most calls in any hour of an identity (budget 24)', result.mostCallsAnHour],
  ['refreshes', result.refreshes],
  ['thresholds crossed', result.crossings],
  ['crossings not told', result.missed],
  ['crossings told twice', result.repeated],
  ['false alerts', result.falseAlerts],
  ['forecasts told', result.forecastsTold],
  ['windows compared with the ledger (different)', `${result.totals} (${result.wrongTotals})`],
  ['seconds', seconds],
]
for (const [name, value] of rows) process.stdout.write(`${name.padEnd(52)}${value}\n`)
const isGood = result.missed + result.repeated + result.falseAlerts + result.wrongTotals === 0
process.exitCode = isGood && result.mostCallsAnHour <= 24 ? 0 : 1
