/**
 * The only way out to a provider: known hosts, https or this machine, no redirects, a deadline and a size limit. It judges
 * no answer. What it cannot bring home whole, it says whether the provider may have seen.
 */

import type { Clock } from '../lib/clock.ts'
import { SECOND_MS } from '../lib/clock.ts'
import { Secret } from '../lib/secret.ts'
import { awakeDeadline } from './awake-deadline.ts'
import { endpointProblem, isLoopback } from './endpoint-url.ts'
import { OAuthTransportError, type TransportFailureCode } from './errors.ts'
import type { BodyFormat } from './provider.ts'
import type { ProviderAnswer } from './token-answer.ts'

/** The usual deadline of one request, from its first to its last byte. Milliseconds. */
export const REQUEST_DEADLINE_MS = 30 * SECOND_MS

/** The longest answer that is read, after decompression. Bytes. */
export const MAX_ANSWER_BYTES = 1024 * 1024

/** What is asked of a provider. */
export type ProviderEndpoint = 'token' | 'revocation' | 'profile' | 'usage' | 'device' | 'api_key'

/** For what a request is made, for whoever keeps a record of them. Nothing of it is sent. */
export interface CallPurpose {
  provider: string
  endpoint: ProviderEndpoint
  /** The reason: the purpose of a refresh, `sign_in`, `removal`, … */
  why: string
  /** Null where there is no account yet, or it is not known which. */
  accountId: string | null
  /** Calls that are left in the rolling hour after this one, where the caller keeps a budget. */
  budgetLeft?: number
}

/** A request that is built but not sent. Secrets stay in their carrier until the moment of sending. */
export interface OutgoingRequest {
  url: string
  method: 'GET' | 'POST'
  headers: Record<string, string | Secret>
  body: { format: BodyFormat; fields: Record<string, string | number | Secret> } | null
  deadlineMs: number
  signal?: AbortSignal
  purpose: CallPurpose
}

/** The request, with what its sender knows about its purpose. */
export function because(
  request: OutgoingRequest,
  reason: Partial<Pick<CallPurpose, 'why' | 'accountId' | 'budgetLeft'>>,
): OutgoingRequest {
  return { ...request, purpose: { ...request.purpose, ...reason } }
}

/** What `createTransport` needs of fetch. */
export type Fetch = (url: string, init: BunFetchRequestInit) => Promise<Response>

export interface Transport {
  /**
   * Sends one request, once, and gives the whole answer whatever its status.
   *
   * Errors: OAuthTransportError
   */
  send(request: OutgoingRequest): Promise<ProviderAnswer>
}

/**
 * A transport that reaches `allowedHosts` (as in `URL.host`, with the port where it is not the usual one) and nobody else.
 *
 * Source: RFC 9700 §4.12 (a 307 would re-send credentials to another host: no redirect is followed)
 */
export function createTransport(options: {
  fetch: Fetch
  clock: Clock
  version: string
  allowedHosts: ReadonlySet<string>
}): Transport {
  return {
    async send(request) {
      refuseForeignHost(request.url, options.allowedHosts)
      const { signal: deadline, clear } = awakeDeadline(request.deadlineMs, options.clock)
      const signal = request.signal ? AbortSignal.any([deadline, request.signal]) : deadline
      const { response, body } = await exchanged(options, request, signal, deadline).finally(clear)
      const serverTime = readInstant(response.headers.get('date'))
      return {
        status: response.status,
        mediaType: (response.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase(),
        retryAfterMs: readRetryAfter(response.headers, serverTime ?? options.clock.now()),
        serverTime,
        body: new Secret(body),
        sent: secretsOf(request),
      }
    },
  }
}

async function exchanged(
  { fetch, version }: { fetch: Fetch; version: string },
  request: OutgoingRequest,
  signal: AbortSignal,
  deadline: AbortSignal,
): Promise<{ response: Response; body: string }> {
  const response = await sent(fetch, request, `tokendeck/${version}`, signal, deadline)
  return { response, body: await wholeBody(response, signal, deadline) }
}

function refuseForeignHost(address: string, allowedHosts: ReadonlySet<string>): void {
  if (endpointProblem(address) === null && allowedHosts.has(new URL(address).host)) return
  throw new OAuthTransportError('refused_host', false, 'The address is not one of the configured providers.')
}

async function sent(
  fetch: Fetch,
  request: OutgoingRequest,
  userAgent: string,
  signal: AbortSignal,
  deadline: AbortSignal,
): Promise<Response> {
  try {
    return await fetch(request.url, {
      method: request.method,
      headers: wireHeaders(request, userAgent),
      body: wireBody(request),
      redirect: 'error',
      signal,
      // A connection of its own: a request on one that died while idle would have an unknown outcome.
      keepalive: false,
      // Said aloud so that no variable of the environment can turn it off.
      tls: { rejectUnauthorized: true },
      // A proxy is for other machines: what is meant for this one would reach it in plain text.
      ...(isLoopback(new URL(request.url)) ? NO_PROXY : {}),
      // BUN_CONFIG_VERBOSE_FETCH would print the request, tokens and all.
      verbose: false,
    })
  } catch (cause) {
    throw transportError(cause, signal, deadline)
  }
}

/** Bun takes `false` for "none, whatever http_proxy says"; its types know addresses only. */
const NO_PROXY = { proxy: false as unknown as string }

function wireHeaders(request: OutgoingRequest, userAgent: string): Headers {
  const headers = new Headers({ accept: 'application/json', 'user-agent': userAgent })
  if (request.body) headers.set('content-type', MEDIA_TYPES[request.body.format])
  for (const [name, value] of Object.entries(request.headers)) headers.set(name, plain(value))
  return headers
}

const MEDIA_TYPES = { form: 'application/x-www-form-urlencoded', json: 'application/json' } as const

function wireBody(request: OutgoingRequest): string | undefined {
  if (request.body === null) return undefined
  const fields = Object.entries(request.body.fields)
  return request.body.format === 'json'
    ? JSON.stringify(Object.fromEntries(fields.map(([name, value]) => [name, plain(value)])))
    : new URLSearchParams(fields.map(([name, value]) => [name, String(plain(value))])).toString()
}

function secretsOf({ headers, body }: OutgoingRequest): Secret[] {
  const values = [...Object.values(headers), ...Object.values(body?.fields ?? {})]
  return values.filter((value) => value instanceof Secret)
}

function plain<T extends string | number>(value: T | Secret): T | string {
  return value instanceof Secret ? value.reveal() : value
}

async function wholeBody(response: Response, signal: AbortSignal, deadline: AbortSignal): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of response.body ?? []) {
      length += chunk.byteLength
      if (length > MAX_ANSWER_BYTES)
        throw new OAuthTransportError('too_large', true, 'The answer is larger than 1 MiB.')
      chunks.push(chunk)
    }
  } catch (cause) {
    // The connection broke after the last byte that mattered: a whole answer is not thrown away for its missing end.
    const text = decoded(chunks)
    if (!(cause instanceof OAuthTransportError) && isWholeJsonObject(text)) return text
    throw transportError(cause, signal, deadline)
  }
  return decoded(chunks)
}

