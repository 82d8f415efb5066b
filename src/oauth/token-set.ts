/**
 * What a token answer grants, read member by member: every one may be missing, mistyped or absurd. Judges no failure.
 */

import { DAY_MS, SECOND_MS } from '../lib/clock.ts'
import { readClaims } from '../lib/jwt-claims.ts'
import { Secret } from '../lib/secret.ts'
import { asId, asRecord, asText } from './foreign-members.ts'

/** Tokens as granted. Instants in epoch milliseconds by the local clock; null = the answer does not say. */
export interface TokenSet {
  accessToken: Secret
  refreshToken: Secret | null
  idToken: Secret | null
  /** Null when the answer names none: the grant has what was asked for, or what it had. RFC 6749 §5.1, §6 */
  scopes: string[] | null
  accessTokenExpiresAt: number | null
  /** End of the whole sign-in, which refreshing does not move. */
  loginExpiresAt: number | null
  /** Who the answer itself says it is for, where it does. */
  subjectHint?: SubjectHint | null
}

/** Identity members that stand beside the tokens in an answer. */
export interface SubjectHint {
  subject: string | null
  organizationId: string | null
  organizationName: string | null
  email: string | null
}

/** When an answer came: by the local clock, and by the server's where it said so. Epoch milliseconds. */
export interface AnswerTimes {
  now: number
  serverTime: number | null
}

/** Spans beyond this mean "does not end" and would overflow timers and dates. */
const LONGEST_SPAN_MS = 36_500 * DAY_MS

/** A server's Date has whole seconds and was written before the answer travelled: smaller offsets are noise. */
const CLOCK_OFFSET_NOISE_MS = 30 * SECOND_MS

/** Tokens become headers, so nothing but visible ASCII may be in one. Source: RFC 6750 §2.1, RFC 6749 appendix A */
const TOKEN = /^[\x21-\x7e]{1,65536}$/
/** Scopes are shown, in lists of many accounts. Source: RFC 6749 §3.3 */
const SCOPE = /^[\x21-\x7e]{1,200}$/

/**
 * Reads the members of a token answer. `token_type` is not looked at: everything is used as Bearer, and a provider that
 * meant something else says so with 401, while a good answer thrown away is lost for ever.
 *
 * Shape:  parsed body → TokenSet, or null when there is no access token in it and none is given in `currentAccessToken`
 * Errors: none; total
 * Source: RFC 6749 §5.1; expiry from a JWT's `exp` before `expires_in`, because that is what resource servers go by
 */
export function readTokenSet(
  members: Record<string, unknown>,
  times: AnswerTimes,
  currentAccessToken: Secret | null,
): TokenSet | null {
  const refreshToken = readToken(members.refresh_token)
  const answered = readToken(members.access_token)
  // A provider may rotate only the refresh token: then the access token at hand goes on.
  const accessToken = answered ?? (refreshToken ? currentAccessToken : null)
  if (!accessToken) return null
  const span = answered ? readSpan(members.expires_in) : null
  return {
    accessToken,
    refreshToken,
    idToken: readToken(members.id_token),
    scopes: readScopes(members.scope),
    accessTokenExpiresAt: jwtExpiry(accessToken, times) ?? after(times.now, span),
    loginExpiresAt: after(times.now, readSpan(members.refresh_token_expires_in)),
    subjectHint: readSubjectHint(members),
  }
}

/**
 * When an access token that is a JWT ends, by the local clock; null when it is none or does not say.
 *
 * A server clock that differs is corrected by its Date header. Without one, an `exp` that already lies in the past is not
 * believed (the token was issued just now): its life, `exp` − `iat`, counts from now.
 */
function jwtExpiry(accessToken: Secret, { now, serverTime }: AnswerTimes): number | null {
  const claims = readClaims(accessToken)
  const expiresAt = readInstant(claims?.exp)
  if (expiresAt === null) return null
  const offset = serverTime === null ? 0 : serverTime - now
  // A Date that is centuries away says nothing about the token.
  const isOffset = Math.abs(offset) > CLOCK_OFFSET_NOISE_MS && Math.abs(offset) < LONGEST_SPAN_MS
  const local = Math.min(isOffset ? expiresAt - offset : expiresAt, now + LONGEST_SPAN_MS)
  const issuedAt = readInstant(claims?.iat)
  const isBelievable = serverTime !== null || local > now || issuedAt === null || issuedAt >= expiresAt
  return isBelievable ? local : now + Math.min(expiresAt - issuedAt, LONGEST_SPAN_MS)
}

function readToken(value: unknown): Secret | null {
  return typeof value === 'string' && TOKEN.test(value) ? new Secret(value) : null
}

/** Seconds as a number or as digits; 0 and less say nothing usable (some servers mean "does not end"). Milliseconds. */
function readSpan(value: unknown): number | null {
  const isDigits = typeof value === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(value)
  const seconds = typeof value === 'number' || isDigits ? Number(value) : Number.NaN
  return seconds > 0 ? Math.min(Math.round(seconds * SECOND_MS), LONGEST_SPAN_MS) : null
}

function after(now: number, span: number | null): number | null {
  return span === null ? null : now + span
}

function readInstant(seconds: unknown): number | null {
  return typeof seconds === 'number' && seconds > 0 && seconds * SECOND_MS < Number.MAX_SAFE_INTEGER
    ? Math.round(seconds * SECOND_MS)
    : null
}

function readScopes(value: unknown): string[] | null {
  const words: unknown[] = typeof value === 'string' ? value.split(/\s+/) : Array.isArray(value) ? value : []
  const scopes = words.filter((word): word is string => typeof word === 'string' && SCOPE.test(word))
  return scopes.length > 0 ? [...new Set(scopes)].slice(0, 200) : null
}

function readSubjectHint(members: Record<string, unknown>): SubjectHint | null {
  const account = asRecord(members.account)
  const organization = asRecord(members.organization)
  const hint = {
    subject: asId(account.uuid),
    organizationId: asId(organization.uuid),
    organizationName: asText(organization.name),
    email: asText(account.email_address),
  }
  return hint.subject === null && hint.organizationId === null ? null : hint
}
