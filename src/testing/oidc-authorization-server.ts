/**
 * An authorization server that this project did not write (panva's oidc-provider), on loopback, with the shape of a Codex
 * sign-in: a public client, PKCE, rotating refresh tokens whose reuse revokes the grant, OpenAI's claims in the id_token.
 * Only the page that asks who signs in is ours.
 */

import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import { codexClaims } from './builders.ts'
import type { FakeIdentity } from './fake-identities.ts'
import { FAKE_IDENTITIES } from './fake-identities.ts'

export interface OidcAuthorizationServer {
  /** Such as `http://127.0.0.1:40123`. */
  origin: string
  clientId: string
  /** Names of events such as `grant.revoked`, in the order they happened. */
  events: string[]
  /** Answers of the token endpoint, in order: granted, or the OAuth error. */
  tokenAnswers: string[]
  /** What a holder of an old copy does: spends the first refresh token once more. Gives the OAuth error. */
  replayFirstRefreshToken(): Promise<string>
  /** A config.toml that makes `codex` sign in here, by forms. */
  configToml(): string
  close(): Promise<void>
}

const OIDC_CLIENT_ID = 'tokendeck-test-client'

/** Starts the server on a free port. Spans in seconds. */
export async function startOidcAuthorizationServer(
  options: { accessTokenLifetimeSeconds?: number; identities?: readonly FakeIdentity[] } = {},
): Promise<OidcAuthorizationServer> {
  const identities = (options.identities ?? FAKE_IDENTITIES).filter(({ provider }) => provider === 'codex')
  const http = createServer()
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  const events: string[] = []
  const tokenAnswers: string[] = []
  const provider = new Provider(origin, configuration(identities, options.accessTokenLifetimeSeconds ?? 3_600))
  for (const event of ['grant.revoked', 'refresh_token.consumed', 'authorization_code.consumed', 'server_error']) {
    provider.on(event, () => events.push(event))
  }
  let firstRefreshToken = ''
  provider.on('grant.success', (ctx) => {
    tokenAnswers.push('granted')
    firstRefreshToken ||= String((ctx as { body: Record<string, unknown> }).body.refresh_token ?? '')
  })
  provider.on('grant.error', (_, error) => tokenAnswers.push((error as { error?: string }).error ?? 'error'))
  const handle = provider.callback()
  http.on('request', (request, response) => {
    const interaction = /^\/interaction\/[\w-]+$/.test(new URL(request.url ?? '/', origin).pathname)
    const answered = interaction ? interact(provider, identities, request, response) : handle(request, response)
    answered.catch((error: unknown) => {
      events.push(`failed: ${error instanceof Error ? error.message : 'unknown'}`)
      response.writeHead(500).end()
    })
  })
  return {
    origin,
    clientId: OIDC_CLIENT_ID,
    events,
    tokenAnswers,
    async replayFirstRefreshToken() {
      const body = new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: OIDC_CLIENT_ID,
        refresh_token: firstRefreshToken,
      })
      const answer = (await (await fetch(`${origin}/token`, { method: 'POST', body })).json()) as { error?: string }
      return answer.error ?? 'granted'
    },
    configToml: () =>
      [
        '[providers.codex]',
        `client_id = "${OIDC_CLIENT_ID}"`,
        `authorization_url = "${origin}/auth"`,
        `token_url = "${origin}/token"`,
        `revocation_url = "${origin}/token/revocation"`,
        'usage_url = ""',
        `issuer = "${origin}"`,
        'scopes = ["openid", "email", "offline_access"]',
        'authorization_params = { prompt = "consent" }',
        'token_request = "form"',
        '',
      ].join('\n'),
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve())
        http.closeAllConnections()
      }),
  }
}

function configuration(
  identities: readonly FakeIdentity[],
  accessTokenLifetimeSeconds: number,
): Record<string, unknown> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  return {
    clients: [
      {
        client_id: OIDC_CLIENT_ID,
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: ['http://localhost/auth/callback', 'http://127.0.0.1/auth/callback'],
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' }] },
    cookies: { keys: [randomUUID()] },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    conformIdTokenClaims: false,
    scopes: ['openid', 'offline_access', 'email'],
    claims: {
      openid: ['sub', 'https://api.openai.com/auth'],
      email: ['email', 'https://api.openai.com/profile'],
    },
    ttl: {
      AccessToken: accessTokenLifetimeSeconds,
      AuthorizationCode: 60,
      RefreshToken: 30 * 86_400,
      IdToken: 3_600,
      Grant: 30 * 86_400,
      Session: 3_600,
      Interaction: 600,
    },
    features: { devInteractions: { enabled: false }, revocation: { enabled: true } },
    interactions: { url: (_: unknown, interaction: { uid: string }) => `/interaction/${interaction.uid}` },
    findAccount: (_: unknown, id: string) => {
      const identity = identities.find((each) => each.name === id)
      return identity && { accountId: id, claims: () => ({ ...codexClaims({ ...identity, exp: 0 }), sub: id }) }
    },
  }
}

/** Asks who signs in and takes the consent with it, in one step. */
async function interact(
  provider: Provider,
  identities: readonly FakeIdentity[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const details = await provider.interactionDetails(request, response)
  if (request.method !== 'POST') {
    const buttons = identities.map(
      ({ name, displayName, organizationName }) =>
        `<p><button name="identity" value="${name}">Continue as ${displayName} at ${organizationName}</button></p>`,
    )
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    response.end(
      `<!doctype html><html lang="en"><head><title>Sign in</title><link rel="icon" href="data:,"></head><body>
      <main><h1>Sign in to the authorization server</h1><form method="post">${buttons.join('')}</form></main></body></html>`,
    )
    return
  }
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const accountId = new URLSearchParams(Buffer.concat(chunks).toString()).get('identity') ?? ''
  const grant = new provider.Grant({ accountId, clientId: String(details.params.client_id) })
  grant.addOIDCScope(String(details.params.scope))
  const result = { login: { accountId }, consent: { grantId: await grant.save() } }
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
}

/** Walks from the authorization request to the redirect URI as a browser without scripts would. Gives the last address. */
export async function walkToRedirect(authorizationUrl: string, identity: string): Promise<URL> {
  const cookies = new Map<string, string>()
  let next: { url: URL; body?: URLSearchParams } = { url: new URL(authorizationUrl) }
  const { origin } = next.url
  for (let steps = 0; steps < 12; steps++) {
    if (next.url.origin !== origin) return next.url
    const response = await fetch(next.url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(next.body ? { method: 'POST', body: next.body } : {}),
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value) cookies.set(name, value)
      else cookies.delete(name)
    }
    const location = response.headers.get('location')
    if (location) next = { url: new URL(location, next.url) }
    else if (response.ok) next = { url: next.url, body: new URLSearchParams({ identity }) }
    else
      throw new Error(`The authorization server answered ${response.status}: ${(await response.text()).slice(0, 300)}`)
  }
  throw new Error('The walk through the authorization server does not end.')
}