function decoded(chunks: readonly Uint8Array[]): string {
  return new TextDecoder().decode(Buffer.concat(chunks))
}

function isWholeJsonObject(text: string): boolean {
  try {
    return text.trimStart().startsWith('{') && typeof JSON.parse(text) === 'object'
  } catch {
    return false
  }
}

/** Failures of Bun's fetch that come before the first byte of the request. Anything else may have been sent. */
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ConnectionRefused',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'FailedToOpenSocket',
])
const TLS_FAILED =
  /^(EPROTO|ERR_TLS|ERR_SSL|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|UNKNOWN_CERTIFICATE|HOSTNAME_MISMATCH|ERROR_IN_CERT)|CERTIFICATE/

function transportError(cause: unknown, signal: AbortSignal, deadline: AbortSignal): OAuthTransportError {
  if (cause instanceof OAuthTransportError) return cause
  if (deadline.aborted) return failure('timed_out')
  if (signal.aborted) return failure('interrupted')
  const code = String((cause as { code?: unknown } | null)?.code ?? '')
  if (UNREACHABLE.has(code)) return failure('unreachable')
  if (TLS_FAILED.test(code)) return failure('tls_failed')
  return failure(code === 'UnexpectedRedirect' ? 'redirected' : 'interrupted')
}

/** The cause is left behind on purpose: it may quote the address or the request. */
function failure(code: keyof typeof FAILURES): OAuthTransportError {
  const [maybeSent, message] = FAILURES[code]
  return new OAuthTransportError(code, maybeSent, message)
}

const FAILURES = {
  unreachable: [false, 'The provider cannot be reached.'],
  tls_failed: [false, 'No trustworthy connection to the provider could be made.'],
  timed_out: [true, 'The provider did not answer in time.'],
  redirected: [true, 'The provider answered with a redirect, which is not followed.'],
  interrupted: [true, 'The connection ended before the whole answer had come.'],
} as const satisfies Partial<Record<TransportFailureCode, readonly [boolean, string]>>

/** Retry-After-Ms, else Retry-After in seconds or as a date; milliseconds from `now`, never negative. RFC 9110 §10.2.3 */
function readRetryAfter(headers: Headers, now: number): number | null {
  const milliseconds = readNumber(headers.get('retry-after-ms'))
  if (milliseconds !== null) return milliseconds
  const text = headers.get('retry-after')
  const seconds = readNumber(text)
  if (seconds !== null) return seconds * SECOND_MS
  const instant = readInstant(text)
  return instant === null ? null : Math.max(0, instant - now)
}

function readNumber(text: string | null): number | null {
  return text !== null && /^\s*\d{1,12}(\.\d+)?\s*$/.test(text) ? Math.round(Number(text)) : null
}

function readInstant(text: string | null): number | null {
  const instant = text === null || /^\s*-?[\d.]+\s*$/.test(text) ? Number.NaN : Date.parse(text)
  return Number.isNaN(instant) ? null : instant
}
