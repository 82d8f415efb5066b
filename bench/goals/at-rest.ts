/** G3, G4: memory and processor of a dashboard that nobody uses at the moment. */

import { openEventStream, signIn, timeRequest } from '../client.ts'
import type { Part } from '../goal.ts'
import { type Home, makeHome } from '../home.ts'
import {
  processorMs,
  residentBytes,
  type StartedServer,
  spentBetween,
  startDashboard,
  startFloor,
  stopServer,
} from '../process.ts'
import { limitRow, ratioRow } from '../row.ts'
import { median } from '../statistics.ts'

const PAGE_VIEWS = 50
const SETTLE_MS = 3_000
const WATCH_MS = 10_000
const MANY = 10_000
const MIB = 1_024 * 1_024

export const atRest: Part = {
  goals: ['G3', 'G4'],
  title: 'memory and processor at rest',
  async measure({ directory, rounds }) {
    // Limits just read: else the first readings of all of them would be measured as rest.
    const home = await makeHome(directory, { accounts: 100, hasUsage: true })
    const floor = await startFloor(directory, 100)
    const dashboard = await startDashboard(home.environment)
    const closeStream = await useIt(dashboard, home, floor)
    const before = { floor: processorMs(floor), dashboard: processorMs(dashboard) }
    await Bun.sleep(WATCH_MS)
    const seconds = WATCH_MS / 1_000
    const rows = [
      ratioRow({
        goal: 'G3',
        what: `memory, 100 accounts, after ${PAGE_VIEWS} pages`,
        value: residentBytes(dashboard) / MIB,
        reference: residentBytes(floor) / MIB,
        of: 'floor',
        limit: 1.35,
        unit: 'MiB',
      }),
      ratioRow({
        goal: 'G4',
        what: 'processor at rest, 100 accounts',
        value: spentBetween(before.dashboard, processorMs(dashboard)) / seconds,
        reference: spentBetween(before.floor, processorMs(floor)) / seconds,
        of: 'floor',
        limit: 2,
        unit: 'ms/s',
      }),
    ]
    closeStream()
    await Promise.all([stopServer(floor), stopServer(dashboard)])
    return [...rows, await growth(directory, home, rounds)]
  },
}

/** Pages are viewed and one stays open; the floor's as often. */
async function useIt(dashboard: StartedServer, home: Home, floor: StartedServer): Promise<() => void> {
  const cookie = await signIn(dashboard, home)
  const closeStream = await openEventStream(dashboard.port, cookie)
  for (let view = 0; view < PAGE_VIEWS; view++) {
    await timeRequest(`http://localhost:${dashboard.port}/`, { cookie })
    await timeRequest(`http://localhost:${floor.port}/`)
  }
  await Bun.sleep(SETTLE_MS)
  return closeStream
}

/** What each further account keeps in memory: two starts that differ in the number of accounts only. */
async function growth(directory: string, few: Home, rounds: number) {
  const many = await makeHome(directory, { accounts: 100, copies: MANY - 100, hasUsage: true })
  const differences: number[] = []
  for (let round = 0; round < 3 * rounds; round++) {
    const [small, large] = [await startDashboard(few.environment), await startDashboard(many.environment)]
    await Bun.sleep(SETTLE_MS)
    differences.push((residentBytes(large) - residentBytes(small)) / (MANY - 100))
    await Promise.all([stopServer(small), stopServer(large)])
  }
  return limitRow({
    goal: 'G3',
    what: `memory for each account, 100 → ${MANY.toLocaleString('en')}`,
    value: median(differences) / 1_024,
    limit: 1,
    unit: 'KiB',
  })
}
