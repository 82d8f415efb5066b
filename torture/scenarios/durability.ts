/**
 * F2: how long an answer is nowhere but in memory. The clock starts where the provider hands its answer over, which is before
 * its last byte has come, and stops where the commit has returned: what is measured is a little more than what is asked for.
 */

import { percentile } from '../../bench/statistics.ts'
import { type Scenario, timedFinding } from '../finding.ts'
import { makeWorld } from '../home.ts'
import { startVictim, TOKENDECK } from '../program.ts'

const LIMITS = { p50: 5, p99: 25, max: 100 }
/** Of a short run beside whatever else the machine does: anything slow between the answer and the disk slows the quickest too. */
const TOLERABLE = { p10: 15, p99: 1_000 }

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
    const before = provider.answeredAt.length
    const { samples: own = [], durableAt = [] } = await victim.ask({ do: 'measure', count: isShort ? 200 : 1_000 })
    const samples = durableAt.map((at, index) => at - provider.answeredAt[before + index]!)
    await victim.ask({ do: 'close' })
    await close()
    if (samples.length !== provider.answeredAt.length - before) throw new Error('an answer was not measured')
    const [p50, p99, max] = [percentile(samples, 0.5), percentile(samples, 0.99), Math.max(...samples)]
    return [
      timedFinding(isShort, 'F2', `from the provider’s hand to the disk, ${samples.length} refreshes`, {
        measured: `p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)}, max ${max.toFixed(1)} ms; of this with the whole answer in our hands p50 ${percentile(own, 0.5).toFixed(1)}, p99 ${percentile(own, 0.99).toFixed(1)} ms`,
        goal: `p50 ≤ ${LIMITS.p50}, p99 ≤ ${LIMITS.p99}, max ≤ ${LIMITS.max} ms`,
        isMet: p50 <= LIMITS.p50 && p99 <= LIMITS.p99 && max <= LIMITS.max,
        isTolerable: percentile(samples, 0.1) <= TOLERABLE.p10 && p99 <= TOLERABLE.p99,
      }),
    ]
  },
}
