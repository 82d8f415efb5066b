/** F30: malformed requests to a dashboard in a process of its own: it answers each in time, fails at none, and does not grow. */

import fc from 'fast-check'
import { apiToken, signIn } from '../../bench/client.ts'
import { inFlight } from '../../bench/in-flight.ts'
import { residentBytes, type StartedServer, startDashboard, stopServer } from '../../bench/process.ts'
import {
  bytesOf,
  EMPTY_FORM,
  exchange,
  FUZZ_DEADLINE_MS,
  isOwnFailure,
  malformedRequests,
  statusOf,
} from '../../src/testing/malformed-requests.ts'
import { finding, type Scenario } from '../finding.ts'
import { makeWorld } from '../home.ts'

const REQUESTS = 10_000
const IN_FLIGHT = 4
const GROWTH_LIMIT_MIB = 150
const MIB = 1024 * 1024

export const malformed: Scenario = {
  faults: ['F30'],
  title: 'malformed requests',
  async run({ directory, isShort }) {
    const count = isShort ? 300 : REQUESTS
    const { home, close } = await makeWorld(directory, { reuse: 'strict' })
    const server = await startDashboard(home.environment)
    const cookie = await signIn(server, home)
    const target = { port: server.port, apiToken: apiToken(home), cookie, csrfToken: await csrfToken(server, cookie) }
    const before = residentBytes(server)
    const result = { failures: 0, unanswered: 0, slowestMs: 0, example: '' }
    const requests = [EMPTY_FORM, ...fc.sample(malformedRequests, count - 1)]
    await inFlight(IN_FLIGHT, requests, async (request) => {
      const startedAt = performance.now()
      const bytes = bytesOf(request, target)
      const answer = await exchange(server.port, bytes).catch(() => null)
      result.slowestMs = Math.max(result.slowestMs, performance.now() - startedAt)
      if (answer === null) result.unanswered += 1
      else if (isOwnFailure(answer)) result.failures += 1
      if (answer === null || isOwnFailure(answer))
        result.example = JSON.stringify(bytes.toString('latin1').slice(0, 200))
    })
    const growth = (residentBytes(server) - before) / MIB
    const sound = `GET /healthz HTTP/1.1\r\nHost: localhost:${server.port}\r\n\r\n`
    const isAlive = statusOf(await exchange(server.port, Buffer.from(sound))) === 200
    await stopServer(server)
    await close()
    const { failures, unanswered, slowestMs, example } = result
    return [
      finding('F30', `${count.toLocaleString('en')} malformed requests, ${IN_FLIGHT} at a time`, {
        measured: `${failures} answers of 5xx, ${unanswered} without an answer, slowest ${slowestMs.toFixed(0)} ms, memory + ${growth.toFixed(0)} MiB${example}`,
        goal: `0, 0, ≤ ${FUZZ_DEADLINE_MS / 1_000} s each, ≤ ${GROWTH_LIMIT_MIB} MiB`,
        isMet: failures + unanswered === 0 && isAlive && growth <= GROWTH_LIMIT_MIB,
      }),
    ]
  },
}

/** As a page of a signed-in browser has it. */
async function csrfToken({ port }: StartedServer, cookie: string): Promise<string> {
  const page = await (await fetch(`http://localhost:${port}/settings`, { headers: { cookie } })).text()
  const token = /name="csrf" value="([^"]+)"/.exec(page)?.[1]
  if (!token) throw new Error('The settings page has no form.')
  return token
}
