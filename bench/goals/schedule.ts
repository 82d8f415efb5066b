/** G12: the scheduler's question with few and with many accounts. */

import type { Part } from '../goal.ts'
import { makeHome } from '../home.ts'
import { program, runForJson } from '../process.ts'
import { ratioRow } from '../row.ts'
import { interleaved, median } from '../statistics.ts'

const MANY = 100_000
const TIMES = 600

export const schedule: Part = {
  goals: ['G12'],
  title: 'what is due?',
  async measure({ directory, rounds }) {
    const few = await makeHome(directory, { accounts: 10 })
    const many = await makeHome(directory, { accounts: 10, copies: MANY - 10 })
    const ask = async (environment: Readonly<Record<string, string>>) =>
      median(await runForJson<number[]>(program('bench/programs/ask-schedule.ts', TIMES), environment))
    const figures = await interleaved(3 * rounds, {
      few: () => ask(few.environment),
      many: () => ask(many.environment),
    })
    return [
      ratioRow({
        goal: 'G12',
        what: `what is due? among ${MANY.toLocaleString('en')}`,
        value: median(figures.many),
        reference: median(figures.few),
        of: 'among 10',
        limit: 1.5,
        unit: 'µs',
      }),
    ]
  },
}
