/** The transport against real servers on this machine, the rude ones included. */

import type { Socket } from 'node:net'
import { inspect } from 'node:util'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { type Clock, systemClock } from '../lib/clock.ts'
import { Secret } from '../lib/secret.ts'
import {
  closeLater,
  closeServers,
  plainServer,
  rudeServer,
  selfSignedCertificate,
  truncatedAnswer,
} from '../testing/rude-server.ts'
import { until } from '../testing/until.ts'
import { OAuthTransportError } from './errors.ts'
import { createTransport, type Fetch, MAX_ANSWER_BYTES, type OutgoingRequest } from './transport.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const TOKEN = 'rt_FAKE_0001'

afterEach(closeServers)

describe('what never leaves', () => {
  test.each([
    ['another host', 'https://evil.example/oauth/token'],
    ['a host that begins alike', 'https://id.example.evil.example/token'],
    ['another port', 'https://id.example:8443/token'],
    ['plain http', 'http://id.example/token'],
    ['a user name before the host', 'https://id.example@evil.example/token'],
    ['a user name', 'https://user@id.example/token'],
    ['another scheme', 'ftp://id.example/token'],
    ['a loopback look-alike', 'http://localhost.evil.example/token'],
    ['loopback that nobody configured', 'http://127.0.0.1:9/token'],
    ['a file', 'file:///etc/passwd'],
    ['nothing', ''],
  ])('%s', async (_name, url) => {
    let calls = 0
    const fetch: Fetch = async () => {
      calls += 1
      return new Response('{}')
    }
    const hosts = ['id.example', 'localhost.evil.example']
    const error = await failureOf({ url }, { fetch, hosts })
    expect(error).toMatchObject({ code: 'refused_host', maybeSent: false })
    expect(calls).toBe(0)
  })
})

