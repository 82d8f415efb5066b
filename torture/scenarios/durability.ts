/** F2: how long an answer is nowhere but in memory, from its last byte until the commit returned. */

import { percentile } from '../../bench/statistics.ts'
import { type Scenario, timedFinding } from '../finding.ts'
import { makeWorld } from '../home.ts'
import { startVictim, TOKENDECK } from '../program.ts'

const LIMITS = { p50: 5, p99: 25, max: 100 }

export const durability: Scenario = {
  faults: ['F2'],
  title: 'from the last byte to the disk',
  isTimed: true,
  async run({ directory, isShort }) {
    const { provider, home, close } = await makeWorld(directory, { reuse: 'strict' })
    const victim = startVictim(TOKENDECK, home.environment)
    await victim.ask({ do: 'open' })
    await victim.ask({ do: 'connect', login: provider.signIn().login })
    // The first ones of a process are compiled while they run; they are a measurement of the compiler.
    await victim.ask({ do: 'measure', count: 10 })
    const { samples = [] } = await victim.ask({ do: 'measure', count: isShort ? 200 : 1_000 })
    await victim.ask({ do: 'close' })
    await close()
    const [p50, p99, max] = [percentile(samples, 0.5), percentile(samples, 0.99), Math.max(...samples)]
    return [
      timedFinding(isShort, 'F2', `from the last byte of the answer until it is durable, ${samples.length} refreshes`, {
        measured: `p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)}, max ${max.toFixed(1)} ms`,
        goal: `p50 ≤ ${LIMITS.p50}, p99 ≤ ${LIMITS.p99}, max ≤ ${LIMITS.max} ms`,
        isMet: p50 <= LIMITS.p50 && p99 <= LIMITS.p99 && max <= LIMITS.max,
      }),
    ]
  },
}
