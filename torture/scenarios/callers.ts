/** F5: two hundred callers want the token of one account, whose provider is slow; other accounts do not feel it. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startDashboard, stopServer } from '../../bench/process.ts'
import { percentile } from '../../bench/statistics.ts'
import { currentPair, type FakeFamily } from '../../src/testing/fake-grants.ts'
import { finding, type Scenario, timedFinding } from '../finding.ts'
import { makeWorld } from '../home.ts'
import { startVictim, TOKENDECK } from '../program.ts'

const CALLERS = 200
const SLOW_MS = 3_000
const OVER_MS = -60_000
const ASKS = 400
const SHARE = 0.2
/** Below this a fifth is the noise of a timer. Milliseconds. */
const NOISE_MS = 1
/** Whoever waits for the slow account waits longer than this, however busy the machine is. */
const TOLERABLE_MS = SLOW_MS / 2

export const callers: Scenario = {
  faults: ['F5'],
  title: `${CALLERS} callers in one process`,
  isTimed: true,
  async run({ directory, isShort }) {
    const { provider, home, close } = await makeWorld(directory, { reuse: 'strict', people: 2 })
    const victim = startVictim(TOKENDECK, home.environment)
    await victim.ask({ do: 'open' })
    const slow = provider.signIn(0, OVER_MS)
    const slowId = (await victim.ask({ do: 'connect', login: slow.login, isPaused: true })).states[0]!.accountId
    const { states } = await victim.ask({ do: 'connect', login: provider.signIn(1).login, isPaused: true })
    const otherId = states.find(({ accountId }) => accountId !== slowId)!.accountId
    await victim.ask({ do: 'close' })
    const server = await startDashboard(home.environment)
    const headers = { authorization: `Bearer ${readFileSync(join(home.path, 'api-token'), 'utf8').trim()}` }
    const ask = async (id: string) => {
      const response = await fetch(`http://localhost:${server.port}/api/accounts/${id}/token`, {
        method: 'POST',
        headers,
      })
      return { status: response.status, text: await response.text() }
    }
    const timed = async () => {
      const times: number[] = []
      for (let count = 0; count < ASKS; count++) {
        const startedAt = performance.now()
        if ((await ask(otherId)).status !== 200) throw new Error('the other account gave no token')
        times.push(performance.now() - startedAt)
      }
      return times
    }
    await timed()
    const atRest = await timed()
    provider.fake.faults.add({
      endpoint: 'claude.refresh',
      fault: { kind: 'delay', ms: SLOW_MS },
      times: Number.POSITIVE_INFINITY,
    })
    const asking = Promise.all(Array.from({ length: CALLERS }, () => ask(slowId)))
    while (provider.arrived() === 0) await Bun.sleep(5)
    const meanwhile = await timed()
    const answers = await asking
    await stopServer(server)
    const calls = provider.tokenCalls().length
    await close()
    const answered = answers.filter(({ status, text }) => status === 200 && text.includes(newest(slow.family))).length
    const [before, during] = [percentile(atRest, 0.99), percentile(meanwhile, 0.99)]
    return [
      finding('F5', `${CALLERS} callers of one account at once, the provider takes ${SLOW_MS / 1_000} s`, {
        measured: `${calls} token call, ${answered} of ${CALLERS} answered with the new token`,
        goal: '1 call, all answered',
        isMet: calls === 1 && answered === CALLERS,
      }),
      timedFinding(isShort, 'F5', `another account meanwhile, × ${ASKS}, p99`, {
        measured: `${during.toFixed(2)} ms, at rest ${before.toFixed(2)} ms`,
        goal: `± ${SHARE * 100} %`,
        isMet: during <= before * (1 + SHARE) + NOISE_MS,
        isTolerable: during <= Math.max(TOLERABLE_MS, 5 * before),
      }),
    ]
  },
}

function newest(family: FakeFamily): string {
  return currentPair(family).accessToken
}
