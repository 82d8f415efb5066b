/** G5: the accounts page in a browser that has never been here. */

import { existsSync } from 'node:fs'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright'
import { signIn } from '../client.ts'
import type { Part } from '../goal.ts'
import { makeHome } from '../home.ts'
import { startDashboard, startFloor, stopServer } from '../process.ts'
import { limitRow, type Row, ratioRow, unmeasuredRow } from '../row.ts'
import { median } from '../statistics.ts'

const ROUNDS = 7
const KNOWN_PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome-stable']
const WHAT = 'accounts page, 10 accounts, cold cache'
/** The time in which a page that is painted still may paint something larger. */
const PAINT_SETTLE_MS = 400

interface Visit {
  transferredBytes: number
  requests: number
  largestPaintMs: number
}

export const page: Part = {
  goals: ['G5'],
  title: 'the accounts page in a browser',
  async measure({ directory, rounds }) {
    const browser = await openBrowser()
    if (!browser) return [unmeasuredRow({ goal: 'G5', what: WHAT, reason: 'no Chromium on this machine' })]
    const home = await makeHome(directory, { accounts: 10 })
    const [dashboard, floor] = [await startDashboard(home.environment), await startFloor(directory, 10)]
    const [name, value] = (await signIn(dashboard, home)).split('=') as [string, string]
    const cookie = { name, value, domain: 'localhost', path: '/', secure: true, sameSite: 'Strict' as const }
    const ours: Visit[] = []
    const theirs: Visit[] = []
    try {
      for (let round = 0; round < ROUNDS * rounds; round++) {
        theirs.push(await visit(browser, `http://localhost:${floor.port}/`))
        ours.push(
          await visit(browser, `http://localhost:${dashboard.port}/`, (context) => context.addCookies([cookie])),
        )
      }
    } finally {
      await browser.close()
      await Promise.all([stopServer(dashboard), stopServer(floor)])
    }
    return rowsOf(ours, theirs)
  },
}

async function openBrowser(): Promise<Browser | null> {
  const executablePath = [chromium.executablePath(), ...KNOWN_PLACES].find((path) => existsSync(path))
  return executablePath ? await chromium.launch({ executablePath }) : null
}

async function visit(
  browser: Browser,
  address: string,
  prepare: (context: BrowserContext) => Promise<void> = async () => {},
): Promise<Visit> {
  const context = await browser.newContext()
  await prepare(context)
  const tab = await context.newPage()
  /** Bytes by request: what arrived so far, and the exact figure once it has ended. The event stream never ends. */
  const bytes = new Map<string, number>()
  const session = await context.newCDPSession(tab)
  await session.send('Network.enable')
  const add = (id: string, count: number) => void bytes.set(id, (bytes.get(id) ?? 0) + count)
  session.on('Network.requestWillBeSent', ({ requestId }) => add(requestId, 0))
  session.on('Network.responseReceived', ({ requestId, response }) => add(requestId, response.encodedDataLength))
  session.on('Network.dataReceived', ({ requestId, encodedDataLength }) => add(requestId, encodedDataLength))
  session.on(
    'Network.loadingFinished',
    ({ requestId, encodedDataLength }) => void bytes.set(requestId, encodedDataLength),
  )
  const answer = await tab.goto(address, { waitUntil: 'load' })
  if (!answer?.ok() || new URL(tab.url()).pathname !== '/') throw new Error(`${address} led to ${tab.url()}`)
  const largestPaintMs = await largestPaint(tab)
  await context.close()
  const transferredBytes = [...bytes.values()].reduce((sum, count) => sum + count, 0)
  return { transferredBytes, requests: bytes.size, largestPaintMs }
}

async function largestPaint(tab: Page): Promise<number> {
  await Bun.sleep(PAINT_SETTLE_MS)
  return await tab.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) => resolve(list.getEntries().at(-1)!.startTime)).observe({
          type: 'largest-contentful-paint',
          buffered: true,
        })
      }),
  )
}

function rowsOf(ours: readonly Visit[], theirs: readonly Visit[]): Row[] {
  const middle = (visits: readonly Visit[], of: keyof Visit) => median(visits.map((each) => each[of]))
  return [
    limitRow({
      goal: 'G5',
      what: WHAT,
      value: middle(ours, 'transferredBytes') / 1_000,
      limit: 60,
      unit: 'kB',
      from: `floor ${(middle(theirs, 'transferredBytes') / 1_000).toFixed(1)} kB`,
    }),
    limitRow({
      goal: 'G5',
      what: 'its requests, event stream included',
      value: middle(ours, 'requests'),
      limit: 6,
      unit: 'requests',
      from: `floor ${middle(theirs, 'requests')}`,
    }),
    ratioRow({
      goal: 'G5',
      what: 'its largest paint',
      value: middle(ours, 'largestPaintMs'),
      reference: middle(theirs, 'largestPaintMs'),
      of: 'floor',
      limit: 1.6,
      unit: 'ms',
    }),
  ]
}
