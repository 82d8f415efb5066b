/**
 * F18: the wall clock jumps, at rest and in flight, under the real scheduler. The programs' time runs a hundred times
 * faster than the machine's, so that minutes pass in moments.
 */

import { DAY_MS, MINUTE_MS } from '../../src/lib/clock.ts'
import type { FakeFamily } from '../../src/testing/fake-grants.ts'
import { type Finding, finding, type Scenario, type Torture } from '../finding.ts'
import { makeWorld } from '../home.ts'
import { startVictim, TOKENDECK } from '../program.ts'
import { isAlive } from '../provider.ts'

const RATE = 100
const ACCOUNTS = 5
/** By the program's clock a quarter of an hour and more, as it counts an answer's lifetime. */
const LIFETIME_MS = 20 * MINUTE_MS
const WINDOW_MS = 5 * MINUTE_MS
const YEARS_MS = 5 * 365 * DAY_MS
const JUMPS: Record<string, number[]> = {
  'a day ahead': [DAY_MS],
  'a day back': [-DAY_MS],
  'five years ahead': [YEARS_MS],
  'five years back': [-YEARS_MS],
  'to and fro': [YEARS_MS, -DAY_MS, 0],
}

export const clock: Scenario = {
  faults: ['F18'],
  title: 'clock jumps',
  async run(torture) {
    // All at once: they are asleep for the most part.
    return await Promise.all(Object.entries(JUMPS).map(([name, offsets]) => jump(torture, name, offsets)))
  },
}

async function jump({ directory, isShort }: Torture, name: string, offsets: number[]): Promise<Finding> {
  const provider = { reuse: 'strict' as const, people: ACCOUNTS, accessTokenLifetimeMs: LIFETIME_MS, latencyMs: 20 }
  const world = await makeWorld(directory, provider)
  const victim = startVictim(TOKENDECK, world.home.environment)
  await victim.ask({ do: 'open', rate: RATE })
  const families: FakeFamily[] = []
  for (let person = 0; person < ACCOUNTS; person++) {
    // Due at once, as after a long sleep.
    const { login, family } = world.provider.signIn(person, -MINUTE_MS)
    families.push(family)
    await victim.ask({ do: 'connect', login })
  }
  await victim.ask({ do: 'work' })
  // The first jump comes while a refresh is in flight.
  while (world.provider.arrived() === 0) await Bun.sleep(1)
  for (const offsetMs of offsets) {
    await victim.ask({ do: 'clock', offsetMs })
    await Bun.sleep((isShort ? 8 : 40) * (MINUTE_MS / RATE))
  }
  const { states } = await victim.ask({ do: 'state' })
  await victim.ask({ do: 'close' })
  const calls = families.map((family) => timesOf(world.provider.tokenCalls(), family))
  await world.close()
  const most = Math.max(...calls.map(mostInWindow))
  const held = families.filter((family) => states.some((state) => isAlive(family, state.refreshToken))).length
  return finding('F18', `the clock goes ${name}, ${ACCOUNTS} accounts`, {
    measured: `${calls.flat().length} token calls, at most ${most} per account in 5 min, ${held} of ${ACCOUNTS} logins kept`,
    goal: `≤ 1, all kept`,
    isMet: most <= 1 && held === ACCOUNTS,
  })
}

/** By the program's clock, milliseconds. */
function timesOf(calls: { at: number; identity: string | null }[], family: FakeFamily): number[] {
  return calls.filter(({ identity }) => identity === family.identity.name).map(({ at }) => at * RATE)
}

function mostInWindow(times: number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + WINDOW_MS).length))
}
