/** What limits cost a page: the list with its bars, for few accounts and for many. No goal is set for them yet. */

import { signIn, timeRequest } from '../client.ts'
import type { Part } from '../goal.ts'
import { makeHome } from '../home.ts'
import { startDashboard, stopServer } from '../process.ts'
import { shownRow } from '../row.ts'
import { interleaved, median, percentile } from '../statistics.ts'

const FEW = 20
const MANY = 1_000
const WARM_UP = 60
const ROUNDS = 150

export const usagePages: Part = {
  goals: ['G6'],
  title: 'pages with limits',
  async measure({ directory, rounds }) {
    const homes = await Promise.all(
      [FEW, MANY].map((count) => makeHome(directory, { accounts: 1, copies: count - 1, hasUsage: true })),
    )
    const servers = await Promise.all(homes.map(({ environment }) => startDashboard(environment)))
    const [few, many] = await Promise.all(
      servers.map(async (server, index) => {
        const cookie = await signIn(server, homes[index]!)
        return () => timeRequest(`http://localhost:${server.port}/`, { cookie })
      }),
    )
    const ways = { few: few!, many: many! }
    await interleaved(WARM_UP, ways)
    const figures = await interleaved(ROUNDS * rounds, ways)
    await Promise.all(servers.map(stopServer))
    return (
      [
        ['few', FEW],
        ['many', MANY],
      ] as const
    ).flatMap(([name, count]) => {
      const what = `accounts page with limits, ${count.toLocaleString('en')} accounts`
      const shown = { goal: 'G6', unit: 'ms', from: count > 100 ? '100 rows of them' : 'all rows' }
      return [
        shownRow({ ...shown, what: `${what}, p50`, value: median(figures[name]) }),
        shownRow({ ...shown, what: `${what}, p95`, value: percentile(figures[name], 0.95) }),
      ]
    })
  },
}
