/**
 * One open `text/event-stream` answer: first byte at once, a heartbeat, an end at shutdown, at the session's end or when
 * the reader no longer reads. Knows nothing of what is sent.
 */

import type { Context } from 'hono'
import { SECOND_MS } from '../lib/clock.ts'
import type { AppEnvironment } from './dependencies.ts'
import { Refusal } from './problem.ts'

const HEARTBEAT_MS = 20 * SECOND_MS
/** Open streams of one session or of the API token; a browser opens six connections to a host at most. */
const MAX_STREAMS = 12
/** Bytes that may wait for a reader before it is given up. */
const MAX_WAITING_BYTES = 4 * 1_024 * 1_024

/** What a stream's sender may do. */
export interface EventWriter {
  /** Aborts when the stream has ended, from whichever side. */
  readonly signal: AbortSignal
  /** Sends one event; `event` null is an unnamed message. Data may have several lines. */
  send(message: { event: string | null; data: string; id?: string }): void
}

const openStreams = new WeakMap<object, Map<string, number>>()

/**
 * Opens a stream and hands its writer to `begin`.
 *
 * Errors: Refusal 429 when this session has too many open
 */
export function eventStream(c: Context<AppEnvironment>, begin: (writer: EventWriter) => Promise<void>): Response {
  const deps = c.get('deps')
  const { clock } = deps.accounts
  const session = c.get('session')
  const owner = session?.id ?? 'api'
  const counts = openStreams.get(deps) ?? new Map<string, number>()
  openStreams.set(deps, counts)
  const open = counts.get(owner) ?? 0
  if (open >= MAX_STREAMS) {
    throw new Refusal({
      status: 429,
      code: 'too_many_streams',
      title: 'Too many event streams are open.',
      headers: { 'retry-after': '10' },
    })
  }
  const headers = { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' }
  if (c.req.method === 'HEAD') return new Response(null, { headers })

  // Bun would end a quiet answer.
  c.env?.server?.timeout(c.req.raw, 0)
  const ended = new AbortController()
  const signal = AbortSignal.any([ended.signal, deps.shutdown, c.req.raw.signal])
  const encoder = new TextEncoder()
  counts.set(owner, open + 1)

  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const write = (text: string) => {
          if (signal.aborted) return
          if ((controller.desiredSize ?? 0) <= 0) return ended.abort()
          controller.enqueue(encoder.encode(text))
        }
        const close = () => {
          counts.set(owner, Math.max(0, (counts.get(owner) ?? 1) - 1))
          try {
            controller.close()
          } catch {
            // The reader was first.
          }
        }
        if (signal.aborted) return close()
        signal.addEventListener('abort', close, { once: true })
        // Bun sends the headers with the first byte; without one the browser would take the server for dead.
        write('retry: 1000\n\n')
        void heartbeat(write)
        begin({ signal, send: (message) => write(frame(message)) }).catch((error: Error) => {
          deps.accounts.log.error('stream.failed', { error: error.name })
          ended.abort()
        })
      },
      cancel: () => ended.abort(),
    },
    { highWaterMark: MAX_WAITING_BYTES, size: (chunk) => chunk?.byteLength ?? 0 },
  )

  async function heartbeat(write: (text: string) => void): Promise<void> {
    for (;;) {
      await clock.sleep(HEARTBEAT_MS, signal)
      if (signal.aborted) return
      const isLive = session === null || (await deps.access.isSessionLive(session.id).catch(() => true))
      if (!isLive) return ended.abort()
      write(': beat\n\n')
    }
  }

  return new Response(body, { headers })
}

/** One event in the wire format; every line of data has its own field. Source: WHATWG HTML §9.2.6 */
function frame({ event, data, id }: { event: string | null; data: string; id?: string }): string {
  const lines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`)
  return `${id === undefined ? '' : `id: ${id}\n`}${event === null ? '' : `event: ${event}\n`}${lines.join('')}\n`
}
