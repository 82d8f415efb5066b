/** F10: the process that refreshes is stopped in flight and goes on later, while others wait for the same token. */

import { program } from '../../bench/process.ts'
import { EXIT } from '../../src/command-line/exit-codes.ts'
import { SECOND_MS } from '../../src/lib/clock.ts'
import { currentPair } from '../../src/testing/fake-grants.ts'
import { type Finding, finding, type Scenario, type Torture } from '../finding.ts'
import { makeSharedWorld, makeWorld } from '../home.ts'
import { type ProgramEnd, runToEnd, startVictim, TOKENDECK } from '../program.ts'
import { isAlive } from '../provider.ts'

const LATENCY_MS = 2_000
const WAITING = 3
/** Half a minute for the lease, and what starting and ending takes. */
const WAIT_LIMIT_MS = 34 * SECOND_MS
/** Most of the time they are asleep, so that many can be at once. */
const AT_ONCE = 17
/**
 * Their others begin one after another: what is judged is how long they wait, not how long so many take to start. The last
 * of them gives up well before the lease ends: the next to come after that may take a stopped holder for a dead one.
 */
const APART_MS = 1_000

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
    const some = Array.from({ length: Math.min(AT_ONCE, rounds - first) }, (_, place) =>
      round(torture, { pauseMs, database, othersAfterMs: place * APART_MS }),
    )
    results.push(...(await Promise.all(some)))
  }
  const count = (name: keyof Result) => results.reduce((sum, result) => sum + Number(result[name]), 0)
  const slowestMs = Math.max(...results.map(({ slowestMs }) => slowestMs))
  // A command waits half a minute for a lease, or for a database of one machine, and then says so.
  const isWaitedOut = pauseMs < WAIT_LIMIT_MS
  const where = database === 'own' ? '' : ' of another machine, database shared'
  const what = `stopped for ${pauseMs / SECOND_MS} s between request and commit, ${WAITING} others wait${where}, × ${rounds}`
  const asked = rounds * WAITING
  const others = `${count('answered')} others answered, ${count('toldToWait')} told to come again, slowest ${(slowestMs / SECOND_MS).toFixed(1)} s`
  return finding('F10', what, {
    measured: `${count('isRevoked')} logins revoked, ${count('isDiscarded')} answers discarded, ${count('calls')} token calls; ${others}; afterwards ${count('isServed')} of ${rounds} are served`,
    goal: `0 revoked, 0 discarded, ${rounds} calls; ${asked} others answered${isWaitedOut ? '' : ' or told so'} in ${WAIT_LIMIT_MS / SECOND_MS} s; all served`,
    isMet:
      count('isRevoked') + count('isDiscarded') === 0 &&
      count('calls') === rounds &&
      count('answered') + (isWaitedOut ? 0 : count('toldToWait')) === asked &&
      slowestMs <= WAIT_LIMIT_MS &&
      count('isServed') === rounds,
  })
}

interface Result {
  isRevoked: boolean
  isDiscarded: boolean
  calls: number
  /** Others that got the new token. */
  answered: number
  /** Others that ended with the code for "try again", and words. */
  toldToWait: number
  slowestMs: number
  /** Somebody who asks after it went on gets the new token. */
  isServed: boolean
}

interface Round {
  database: DatabaseKind
  pauseMs: number
  /** From the stop until the others begin. */
  othersAfterMs: number
}

async function round({ directory }: Torture, { pauseMs, database, othersAfterMs }: Round): Promise<Result> {
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
  await Bun.sleep(othersAfterMs)
  const others = Array.from({ length: WAITING }, () => runToEnd(command, elsewhere.environment))
  await Bun.sleep(LATENCY_MS + pauseMs - othersAfterMs)
  holder.signal('SIGCONT')
  await refreshed.answer
  const after = (await holder.ask({ do: 'state' })).states[0]!
  await holder.ask({ do: 'close' })
  const { accessToken } = currentPair(family)
  const answers = await Promise.all(others)
  const later = await runToEnd(command, elsewhere.environment)
  await (world ?? own!).close()
  const isServed = ({ code, output }: ProgramEnd) => code === EXIT.done && output.trim() === accessToken
  const isTold = ({ code, output, said }: ProgramEnd) =>
    (code === EXIT.tryLater || code === EXIT.busy) && output === '' && said.trim() !== ''
  return {
    isRevoked: family.revokedAt !== null,
    isDiscarded: !isAlive(family, after.refreshToken),
    calls: provider.tokenCalls().length,
    answered: answers.filter(isServed).length,
    toldToWait: answers.filter(isTold).length,
    slowestMs: Math.max(...answers.map(({ tookMs }) => tookMs)),
    isServed: isServed(later),
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
