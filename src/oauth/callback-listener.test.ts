/** The callback listener on real ports: who gets in, what goes out, and what it does when it cannot have its port. */

import { connect, createServer, type Server } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import {
  type CallbackHandlers,
  type CallbackListener,
  loopbackAddresses,
  openCallbackListener,
} from './callback-listener.ts'

const PATH = '/auth/callback'
const open: { close(abrupt?: boolean): unknown }[] = []

afterEach(async () => {
  for (const each of open.splice(0)) await each.close(true)
})

/** A port that both families have free now. */
async function freePort(): Promise<number> {
  const { listener } = (await openCallbackListener({ ports: 'free', path: PATH }, handlers())) as {
    listener: CallbackListener
  }
  await listener.close(true)
  return listener.port
}

function handlers(overrides: Partial<CallbackHandlers> = {}): CallbackHandlers {
  return { respond: async () => '<p>page</p>', cancel: () => {}, styleSheet: 'p { color: red }', ...overrides }
}

async function listen(overrides: Partial<CallbackHandlers> = {}): Promise<number> {
  const outcome = await openCallbackListener({ ports: 'free', path: PATH }, handlers(overrides))
  if (!('listener' in outcome)) throw new Error('no port')
  open.push(outcome.listener)
  return outcome.listener.port
}

async function squat(port: number, host: string): Promise<void> {
  const server: Server = createServer()
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen({ port, host, ipv6Only: true }, resolve),
  )
  open.push({ close: () => new Promise((resolve) => server.close(resolve)) })
}

/** A request as it stands on the wire; the whole answer as text. */
function raw(port: number, text: string, host = '127.0.0.1'): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => socket.write(text))
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
    setTimeout(() => socket.destroy(), 2_000)
  })
}

describe('whoever is not the browser of a sign-in', () => {
  const get = (path: string, headers: string) => `GET ${path} HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`
  test.each<[string, (port: number) => string, string]>([
    ['a rebound host name', () => get(`${PATH}?code=x`, 'Host: evil.test\r\n'), '421'],
    ['a rebound host name with our port', (port) => get(PATH, `Host: evil.test:${port}\r\n`), '421'],
    ['localhost without the port', () => get(PATH, 'Host: localhost\r\n'), '421'],
    ['user info in Host', (port) => get(PATH, `Host: a@localhost:${port}\r\n`), '421'],
    ['two Hosts', (port) => get(PATH, `Host: localhost:${port}\r\nHost: evil.test\r\n`), '4'],
    ['no Host', () => get(PATH, ''), '4'],
    [
      'POST',
      (port) => `POST ${PATH} HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
      '404',
    ],
    ['HEAD', (port) => `HEAD ${PATH} HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`, '404'],
    ['OPTIONS', (port) => `OPTIONS ${PATH} HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`, '404'],
    ['another path', (port) => get('/', `Host: localhost:${port}\r\n`), '404'],
    ['a longer path', (port) => get(`${PATH}/`, `Host: localhost:${port}\r\n`), '404'],
    ['another case', (port) => get('/auth/Callback', `Host: localhost:${port}\r\n`), '404'],
    ['an encoded path', (port) => get('/auth%2fcallback', `Host: localhost:${port}\r\n`), '404'],
    ['two slashes', (port) => get(`/${PATH}`, `Host: localhost:${port}\r\n`), '404'],
    ['a query of 100 kB', (port) => get(`${PATH}?q=${'x'.repeat(100_000)}`, `Host: localhost:${port}\r\n`), '4'],
    [
      'a page that asks for cancel',
      (port) => get('/cancel', `Host: localhost:${port}\r\nOrigin: https://evil.test\r\n`),
      '404',
    ],
    ...['cross-site', 'same-site', 'same-origin', 'none, cross-site', ''].map(
      (site): [string, (port: number) => string, string] => [
        `an image that asks for cancel, of a page that is "${site}"`,
        (port) => get('/cancel', `Host: localhost:${port}\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Site: ${site}\r\n`),
        '404',
      ],
    ),
    [
      'a link that leads to cancel',
      (port) => get('/cancel', `Host: localhost:${port}\r\nReferer: http://evil.test/\r\n`),
      '404',
    ],
  ])('%s is refused', async (_, text, status) => {
    const reached: string[] = []
    const port = await listen({
      respond: async () => {
        reached.push('callback')
        return ''
      },
      cancel: () => reached.push('cancel'),
    })
    const answer = await raw(port, text(port))
    expect(answer.split('\r\n')[0]).toContain(` ${status}`)
    expect(answer).not.toMatch(/access-control|^server:/im)
    expect(reached).toEqual([])
  })
})

test('an arrival is answered with the page and nothing that could leak its address', async () => {
  const arrivals: string[] = []
  const port = await listen({
    respond: async (arrival) => {
      arrivals.push(`${arrival.url.search} ${arrival.cookie} ${arrival.acceptLanguage}`)
      return '<p>done</p>'
    },
  })
  for (const host of ['localhost', '127.0.0.1', '[::1]']) {
    const answer = await fetch(`http://${host}:${port}${PATH}?code=c&state=s`, {
      headers: { cookie: 'a=b', 'accept-language': 'ja' },
    })
    expect([answer.status, await answer.text()]).toEqual([200, '<p>done</p>'])
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'content-security-policy': expect.stringContaining("default-src 'none'; script-src 'self'; style-src 'self'"),
    })
  }
  expect(arrivals).toEqual(Array(3).fill('?code=c&state=s a=b ja'))
  const script = await fetch(`http://localhost:${port}/clean-address.js`)
  expect([script.headers.get('content-type'), await script.text()]).toEqual([
    'text/javascript; charset=utf-8',
    expect.stringContaining('history.replaceState'),
  ])
  expect(await (await fetch(`http://localhost:${port}/style.css`)).text()).toBe('p { color: red }')
})