describe('what may or may not have been sent', () => {
  test('a refused port: not sent', async () => {
    const { url, stop } = plainServer(() => new Response('{}'))
    await stop()
    expect(await failureOf({ url })).toMatchObject({ code: 'unreachable', maybeSent: false })
  })

  test.each([
    ['a name that does not exist', 'ENOTFOUND', 'unreachable'],
    ['a name server that does not answer', 'EAI_AGAIN', 'unreachable'],
    ['no network', 'ENETUNREACH', 'unreachable'],
    ['a socket that could not be opened', 'FailedToOpenSocket', 'unreachable'],
    ['a certificate that is over', 'CERT_HAS_EXPIRED', 'tls_failed'],
    ['a certificate of another host', 'ERR_TLS_CERT_ALTNAME_INVALID', 'tls_failed'],
    ['a certificate without its chain', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls_failed'],
    ['an unknown authority', 'UNKNOWN_CERTIFICATE_VERIFICATION_ERROR', 'tls_failed'],
  ])('%s (%s): not sent', async (_name, code, expected) => {
    const fetch: Fetch = async () => Promise.reject(Object.assign(new TypeError('from the runtime'), { code }))
    const error = await failureOf({ url: 'https://id.example/' }, { fetch, hosts: ['id.example'] })
    expect(error).toMatchObject({ code: expected, maybeSent: false })
  })

  test('a server that does not speak TLS: not sent', async () => {
    const url = (await rudeServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))).replace(
      'http:',
      'https:',
    )
    expect(await failureOf({ url }, { fetch })).toMatchObject({ code: 'tls_failed', maybeSent: false })
  })

  test('a certificate that nobody vouches for: not sent, also when the environment says to accept it', async () => {
    let calls = 0
    const server = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      tls: selfSignedCertificate(),
      fetch: () => {
        calls += 1
        return new Response('{}')
      },
    })
    closeLater(() => server.stop(true))
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
    try {
      const error = await failureOf({ url: `https://localhost:${server.port}/token` }, { fetch })
      expect(error).toMatchObject({ code: 'tls_failed', maybeSent: false })
      expect(calls).toBe(0)
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before
    }
  })

  test.each([301, 302, 303, 307, 308])('a %i is not followed: the token reaches nobody else', async (status) => {
    const elsewhere: string[] = []
    const thief = plainServer(async (request) => {
      elsewhere.push(await request.text())
      return new Response('{}')
    })
    const { url } = plainServer(() => new Response(null, { status, headers: { location: thief.url } }))
    expect(await failureOf({ url })).toMatchObject({ code: 'redirected', maybeSent: true })
    expect(elsewhere).toEqual([])
  })

  test('a proxy for other machines does not see what is meant for this one', async () => {
    const seen: string[] = []
    const proxy = plainServer(async (request) => {
      seen.push(await request.text())
      return new Response('from the proxy')
    })
    const { url } = plainServer(() => new Response('from the server'))
    const before = process.env.http_proxy
    process.env.http_proxy = proxy.url
    try {
      expect((await send({ url })).body.reveal()).toBe('from the server')
      expect(seen).toEqual([])
    } finally {
      if (before === undefined) delete process.env.http_proxy
      else process.env.http_proxy = before
    }
  })

  test('no answer in time: may have been sent', async () => {
    const { url } = plainServer(() => new Promise(() => {}))
    expect(await failureOf({ url, deadlineMs: 50 })).toMatchObject({ code: 'timed_out', maybeSent: true })
  })

  test('the deadline covers the body as well', async () => {
    const { url } = plainServer(() => new Response(new ReadableStream({ start: (body) => body.enqueue('{"a":') })))
    expect(await failureOf({ url, deadlineMs: 100 })).toMatchObject({ code: 'timed_out', maybeSent: true })
  })

  test('time that the process did not run does not count: the answer may have come meanwhile', async () => {
    let asked = 0
    const { url } = plainServer(async () => {
      // When the first piece is over and the second has begun.
      await until(() => asked > 2)
      return new Response('{}')
    })
    // Stopped for two minutes in the first piece of the deadline, as by SIGSTOP.
    const clock = { ...systemClock, monotonic: () => systemClock.monotonic() + (asked++ > 0 ? 120_000 : 0) }
    expect((await send({ url, deadlineMs: 400 }, { clock })).body.reveal()).toBe('{}')
  })

  test('a caller that gives up: may have been sent', async () => {
    const { url } = plainServer(() => new Promise(() => {}))
    const signal = AbortSignal.timeout(50)
    expect(await failureOf({ url, signal })).toMatchObject({ code: 'interrupted', maybeSent: true })
  })

  test.each<[string, (socket: Socket) => unknown]>([
    ['closed before the answer', (socket) => socket.destroy()],
    ['reset before the answer', (socket) => socket.resetAndDestroy()],
    ['no HTTP at all', (socket) => socket.end('garbage\r\n\r\n')],
    [
      'reset mid-body',
      (socket) => socket.write(truncatedAnswer('{"access_token":"at-FA'), () => socket.resetAndDestroy()),
    ],
    ['ended mid-body', (socket) => socket.end(truncatedAnswer('{"access_token":"at-FA'))],
    ['ended before the body', (socket) => socket.end(truncatedAnswer(''))],
  ])('%s: may have been sent', async (_name, behave) => {
    expect(await failureOf({ url: await rudeServer(behave) })).toMatchObject({ code: 'interrupted', maybeSent: true })
  })

  test('a whole JSON object is kept although the connection broke after it', async () => {
    const whole = '{"access_token":"at-FAKE"}'
    const url = await rudeServer((socket) =>
      socket.write(truncatedAnswer(whole), () => setTimeout(() => socket.destroy(), 30)),
    )
    expect((await send({ url })).body.reveal()).toBe(whole)
  })

  test('larger than 1 MiB, by its own count', async () => {
    const bytes = new Uint8Array(MAX_ANSWER_BYTES + 1).fill(32)
    const plain = plainServer(() => new Response(bytes))
    expect(await failureOf({ url: plain.url })).toMatchObject({ code: 'too_large', maybeSent: true })
    const packed = plainServer(() => new Response(gzipSync(bytes), { headers: { 'content-encoding': 'gzip' } }))
    expect(await failureOf({ url: packed.url })).toMatchObject({ code: 'too_large' })
    const fitting = plainServer(() => new Response(bytes.subarray(1)))
    expect((await send({ url: fitting.url })).body.reveal()).toHaveLength(MAX_ANSWER_BYTES)
  })

  test('no failure quotes the request', async () => {
    const { url } = plainServer(() => new Response(null, { status: 307, headers: { location: `/${TOKEN}` } }))
    const error = await failureOf({ url })
    expect(inspect(error, { depth: 9 }) + JSON.stringify(error)).not.toContain(TOKEN)
    expect(error.cause).toBeUndefined()
  })

  test('a failure that is none of fetch’s counts as maybe sent', async () => {
    const broken: Fetch = async () => Promise.reject('no error at all')
    const error = await failureOf({ url: 'https://id.example/' }, { fetch: broken, hosts: ['id.example'] })
    expect(error).toMatchObject({ code: 'interrupted', maybeSent: true })
  })
})

