/** Reads an authorization request as strictly as a good server does: everything is there, once, and PKCE is S256. */

import type { FakeAuthorizationRequest } from './fake-grants.ts'

export function readAuthorizationRequest(
  query: URLSearchParams,
  clientIds: readonly string[],
  acceptsRedirect: (uri: string) => boolean,
): { ok: true; value: FakeAuthorizationRequest } | { ok: false; error: string } {
  const wrong = (error: string) => ({ ok: false as const, error })
  for (const name of new Set(query.keys())) if (query.getAll(name).length > 1) return wrong(`${name} is repeated`)
  const get = (name: string) => query.get(name) ?? ''
  if (get('response_type') !== 'code') return wrong('unsupported_response_type')
  if (!clientIds.includes(get('client_id'))) return wrong('unknown client_id')
  if (!URL.canParse(get('redirect_uri')) || !acceptsRedirect(get('redirect_uri')))
    return wrong('redirect_uri is not registered')
  if (get('code_challenge_method') !== 'S256' || !/^[\w-]{43}$/.test(get('code_challenge')))
    return wrong('PKCE with S256 is required')
  if (get('state').length < 16) return wrong('state is missing or too short')
  if (!get('scope')) return wrong('scope is missing')
  return {
    ok: true,
    value: {
      clientId: get('client_id'),
      redirectUri: get('redirect_uri'),
      codeChallenge: get('code_challenge'),
      scopes: get('scope').split(' '),
      state: get('state'),
    },
  }
}
