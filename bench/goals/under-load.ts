/** G10, G11, and the pauses of G14: what refreshes and pages do to each other. */

import { openEventStream, signIn, timeRequest } from '../client.ts'
import type { Part } from '../goal.ts'
import { makeHome } from '../home.ts'
import { type LoadedServer, startLoadedServer } from '../loaded-server.ts'
import { limitRow, type Row, ratioRow } from '../row.ts'
import { percentile } from '../statistics.ts'
import { startTokenEndpoint } from '../token-endpoint.ts'

const ACCOUNTS = 100
const ROUNDS = 10
/** As many as the scheduler has in flight for one provider. */
const IN_FLIGHT = 4
const WARM_UP = 150
const PAGES_AT_REST = 300
/** Between two pages of the one who looks at them. */
const READING_MS = 20
const MANY = 10_000

export const underLoad: Part = {
  goals: ['G10', 'G11', 'G14'],
  title: 'pages while refreshes run',
  async measure({ directory }) {
    const endpoint = await startTokenEndpoint({ delayMs: 50 })
    const rows = [
      ...(await pagesAndRefreshes(directory, endpoint.origin)),
      ...(await pausesOfMany(directory, endpoint.origin)),
    ]
    await endpoint.stop()
    return rows
  },
}

async function pagesAndRefreshes(directory: string, endpoint: string): Promise<Row[]> {
  const home = await makeHome(directory, { accounts: ACCOUNTS, endpoint })
  const server = await startLoadedServer(home)
  const cookie = await signIn(server, home)
  const closeStream = await openEventStream(server.port, cookie)
  const page = () => timeRequest(`http://localhost:${server.port}/`, { cookie })
  await pagesWhile(page, repeated(WARM_UP))
  const atRest = await pagesWhile(page, repeated(PAGES_AT_REST))
  let isOver = false
  const refreshing = server.ask<number[]>(`refresh ${ROUNDS} ${IN_FLIGHT}`).finally(() => {
    isOver = true
  })
  const meanwhile = await pagesWhile(page, () => !isOver)
  const spans = await refreshing
  closeStream()
  await server.stop()
  const durable = { goal: 'G10', unit: 'ms' }
  const words = `last byte → durable, ${spans.length.toLocaleString('en')} refreshes under pages`
  return [
    limitRow({ ...durable, what: `${words}, p50`, value: percentile(spans, 0.5), limit: 5 }),
    limitRow({ ...durable, what: `${words}, p99`, value: percentile(spans, 0.99), limit: 25 }),
    limitRow({ ...durable, what: `${words}, max`, value: Math.max(...spans), limit: 100 }),
    ratioRow({
      goal: 'G11',
      what: `page of ${ACCOUNTS} accounts under these refreshes, p99`,
      value: percentile(meanwhile, 0.99),
      reference: percentile(atRest, 0.99),
      of: 'at rest',
      limit: 3,
      unit: 'ms',
    }),
  ]
}

async function pagesWhile(page: () => Promise<number>, isWanted: () => boolean): Promise<number[]> {
  const figures: number[] = []
  while (isWanted()) {
    figures.push(await page())
    await Bun.sleep(READING_MS)
  }
  return figures
}

function repeated(times: number): () => boolean {
  let left = times
  return () => left-- > 0
}

async function pausesOfMany(directory: string, endpoint: string): Promise<Row[]> {
  const home = await makeHome(directory, { accounts: ACCOUNTS, endpoint, copies: MANY - ACCOUNTS })
  const server = await startLoadedServer(home)
  const cookie = await signIn(server, home)
  await Bun.sleep(1_000)
  const pauseOf = async (work: () => Promise<unknown>) => {
    await server.ask('pause')
    await work()
    return await server.ask<number>('pause')
  }
  const refreshes = await pauseOf(() => server.ask(`refresh 2 ${IN_FLIGHT}`))
  const stream = await pauseOf(() => watchStream(server, cookie))
  const page = await pauseOf(() => timeRequest(`http://localhost:${server.port}/`, { cookie }))
  await server.stop()
  const row = (what: string, value: number) =>
    limitRow({
      goal: 'G14',
      what: `longest pause with ${MANY.toLocaleString('en')} accounts: ${what}`,
      value,
      limit: 50,
      unit: 'ms',
    })
  return [row('refreshing', refreshes), row('a page that follows them', stream), row('their page is made', page)]
}

/** The stream of an open page while 100 refreshes run. */
async function watchStream(server: LoadedServer, cookie: string): Promise<void> {
  const closeStream = await openEventStream(server.port, cookie)
  await server.ask(`refresh 1 ${IN_FLIGHT}`)
  await Bun.sleep(1_500)
  closeStream()
}
