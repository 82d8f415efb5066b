/** F20: the server is told to end while a refresh is in flight. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startDashboard } from '../../bench/process.ts'
import { finding, type Scenario } from '../finding.ts'
import { makeWorld } from '../home.ts'
import { startVictim, TOKENDECK } from '../program.ts'
import { isAlive } from '../provider.ts'

/** Between the request of the refresh and its answer; the signal comes somewhere in it. */
const LATENCY_MS = 60
/** The deadline of the longest request, and two seconds. */
const END_LIMIT_MS = 32_000

export const sigterm: Scenario = {
  faults: ['F20'],
  title: 'SIGTERM in flight',
  async run({ directory, isShort }) {
    const rounds = isShort ? 4 : 200
    const { provider, home, close } = await makeWorld(directory, { reuse: 'strict', latencyMs: LATENCY_MS })
    const result = { kept: 0, exits: 0, inFlight: 0, slowestMs: 0 }
    let login = provider.signIn()
    let accountId = ''
    let spare = startVictim(TOKENDECK, home.environment)
    for (let round = 0; round <= rounds; round++) {
      const reader = spare
      const { states } = await reader.ask({ do: 'open' })
      if (states.length === 0)
        accountId = (await reader.ask({ do: 'connect', login: login.login })).states[0]!.accountId
      else if (isAlive(login.family, states[0]!.refreshToken)) result.kept += 1
      else {
        login = provider.signIn()
        await reader.ask({ do: 'connect', login: login.login })
      }
      await reader.ask({ do: 'close' })
      await reader.ended
      if (round === rounds) break
      spare = startVictim(TOKENDECK, home.environment)
      const server = await startDashboard(home.environment)
      const { port } = server
      const token = readFileSync(join(home.path, 'api-token'), 'utf8').trim()
      const arrivedBefore = provider.arrived()
      const deliveredBefore = provider.delivered()
      const asked = fetch(`http://localhost:${port}/api/accounts/${accountId}/refresh`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      }).catch(() => null)
      const until = performance.now() + 5_000
      while (provider.arrived() === arrivedBefore && performance.now() < until) await Bun.sleep(1)
      await Bun.sleep(Math.random() * LATENCY_MS)
      if (provider.arrived() > arrivedBefore && provider.delivered() === deliveredBefore) result.inFlight += 1
      const signalledAt = performance.now()
      server.child.kill('SIGTERM')
      if ((await server.child.exited) === 0) result.exits += 1
      result.slowestMs = Math.max(result.slowestMs, performance.now() - signalledAt)
      await asked
    }
    await close()
    return [
      finding(
        'F20',
        `the server ended by SIGTERM during a refresh, × ${rounds} (${result.inFlight} with the answer still to come)`,
        {
          measured: `${result.kept} logins kept, ${result.exits} exits with 0, slowest ${(result.slowestMs / 1_000).toFixed(1)} s`,
          goal: `${rounds} kept, ${rounds} exits with 0, ≤ ${END_LIMIT_MS / 1_000} s`,
          isMet: result.kept === rounds && result.exits === rounds && result.slowestMs <= END_LIMIT_MS,
        },
      ),
    ]
  },
}
