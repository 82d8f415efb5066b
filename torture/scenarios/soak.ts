/** F31: a day of a hundred accounts on compressed time, with a provider that fails one request in twenty. */

import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { program, runForJson } from '../../bench/process.ts'
import { growthAnHour, type LoginSoak } from '../../src/testing/login-soak.ts'
import { type Finding, finding, type Scenario } from '../finding.ts'

const HOURS = 24
const ACCOUNTS = 100
const GROWTH_LIMIT_MIB = 1
/** What comes and goes with a look at the clock or a file. */
const FEW_FILES = 2

export const soak: Scenario = {
  faults: ['F31'],
  title: 'a day of a hundred accounts',
  async run({ directory, isShort }) {
    const [hours, accounts] = isShort ? [1, 10] : [HOURS, ACCOUNTS]
    const place = mkdtempSync(join(directory, 'soak-'))
    const run = await runForJson<LoginSoak>(program('torture/login-soak.ts', place, hours, accounts))
    const done = `${run.refreshes} refreshes, ${run.readings} readings of limits, ${run.faults} faults`
    const logins = finding('F31', `${hours} h, ${accounts} accounts, 5 % of all requests fail: ${done}`, {
      measured: `${run.signOuts} have to sign in again, ${run.lost} newest tokens not stored`,
      goal: '0, 0',
      isMet: run.signOuts + run.lost === 0 && run.readings > 0 && run.refreshes >= accounts,
    })
    return [logins, ...(isShort ? [] : [growth(run)])]
  },
}

function growth({ memoryMib, openFiles }: LoginSoak): Finding {
  const slope = growthAnHour(memoryMib)
  const settled = openFiles.slice(Math.floor(openFiles.length / 4))
  const files = settled.at(-1)! - settled[0]!
  return finding('F31', 'memory and open files meanwhile, after the first quarter', {
    measured: `${slope.toFixed(2)} MiB an hour, from ${memoryMib[0]!.toFixed(0)} to ${memoryMib.at(-1)!.toFixed(0)} MiB; ${settled.at(-1)} open files, ${files} more than before`,
    goal: `≤ ${GROWTH_LIMIT_MIB} MiB an hour, no more files`,
    isMet: slope <= GROWTH_LIMIT_MIB && files <= FEW_FILES,
  })
}
