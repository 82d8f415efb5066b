/**
 * Bodies: at most 256 KiB, by declaration and by count, read within a deadline, of the one media type that the kind of
 * route takes. Handlers get the whole body from memory.
 */

import type { MiddlewareHandler } from 'hono'
import { SECOND_MS } from '../../lib/clock.ts'
import type { AppEnvironment } from '../dependencies.ts'
import { Refusal } from '../problem.ts'
import { isUnsafe, kindOf } from '../request-kind.ts'

export const MAX_BODY_BYTES = 256 * 1_024
const BODY_DEADLINE_MS = 20 * SECOND_MS

const FORM = /^application\/x-www-form-urlencoded(?:\s*;\s*charset="?utf-8"?)?$/i
const JSON_TYPE = /^application\/json(?:\s*;\s*charset="?utf-8"?)?$/i

export const requestBody: MiddlewareHandler<AppEnvironment> = async (c, next) => {
  const request = c.req.raw
  if (!isUnsafe(request.method) || request.body === null) return await next()

  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) throw tooLarge()
  const body = await Promise.race([
    readAtMost(request.body, MAX_BODY_BYTES),
    c
      .get('deps')
      .accounts.clock.sleep(BODY_DEADLINE_MS)
      .then(() => 'late' as const),
  ])
  if (body === 'late') {
    throw new Refusal({ status: 408, code: 'body_timeout', title: 'The body of this request took too long.' })
  }
  if (body === 'too_large') throw tooLarge()

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
  c.req.raw = new Request(request.url, { method: request.method, headers: request.headers, body })
  return await next()
}

function tooLarge(): Refusal {
  return new Refusal({ status: 413, code: 'body_too_large', title: 'The body of this request is over 256 KiB.' })
}

/** Every byte of a stream, or `too_large` as soon as there are more than `limit`. */
async function readAtMost(
  stream: ReadableStream<Uint8Array>,
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | 'too_large'> {
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return new Uint8Array(Buffer.concat(chunks))
    length += value.byteLength
    if (length > limit) {
      await reader.cancel().catch(() => {})
      return 'too_large'
    }
    chunks.push(value)
  }
}
