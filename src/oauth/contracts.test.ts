/** Every request we build, as it would go over the wire, against what the providers' own CLIs were seen to send. */

import { expect, test } from 'vitest'
import { systemClock } from '../lib/clock.ts'
import { systemRandom } from '../lib/random.ts'
import { Secret } from '../lib/secret.ts'
import { authorizationUrl, callbackRedirectUri } from './authorization-request.ts'
import { devicePollRequest, deviceStartRequest } from './device-authorization.ts'
import observed from './fixtures/observed-requests.json'
import { allowedHosts } from './own-providers.ts'
import { newCodeVerifier, newState } from './pkce.ts'
import { claude } from './providers/claude.ts'
import { codex } from './providers/codex.ts'
import { builtInProviders } from './providers/index.ts'
import { exchangeRequest, profileRequest, refreshRequest, revocationRequest } from './token-request.ts'
import { createTransport, type OutgoingRequest } from './transport.ts'

/** Where we differ on purpose. `null`: we do not send it. */
const SETTLED: Record<string, Record<string, string | null>> = {
  'codex.authorize': { redirect_uri: 'http://localhost:1455/auth/callback', originator: 'tokendeck' },
  'codex.exchange': { redirect_uri: 'http://localhost:1455/auth/callback' },
  'codex.refresh': { refresh_reason: null },
  'claude.refresh': { scope: null },
  'claude.authorize.paste': { scope: claude.scopes.join(' ') },
  'claude.authorize.callback': { scope: claude.scopes.join(' ') },
}

/** Headers that we send beyond the observed ones, or with a value of our own. */
const OWN_HEADERS: Record<string, string> = { 'user-agent': 'tokendeck/9.9.9', accept: 'application/json' }

interface Observed {
  method?: string
  url: string
  contentType?: string
  body?: Record<string, string | number>
  query?: Record<string, string>
  order?: string[]
  headers?: Record<string, string>
}

const contracts = observed as Record<string, Observed>
const secret = new Secret('FAKE-0001')
const codexRedirect = callbackRedirectUri(codex.callback!, 1455)
const claudeRedirect = callbackRedirectUri(claude.callback!, 54321)
const exchange = { code: secret, state: secret, codeVerifier: secret }
const pending = { deviceCode: secret, userCode: 'FAKE-CODE' }

const requests: Record<string, OutgoingRequest> = {
  'codex.exchange': exchangeRequest(codex, { ...exchange, redirectUri: codexRedirect }),
  'codex.device.usercode': deviceStartRequest(codex),
  'codex.device.poll': devicePollRequest(codex, pending),
  'codex.device.exchange': exchangeRequest(codex, { ...exchange, redirectUri: codex.device!.redirectUri! }),
  'codex.refresh': refreshRequest(codex, secret),
  'codex.revoke': revocationRequest(codex, secret, 'refresh_token'),
  'claude.exchange.paste': exchangeRequest(claude, { ...exchange, redirectUri: claude.pasteRedirectUri! }),
  'claude.exchange.callback': exchangeRequest(claude, { ...exchange, redirectUri: claudeRedirect }),
  'claude.refresh': refreshRequest(claude, secret),
  'claude.profile': profileRequest(claude, secret),
  'claude.revoke': revocationRequest(claude, secret, 'refresh_token'),
}

const authorizations = {
  'codex.authorize': [codex, codexRedirect],
  'claude.authorize.paste': [claude, claude.pasteRedirectUri!],
  'claude.authorize.callback': [claude, claudeRedirect],
} as const

test('every observed request has its own one here', () => {
  expect([...Object.keys(requests), ...Object.keys(authorizations)].sort()).toEqual(Object.keys(contracts).sort())
})

test.each(Object.keys(requests))('%s: method, address, content type, fields', async (name) => {
  const contract = contracts[name]!
  const wire = await captured(requests[name]!)
  expect(wire.method).toBe(contract.method)
  expect(wire.url).toBe(contract.url)
  if (contract.contentType) expect(wire.headers['content-type']).toBe(contract.contentType)
  expect(patterned(wire.fields, contract.body)).toEqual(expectedFields(name, contract.body))
})

