/**
 * The address that a person's browser is sent to. The only file that uses Arctic, which is loaded when the first
 * address is built, so that starting the program does not pay for it.
 */

import type { Secret } from '../lib/secret.ts'
import type { CallbackRedirect, Provider } from './provider.ts'

/**
 * The authorization request: code grant with PKCE, always S256.
 *
 * Shape:  provider + { state, codeVerifier, redirectUri } → URL; it holds `state`, so it is shown to its browser only
 * Errors: none expected; the provider's address was checked when it was defined
 * Source: RFC 6749 §4.1.1, RFC 7636 §4.3
 */
export async function authorizationUrl(
  provider: Provider,
  request: { state: Secret; codeVerifier: Secret; redirectUri: string },
): Promise<URL> {
  const { CodeChallengeMethod, OAuth2Client } = await import('arctic')
  const url = new OAuth2Client(provider.clientId, null, request.redirectUri).createAuthorizationURLWithPKCE(
    provider.authorizationUrl,
    request.state.reveal(),
    CodeChallengeMethod.S256,
    request.codeVerifier.reveal(),
    [...provider.scopes],
  )
  for (const [name, value] of Object.entries(provider.authorizationParams)) url.searchParams.set(name, value)
  return inOrder(url, provider.authorizationOrder ?? [])
}

/** The redirect URI of a listener on `port`, exactly as it must stand in the authorization request and the exchange. */
export function callbackRedirectUri(callback: CallbackRedirect, port: number): string {
  return `http://${callback.host}:${port}${callback.path}`
}

function inOrder(url: URL, order: readonly string[]): URL {
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length)
  const sorted = [...url.searchParams].sort(([left], [right]) => place(left) - place(right))
  url.search = new URLSearchParams(sorted).toString()
  return url
}
