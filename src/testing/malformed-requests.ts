/**
 * Malformed HTTP requests, and a way to send them as they are: written onto the socket byte by byte, because clients that
 * know HTTP correct what is tried here.
 */

import { connect } from 'node:net'
import fc from 'fast-check'

/** What a request may carry to be let in, and where it goes. */
export interface FuzzTarget {
  port: number
  apiToken: string
  /** `name=value` of a signed-in browser. */
  cookie: string
  csrfToken: string
}

/** No answer may take longer; milliseconds. */
export const FUZZ_DEADLINE_MS = 3_000

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

const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'PUT', 'TRACE', 'PROPFIND', 'get', 'X'),
  path,
  host: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: odd }),
  credential: fc.constantFrom('none', 'cookie', 'token'),
  type: fc.constantFrom(
    'application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain',
    '',
  ),
  more: headers,
  body: json,
})

type MalformedRequest = typeof request extends fc.Arbitrary<infer T> ? T : never

/** Requests of every kind, as a description that `bytesOf` writes down. */
export const malformedRequests: fc.Arbitrary<MalformedRequest> = request

/** Rare among the others: a form of a type that cannot be empty, and is. */
export const EMPTY_FORM: MalformedRequest = {
  ...{ method: 'POST', path: '/authorizations', host: null, credential: 'token', more: [], body: '' },
  type: 'multipart/form-data; boundary=x',
}

/** The request as it goes onto the socket. */
export function bytesOf(
  { method, path, host, credential, type, more, body }: MalformedRequest,
  { port, apiToken, cookie, csrfToken }: FuzzTarget,
): Buffer {
  const own = `http://localhost:${port}`
  const isRead = method === 'GET' || method === 'HEAD'
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${host ?? `localhost:${port}`}`,
    ...(credential === 'token' ? [`Authorization: Bearer ${apiToken}`] : []),
    ...(credential === 'cookie' ? [`Cookie: ${cookie}`, `X-Csrf-Token: ${csrfToken}`] : []),
    ...(credential === 'cookie' ? [`Origin: ${own}`, 'Sec-Fetch-Site: same-origin'] : []),
    ...(type ? [`Content-Type: ${type}`] : []),
    ...more.map(([name, value]) => `${name}: ${value}`),
    ...(isRead ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
  ]
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${isRead ? '' : body}`, 'utf8')
}

/**
 * Sends bytes and gives what comes back until the server falls silent or closes.
 *
 * Errors: no answer within `FUZZ_DEADLINE_MS`
 */
export function exchange(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    const deadline = setTimeout(() => {
      socket.destroy()
      const asked = JSON.stringify(bytes.toString('latin1').slice(0, 400))
      reject(new Error(`no answer within ${FUZZ_DEADLINE_MS} ms to ${asked}`))
    }, FUZZ_DEADLINE_MS)
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

/** Status of an answer; 0 for a connection that was closed without one. */
export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1] ?? 0)
}

/** Whether a program of ours failed. 505 is the parser's own word for a foreign version; nothing of ours has run then. */
export function isOwnFailure(answer: string): boolean {
  return statusOf(answer) >= 500 && statusOf(answer) !== 505
}
