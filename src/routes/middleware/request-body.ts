/**
 * Bodies: at most 256 KiB, by declaration and by count, read within a deadline, of the one media type that the kind of
 * route takes. Handlers get the whole body from memory.
 */

import type { MiddlewareHandler } from 'hono'
import { type Clock, SECOND_MS } from '../../lib/clock.ts'
import type { AppEnvironment } from '../dependencies.ts'
import { Refusal } from '../problem.ts'
import { isUnsafe, kindOf } from '../request-kind.ts'

const MAX_BODY_BYTES = 256 * 1_024
const BODY_DEADLINE_MS = 20 * SECOND_MS

const FORM = /^application\/x-www-form-urlencoded(?:\s*;\s*charset="?utf-8"?)?$/i
const JSON_TYPE = /^application\/json(?:\s*;\s*charset="?utf-8"?)?$/i

export const requestBody: MiddlewareHandler<AppEnvironment> = async (c, next) => {
  const request = c.req.raw
  if (!isUnsafe(request.method)) return await next()
  if (request.body === null) {
    c.req.raw = withoutBody(request)
    return await next()
  }

  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) throw tooLarge()
  const body = await readInTime(request.body, c.get('deps').accounts.clock)
  if (body === 'late') {
    throw new Refusal({ status: 408, code: 'body_timeout', title: 'The body of this request took too long.' })
  }
  if (body === 'too_large') throw tooLarge()
  // Nobody is left to read this; it is the sender's doing and no failure of ours to log.
  if (body === 'broken_off') {
    throw new Refusal({ status: 400, code: 'bad_request', title: 'The body of this request broke off.' })
  }

  const type = request.headers.get('content-type')
  const wanted = kindOf(request) === 'api' ? JSON_TYPE : FORM
  // A body of no bytes has no type to be wrong about.
  if (body.length > 0 && !wanted.test(type ?? '')) {
    throw new Refusal({
      status: 415,
      code: 'unsupported_media_type',
      title: 'The body of this request is of a media type that is not taken here.',
    })
  }
  const { url, method, headers } = request
  c.req.raw = body.length === 0 ? withoutBody(request) : new Request(url, { method, headers, body })
  return await next()
}

/** The same with nothing in it, and of no type: readers of forms fail on a multipart body without any part. */
function withoutBody({ url, method, headers }: Request): Request {
  const typeless = new Headers(headers)
  typeless.delete('content-type')
  return new Request(url, { method, headers: typeless })
}

function tooLarge(): Refusal {
  return new Refusal({ status: 413, code: 'body_too_large', title: 'The body of this request is over 256 KiB.' })
}

type Body = Uint8Array<ArrayBuffer> | 'too_large' | 'late' | 'broken_off'

/** The whole body, unless its sender takes longer than the deadline. */
async function readInTime(stream: ReadableStream<Uint8Array>, clock: Clock): Promise<Body> {
  const reader = stream.getReader()
  const done = new AbortController()
  const late = clock.sleep(BODY_DEADLINE_MS, done.signal).then(() => 'late' as const)
  const body = await Promise.race([readAtMost(reader, MAX_BODY_BYTES).catch(() => 'broken_off' as const), late])
  done.abort()
  if (typeof body === 'string') void reader.cancel().catch(() => {})
  return body
}

/** Every byte that comes, or `too_large` as soon as there are more than `limit`. */
async function readAtMost(reader: ReadableStreamDefaultReader<Uint8Array>, limit: number): Promise<Body> {
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return new Uint8Array(Buffer.concat(chunks))
    length += value.byteLength
    if (length > limit) return 'too_large'
    chunks.push(value)
  }
}
