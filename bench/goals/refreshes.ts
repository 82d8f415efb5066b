/** G9: how fast many due grants are refreshed, against fetch and one durable commit each. */

import { join } from 'node:path'
import type { Part } from '../goal.ts'
import { makeHome } from '../home.ts'
import { program, runForJson } from '../process.ts'
import { type Row, shareRow } from '../row.ts'
import { interleaved, median } from '../statistics.ts'
import { startTokenEndpoint } from '../token-endpoint.ts'

const ACCOUNTS = 1_000
const IN_FLIGHT = 16

interface Result {
  ms: number
  count: number
}

export const refreshes: Part = {
  goals: ['G9'],
  title: `${ACCOUNTS} refreshes`,
  async measure({ directory, rounds }) {
    const slow = await compare(directory, { delayMs: 50, rounds })
    const instant = await compare(directory, { delayMs: 0, rounds: 3 * rounds })
    return [row('endpoint of 50 ms', { ...slow, share: 0.85 }), row('instant endpoint', { ...instant, share: 0.45 })]
  },
}

async function compare(directory: string, { delayMs, rounds }: { delayMs: number; rounds: number }) {
  const endpoint = await startTokenEndpoint({ delayMs })
  const home = await makeHome(directory, { accounts: ACCOUNTS, endpoint: endpoint.origin })
  const database = join(directory, `floor-refreshes-${delayMs}.db`)
  const rate = async (command: string[], environment = {}) => {
    const { ms, count } = await runForJson<Result>(command, environment)
    return (count / ms) * 1_000
  }
  const figures = await interleaved(rounds, {
    floor: () => rate(program('bench/floor/refresh-loop.ts', endpoint.origin, database, ACCOUNTS, IN_FLIGHT)),
    ours: () => rate(program('bench/programs/refresh-all.ts', IN_FLIGHT), home.environment),
  })
  await endpoint.stop()
  return { value: median(figures.ours), reference: median(figures.floor) }
}

function row(what: string, figures: { value: number; reference: number; share: number }): Row {
  const goal = { goal: 'G9', of: 'floor', unit: 'refreshes/s' }
  return shareRow({ ...goal, ...figures, what: `${ACCOUNTS} due, ${IN_FLIGHT} in flight, ${what}` })
}
