/**
 * The fake provider behind a tap: every secret that passes between it and the program is kept, and answers can be made to
 * repeat what they were asked with, as careless servers do. Knows no page of the program.
 */

import { createFakeProvider, type FakeProvider, type FakeProviderOptions } from './fake-provider.ts'
import { serveOnLoopback } from './serve-on-loopback.ts'

/** Fields of requests and answers that are secret, in any dialect. */
const SECRET_FIELDS = [
  'code',
  'authorization_code',
  'code_verifier',
  'refresh_token',
  'access_token',
  'id_token',
  'token',
  'device_auth_id',
  'device_code',
  'raw_key',
]

/** A careless answer, made of the secret that came with the request. */
export type Echo = (secret: string) => Response

export interface TappedProvider {
  fake: FakeProvider
  origin: string
  /** The next request that carries this secret is answered so, instead of by the provider; `paths` end with it. */
  answerWith(secret: string, echo: Echo): void
  /** Secrets whose careless answer was sent. */
  readonly answered: readonly string[]
  close(): Promise<void>
}

/** @param keep is told of every secret that passes, with the name of its field */
export async function serveTappedProvider(
  keep: (name: string, value: string) => void,
  options: FakeProviderOptions = {},
): Promise<TappedProvider> {
  const fake = createFakeProvider(options)
  const echoes = new Map<string, Echo>()
  const answered: string[] = []

  const keepFields = (text: string) => {
    for (const [name, value] of fieldsOf(text)) if (SECRET_FIELDS.includes(name)) keep(name, value)
  }
  const served = await serveOnLoopback(async (request) => {
    const body = request.method === 'POST' ? await request.clone().text() : ''
    const bearer = (request.headers.get('authorization') ?? '').replace(/^Bearer /, '')
    keepFields(body)
    if (bearer) keep('bearer', bearer)
    const carried = [...fieldsOf(body).map(([, value]) => value), bearer]
    const secret = carried.find((value) => echoes.has(value))
    if (secret !== undefined) {
      answered.push(secret)
      return echoes.get(secret)!(secret)
    }
    const response = await fake.fetch(request)
    const isPage = (response.headers.get('content-type') ?? '').startsWith('text/html')
    if (!isPage) keepFields(await response.clone().text())
    return response
  })
  return {
    fake,
    origin: served.origin,
    answerWith: (secret, echo) => void echoes.set(secret, echo),
    answered,
    close: () => served.close(),
  }
}

/** Fields of a form or a JSON object; nothing of anything else. */
function fieldsOf(text: string): [name: string, value: string][] {
  try {
    const fields = Object.entries(JSON.parse(text) as object)
    return fields.filter((field): field is [string, string] => typeof field[1] === 'string')
  } catch {
    return [...new URLSearchParams(text)]
  }
}

const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })

/** Ways to repeat a token in an answer that grants nothing. */
export const CARELESS_ANSWERS: Record<string, Echo> = {
  'in a description': (secret) =>
    json(400, { error: 'invalid_grant', error_description: `Token ${secret} is not valid` }),
  'in a message': (secret) =>
    json(401, { error: { code: 'token_expired', message: `Who is "${secret}"? Sign in again` } }),
  'as the error itself': (secret) => json(400, { error: secret }),
  'as the error of a refusal': (secret) => json(401, { error: { code: secret, type: secret, message: secret } }),
  'in the detail of a 429': (secret) =>
    json(429, { detail: `slow down, ${secret}` }, { 'x-token': secret, 'retry-after': secret }),
  'in a trace': (secret) =>
    new Response(`POST /token refresh_token=${secret}\n    at grant (${secret}:1:1)`, { status: 500 }),
  'in a page': (secret) =>
    new Response(`<!doctype html><title>${secret}</title>`, { status: 403, headers: { 'content-type': 'text/html' } }),
  'in a success that is an error': (secret) =>
    json(200, { error: 'invalid_grant', message: `no such token ${secret}` }),
  'in a success without tokens': (secret) => json(200, { you_sent: secret }),
  'in half of a success': (secret) => new Response(`{"access_token":"${secret}`, { status: 200 }),
  'in a redirect': (secret) => new Response(null, { status: 307, headers: { location: `/elsewhere?token=${secret}` } }),
  'five million times': (secret) => json(200, { error: secret.repeat(Math.ceil(5_000_000 / secret.length)) }),
}
