/**
 * A libSQL server for tests: the Hrana protocol over HTTP, version 2 and 3 in JSON, over a real database file with one
 * SQLite connection for each stream. Streams go on by batons, which work once and end after ten idle seconds. It records
 * every request, so that a test can say what was asked where.
 *
 * Source: Hrana over HTTP specification, version 3; limits as sqld has them
 */

import { Database } from 'bun:sqlite'
import { randomUUID } from 'node:crypto'
import {
  describe,
  execute,
  executeBatch,
  executeSequence,
  type HranaBatch,
  HranaRefusal,
  type HranaStatement,
  textOf,
} from './hrana-statements.ts'
import { type ServedApp, serveOnLoopback } from './serve-on-loopback.ts'

/** A stream that is not used for so long is closed; its open transaction is rolled back. Milliseconds. */
const STREAM_IDLE_MS = 10_000
/** How long a statement waits for another stream's write; milliseconds. */
const BUSY_TIMEOUT_MS = 100

type StreamRequest =
  | { type: 'close' | 'get_autocommit' }
  | { type: 'execute'; stmt: HranaStatement }
  | { type: 'batch'; batch: HranaBatch }
  | { type: 'sequence' | 'describe'; sql?: string; sql_id?: number }
  | { type: 'store_sql'; sql_id: number; sql: string }
  | { type: 'close_sql'; sql_id: number }

interface PipelineBody {
  baton?: string | null
  requests: StreamRequest[]
}

/** One HTTP request as the server saw it. */
export interface HranaTrace {
  /** Scheme, host and port that it was sent to. */
  origin: string
  path: string
  /** Kinds of the stream requests in it, in order. */
  kinds: string[]
  /** Texts of all statements in it. */
  statements: string[]
}

interface HranaStream {
  connection: Database
  texts: Map<number, string>
  baton: string
  timer: ReturnType<typeof setTimeout> | null
}

export interface HranaDouble {
  /** Every request so far, in the order of arrival. */
  readonly trace: HranaTrace[]
  /** Answers one request, wherever it was sent. */
  handle(request: Request): Promise<Response>
  /** Listens on 127.0.0.1. */
  serve(): Promise<ServedApp>
  /** How many streams are open: none, when every client closed what it opened. */
  openStreams(): number
  close(): void
}

/**
 * A server over the database file at `path`, which is made when it is not there.
 *
 * Shape:  `now` is the server's clock, epoch milliseconds; the machine's unless given
 */
