/** G6, G7: pages and lists over HTTP, one connection, one request after another. */

import { apiToken, signIn, timeRequest } from '../client.ts'
import type { Part } from '../goal.ts'
import { makeHome } from '../home.ts'
import { startDashboard, startFloor, stopServer } from '../process.ts'
import { ratioRow } from '../row.ts'
import { interleaved, median } from '../statistics.ts'

/** Enough for the engine to have compiled what runs often. */
const WARM_UP = 150
const ROUNDS = 400

export const answers: Part = {
  goals: ['G6', 'G7'],
  title: 'pages and lists over HTTP',
  async measure({ directory, rounds }) {
    const ten = await makeHome(directory, { accounts: 10 })
    const hundred = await makeHome(directory, { accounts: 100 })
    const servers = [
      await startDashboard(ten.environment),
      await startDashboard(hundred.environment),
      await startFloor(directory, 10),
      await startFloor(directory, 100),
    ] as const
    const [ours10, ours100, floor10, floor100] = servers
    const cookie = await signIn(ours10, ten)
    const authorization = `Bearer ${apiToken(hundred)}`
    const ways = {
      page: () => timeRequest(`http://localhost:${ours10.port}/`, { cookie }),
      floorPage: () => timeRequest(`http://localhost:${floor10.port}/`),
      list: () => timeRequest(`http://localhost:${ours100.port}/api/accounts`, { authorization }),
      floorList: () => timeRequest(`http://localhost:${floor100.port}/api/accounts`),
    }
    await interleaved(WARM_UP, ways)
    const figures = await interleaved(ROUNDS * rounds, ways)
    await Promise.all(servers.map(stopServer))
    return [
      ratioRow({
        goal: 'G6',
        what: 'accounts page, 10 accounts, p50',
        value: median(figures.page),
        reference: median(figures.floorPage),
        of: 'floor',
        limit: 3,
        unit: 'ms',
      }),
      ratioRow({
        goal: 'G7',
        what: 'JSON list, 100 accounts, p50',
        value: median(figures.list),
        reference: median(figures.floorList),
        of: 'floor',
        limit: 1.5,
        unit: 'ms',
      }),
    ]
  },
}
