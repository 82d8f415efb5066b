/** G8: commands that shells and helpers run. */

import type { Part } from '../goal.ts'
import { makeHome } from '../home.ts'
import { program, runCommand, startDashboard, stopServer } from '../process.ts'
import { ratioRow, shownRow } from '../row.ts'
import { interleaved, median } from '../statistics.ts'

const ROUNDS = 15
/** A server that people use has answered before. */
const WARM_UP = 10

export const commands: Part = {
  goals: ['G8'],
  title: 'commands',
  async measure({ directory, rounds }) {
    const [served, unserved] = [
      await makeHome(directory, { accounts: 10 }),
      await makeHome(directory, { accounts: 10 }),
    ]
    const server = await startDashboard(served.environment)
    const token = program('src/command-line/main.ts', 'token', 'account-3')
    const line = program('src/command-line/main.ts', 'status', '--line')
    const throughNode = ['node', 'bin/tokendeck.mjs', 'token', 'account-3']
    const time = async (command: string[], environment = {}) => (await runCommand(command, environment)).ms
    await interleaved(WARM_UP, { served: () => time(token, served.environment) })
    const figures = await interleaved(ROUNDS * rounds, {
      empty: () => time(program('bench/bare/empty.ts')),
      served: () => time(token, served.environment),
      unserved: () => time(token, unserved.environment),
      lineServed: () => time(line, served.environment),
      lineUnserved: () => time(line, unserved.environment),
      throughNode: () => time(throughNode, served.environment),
    })
    await stopServer(server)
    const reference = { reference: median(figures.empty), of: 'empty program', unit: 'ms', goal: 'G8' }
    return [
      ratioRow({ ...reference, what: '`token` beside a server', value: median(figures.served), limit: 3 }),
      ratioRow({ ...reference, what: '`token` without a server', value: median(figures.unserved), limit: 6 }),
      ratioRow({ ...reference, what: '`status --line` beside a server', value: median(figures.lineServed), limit: 3 }),
      ratioRow({
        ...reference,
        what: '`status --line` without a server',
        value: median(figures.lineUnserved),
        limit: 6,
      }),
      shownRow({
        ...reference,
        what: '`token` by bin/tokendeck.mjs',
        value: median(figures.throughNode),
        from: 'Node starts first',
      }),
    ]
  },
}
