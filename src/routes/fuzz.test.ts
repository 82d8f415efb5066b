/**
 * Malformed requests through a real server: whatever arrives, the answer is no 5xx, and it comes. Written onto the socket
 * byte by byte, because clients that know HTTP correct what is tried here.
 */

import { connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../testing/test-app.ts'

const RUNS = 2_000
const DEADLINE_MS = 3_000

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

/** Sends bytes and gives what comes back until the server falls silent or closes. */
function exchange(bytes: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port!, '127.0.0.1')
    let text = ''
    const deadline = setTimeout(() => {
      socket.destroy()
      reject(
        new Error(`no answer within ${DEADLINE_MS} ms to ${JSON.stringify(bytes.toString('latin1').slice(0, 400))}`),
      )
    }, DEADLINE_MS)
    const end = () => {
      clearTimeout(deadline)
      socket.destroy()
      resolve(text)
    }
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (/^HTTP\/1\.[01] \d{3}/.test(text)) end()
    })
    socket.on('close', end)
    socket.on('error', end)
    socket.write(bytes)
    // Half of a request is no request: the sender says that nothing more comes.
    socket.end()
  })
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1] ?? 0)

const odd = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    ' ',
    '\0',
    '\r\n',
    '%',
    '%00',
    '%zz',
    '%ff',
    '..',
    '//',
    '\\',
    '__proto__',
    'null',
    '-1',
    '9'.repeat(400),
  ),
)
const path = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '/',
      '/sign-in',
      '/healthz',
      '/api/accounts',
      '/api/oauth/exchange',
      '/api/oauth/authorize',
      '/api/imports',
      '/events',
      '/settings',
      '/authorizations',
      '/assets/x',
      '/accounts/acc_1',
      '/imports/new',
    ),
  },
  { weight: 1, arbitrary: odd.map((text) => `/${text}`) },
  { weight: 1, arbitrary: odd },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '*',
      'http://evil.test/',
      'http://localhost/',
      '//evil.test/',
      '/..',
      '/%2e%2e/etc/passwd',
      '/assets/..%2f..%2fpackage.json',
      '/assets/../../package.json',
      `/${'a'.repeat(9_000)}`,
      '/?a=%',
      '/sign-in?next=%ff',
    ),
  },
)
const json = fc.oneof(
  fc.json({ maxDepth: 3 }),
  odd,
  fc.constantFrom(
    '{',
    '[[[[',
    '{"__proto__":{"a":1}}',
    '{"provider":1e999}',
    '"',
    `{"response":"${'#'.repeat(5_000)}"}`,
  ),
)
const headers = fc.array(
  fc.tuple(
    fc.constantFrom(
      'Cookie',
      'Origin',
      'Sec-Fetch-Site',
      'Content-Length',
      'Transfer-Encoding',
      'Accept-Language',
      'Accept-Encoding',
      'HX-Request-Type',
      'Last-Event-ID',
      'Tokendeck-Page-Nonce',
      'X-Csrf-Token',
      'Authorization',
      'Host',
      'User-Agent',
    ),
    odd,
  ),
  { maxLength: 4 },
)

test(`${RUNS} malformed requests: no 5xx, no hang, no secret`, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'PUT', 'TRACE', 'PROPFIND', 'get', 'X'),
      path,
      fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: odd }),
      fc.constantFrom('none', 'cookie', 'token'),
      fc.constantFrom(
        'application/json',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'text/plain',
        '',
      ),
      headers,
      json,
      async (method, target, host, credential, type, more, body) => {
        const cookie = `__Host-tokendeck_${server.port}_s=${web.signedIn.cookieValue.reveal()}`
        const lines = [
          `${method} ${target} HTTP/1.1`,
          `Host: ${host ?? `localhost:${server.port}`}`,
          ...(credential === 'token' ? [`Authorization: Bearer ${web.apiToken}`] : []),
          ...(credential === 'cookie' ? [`Cookie: ${cookie}`, `X-Csrf-Token: ${web.signedIn.session.csrfToken}`] : []),
          ...(credential === 'cookie'
            ? [`Origin: http://localhost:${server.port}`, 'Sec-Fetch-Site: same-origin']
            : []),
          ...(type ? [`Content-Type: ${type}`] : []),
          ...more.map(([name, value]) => `${name}: ${value}`),
          ...(method === 'GET' || method === 'HEAD' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
        ]
        const content = method === 'GET' || method === 'HEAD' ? '' : body
        const answer = await exchange(Buffer.from(`${lines.join('\r\n')}\r\n\r\n${content}`, 'utf8'))
        // 505 is the parser's own word for a request line with a foreign version; nothing of ours has run then.
        if (!answer.startsWith('HTTP/1.1 505 ')) expect(statusOf(answer), answer.slice(0, 300)).toBeLessThan(500)
        expect(answer).not.toContain(web.apiToken)
      },
    ),
    {
      numRuns: RUNS,
      // Rare among the others: a form of a type that cannot be empty, and is.
      examples: [['POST', '/authorizations', null, 'token', 'multipart/form-data; boundary=x', [], '']],
    },
  )
  expect(web.log.lines.filter((line) => line.level === 'error')).toEqual([])
  expect(statusOf(await exchange(Buffer.from(`GET /healthz HTTP/1.1\r\nHost: localhost:${server.port}\r\n\r\n`)))).toBe(
    200,
  )
}, 120_000)

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
  const answer = await exchange(Buffer.from(text.replaceAll('PORT', String(server.port))))
  expect(statuses).toContain(statusOf(answer))
  expect(answer).not.toContain('"dependencies"')
})
