/**
 * Signing in on another device: a code to type, then asking until somebody has. Two shapes, RFC 8628's and OpenAI's own
 * `deviceauth`; which one is the provider's data. Keeps no state: the device code is handed out and handed back.
 */

import { MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { Secret } from '../lib/secret.ts'
import { endpointProblem } from './endpoint-url.ts'
import { asId, readJsonObject } from './foreign-members.ts'
import type { DeviceAuthorizationEndpoints, Provider } from './provider.ts'
import type { ProviderAnswer } from './token-answer.ts'
import { exchangeRequest, post, purposeOf } from './token-request.ts'
import { judgeTokenAnswer, type TokenJudgement, type TokenSet } from './token-response.ts'
import type { OutgoingRequest, Transport } from './transport.ts'

/** Used where the server names none. Source: RFC 8628 §3.2 for the interval */
const DEFAULT_INTERVAL_MS = 5 * SECOND_MS
const DEFAULT_LIFE_MS = 15 * MINUTE_MS
const LONGEST_LIFE_MS = 60 * MINUTE_MS

/** RFC 8628 §3.4 */
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

/** A code to type was made, or why not. Instants in epoch milliseconds; `deviceCode` is the secret half. */
export type DeviceStart =
  | {
      kind: 'started'
      deviceCode: Secret
      userCode: string
      verificationUri: string
      /** With the code in it, to follow or scan; null where the server gives none. */
      verificationUriComplete: string | null
      intervalMs: number
      expiresAt: number
    }
  | { kind: 'not_enabled'; code: string }
  | { kind: 'failed'; code: string; detail: string | null; retryAfterMs: number | null }

/**
 * What one question came to. `pending`: ask again after the interval, which grows by `slowDownMs` from now on.
 * `failed`: this question failed, the next may not. `denied`, `expired`, `refused`: over.
 */
export type DevicePoll =
  | { kind: 'pending'; slowDownMs: number }
  | { kind: 'granted'; tokens: TokenSet; raw: Secret }
  | { kind: 'denied' | 'expired'; code: string }
  | { kind: 'refused'; code: string; detail: string | null }
  | { kind: 'failed'; code: string; detail: string | null; retryAfterMs: number | null }

/**
 * Asks for a code to type.
 *
 * Errors: OAuthTransportError; TypeError when the provider has no device authorization: ask `provider.device` first
 * Source: RFC 8628 §3.1–3.2; OpenAI's shape observed 2026-11-22
 */
export async function startDeviceAuthorization(
  transport: Transport,
  provider: Provider,
  now: number,
): Promise<DeviceStart> {
  const device = endpoints(provider)
  return judgeDeviceStart(provider, device, await transport.send(deviceStartRequest(provider)), now)
}

/** The request for a code to type, not sent. */
export function deviceStartRequest(provider: Provider): OutgoingRequest {
  const device = endpoints(provider)
  return device.shape === 'deviceauth'
    ? post(purposeOf(provider, 'device', 'sign_in'), provider, device.authorizationUrl, 'json', {
        client_id: provider.clientId,
      })
    : post(purposeOf(provider, 'device', 'sign_in'), provider, device.authorizationUrl, 'form', {
        client_id: provider.clientId,
        ...(provider.scopes.length > 0 ? { scope: provider.scopes.join(' ') } : {}),
      })
}

/**
 * Asks once whether the code has been typed and, when it has, brings the tokens.
 *
 * Errors: OAuthTransportError (of a poll: harmless, ask again; of OpenAI's exchange: the code may be used up, which shows
 *         at the next poll); TypeError as above
 * Source: RFC 8628 §3.4–3.5
 */
export async function pollDeviceAuthorization(
  transport: Transport,
  provider: Provider,
  pending: { deviceCode: Secret; userCode: string },
  now: number,
): Promise<DevicePoll> {
  const { shape, redirectUri } = endpoints(provider)
  const answer = await transport.send(devicePollRequest(provider, pending))
  if (shape === 'standard') return judgeStandardPoll(provider, answer, now)
  const approval = readApproval(answer)
  if (approval.kind !== 'approved') return approval
  const { code, codeVerifier } = approval
  const exchange = { code, codeVerifier, state: new Secret(''), redirectUri: redirectUri ?? '' }
  return pollOutcome(judgeTokenAnswer(provider, await transport.send(exchangeRequest(provider, exchange)), { now }))
}

/** The question whether the code has been typed, not sent. */
export function devicePollRequest(
  provider: Provider,
  pending: { deviceCode: Secret; userCode: string },
): OutgoingRequest {
  const device = endpoints(provider)
  return device.shape === 'deviceauth'
    ? post(purposeOf(provider, 'device', 'sign_in'), provider, device.tokenUrl, 'json', {
        device_auth_id: pending.deviceCode,
        user_code: pending.userCode,
      })
    : post(purposeOf(provider, 'device', 'sign_in'), provider, device.tokenUrl, 'form', {
        grant_type: DEVICE_GRANT,
        device_code: pending.deviceCode,
        client_id: provider.clientId,
      })
}

/** The server has device codes, but not for this client. RFC 6749 §5.2; the second is GitHub's. */
const NOT_ENABLED = new Set(['unauthorized_client', 'device_flow_disabled'])

function judgeDeviceStart(
  provider: Provider,
  device: DeviceAuthorizationEndpoints,
  answer: ProviderAnswer,
  now: number,
): DeviceStart {
  // OpenAI answers 404 when the owner has not allowed device codes in the security settings.
  if (device.shape === 'deviceauth' && answer.status === 404) return { kind: 'not_enabled', code: 'not_found' }
  const members = readJsonObject(answer.body) ?? {}
  const deviceCode = longText(members.device_code) ?? longText(members.device_auth_id)
  const userCode = asId(members.user_code) ?? asId(members.usercode)
  if (answer.status >= 200 && answer.status < 300 && deviceCode && userCode) {
    return {
      kind: 'started',
      deviceCode: new Secret(deviceCode),
      userCode,
      verificationUri: webAddress(members.verification_uri ?? members.verification_url) ?? device.verificationUri,
      verificationUriComplete: webAddress(members.verification_uri_complete),
      intervalMs: Math.max(SECOND_MS, (seconds(members.interval) ?? 0) * SECOND_MS || DEFAULT_INTERVAL_MS),
      expiresAt: readExpiry(members, answer.serverTime, now),
    }
  }
  const judgement = judgeTokenAnswer(provider, answer, { now })
  if (judgement.kind === 'granted' || judgement.kind === 'unreadable') {
    return { kind: 'failed', code: 'unreadable', detail: null, retryAfterMs: null }
  }
  if (NOT_ENABLED.has(judgement.code)) return { kind: 'not_enabled', code: judgement.code }
  return { retryAfterMs: null, ...judgement, kind: 'failed' }
}

function judgeStandardPoll(provider: Provider, answer: ProviderAnswer, now: number): DevicePoll {
  const code = readJsonObject(answer.body)?.error
  if (code === 'authorization_pending') return { kind: 'pending', slowDownMs: 0 }
  // RFC 8628 §3.5: five seconds more, for this and all later questions.
  if (code === 'slow_down') return { kind: 'pending', slowDownMs: 5 * SECOND_MS }
  if (code === 'access_denied') return { kind: 'denied', code }
  if (code === 'expired_token') return { kind: 'expired', code }
  return pollOutcome(judgeTokenAnswer(provider, answer, { now }))
}

/** OpenAI's answer to a question: a code with the verifier that the server itself chose, or 403 or 404 for "not yet". */
function readApproval(answer: ProviderAnswer): Approval | DevicePoll {
  if (answer.status === 403 || answer.status === 404) return { kind: 'pending', slowDownMs: 0 }
  const { retryAfterMs, status } = answer
  if (status !== 200) {
    return { kind: 'failed', code: status === 429 ? 'rate_limited' : `http_${status}`, detail: null, retryAfterMs }
  }
  const members = readJsonObject(answer.body) ?? {}
  const code = longText(members.authorization_code)
  const codeVerifier = longText(members.code_verifier)
  if (!code || !codeVerifier) return { kind: 'failed', code: 'unreadable', detail: null, retryAfterMs }
  return { kind: 'approved', code: new Secret(code), codeVerifier: new Secret(codeVerifier) }
}

interface Approval {
  kind: 'approved'
  code: Secret
  codeVerifier: Secret
}

function pollOutcome(judgement: TokenJudgement): DevicePoll {
  if (judgement.kind === 'granted' || judgement.kind === 'refused') return judgement
  if (judgement.kind === 'misconfigured') return { ...judgement, kind: 'refused' }
  if (judgement.kind === 'unreadable') return { ...judgement, kind: 'failed', detail: null, retryAfterMs: null }
  return { ...judgement, kind: 'failed' }
}

function endpoints(provider: Provider): DeviceAuthorizationEndpoints {
  if (provider.device === null) throw new TypeError('The provider has no device authorization.')
  return provider.device
}

/** `expires_in` seconds, else `expires_at` as a date corrected by the server's clock, else 15 minutes; at most an hour. */
function readExpiry(members: Record<string, unknown>, serverTime: number | null, now: number): number {
  const date =
    typeof members.expires_at === 'string' ? Date.parse(members.expires_at) - (serverTime ?? now) : Number.NaN
  const life = (seconds(members.expires_in) ?? 0) * SECOND_MS || (date > 0 ? date : DEFAULT_LIFE_MS)
  return now + Math.min(life, LONGEST_LIFE_MS)
}

/** Seconds as a number or, as OpenAI says it, as text. */
function seconds(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  return typeof number === 'number' && number > 0 && number <= 86_400 ? number : null
}

/** An address that a person is sent to: https, or this machine. */
function webAddress(value: unknown): string | null {
  return typeof value === 'string' && value.length <= 2_000 && endpointProblem(value) === null ? value : null
}

/** A code of the server's: visible ASCII, because it travels on. */
function longText(value: unknown): string | null {
  return typeof value === 'string' && /^[\x21-\x7e]{1,8192}$/.test(value) ? value : null
}
