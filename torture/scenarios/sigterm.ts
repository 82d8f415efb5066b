/** F20: the server is told to end while a refresh is in flight, of a person's or of its own. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type StartedServer, startDashboard } from '../../bench/process.ts'
import { MINUTE_MS, SECOND_MS } from '../../src/lib/clock.ts'
import { type Finding, finding, type Scenario, type Torture } from '../finding.ts'
import { makeWorld, type World } from '../home.ts'
import { startVictim, TOKENDECK } from '../program.ts'
import { isAlive } from '../provider.ts'

const SIGNALS = ['SIGTERM', 'SIGINT'] as const
type EndSignal = (typeof SIGNALS)[number]
/** The answer leaves the provider within this of the signal: before it or after it. Milliseconds. */
const APART_MS = 60
/** By then a server that was started has sent what is due. */
const SENT_LIMIT_MS = 20 * SECOND_MS
/** The deadline of the longest request, and two seconds. */
const END_LIMIT_MS = 32 * SECOND_MS

export const sigterm: Scenario = {
  faults: ['F20'],
  title: 'SIGTERM in flight',
  async run(torture) {
    const findings: Finding[] = []
    for (const signal of SIGNALS) findings.push(await rows(torture, signal))
    return findings
  },
}

async function rows({ directory, isShort }: Torture, signal: EndSignal): Promise<Finding> {
  const rounds = isShort ? 4 : 100
  const world = await makeWorld(directory, { reuse: 'strict' })
  const result = { kept: 0, exits: 0, inFlight: 0, scheduled: 0, slowestMs: 0 }
  for (let round = 0; round < rounds; round++) {
    // One that is over is the scheduler's, as soon as it looks; the other waits for a person.
    const isDue = round % 2 === 0
    const { login, family } = world.provider.signIn(0, isDue ? -MINUTE_MS : undefined)
    const before = await lookAround(world, async (reader) => (await reader.ask({ do: 'connect', login })).states)
    const held = world.provider.hold('answer')
    const server = await startDashboard(world.home.environment)
    const asked = isDue ? null : askForRefresh(world, server, before[0]!.accountId)
    const answer = await Promise.race([held, Bun.sleep(SENT_LIMIT_MS).then(() => null)])
    world.provider.holdNothing()
    const deliveredBefore = world.provider.delivered()
    const releaseSoon = () => Bun.sleep(Math.random() * APART_MS).then(() => answer?.release())
    // Half of the answers surely come after the signal, the others at about the same time.
    const isAfter = round % 4 < 2
    let releasing = isAfter ? null : releaseSoon()
    await Bun.sleep(Math.random() * APART_MS)
    if (answer && world.provider.delivered() === deliveredBefore) result.inFlight += 1
    const signalledAt = performance.now()
    server.child.kill(signal)
    releasing ??= releaseSoon()
    if ((await server.child.exited) === 0) result.exits += 1
    result.slowestMs = Math.max(result.slowestMs, performance.now() - signalledAt)
    await Promise.all([releasing, asked])
    const after = await lookAround(world, async (reader) => (await reader.ask({ do: 'state' })).states)
    const isRefreshed = after[0]!.generation > before[0]!.generation
    if (isRefreshed && isAlive(family, after[0]!.refreshToken)) result.kept += 1
    if (isDue && isRefreshed) result.scheduled += 1
  }
  await world.close()
  const what = `${signal} during a refresh, × ${rounds} (${result.scheduled} of the scheduler's; ${result.inFlight} with the answer still to come)`
  return finding('F20', what, {
    measured: `${result.kept} logins refreshed and kept, ${result.exits} exits with 0, slowest ${(result.slowestMs / SECOND_MS).toFixed(1)} s`,
    goal: `${rounds} kept, ${rounds} exits with 0, ≤ ${END_LIMIT_MS / SECOND_MS} s`,
    isMet:
      result.kept === rounds &&
      result.exits === rounds &&
      result.scheduled === rounds / 2 &&
      result.inFlight >= rounds / 2 &&
      result.slowestMs <= END_LIMIT_MS,
  })
}

/** Does something with what is stored, while no server runs. */
async function lookAround<T>(
  { home }: World,
  look: (reader: ReturnType<typeof startVictim>) => Promise<T>,
): Promise<T> {
  const reader = startVictim(TOKENDECK, home.environment)
  await reader.ask({ do: 'open' })
  const found = await look(reader)
  await reader.ask({ do: 'close' })
  await reader.ended
  return found
}

function askForRefresh({ home }: World, { port }: StartedServer, accountId: string): Promise<unknown> {
  const token = readFileSync(join(home.path, 'api-token'), 'utf8').trim()
  return fetch(`http://localhost:${port}/api/accounts/${accountId}/refresh`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  }).catch(() => null)
}
