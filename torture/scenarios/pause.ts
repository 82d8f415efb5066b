/** F10: the process that refreshes is stopped in flight and goes on later, while others wait for the same token. */

import { program } from '../../bench/process.ts'
import { currentPair } from '../../src/testing/fake-grants.ts'
import { type Finding, finding, type Scenario, type Torture } from '../finding.ts'
import { makeSharedWorld, makeWorld } from '../home.ts'
import { runToEnd, startVictim, TOKENDECK } from '../program.ts'
import { isAlive } from '../provider.ts'

const LATENCY_MS = 2_000
const WAITING = 3
/** Most of the time they are asleep, so that many can be at once. */
const AT_ONCE = 25

export const pause: Scenario = {
  faults: ['F10'],
  title: 'SIGSTOP in flight',
  async run(torture) {
    // Beyond the deadline of a request, and beyond the lease.
    const [rounds, pauseMs] = torture.isShort ? [2, 3_000] : [50, 120_000]
    return [await rows(torture, rounds, pauseMs, 'own'), await rows(torture, rounds, pauseMs, 'shared')]
  },
}

/** `own`: the database is a file of the one who is stopped. `shared`: it is on the network, and another machine waits too. */
type DatabaseKind = 'own' | 'shared'

async function rows(torture: Torture, rounds: number, pauseMs: number, database: DatabaseKind): Promise<Finding> {
  const results: Result[] = []
  for (let first = 0; first < rounds; first += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, rounds - first) }, () => round(torture, pauseMs, database))
    results.push(...(await Promise.all(some)))
  }
  const count = (name: keyof Result) => results.reduce((sum, result) => sum + Number(result[name]), 0)
  // Who waits for a database of one machine is told of it; nobody waits longer than half a minute for a lease.
  const isWaitedOut = pauseMs < 30_000
  const where = database === 'own' ? '' : ' of another machine, database shared'
  const what = `stopped for ${pauseMs / 1_000} s between request and commit, ${WAITING} others wait${where}, × ${rounds}`
  return finding('F10', what, {
    measured: `${count('isRevoked')} logins revoked, ${count('isDiscarded')} answers discarded, ${count('calls')} token calls, ${count('answered')} of ${rounds * WAITING} others answered`,
    goal: `0 revoked, 0 discarded, ${rounds} calls${isWaitedOut ? ', all answered' : ''}`,
    isMet:
      count('isRevoked') + count('isDiscarded') === 0 &&
      count('calls') === rounds &&
      (!isWaitedOut || count('answered') === rounds * WAITING),
  })
}

interface Result {
  isRevoked: boolean
  isDiscarded: boolean
  calls: number
  answered: number
}

async function round({ directory }: Torture, pauseMs: number, database: DatabaseKind): Promise<Result> {
  const options = { reuse: 'strict' as const, latencyMs: LATENCY_MS }
  const world = database === 'own' ? null : await makeSharedWorld(directory, { ...options, machines: 2 })
  const own = world ? null : await makeWorld(directory, options)
  const provider = (world ?? own!).provider
  const home = own?.home ?? world!.machines[0]!.home
  const elsewhere = own?.home ?? world!.machines[1]!.home
  const holder = startVictim(TOKENDECK, home.environment)
  await holder.ask({ do: 'open' })
  // Near its end, as when the scheduler comes, so that nobody has reason to wait longer than for the lease.
  const { login, family } = provider.signIn(0, -60_000)
  const { states } = await holder.ask({ do: 'connect', login })
  const { accountId } = states[0]!
  const refreshed = await sentRefresh(holder, provider)
  holder.signal('SIGSTOP')
  const command = program('src/command-line/main.ts', 'token', accountId)
  const others = Array.from({ length: WAITING }, () => runToEnd(command, elsewhere.environment))
  await Bun.sleep(LATENCY_MS + pauseMs)
  holder.signal('SIGCONT')
  await refreshed.answer
  const after = (await holder.ask({ do: 'state' })).states[0]!
  await holder.ask({ do: 'close' })
  const { accessToken } = currentPair(family)
  const answers = await Promise.all(others)
  await (world ?? own!).close()
  return {
    isRevoked: family.revokedAt !== null,
    isDiscarded: !isAlive(family, after.refreshToken),
    calls: provider.tokenCalls().length,
    answered: answers.filter(({ code, output }) => code === 0 && output.trim() === accessToken).length,
  }
}

/** A refresh whose request is on its way. One that a slow machine did not come to send in time is begun anew. */
async function sentRefresh(
  holder: ReturnType<typeof startVictim>,
  provider: { arrived(): number },
): Promise<{ answer: Promise<unknown> }> {
  while (true) {
    let isOver = false
    const answer = holder.tell({ do: 'refresh', purpose: 'token_needed' }).finally(() => {
      isOver = true
    })
    while (provider.arrived() === 0 && !isOver) await Bun.sleep(10)
    if (provider.arrived() > 0) return { answer }
    await answer
  }
}