test.each(Object.keys(requests))('%s: headers', async (name) => {
  const contract = contracts[name]!
  const { headers } = await captured(requests[name]!)
  const observedNames = Object.keys(contract.headers ?? {})
  for (const header of observedNames) expect(headers, header).toHaveProperty(header)
  const ours = name.startsWith('codex.') ? { ...OWN_HEADERS, originator: 'tokendeck' } : OWN_HEADERS
  for (const [header, value] of Object.entries(ours)) expect(headers[header]).toBe(value)
  const known = new Set([...observedNames, ...Object.keys(ours), 'content-type', 'cache-control'])
  expect(Object.keys(headers).filter((header) => !known.has(header))).toEqual([])
  expect(JSON.stringify(headers)).not.toMatch(/codex_cli|claude-c|axios|anthropic/i)
})

test.each(Object.keys(authorizations))('%s: address and parameters in their order', async (name) => {
  const contract = contracts[name]!
  const [provider, redirectUri] = authorizations[name as keyof typeof authorizations]
  const state = newState(systemRandom)
  const codeVerifier = newCodeVerifier(systemRandom)
  const url = await authorizationUrl(provider, { state, codeVerifier, redirectUri })
  expect(url.origin + url.pathname).toBe(contract.url)
  expect([...url.searchParams.keys()]).toEqual(contract.order)
  const parameters = Object.fromEntries(url.searchParams)
  expect(patterned(parameters, contract.query)).toEqual(expectedFields(name, contract.query))
  expect(url.searchParams.get('state')).toBe(state.reveal())
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(codeVerifier.reveal()))
  expect(url.searchParams.get('code_challenge')).toBe(Buffer.from(digest).toString('base64url'))
  expect(url.href).not.toContain(codeVerifier.reveal())
})

test('state and verifier: 43 characters, never the same', () => {
  const made = [newState(systemRandom), newCodeVerifier(systemRandom), newState(systemRandom)].map((one) =>
    one.reveal(),
  )
  for (const text of made) expect(text).toMatch(/^[A-Za-z0-9_-]{43}$/)
  expect(new Set(made).size).toBe(3)
})

test('a grant of another client is refreshed and revoked as that client', async () => {
  const other = { clientId: 'FAKE-OTHER-CLIENT' }
  expect((await captured(refreshRequest(claude, secret, other))).fields.client_id).toBe('FAKE-OTHER-CLIENT')
  const revocation = revocationRequest(claude, secret, 'access_token', other)
  expect((await captured(revocation)).fields).toMatchObject({
    client_id: 'FAKE-OTHER-CLIENT',
    token_type_hint: 'access_token',
  })
})

test('an endpoint that a provider does not have is a mistake of the caller', () => {
  expect(() => profileRequest(codex, secret)).toThrow('no profile endpoint')
  expect(() => revocationRequest({ ...codex, revocationUrl: null }, secret, 'refresh_token')).toThrow(TypeError)
  expect(() => deviceStartRequest(claude)).toThrow('no device authorization')
})

async function captured(request: OutgoingRequest) {
  let wire: { method: string; url: string; headers: Record<string, string>; text: string } | undefined
  const transport = createTransport({
    clock: systemClock,
    version: '9.9.9',
    allowedHosts: allowedHosts(builtInProviders),
    fetch: async (url, init) => {
      const headers = Object.fromEntries(new Headers(init.headers))
      wire = { method: init.method!, url, headers, text: String(init.body ?? '') }
      return new Response('{}')
    },
  })
  await transport.send(request)
  const { text, ...rest } = wire!
  const isJson = rest.headers['content-type'] === 'application/json'
  const fields = text === '' ? {} : isJson ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text))
  return { ...rest, fields: fields as Record<string, string> }
}

/** Our values, with `*` where the contract leaves the value open. */
function patterned(ours: Record<string, string>, contract: Record<string, string | number> = {}) {
  return Object.fromEntries(Object.entries(ours).map(([name, value]) => [name, contract[name] === '*' ? '*' : value]))
}

function expectedFields(name: string, contract: Record<string, string | number> = {}) {
  const settled = Object.entries({ ...contract, ...SETTLED[name] }).filter(([, value]) => value !== null)
  return Object.fromEntries(settled.map(([field, value]) => [field, contract[field] === '*' ? '*' : value]))
}
