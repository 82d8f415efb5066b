/**
 * Hours of many logins on compressed time: everything that recurs runs as it does in the dashboard, the provider fails one
 * request in twenty, also where tokens are renewed. Counts who would have to sign in again, and watches memory and open files
 * of this process, which should do nothing else.
 */

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { openTokens } from '../accounts/grant-tokens.ts'
import { listAccounts } from '../accounts/list-accounts.ts'
import { openDatabase } from '../db/client.ts'
import { HOUR_MS, SECOND_MS } from '../lib/clock.ts'
import { silentLog } from '../lib/log.ts'
import type { Fetch } from '../oauth/transport.ts'
import { startWorkers } from '../workers/index.ts'
import { connectPerson, currentGrant } from './connected-account.ts'
import type { Fault } from './fake-faults.ts'
import { currentPair, type FakeFamily } from './fake-grants.ts'
import { buildFakeIdentity } from './fake-identities.ts'
import type { FakeProvider } from './fake-provider.ts'
import { fakeRandom } from './fake-random.ts'
import { fakeWindow } from './fake-usage.ts'
import { createTestContext, type TestContext } from './test-context.ts'

export interface LoginSoakOptions {
  hours: number
  accounts: number
  /** Share of requests that go wrong, 0–1. */
  faultShare: number
  /** For the database. */
  directory: string
}

export interface LoginSoak {
  refreshes: number
  readings: number
  faults: number
  /** Accounts that say that somebody has to sign in again. */
  signOuts: number
  /** Logins whose newest token is not the one that is stored. */
  lost: number
  /** Resident memory at the end of each hour; MiB. */
  memoryMib: number[]
  /** Open files at the end of each hour. */
  openFiles: number[]
}

/** A lost answer is given again within this; without it nobody could keep such a login. */
const GRACE_MS = 30 * SECOND_MS
/** Shorter than any provider's, so that a day has many refreshes. */
const TOKEN_LIFETIME_MS = HOUR_MS
/** What goes wrong where tokens are renewed: before the provider has done anything, and after. */
const TOKEN_FAULTS: readonly Fault[] = [
  { kind: 'status', status: 503 },
  { kind: 'status', status: 429, headers: { 'retry-after': '30' } },
  { kind: 'drop_before' },
  { kind: 'blocked' },
  { kind: 'captive_portal' },
  { kind: 'drop_after' },
  { kind: 'truncated' },
]
const USAGE_FAULTS: readonly Fault[] = [{ kind: 'status', status: 503 }, { kind: 'drop_before' }, { kind: 'truncated' }]

/** Runs it. Errors: what a broken program throws */
export async function soakLogins({ hours, accounts, faultShare, directory }: LoginSoakOptions): Promise<LoginSoak> {
  const identities = Array.from({ length: accounts }, (_, index) =>
    buildFakeIdentity(index % 2 === 0 ? 'claude' : 'codex', `person${index}`, 100 + index),
  )
  const database = await openDatabase({ url: `file:${join(directory, 'soak.db')}` })
  const faults = new RandomFaults(faultShare)
  const world: TestContext = await createTestContext({
    ...{
      database,
      provider: { identities, reuse: GRACE_MS, accessTokenLifetimeMs: TOKEN_LIFETIME_MS },
      overrides: { log: silentLog },
    },
    fetch: (url, init) => faults.fetch(world.fake, url, init),
  })
  const families: FakeFamily[] = []
  for (const { name } of identities) {
    world.fake.usage.set(name, [fakeWindow('session', 0, null)])
    families.push((await connectPerson(world, name)).family)
  }
  const workers = startWorkers(world.context)
  await workers.ready
  const result = { refreshes: 0, readings: 0, memoryMib: [] as number[], openFiles: [] as number[] }
  for (let hour = 0; hour < hours; hour++) {
    for (const { name } of identities) world.fake.usage.use(name, 1, { kind: 'session' })
    await world.clock.advance(HOUR_MS)
    for (const { endpoint } of world.fake.ledger.entries) {
      if (endpoint.endsWith('.refresh')) result.refreshes += 1
      if (endpoint.endsWith('.usage')) result.readings += 1
    }
    forgetWhatTestsKeep(world)
    await collect()
    result.memoryMib.push(process.memoryUsage().rss / 1024 ** 2)
    result.openFiles.push(readdirSync('/proc/self/fd').length)
  }
  const stopped = workers.stop()
  await world.clock.advance(SECOND_MS)
  await stopped
  const found = { ...(await judge(world, families)), faults: faults.count, ...result }
  await world.close()
  return found
}

/** What a test looks at afterwards grows for as long as it runs; a dashboard has none of it. */
function forgetWhatTestsKeep({ fake, events, log }: TestContext): void {
  fake.ledger.clear()
  events.length = 0
  log.lines.length = 0
}

/** The memory of what nobody has any more goes back to the system in a few turns. */
async function collect(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    Bun.gc(true)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function judge({ context }: TestContext, families: readonly FakeFamily[]) {
  const accounts = await listAccounts(context)
  let lost = 0
  for (const { id } of accounts) {
    const { refreshToken } = openTokens(context.vault, await currentGrant(context, id))
    const isNewest = (family: FakeFamily) =>
      family.revokedAt === null && currentPair(family).refreshToken === refreshToken?.reveal()
    if (!families.some(isNewest)) lost += 1
  }
  return { signOuts: accounts.filter(({ login }) => login.status === 'sign_in_again').length, lost }
}

/** Strikes requests by chance, and no token twice: two lost answers in a row cost a login, whoever asks. */
class RandomFaults {
  count = 0
  readonly #dice = fakeRandom(20_261_122)
  readonly #struck = new Set<string>()
  readonly #share: number

  constructor(share: number) {
    this.#share = share
  }

  async fetch(fake: FakeProvider, url: string, init: Parameters<Fetch>[1]): Promise<Response> {
    const isToken = url.endsWith('/oauth/token')
    if (!(isToken || url.includes('usage')) || this.#dice.fraction() >= this.#share) return await fake.fetch(url, init)
    const request = `${url} ${isToken ? init.body : ''}`
    if (isToken && this.#struck.has(request)) return await fake.fetch(url, init)
    if (isToken) this.#struck.add(request)
    this.count += 1
    const faults = isToken ? TOKEN_FAULTS : USAGE_FAULTS
    const fault = faults[Math.floor(this.#dice.fraction() * faults.length)]!
    const provider = new URL(url).host.includes('openai') || new URL(url).host === 'chatgpt.com' ? 'codex' : 'claude'
    const undo = fake.faults.add({ endpoint: `${provider}.${isToken ? 'refresh' : 'usage'}`, fault })
    try {
      return await fake.fetch(url, init)
    } finally {
      undo()
    }
  }
}

/** How much a series of hourly figures grows an hour, by least squares, without the first quarter of it. */
export function growthAnHour(figures: readonly number[]): number {
  const settled = figures.slice(Math.floor(figures.length / 4))
  const middle = (settled.length - 1) / 2
  const mean = settled.reduce((sum, figure) => sum + figure, 0) / settled.length
  const spread = settled.reduce((sum, _, index) => sum + (index - middle) ** 2, 0)
  return settled.reduce((sum, figure, index) => sum + (index - middle) * (figure - mean), 0) / Math.max(1, spread)
}
