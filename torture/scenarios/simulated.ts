/** Thousands of orders in which everything may happen, each under its own seed: `npm run simulate`, within its time. */

import { program } from '../../bench/process.ts'
import { type Finding, finding, type Scenario } from '../finding.ts'
import { runToEnd } from '../program.ts'

/** In a full run, and how long they may take. */
const INTERLEAVINGS = 100_000
const LIMIT_S = 120

export const simulated: Scenario = {
  faults: ['SIMULATION'],
  title: 'simulated interleavings',
  // All of the machine is its own: it starts a process for each processor.
  isTimed: true,
  async run({ isShort }) {
    const count = isShort ? 1_000 : INTERLEAVINGS
    const { code, output } = await runToEnd(program('src/testing/simulation/main.ts', '--count', count), {})
    const [summary, ...broken] = output.trim().split('\n')
    const said = /in ([\d.]+) s.*; logins: (.*); broken rules: (\d+)$/.exec(summary ?? '')
    if (!said) throw new Error(`The simulation said: ${output}`)
    const [, seconds, logins, brokenCount] = said
    const row: Finding = finding('§5', `${count.toLocaleString('en')} interleavings, seeds 1 to ${count}`, {
      measured: `${[`${brokenCount} broken rules`, ...broken.slice(0, 1)].join(': ')} in ${seconds} s; logins: ${logins}`,
      goal: `0 broken${isShort ? '' : `, ≤ ${LIMIT_S} s`}`,
      isMet: code === 0 && brokenCount === '0' && (isShort || Number(seconds) <= LIMIT_S),
    })
    return [row]
  },
}
