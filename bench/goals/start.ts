/** G1, G2: from exec to the first answer. */

import type { Bench, Part } from '../goal.ts'
import { makeHome, newHome } from '../home.ts'
import {
  freePort,
  program,
  type StartedServer,
  startDashboard,
  startFloor,
  startServer,
  stopServer,
} from '../process.ts'
import { ratioRow, shownRow } from '../row.ts'
import { interleaved, median } from '../statistics.ts'

const ROUNDS = 9

export const start: Part = {
  goals: ['G1', 'G2'],
  title: 'start',
  async measure({ rounds, directory }: Bench) {
    const home = await makeHome(directory, { accounts: 10 })
    const ready = async (server: Promise<StartedServer>) => {
      const { readyMs } = await server
      await stopServer(await server)
      return readyMs
    }
    const hello = () => {
      const port = freePort()
      return startServer(program('bench/bare/hello.ts', port), port)
    }
    await ready(startFloor(directory, 10))
    const figures = await interleaved(ROUNDS * rounds, {
      bare: () => ready(hello()),
      floor: () => ready(startFloor(directory, 10)),
      existing: () => ready(startDashboard(home.environment)),
      first: () => ready(startDashboard(newHome(directory).environment)),
    })
    const [bare, floor, existing, first] = [figures.bare, figures.floor, figures.existing, figures.first].map(
      median,
    ) as [number, number, number, number]
    return [
      ratioRow({
        goal: 'G1',
        what: 'start with 10 accounts → 200',
        value: existing,
        reference: floor,
        of: 'floor',
        limit: 1.5,
        unit: 'ms',
      }),
      shownRow({ goal: 'G1', what: 'the same of an empty server', value: bare, unit: 'ms' }),
      ratioRow({
        goal: 'G2',
        what: 'first start: key, tables',
        value: first,
        reference: existing,
        of: 'G1',
        limit: 3,
        unit: 'ms',
      }),
    ]
  },
}