export function createHranaDouble(
  path: string,
  { authToken = null, now = null }: { authToken?: string | null; now?: (() => number) | null } = {},
): HranaDouble {
  const streams = new Map<string, HranaStream>()
  const trace: HranaTrace[] = []
  const idle: Database[] = []

  const connect = (): Database => {
    const kept = idle.pop()
    if (kept) return kept
    const connection = new Database(path, { create: true, safeIntegers: true })
    connection.run(`PRAGMA busy_timeout=${BUSY_TIMEOUT_MS}`)
    connection.run('PRAGMA journal_mode=WAL')
    connection.run('PRAGMA synchronous=FULL')
    // libSQL is built with this default.
    connection.run('PRAGMA foreign_keys=ON')
    return connection
  }

  const end = (stream: HranaStream) => {
    if (stream.timer) clearTimeout(stream.timer)
    streams.delete(stream.baton)
    if (stream.connection.inTransaction) stream.connection.run('ROLLBACK')
    idle.push(stream.connection)
  }

  const pipeline = (body: PipelineBody, version: 2 | 3): Response => {
    const stream = body.baton == null ? openStream(connect()) : streams.get(body.baton)
    if (!stream) return refusal(400, 'STREAM_EXPIRED', 'The stream has expired due to inactivity')
    if (stream.timer) clearTimeout(stream.timer)
    // A baton works once.
    streams.delete(stream.baton)
    let isClosed = false
    const results = body.requests.map((request) => {
      try {
        if (isClosed) throw new HranaRefusal('STREAM_CLOSED', 'The stream is closed')
        if (request.type === 'close') isClosed = true
        return { type: 'ok', response: { type: request.type, ...answer(stream, request, version) } }
      } catch (error) {
        if (!(error instanceof HranaRefusal)) throw error
        return { type: 'error', error: error.toJSON() }
      }
    })
    if (isClosed) {
      end(stream)
      return Response.json({ baton: null, base_url: null, results })
    }
    stream.baton = randomUUID()
    streams.set(stream.baton, stream)
    stream.timer = setTimeout(() => end(stream), STREAM_IDLE_MS)
    stream.timer.unref?.()
    return Response.json({ baton: stream.baton, base_url: null, results })
  }

  const handle = async (request: Request): Promise<Response> => {
    const { origin, pathname } = new URL(request.url)
    const version = /^\/v([23])(\/pipeline)?$/.exec(pathname)
    if (!version) return new Response('not found', { status: 404 })
    if (authToken !== null && request.headers.get('authorization') !== `Bearer ${authToken}`) {
      return refusal(401, 'AUTH_JWT_INVALID', 'Unauthorized')
    }
    if (request.method === 'GET' && !version[2]) return new Response('Hello, this is HTTP API v2 (Hrana over HTTP)')
    if (request.method !== 'POST' || !version[2]) return new Response('', { status: 405 })
    const body = (await request.json()) as PipelineBody
    if (now) setServerTime(body, now())
    trace.push({ origin, path: pathname, kinds: body.requests.map(({ type }) => type), statements: textsOf(body) })
    return pipeline(body, version[1] === '2' ? 2 : 3)
  }

  return {
    trace,
    handle,
    serve: () => serveOnLoopback(handle),
    openStreams: () => streams.size,
    close() {
      for (const stream of [...streams.values()]) end(stream)
      for (const connection of idle.splice(0)) connection.close()
    },
  }
}

function openStream(connection: Database): HranaStream {
  return { connection, texts: new Map(), baton: randomUUID(), timer: null }
}

function answer(stream: HranaStream, request: StreamRequest, version: 2 | 3): object {
  const { connection, texts } = stream
  switch (request.type) {
    case 'close':
      return {}
    case 'execute':
      return { result: execute(connection, request.stmt, texts) }
    case 'batch':
      return { result: executeBatch(connection, request.batch, texts) }
    case 'sequence':
      executeSequence(connection, textOf(request, texts))
      return {}
    case 'describe':
      return { result: describe(connection, textOf(request, texts)) }
    case 'store_sql':
      texts.set(request.sql_id, request.sql)
      return {}
    case 'close_sql':
      texts.delete(request.sql_id)
      return {}
    case 'get_autocommit':
      if (version < 3) throw new HranaRefusal('UNKNOWN_REQUEST', 'get_autocommit needs version 3')
      return { is_autocommit: !connection.inTransaction }
  }
}

/** SQLite asks the machine for the time; a test that has a clock of its own gives that as the server's. */
function setServerTime({ requests }: PipelineBody, now: number): void {
  const set = (holder: { sql?: string }) => {
    if (holder.sql !== undefined) holder.sql = holder.sql.replaceAll("unixepoch('subsec')", `(${now} / 1000.0)`)
  }
  for (const request of requests) {
    if (request.type === 'execute') set(request.stmt)
    else if (request.type === 'batch') for (const { stmt } of request.batch.steps) set(stmt)
    else if ('sql' in request) set(request)
  }
}

function refusal(status: number, code: string, message: string): Response {
  return Response.json({ message, code }, { status })
}

function textsOf({ requests }: PipelineBody): string[] {
  return requests.flatMap((request) => {
    if (request.type === 'execute') return [request.stmt.sql ?? '']
    if (request.type === 'batch') return request.batch.steps.map(({ stmt }) => stmt.sql ?? '')
    return 'sql' in request && request.sql !== undefined ? [request.sql] : []
  })
}
