/**
 * Asks a provider who a grant belongs to. Which member of the answer means what is the provider's own data
 * (`Provider.readIdentity`); here is only the asking.
 */

import type { Secret } from '../lib/secret.ts'
import { OAuthTransportError } from './errors.ts'
import { asRecord, readJsonObject } from './foreign-members.ts'
import type { Provider } from './provider.ts'
import type { ProviderAnswer } from './token-answer.ts'
import { profilePartRequest, profileRequest } from './token-request.ts'
import { because, type Transport } from './transport.ts'

/**
 * `not_permitted`: the token is good and lacks the scope. `rejected_token`: the token is not (401). `failed`: anything
 * else, with a stable code.
 */
export type ProfileReading =
  | { kind: 'read'; profile: unknown }
  | { kind: 'not_permitted' | 'rejected_token' | 'failed'; code: string; retryAfterMs: number | null }

/**
 * Asks for the profile behind an access token.
 *
 * Errors: none thrown; a failure of the connection is `failed` with its code, a provider without profiles `no_profile`
 * Source: RFC 6750 §3.1 for 401 and 403
 */
export async function fetchProfile(
  transport: Transport,
  provider: Provider,
  accessToken: Secret,
  reason: Parameters<typeof because>[1] = {},
): Promise<ProfileReading> {
  if (provider.profileUrl === null) return { kind: 'failed', code: 'no_profile', retryAfterMs: null }
  try {
    const reading = judgeProfileAnswer(await transport.send(because(profileRequest(provider, accessToken), reason)))
    if (reading.kind !== 'read' || !provider.profileParts) return reading
    const parts = await fetchParts(transport, provider, accessToken, reason)
    return { kind: 'read', profile: { ...asRecord(reading.profile), ...parts } }
  } catch (error) {
    if (error instanceof OAuthTransportError) return { kind: 'failed', code: error.code, retryAfterMs: null }
    throw error
  }
}

/** The further documents that could be had. Whose login it is does not hang on them, so a failure of one leaves it out. */
async function fetchParts(
  transport: Transport,
  provider: Provider,
  accessToken: Secret,
  reason: Parameters<typeof because>[1],
): Promise<Record<string, unknown>> {
  const parts: Record<string, unknown> = {}
  for (const [member, url] of Object.entries(provider.profileParts ?? {})) {
    try {
      const request = because(profilePartRequest(provider, url, accessToken), reason)
      const reading = judgeProfileAnswer(await transport.send(request))
      if (reading.kind === 'read') parts[member] = reading.profile
    } catch (error) {
      if (!(error instanceof OAuthTransportError)) throw error
    }
  }
  return parts
}

/** Judges the answer to a profile request. Total. */
function judgeProfileAnswer(answer: ProviderAnswer): ProfileReading {
  const { status, retryAfterMs } = answer
  const profile = readJsonObject(answer.body)
  if (status === 401) return { kind: 'rejected_token', code: 'unauthorized', retryAfterMs }
  // A firewall's 403 is a page; a missing scope is said in JSON.
  if (status === 403 && profile) return { kind: 'not_permitted', code: 'forbidden', retryAfterMs }
  if (status === 403) return { kind: 'failed', code: 'blocked', retryAfterMs }
  if (status === 429) return { kind: 'failed', code: 'rate_limited', retryAfterMs }
  if (status !== 200) return { kind: 'failed', code: status >= 500 ? 'server_error' : `http_${status}`, retryAfterMs }
  // Some servers put an error into a 200.
  if (!profile || profile.error !== undefined) return { kind: 'failed', code: 'not_a_profile', retryAfterMs }
  return { kind: 'read', profile }
}
