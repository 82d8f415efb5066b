/** F10: the process that refreshes is stopped in flight and goes on later, while others wait for the same token. */

import { program } from '../../bench/process.ts'
import { currentPair } from '../../src/testing/fake-grants.ts'
import { type Finding, finding, type Scenario, type Torture } from '../finding.ts'
import { makeWorld } from '../home.ts'
import { runToEnd, startVictim, TOKENDECK } from '../program.ts'
import { isAlive } from '../provider.ts'

const LATENCY_MS = 2_000
const WAITING = 3

export const pause: Scenario = {
  faults: ['F10'],
  title: 'SIGSTOP in flight',
  async run(torture) {
    const { isShort } = torture
    // Beyond the deadline of a request, and beyond the lease.
    const plans = isShort
      ? [{ rounds: 3, pauseMs: 3_000 }]
      : [
          { rounds: 40, pauseMs: 3_000 },
          { rounds: 10, pauseMs: 120_000 },
        ]
    const findings: Finding[] = []
    for (const { rounds, pauseMs } of plans) {
      const results: Result[] = []
      // Most of the time they are asleep.
      for (let first = 0; first < rounds; first += 10) {
        const some = Array.from({ length: Math.min(10, rounds - first) }, () => round(torture, pauseMs))
        results.push(...(await Promise.all(some)))
      }
      const count = (name: keyof Result) => results.reduce((sum, result) => sum + Number(result[name]), 0)
      findings.push(
        finding(
          'F10',
          `stopped for ${pauseMs / 1_000} s between request and commit, ${WAITING} others wait, × ${rounds}`,
          {
            measured: `${count('isRevoked')} logins revoked, ${count('isDiscarded')} answers discarded, ${count('calls')} token calls, ${count('answered')} of ${rounds * WAITING} others answered`,
            goal: `0 revoked, 0 discarded, ${rounds} calls${pauseMs < 30_000 ? ', all answered' : ''}`,
            isMet:
              count('isRevoked') + count('isDiscarded') === 0 &&
              count('calls') === rounds &&
              (pauseMs >= 30_000 || count('answered') === rounds * WAITING),
          },
        ),
      )
    }
    return findings
  },
}

interface Result {
  isRevoked: boolean
  isDiscarded: boolean
  calls: number
  answered: number
}

async function round({ directory }: Torture, pauseMs: number): Promise<Result> {
  const { provider, home, close } = await makeWorld(directory, { reuse: 'strict', latencyMs: LATENCY_MS })
  const holder = startVictim(TOKENDECK, home.environment)
  await holder.ask({ do: 'open' })
  const { login, family } = provider.signIn(0, -60_000)
  const { states } = await holder.ask({ do: 'connect', login })
  const { accountId } = states[0]!
  const refreshed = holder.tell({ do: 'refresh', purpose: 'token_needed' })
  while (provider.arrived() === 0) await Bun.sleep(10)
  holder.signal('SIGSTOP')
  const command = program('src/command-line/main.ts', 'token', accountId)
  const others = Array.from({ length: WAITING }, () => runToEnd(command, home.environment))
  await Bun.sleep(LATENCY_MS + pauseMs)
  holder.signal('SIGCONT')
  await refreshed
  const after = (await holder.ask({ do: 'state' })).states[0]!
  await holder.ask({ do: 'close' })
  const { accessToken } = currentPair(family)
  const answers = await Promise.all(others)
  await close()
  return {
    isRevoked: family.revokedAt !== null,
    isDiscarded: !isAlive(family, after.refreshToken),
    calls: provider.tokenCalls().length,
    answered: answers.filter(({ code, output }) => code === 0 && output.trim() === accessToken).length,
  }
}
