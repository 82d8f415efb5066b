/**
 * Requests that spend or end a grant, built from a provider's data and not sent: what we would say can be compared with
 * what the provider expects. Knows nothing of answers.
 */

import { SECOND_MS } from '../lib/clock.ts'
import { Secret } from '../lib/secret.ts'
import type { BodyFormat, Provider } from './provider.ts'
import { type CallPurpose, type OutgoingRequest, REQUEST_DEADLINE_MS } from './transport.ts'

/** Ending a grant is best effort, so nobody waits long for it. */
const REVOCATION_DEADLINE_MS = 10 * SECOND_MS

/**
 * Exchanges an authorization code. `redirectUri` must be the very text of the authorization request.
 *
 * Source: RFC 6749 §4.1.3, RFC 7636 §4.5
 */
export function exchangeRequest(
  provider: Provider,
  exchange: { code: Secret; state: Secret; codeVerifier: Secret; redirectUri: string },
): OutgoingRequest {
  return post(purposeOf(provider, 'token', 'sign_in'), provider, provider.tokenUrl, provider.tokenRequest.exchange, {
    grant_type: 'authorization_code',
    code: exchange.code,
    redirect_uri: exchange.redirectUri,
    client_id: provider.clientId,
    code_verifier: exchange.codeVerifier,
    ...(provider.tokenRequest.stateInExchange ? { state: exchange.state } : {}),
  })
}

/**
 * Spends a refresh token. No `scope`: the grant keeps what it was given, and asking for more than that is refused.
 *
 * Shape:  `clientId` names the client that obtained the grant, where that is not the provider's configured one
 * Source: RFC 6749 §6
 */
export function refreshRequest(
  provider: Provider,
  refreshToken: Secret,
  { clientId }: { clientId?: string | null } = {},
): OutgoingRequest {
  return post(purposeOf(provider, 'token', 'refresh'), provider, provider.tokenUrl, provider.tokenRequest.refresh, {
    client_id: clientId ?? provider.clientId,
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
  })
}

/**
 * Ends a grant at the provider.
 *
 * Errors: TypeError when the provider has no revocation endpoint: ask `provider.revocationUrl` first
 * Source: RFC 7009 §2.1
 */
export function revocationRequest(
  provider: Provider,
  token: Secret,
  hint: 'refresh_token' | 'access_token',
  { clientId }: { clientId?: string | null } = {},
): OutgoingRequest {
  const fields = { token, token_type_hint: hint, client_id: clientId ?? provider.clientId }
  const request = post(
    purposeOf(provider, 'revocation', 'removal'),
    provider,
    endpoint(provider.revocationUrl, 'revocation'),
    provider.tokenRequest.revocation,
    fields,
  )
  return { ...request, deadlineMs: REVOCATION_DEADLINE_MS }
}

/**
 * Asks who an access token belongs to.
 *
 * Errors: TypeError when the provider has no profile endpoint: ask `provider.profileUrl` first
 * Source: RFC 6750 §2.1
 */
export function profileRequest(provider: Provider, accessToken: Secret): OutgoingRequest {
  return {
    url: endpoint(provider.profileUrl, 'profile'),
    method: 'GET',
    headers: {
      ...provider.customHeaders,
      ...provider.profileHeaders,
      authorization: new Secret(`Bearer ${accessToken.reveal()}`),
    },
    body: null,
    deadlineMs: REQUEST_DEADLINE_MS,
    purpose: purposeOf(provider, 'profile', 'profile'),
  }
}

/**
 * Asks how much of its limits an account has used.
 *
 * Shape:  `organizationId` '' where the account has none
 * Errors: TypeError when the provider has no usage endpoint: ask `provider.usageUrl` first
 * Source: RFC 6750 §2.1
 */
export function usageRequest(provider: Provider, accessToken: Secret, organizationId: string): OutgoingRequest {
  const { usageOrganizationHeader: name } = provider
  return {
    url: endpoint(provider.usageUrl, 'usage'),
    method: 'GET',
    headers: {
      ...provider.customHeaders,
      ...provider.usageHeaders,
      ...(name !== null && organizationId !== '' ? { [name]: organizationId } : {}),
      authorization: new Secret(`Bearer ${accessToken.reveal()}`),
    },
    body: null,
    deadlineMs: REQUEST_DEADLINE_MS,
    purpose: purposeOf(provider, 'usage', 'limits'),
  }
}

/**
 * Asks for another document about whom an access token belongs to.
 *
 * Source: RFC 6750 §2.1
 */
export function profilePartRequest(provider: Provider, url: string, accessToken: Secret): OutgoingRequest {
  return profileRequest({ ...provider, profileUrl: url }, accessToken)
}

/**
 * Makes an API key.
 *
 * Errors: TypeError when the provider makes none: ask `provider.apiKeys` first
 */
export function apiKeyRequest(provider: Provider, accessToken: Secret): OutgoingRequest {
  return {
    url: endpoint(provider.apiKeys?.url ?? null, 'API key'),
    method: 'POST',
    headers: { ...provider.customHeaders, authorization: new Secret(`Bearer ${accessToken.reveal()}`) },
    body: null,
    deadlineMs: REQUEST_DEADLINE_MS,
    purpose: purposeOf(provider, 'api_key', 'api_key'),
  }
}

/** A POST with the provider's own headers and nothing that identifies the person beyond `fields`. */
export function post(
  purpose: CallPurpose,
  provider: Pick<Provider, 'customHeaders'>,
  url: string,
  format: BodyFormat,
  fields: Record<string, string | number | Secret>,
): OutgoingRequest {
  return {
    url,
    method: 'POST',
    headers: { ...provider.customHeaders },
    body: { format, fields },
    deadlineMs: REQUEST_DEADLINE_MS,
    purpose,
  }
}

/** What a request is for, as far as its builder knows. */
export function purposeOf({ id }: Pick<Provider, 'id'>, endpoint: CallPurpose['endpoint'], why: string): CallPurpose {
  return { provider: id, endpoint, why, accountId: null }
}

function endpoint(url: string | null, kind: string): string {
  if (url === null) throw new TypeError(`The provider has no ${kind} endpoint.`)
  return url
}
