/**
 * How every endpoint of the fake provider answers: reads the body, lets a fault strike, writes the ledger.
 * Knows nothing of what the endpoints mean.
 */

import type { Context } from 'hono'
import type { Clock } from '../lib/clock.ts'
import type { FakeFaults, Fault } from './fake-faults.ts'
import type { FakeIdentity } from './fake-identities.ts'
import { type FakeEndpoint, type FakeLedger, withoutSecrets } from './fake-ledger.ts'

/** What an endpoint says when nothing goes wrong. `outcome` is for the ledger. */
export interface FakeAnswer {
  status: number
  body: unknown
  outcome: string
  identity: FakeIdentity | null
}

export interface FakeExchangeParts {
  clock: Clock
  ledger: FakeLedger
  faults: FakeFaults
}

/** Set on an answer whose connection the transport below breaks instead of delivering it. */
export const BROKEN_HEADER = 'x-fake-broken'

/** Fields of a form or JSON body; empty for a body that is neither. */
export async function readFields(c: Context): Promise<Record<string, string>> {
  // Bun derives the content type of a request made in process from its body, and forgets it once the body is read.
  const type = mediaType(c)
  const text = await c.req.text()
  if (type === 'application/x-www-form-urlencoded') return Object.fromEntries(new URLSearchParams(text))
  if (type !== 'application/json') return {}
  try {
    return Object.fromEntries(Object.entries(JSON.parse(text)).map(([name, value]) => [name, String(value)]))
  } catch {
    return {}
  }
}

export function mediaType(c: Context): string {
  return (c.req.header('content-type') ?? '').split(';')[0]!.trim().toLowerCase()
}

/**
 * Runs one request: whoever it is about is found first, so that faults can be meant for one person.
 *
 * @param work does the endpoint's work; given the fault so that it can act for another person
 */
export async function exchange(
  parts: FakeExchangeParts,
  c: Context,
  endpoint: FakeEndpoint,
  fields: Record<string, string>,
  identity: FakeIdentity | null,
  work: (fault: Fault | null) => FakeAnswer,
): Promise<Response> {
  const fault = parts.faults.take(endpoint, identity?.name ?? null)
  const entry = parts.ledger.add({
    at: parts.clock.now(),
    endpoint,
    method: c.req.method,
    path: c.req.path,
    contentType: mediaType(c),
    userAgent: c.req.header('user-agent') ?? null,
    originator: c.req.header('originator') ?? null,
    fields: withoutSecrets(fields),
    identity: identity?.name ?? null,
    outcome: 'pending',
    status: 0,
    delivered: true,
  })
  const done = (outcome: string, response: Response): Response => {
    entry.outcome = outcome
    entry.status = response.status
    entry.delivered = !response.headers.has(BROKEN_HEADER) && fault?.kind !== 'truncated' && fault?.kind !== 'redirect'
    return response
  }
  switch (fault?.kind) {
    case 'drop_before':
      return done('not_seen', broken('before'))
    case 'status':
      return done('fault', respond(fault.status, fault.body ?? '', fault.headers))
    case 'blocked':
      return done('fault', page(403, 'Attention Required! error code: 1010'))
    case 'captive_portal':
      return done('fault', page(200, 'Welcome to the guest network'))
    case 'delay':
      if (!fault.after) await parts.clock.sleep(fault.ms, c.req.raw.signal)
  }
  const answer = work(fault)
  entry.outcome = answer.outcome
  entry.identity ??= answer.identity?.name ?? null
  if (fault?.kind === 'delay' && fault.after) await parts.clock.sleep(fault.ms, c.req.raw.signal)
  return done(answer.outcome, distort(answer, fault))
}

function distort(answer: FakeAnswer, fault: Fault | null): Response {
  switch (fault?.kind) {
    case 'drop_after':
      return broken('after')
    case 'redirect':
      return new Response(null, { status: 307, headers: { location: fault.location } })
    case 'truncated': {
      const text = JSON.stringify(answer.body)
      return respond(answer.status, text.slice(0, Math.floor(text.length / 2)), { 'content-type': 'application/json' })
    }
    case 'change':
      return respond(answer.status, { ...(answer.body as object), ...fault.fields })
    default:
      return respond(answer.status, answer.body)
  }
}

function respond(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return typeof body === 'string'
    ? new Response(body, { status, headers: { 'content-type': 'text/plain', ...headers } })
    : new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })
}

function page(status: number, words: string): Response {
  const body = `<!DOCTYPE html><html><body><h1>${words}</h1></body></html>`
  return new Response(body, { status, headers: { 'content-type': 'text/html; charset=UTF-8' } })
}

function broken(when: 'before' | 'after'): Response {
  return new Response(null, { status: 502, headers: { [BROKEN_HEADER]: when } })
}
