/** How much a year of limits takes in the database, for each of many accounts. */

import type { Part } from '../goal.ts'
import { makeHome } from '../home.ts'
import { program, runForJson } from '../process.ts'
import { limitRow } from '../row.ts'

const ACCOUNTS = 100
const LIMIT_MB = 1

export const history: Part = {
  goals: ['SIZE'],
  title: 'a year of limits',
  async measure({ directory }) {
    const { environment } = await makeHome(directory, { accounts: ACCOUNTS })
    const { bytes } = await runForJson<{ bytes: number }>(program('bench/programs/fill-history.ts'), environment)
    const what = `a year of three windows in the database, per account, ${ACCOUNTS} accounts`
    return [limitRow({ goal: 'SIZE', what, value: bytes / 1e6, unit: 'MB', limit: LIMIT_MB })]
  },
}
