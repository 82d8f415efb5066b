/**
 * F24, F25: a database that several machines share, far away. The network to it is slow and breaks, before and after the
 * work is done; then it splits in the middle of what two machines are doing. Real processes, a database that speaks the
 * protocol, and a network of faults before it.
 */

import { NETWORK_FAULTS } from '../../src/testing/faulty-network.ts'
import { type Finding, finding, type Scenario, type Torture } from '../finding.ts'
import { makeSharedWorld } from '../home.ts'
import { startVictim, TOKENDECK } from '../program.ts'
import { isAlive } from '../provider.ts'

/** A twentieth of the requests is this slow. */
const SLOW_MS = [100, 400]
/** Now and then one is much slower, by turns: the last of these is longer than anybody waits for an answer. */
const VERY_SLOW_MS = [2_000, 5_000, 10_000, 13_000]
/** A refresh that the network did not let begin is asked for again. */
const MOST_TRIES = 20
/** A machine is cut off after so many requests of a round. */
const MOST_REQUESTS = 6

export const sharedDatabase: Scenario = {
  faults: ['F24', 'F25'],
  title: 'a shared database, far away',
  run: async (torture) => [await badNetwork(torture), await splits(torture)],
}

async function badNetwork({ directory, isShort }: Torture): Promise<Finding> {
  const rounds = isShort ? 25 : 500
  const world = await makeSharedWorld(directory, { reuse: 'strict', machines: 1 })
  const { home, network } = world.machines[0]!
  const victim = startVictim(TOKENDECK, home.environment)
  await victim.ask({ do: 'open' })
  const { login, family } = world.provider.signIn()
  await victim.ask({ do: 'connect', login })
  const granted = () => family.pairs.length - 1
  // One below and one beyond the deadline of a request, in a short run.
  const delays = isShort ? [VERY_SLOW_MS[0]!, VERY_SLOW_MS.at(-1)!] : VERY_SLOW_MS
  const mostSlow = isShort ? delays.length : 7 * delays.length
  let slowCount = 0
  for (let asked = 0; granted() < rounds && asked < MOST_TRIES * rounds; asked++) {
    const isSlow = slowCount < mostSlow && asked % Math.floor(rounds / mostSlow) === 0
    let left = isSlow ? Math.floor(Math.random() * MOST_REQUESTS) : Number.POSITIVE_INFINITY
    network.plan = () => {
      const isIt = left-- === 0
      const slowMs = Math.random() < 0.05 ? pick(SLOW_MS) : 0
      const verySlowMs = delays[slowCount % delays.length]!
      if (isIt) slowCount += 1
      return {
        // What is slow and breaks as well would only be broken.
        fault: !isSlow && Math.random() < 0.2 ? pick(NETWORK_FAULTS) : null,
        delayMs: isIt ? verySlowMs : slowMs,
      }
    }
    await victim.ask({ do: 'refresh' })
    network.plan = () => ({ fault: null })
    await victim.ask({ do: 'replay' })
  }
  const state = (await victim.ask({ do: 'replay' })).states[0]!
  await victim.ask({ do: 'close' })
  const calls = world.provider.tokenCalls().length
  await world.close()
  const isKept = isAlive(family, state.refreshToken)
  const seconds = delays.map((ms) => ms / 1_000).join(', ')
  const what = `${granted()} refreshes over a network that struck ${network.struck} of the requests, and let ${slowCount} wait for ${seconds} s`
  return finding('F24', what, {
    measured: `${isKept ? 0 : 'some'} lost, generation ${state.generation}, ${calls} token calls`,
    goal: `${rounds} refreshes, 0 lost, each applied once: generation ${granted() + 1}, ${granted()} calls`,
    isMet: isKept && slowCount > 0 && granted() >= rounds && state.generation === granted() + 1 && calls === granted(),
  })
}

async function splits({ directory, isShort }: Torture): Promise<Finding> {
  const wanted = isShort ? 8 : 100
  const world = await makeSharedWorld(directory, { reuse: 'strict', machines: 2 })
  const victims = world.machines.map(({ home }) => startVictim(TOKENDECK, home.environment))
  await victims[0]!.ask({ do: 'open' })
  const { login, family } = world.provider.signIn()
  await victims[0]!.ask({ do: 'connect', login })
  await victims[1]!.ask({ do: 'open' })
  let splitCount = 0
  while (splitCount < wanted) {
    for (const { network } of world.machines) {
      if (Math.random() < 0.4) continue
      splitCount += 1
      let left = Math.floor(Math.random() * MOST_REQUESTS)
      network.plan = () => {
        if (left-- <= 0) network.isSplit = true
        return { fault: null }
      }
    }
    const asked = Promise.all(victims.map((victim) => victim.ask({ do: 'refresh' })))
    // Who waits for the lease of one that was cut off waits for half a minute: the network comes back before.
    await Promise.race([asked, Bun.sleep(3_000)])
    heal(world.machines)
    for (const victim of await asked.then(() => victims)) await victim.ask({ do: 'replay' })
  }
  const state = (await victims[0]!.ask({ do: 'state' })).states[0]!
  for (const victim of victims) await victim.ask({ do: 'close' })
  const again = world.provider.tokenCalls().filter(({ outcome }) => outcome !== 'granted').length
  await world.close()
  return finding('F25', `two machines, ${splitCount} times one is cut off in the middle of something`, {
    measured: `${again} tokens spent twice, login ${isAlive(family, state.refreshToken) ? 'kept' : 'lost'}, ${family.pairs.length - 1} refreshes`,
    goal: '0, kept',
    isMet: again === 0 && isAlive(family, state.refreshToken) && family.pairs.length > 1,
  })
}

function heal(machines: Awaited<ReturnType<typeof makeSharedWorld>>['machines']): void {
  for (const { network } of machines) {
    network.isSplit = false
    network.plan = () => ({ fault: null })
  }
}

function pick<T>(choices: readonly T[]): T {
  return choices[Math.floor(Math.random() * choices.length)]!
}