test.each([
  ['that says nothing of itself', ''],
  ['that runs on Node', 'Accept: */*\r\nAccept-Language: *\r\nSec-Fetch-Mode: cors\r\nUser-Agent: node\r\n'],
  ['that a person has typed into a browser', 'Sec-Fetch-Mode: navigate\r\nSec-Fetch-Site: none\r\n'],
])('a wish for the port %s is answered and heard', async (_, headers) => {
  let cancelled = 0
  const port = await listen({ cancel: () => cancelled++ })
  const wish = `GET /cancel HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${headers}Connection: close\r\n\r\n`
  expect(await raw(port, wish)).toMatch(/^HTTP\/1.1 200[\s\S]*Login cancelled/)
  expect(cancelled).toBe(1)
})

test('an error of the owner shows nothing of the request', async () => {
  const port = await listen({
    respond: async () => {
      throw new Error('code=secret')
    },
  })
  const answer = await fetch(`http://localhost:${port}${PATH}?code=secret`)
  expect([answer.status, await answer.text()]).toEqual([500, ''])
})

describe('a port that somebody else has', () => {
  test.each(['127.0.0.1', '::1', '0.0.0.0', '::'])(
    'on %s alone is not used at all, and its holder is named',
    async (address) => {
      const [taken, next] = [await freePort(), await freePort()]
      await squat(taken, address)
      const outcome = await openCallbackListener({ ports: [taken, next], path: PATH }, handlers())
      if (!('listener' in outcome)) throw new Error('no port')
      open.push(outcome.listener)
      expect(outcome.listener.port).toBe(next)
      // Neither half was kept: the other family of the taken port is free.
      const other = address.includes(':') ? '127.0.0.1' : '::1'
      await expect(squat(taken, other)).resolves.toBeUndefined()

      const again = await openCallbackListener({ ports: [taken, next], path: PATH }, handlers())
      const holder = process.platform === 'linux' ? expect.stringMatching(/\w/) : null
      expect(again).toEqual({
        taken: [
          { port: taken, holder },
          { port: next, holder },
        ],
      })
    },
  )
})

test('both families are free again after closing, and nothing answers', async () => {
  const outcome = await openCallbackListener({ ports: 'free', path: PATH }, handlers())
  if (!('listener' in outcome)) throw new Error('no port')
  const { port } = outcome.listener
  // A spare connection, as browsers keep them, does not hold the port.
  const spare = connect(port, '127.0.0.1')
  await new Promise((resolve) => spare.once('connect', resolve))
  await outcome.listener.close()
  await expect(squat(port, '127.0.0.1')).resolves.toBeUndefined()
  await expect(squat(port, '::1')).resolves.toBeUndefined()
  spare.destroy()
})

describe('a machine without IPv6', () => {
  const entry = (address: string) => ({ address }) as never
  test.each([
    [{ lo: [entry('127.0.0.1'), entry('::1')] }, ['127.0.0.1', '::1']],
    [{ lo: [entry('127.0.0.1')], en0: [entry('fe80::1')], en1: undefined }, ['127.0.0.1']],
    [{}, ['127.0.0.1']],
  ])('%j has %j', (interfaces, addresses) => {
    expect(loopbackAddresses(interfaces)).toEqual(addresses)
  })

  test.each([
    ['is not asked for it', ['127.0.0.1']],
    // 2001:db8::/32 is documentation's: nobody has it.
    ['that lists an address it cannot have goes without', ['127.0.0.1', '2001:db8::1']],
  ])('%s', async (_, addresses) => {
    const outcome = await openCallbackListener({ ports: 'free', path: PATH }, handlers(), addresses)
    if (!('listener' in outcome)) throw new Error('no port')
    open.push(outcome.listener)
    expect((await fetch(`http://127.0.0.1:${outcome.listener.port}${PATH}?code=c`)).status).toBe(200)
  })

  test('and what is neither taken nor missing is an error, not a taken port', async () => {
    const opening = openCallbackListener({ ports: 'free', path: PATH }, handlers(), ['2001:db8::1'])
    await expect(opening).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' })
  })
})

test('no free port in the second family, again and again, is an end', async () => {
  // The same address twice: the second can never have the port of the first.
  const addresses = ['127.0.0.1', '127.0.0.1']
  expect(await openCallbackListener({ ports: 'free', path: PATH }, handlers(), addresses)).toEqual({ taken: [] })
})

test('a port that only an administrator may have counts as taken', async () => {
  const isAdministrator = process.getuid?.() === 0
  const outcome = await openCallbackListener({ ports: [1], path: PATH }, handlers())
  if ('listener' in outcome) open.push(outcome.listener)
  expect('taken' in outcome || isAdministrator).toBe(true)
})
