/** A look at a provider: real sockets on this machine, and nothing that travels over them. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../lib/clock.ts'
import { closeLater, closeServers, plainServer, selfSignedCertificate } from '../testing/rude-server.ts'
import { createReach, type Door, type Knock, systemKnock } from './reach.ts'

afterEach(closeServers)

const never = new AbortController().signal
const local = (port: number, isTls = false): Door => ({ hostname: 'localhost', port, isTls })

/** Where a look goes to, without going there. */
async function doorOf(address: string, environment: Record<string, string> = {}, hosts = ['id.example.com']) {
  const doors: Door[] = []
  const knock: Knock = async (door) => doors.push(door) > 0
  const allowedHosts = new Set(hosts)
  const reach = createReach({ knock, clock: systemClock, allowedHosts, environment: () => environment })
  return (await reach.isThere(address, never)) ? doors[0] : null
}

describe('where a look goes', () => {
  test.each([
    ['another host', 'https://evil.example.com/token'],
    ['another port', 'https://id.example.com:8443/token'],
    ['plain text', 'http://id.example.com/token'],
    ['no address', ''],
  ])('nowhere: %s', async (_, address) => {
    expect(await doorOf(address)).toBeNull()
  })

  const proxied = { hostname: 'proxy.example.com', port: 3128, isTls: false }
  const direct = { hostname: 'id.example.com', port: 443, isTls: true }
  const proxy = 'http://user:FAKE@proxy.example.com:3128'
  test.each<[string, Record<string, string>, Door]>([
    ['to the provider', {}, direct],
    ['to the proxy', { HTTPS_PROXY: proxy }, proxied],
    ['to the proxy in small letters', { https_proxy: proxy, HTTPS_PROXY: 'http://other.example.com' }, proxied],
    ['to a proxy of its own name', { HTTPS_PROXY: 'https://p.test' }, { hostname: 'p.test', port: 443, isTls: true }],
    ['past a proxy for plain text', { HTTP_PROXY: proxy }, direct],
    ['past a proxy that is no address', { HTTPS_PROXY: 'proxy' }, direct],
    ['past a proxy for others', { HTTPS_PROXY: proxy, NO_PROXY: 'a.test, .example.com' }, direct],
    ['past a proxy for nobody', { HTTPS_PROXY: proxy, no_proxy: '*' }, direct],
    ['not past it for a name that ends alike', { HTTPS_PROXY: proxy, NO_PROXY: 'ample.com,' }, proxied],
  ])('%s', async (_, environment, door) => {
    expect(await doorOf('https://id.example.com/oauth/token', environment)).toEqual(door)
  })

  test('to this machine without a proxy', async () => {
    const environment = { HTTP_PROXY: proxy }
    const found = await doorOf('http://[::1]:8080/token', environment, ['[::1]:8080'])
    expect(found).toEqual({ hostname: '::1', port: 8080, isTls: false })
  })
})

describe('who is there', () => {
  test('a server that answers, without being sent a byte', async () => {
    const received: unknown[] = []
    let whenClosed = () => {}
    const closed = new Promise<void>((resolve) => {
      whenClosed = resolve
    })
    const server = createServer((socket: Socket) => {
      socket.on('data', (chunk) => received.push(chunk))
      socket.on('error', () => {})
      socket.on('close', whenClosed)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closeLater(() => server.close())
    const { port } = server.address() as { port: number }
    expect(await systemKnock({ hostname: '127.0.0.1', port, isTls: false }, never)).toBe(true)
    await closed
    expect(received).toEqual([])
  })

  test('nobody: refused, no such name, not the protocol, too late, no time at all', async () => {
    const { url, stop } = plainServer(() => new Response(''))
    const port = Number(new URL(url).port)
    expect(await systemKnock(local(port, true), never)).toBe(false)
    await stop()
    expect(await systemKnock({ hostname: '127.0.0.1', port, isTls: false }, never)).toBe(false)
    expect(await systemKnock({ hostname: 'nobody.invalid', port: 443, isTls: true }, never)).toBe(false)
    expect(await systemKnock(local(port), AbortSignal.abort())).toBe(false)
    const silent = createServer(() => {})
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    closeLater(() => silent.close())
    const gone = new AbortController()
    silent.once('connection', () => gone.abort())
    expect(await systemKnock(local((silent.address() as { port: number }).port, true), gone.signal)).toBe(false)
  })

  test('a certificate that nobody vouches for is nobody, also when the environment says to accept it', async () => {
    const server = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      tls: selfSignedCertificate(),
      fetch: () => Response.json({}),
    })
    closeLater(() => server.stop(true))
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
    try {
      expect(await systemKnock(local(server.port!, true), never)).toBe(false)
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before
    }
  })

  test('a certificate that somebody vouches for, for the name that is asked for and no other', async () => {
    const tls = selfSignedCertificate()
    const server = Bun.serve({ port: 0, hostname: '127.0.0.1', tls, fetch: () => Response.json({}) })
    closeLater(() => server.stop(true))
    const directory = mkdtempSync(join(tmpdir(), 'tokendeck-reach-'))
    closeLater(() => rmSync(directory, { recursive: true }))
    const authority = join(directory, 'ca.pem')
    writeFileSync(authority, tls.cert)
    // Who vouches is read once, when a process starts.
    const doors = ['localhost', '127.0.0.1'].map((hostname) => ({ hostname, port: server.port, isTls: true }))
    const program = `import { systemKnock } from ${JSON.stringify(join(import.meta.dirname, 'reach.ts'))}
      for (const door of ${JSON.stringify(doors)}) console.log(await systemKnock(door, new AbortController().signal))`
    const child = Bun.spawn([process.execPath, '--eval', program], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: authority },
      stdout: 'pipe',
    })
    expect(await new Response(child.stdout).text()).toBe('true\nfalse\n')
  })
})
