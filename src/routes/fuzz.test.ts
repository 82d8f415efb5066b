/**
 * Malformed requests through a real server: whatever arrives, the answer is no 5xx, and it comes. `FUZZ_N` says how many;
 * `npm run torture -- --only F30` sends more, and watches the memory of the server.
 */

import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  bytesOf,
  EMPTY_FORM,
  exchange,
  isOwnFailure,
  malformedRequests,
  statusOf,
} from '../testing/malformed-requests.ts'
import { createTestApp, type TestApp } from '../testing/test-app.ts'

const RUNS = Number(process.env.FUZZ_N ?? 2_000)

let web: TestApp
let server: Bun.Server<undefined>

beforeAll(async () => {
  web = await createTestApp()
  server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request, self) => web.app.fetch(request, { server: self }),
  })
  web.port.value = server.port!
})
afterAll(async () => {
  await server.stop(true)
  await web.close()
})

test(`${RUNS} malformed requests: no 5xx, no hang, no secret`, { timeout: 60_000 + RUNS * 30 }, async () => {
  const target = {
    port: server.port!,
    apiToken: web.apiToken,
    cookie: `__Host-tokendeck_${server.port}_s=${web.signedIn.cookieValue.reveal()}`,
    csrfToken: web.signedIn.session.csrfToken,
  }
  await fc.assert(
    fc.asyncProperty(malformedRequests, async (request) => {
      const answer = await exchange(server.port!, bytesOf(request, target))
      expect(isOwnFailure(answer), answer.slice(0, 300)).toBe(false)
      expect(answer).not.toContain(web.apiToken)
    }),
    { numRuns: RUNS, examples: [[EMPTY_FORM]] },
  )
  expect(web.log.lines.filter((line) => line.level === 'error')).toEqual([])
  const sound = Buffer.from(`GET /healthz HTTP/1.1\r\nHost: localhost:${server.port}\r\n\r\n`)
  expect(statusOf(await exchange(server.port!, sound))).toBe(200)
})

test.each([
  ['two hosts', 'GET / HTTP/1.1\r\nHost: localhost:PORT\r\nHost: evil.test\r\n\r\n', [400, 421]],
  ['no host', 'GET /healthz HTTP/1.0\r\n\r\n', [400, 421]],
  ['an empty host', 'GET /healthz HTTP/1.1\r\nHost:\r\n\r\n', [400, 421]],
  ['a host with a user', 'GET /healthz HTTP/1.1\r\nHost: a@b\r\n\r\n', [400, 421]],
  [
    'an absolute target',
    'GET http://evil.test/healthz HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n',
    [200, 400, 404, 421, 303],
  ],
  ['dot segments', 'GET /assets/../../package.json HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n', [303, 400, 404]],
  [
    'two lengths',
    'POST /sign-in HTTP/1.1\r\nHost: localhost:PORT\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
    [400],
  ],
])('%s: a clear refusal', async (_, text, statuses) => {
  const answer = await exchange(server.port!, Buffer.from(text.replaceAll('PORT', String(server.port))))
  expect(statuses).toContain(statusOf(answer))
  expect(answer).not.toContain('"dependencies"')
})
