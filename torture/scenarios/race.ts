/** F4: many processes want a token of the same account at the same time, beside a running server and without one. */

import { program, startDashboard, stopServer } from '../../bench/process.ts'
import { currentPair, type FakeFamily } from '../../src/testing/fake-grants.ts'
import { type Finding, finding, type Scenario, type Torture } from '../finding.ts'
import { makeWorld, type World } from '../home.ts'
import { runToEnd, startVictim, TOKENDECK } from '../program.ts'

const PROCESSES = 16
/** Their access tokens are over, so that whoever asks first must refresh. */
const OVER_MS = -60_000
/** The deadline of a request, and two seconds. */
const ANSWER_LIMIT_MS = 32_000

export const race: Scenario = {
  faults: ['F4'],
  title: `${PROCESSES} processes and one account`,
  async run(torture) {
    return [await compete(torture, 'beside a server'), await compete(torture, 'without a server')]
  },
}

/** One row: all commands of a round at once. */
export async function compete({ directory, isShort }: Torture, where: string): Promise<Finding> {
  const rounds = isShort ? 3 : 50
  const world = await makeWorld(directory, { reuse: 'strict', people: rounds, latencyMs: 50 })
  const logins = await connectAll(world, rounds)
  const server = where === 'beside a server' ? await startDashboard(world.home.environment) : null
  let answered = 0
  let slowestMs = 0
  for (const { accountId, family } of logins) {
    const command = program('src/command-line/main.ts', 'token', accountId)
    const answers = await Promise.all(
      Array.from({ length: PROCESSES }, () => runToEnd(command, world.home.environment)),
    )
    slowestMs = Math.max(slowestMs, ...answers.map(({ tookMs }) => tookMs))
    const { accessToken } = currentPair(family)
    answered += answers.filter(({ code, output }) => code === 0 && output.trim() === accessToken).length
  }
  if (server) await stopServer(server)
  const calls = world.provider.tokenCalls().length
  const revoked = logins.filter(({ family }) => family.revokedAt !== null).length
  await world.close()
  const asked = PROCESSES * rounds
  return finding('F4', `${PROCESSES} commands × ${rounds} rounds ${where}`, {
    measured: `${calls} token calls, ${revoked} logins revoked, ${answered} of ${asked} answered with the new token, slowest ${(slowestMs / 1_000).toFixed(1)} s`,
    goal: `${rounds} calls, 0 revoked, all answered, ≤ ${ANSWER_LIMIT_MS / 1_000} s each`,
    isMet: calls === rounds && revoked === 0 && answered === asked && slowestMs <= ANSWER_LIMIT_MS,
  })
}

/** One account for each round, paused so that the server leaves them to whoever asks. */
async function connectAll({ provider, home }: World, count: number) {
  const victim = startVictim(TOKENDECK, home.environment)
  await victim.ask({ do: 'open' })
  const logins: { accountId: string; family: FakeFamily }[] = []
  const known = new Set<string>()
  for (let person = 0; person < count; person++) {
    const { login, family } = provider.signIn(person, OVER_MS)
    const { states } = await victim.ask({ do: 'connect', login, isPaused: true })
    const { accountId } = states.find((state) => !known.has(state.accountId))!
    known.add(accountId)
    logins.push({ accountId, family })
  }
  await victim.ask({ do: 'close' })
  return logins
}