describe('what is sent and brought back', () => {
  test('a form: its content type without more, our name, and no trace of the runtime', async () => {
    const seen: { headers: Record<string, string>; body: string }[] = []
    const { url } = plainServer(async (request) => {
      seen.push({ headers: Object.fromEntries(request.headers), body: await request.text() })
      return new Response('ok')
    })
    await send({ url })
    expect(seen[0]!.body).toBe('grant_type=refresh_token&refresh_token=rt_FAKE_0001&n=7')
    expect(seen[0]!.headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'tokendeck/9.9.9',
      accept: 'application/json',
    })
    // A kept connection may be dead when it is used again, and then the outcome is not known.
    expect(seen[0]!.headers).not.toHaveProperty('connection', 'keep-alive')
    expect(JSON.stringify(seen)).not.toMatch(/bun/i)
  })

  test('JSON, a bearer token, and a User-Agent of the person’s choice', async () => {
    const seen: { headers: Record<string, string>; body: string }[] = []
    const { url } = plainServer(async (request) => {
      seen.push({ headers: Object.fromEntries(request.headers), body: await request.text() })
      return new Response('ok')
    })
    const headers = { 'User-Agent': 'my-name/1.0', authorization: new Secret('Bearer at-FAKE') }
    await send({ url, headers, body: { format: 'json', fields: { refresh_token: new Secret(TOKEN), n: 7 } } })
    await send({ url, method: 'GET', body: null })
    expect(JSON.parse(seen[0]!.body)).toEqual({ refresh_token: TOKEN, n: 7 })
    expect(seen[0]!.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'my-name/1.0',
      authorization: 'Bearer at-FAKE',
    })
    expect(seen[1]!.headers).not.toHaveProperty('content-type')
  })

  test('status, media type, times and a body that does not print', async () => {
    const headers = { 'content-type': 'Application/JSON; charset=utf-8', date: new Date(NOW).toUTCString() }
    const { url } = plainServer(() => new Response('\ufeff{"a":"ä"}', { status: 418, headers }))
    const answer = await send({ url })
    expect(answer).toMatchObject({ status: 418, mediaType: 'application/json', serverTime: NOW, retryAfterMs: null })
    expect(answer.body.reveal()).toBe('{"a":"ä"}')
    expect(inspect(answer)).not.toContain('ä')
  })

  test.each<[Record<string, string>, number | null]>([
    [{ 'retry-after': '7' }, 7_000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '1.5' }, 2_000],
    [{ 'retry-after-ms': '1500', 'retry-after': '7' }, 1_500],
    [{ 'retry-after': new Date(NOW + 60_000).toUTCString() }, 60_000],
    [{ 'retry-after': new Date(NOW - 60_000).toUTCString() }, 0],
    [{ 'retry-after': '-5' }, null],
    [{ 'retry-after': 'soon' }, null],
    [{ 'retry-after-ms': 'soon' }, null],
    [{ 'retry-after': '1e9' }, null],
    [{ date: 'yesterday' }, null],
  ])('%j → %s ms', async (headers, expected) => {
    const fetch: Fetch = async () => new Response('', { status: 429, headers })
    const clock = { ...systemClock, now: () => NOW }
    const transport = createTransport({ fetch, clock, version: '1', allowedHosts: new Set(['id.example']) })
    const answer = await transport.send(outgoing({ url: 'https://id.example/' }))
    expect(answer).toMatchObject({ retryAfterMs: expected, serverTime: null, mediaType: expect.any(String) })
  })

  test('a Retry-After date is read by the server’s own clock', async () => {
    const headers = {
      date: new Date(NOW - 9e9).toUTCString(),
      'retry-after': new Date(NOW - 9e9 + 5_000).toUTCString(),
    }
    const fetch: Fetch = async () => new Response(null, { status: 503, headers })
    const answer = await send({ url: 'https://id.example/' }, { fetch, hosts: ['id.example'] })
    expect(answer).toMatchObject({ retryAfterMs: 5_000, mediaType: '' })
  })
})

function outgoing(parts: Partial<OutgoingRequest>): OutgoingRequest {
  const fields = { grant_type: 'refresh_token', refresh_token: new Secret(TOKEN), n: 7 }
  const purpose = { provider: 'own', endpoint: 'token', why: 'refresh', accountId: null } as const
  return {
    url: '',
    method: 'POST',
    headers: {},
    body: { format: 'form', fields },
    deadlineMs: 5_000,
    purpose,
    ...parts,
  }
}

function send(parts: Partial<OutgoingRequest>, options: { fetch?: Fetch; hosts?: string[]; clock?: Clock } = {}) {
  const allowedHosts = new Set(options.hosts ?? [new URL(parts.url!).host])
  const { clock = systemClock } = options
  return createTransport({ fetch: options.fetch ?? fetch, clock, version: '9.9.9', allowedHosts }).send(outgoing(parts))
}

async function failureOf(...parameters: Parameters<typeof send>): Promise<OAuthTransportError> {
  const outcome = await send(...parameters).catch((error) => error)
  expect(outcome).toBeInstanceOf(OAuthTransportError)
  return outcome
}
