/**
 * Judges what a token endpoint answered: granted, refused for good, or worth another try. Pure: it is given the answer and
 * the time. It never says that a sign-in is over because of an answer that somebody between us and the provider may have
 * written.
 */

import { DAY_MS } from '../lib/clock.ts'
import { CUT, cleanText, withoutSecrets } from '../lib/foreign-text.ts'
import type { Secret } from '../lib/secret.ts'
import { asRecord, readJsonObject } from './foreign-members.ts'
import type { Provider } from './provider.ts'
import type { ProviderAnswer } from './token-answer.ts'
import { readTokenSet, type TokenSet } from './token-set.ts'

export type { SubjectHint, TokenSet } from './token-set.ts'

/**
 * `refused`: only a person can mend it. `transient`: try again later, `retryAfterMs` when the server named a wait.
 * `misconfigured`: our request is wrong for every account. `unreadable`: a 2xx without tokens, so the outcome is unknown.
 * `code` is a stable word; `detail` the provider's own words, cleaned and without anything that looks like a token.
 */
export type TokenJudgement =
  | { kind: 'granted'; tokens: TokenSet; raw: Secret }
  | { kind: 'refused'; code: string; detail: string | null }
  | { kind: 'transient'; code: string; detail: string | null; retryAfterMs: number | null }
  | { kind: 'misconfigured'; code: string; detail: string | null }
  | { kind: 'unreadable'; code: string }

/**
 * The token that was spent is worth nothing any more. RFC 6749 §5.2; the `refresh_token_*` ones and `token_expired` are
 * OpenAI's, `bad_*` GitHub's.
 */
const REFUSALS = new Set([
  'invalid_grant',
  'refresh_token_expired',
  'refresh_token_reused',
  'refresh_token_invalidated',
  'token_expired',
  'bad_refresh_token',
  'bad_verification_code',
])

/** Our request, not the grant, is wrong. RFC 6749 §5.2; the `_error` word is Anthropic's and OpenAI's, `incorrect_…` GitHub's. */
const MISCONFIGURATIONS = new Set([
  'invalid_client',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'invalid_request',
  'invalid_request_error',
  'invalid_target',
  'incorrect_client_credentials',
])

/** Words for "later", by the code we give them. They count whatever the status is: some servers say them with 200. */
const POSTPONEMENTS = new Map([
  ['rate_limit_error', 'rate_limited'],
  ['rate_limit_exceeded', 'rate_limited'],
  ['slow_down', 'rate_limited'],
  ['overloaded_error', 'server_error'],
  ['api_error', 'server_error'],
  ['server_error', 'server_error'],
  ['temporarily_unavailable', 'server_error'],
  ['not_found_error', 'not_found'],
])

/** A server that asks for more is asked again after this. Milliseconds. */
const LONGEST_WAIT_MS = DAY_MS

/** The provider's own limit on how much of its words is shown. Characters. */
const MAX_DETAIL_LENGTH = 160

/** Long unbroken runs in an error text, and the beginnings that tokens and codes have, may be the token it speaks of. */
const TOKEN_LIKE = /\b(?:sk-ant-|rt_|rt\.|ac_|at-|eyJ)[A-Za-z0-9_.~+/=-]+|[A-Za-z0-9_.~+/=-]{24,}/g

const CODE = /^[a-z][a-z0-9_.-]{0,47}$/

/**
 * Judges the answer to an exchange or a refresh.
 *
 * Shape:  `now` epoch milliseconds; `currentAccessToken` goes on when a provider rotates only the refresh token
 * Errors: none; total
 * Source: RFC 6749 §5.1–5.2; tokens are taken whenever they are there, whatever else the answer says
 */
export function judgeTokenAnswer(
  _provider: Provider,
  answer: ProviderAnswer,
  { now, currentAccessToken = null }: { now: number; currentAccessToken?: Secret | null },
): TokenJudgement {
  const members = readJsonObject(answer.body)
  if (isSuccess(answer)) {
    const tokens = members && readTokenSet(members, { now, serverTime: answer.serverTime }, currentAccessToken)
    if (tokens) return { kind: 'granted', tokens, raw: answer.body }
    if (!members) return isHtml(answer) ? later('html_answer', null, answer) : unreadable('not_json')
    if (!saysError(members)) return unreadable('access_token_missing')
  }
  return judgeFailure(answer, members ?? {})
}

function judgeFailure(answer: ProviderAnswer, members: Record<string, unknown>): TokenJudgement {
  const words = errorWords(members).filter((word) => withoutSecrets(word, answer.sent) === word)
  const detail = errorDetail(members, answer.sent)
  const refusal = words.find((word) => REFUSALS.has(word))
  const misconfiguration = words.find((word) => MISCONFIGURATIONS.has(word))
  // A known refusal counts only where it comes as one; inside a 5xx it is the server's own trouble that speaks.
  if (answer.status >= 500) return later('server_error', detail, answer)
  if (answer.status === 429) return later('rate_limited', detail, answer)
  if (refusal) return { kind: 'refused', code: refusal, detail }
  if (misconfiguration === 'invalid_client') return { kind: 'misconfigured', code: misconfiguration, detail }
  if (answer.status === 401) return { kind: 'refused', code: words[0] ?? 'unauthorized', detail }
  const postponement = words.map((word) => POSTPONEMENTS.get(word)).find((code) => code !== undefined)
  // A 404 has two causes that it does not tell apart: a wrong address or a blocked client, and a token already spent.
  if (postponement || answer.status === 404) return later(postponement ?? 'not_found', detail, answer)
  // Firewalls in front of the provider answer 403 with a page or their own number: no word about the grant.
  if (answer.status === 403 && (isHtml(answer) || words.length === 0)) return later('blocked', detail, answer)
  if (misconfiguration) return { kind: 'misconfigured', code: misconfiguration, detail }
  return later(words[0] ?? `http_${answer.status}`, detail, answer)
}

function later(code: string, detail: string | null, answer: ProviderAnswer): TokenJudgement {
  // "Retry after 0 seconds" comes from saturated servers too; our own back-off knows better.
  const retryAfterMs = answer.retryAfterMs ? Math.min(answer.retryAfterMs, LONGEST_WAIT_MS) : null
  return { kind: 'transient', code, detail, retryAfterMs }
}

function unreadable(code: string): TokenJudgement {
  return { kind: 'unreadable', code }
}

function isSuccess(answer: ProviderAnswer): boolean {
  return answer.status >= 200 && answer.status < 300
}

function isHtml(answer: ProviderAnswer): boolean {
  return (
    answer.mediaType === 'text/html' || /^\s*<(!doctype|html|head|body)\b/i.test(answer.body.reveal().slice(0, 200))
  )
}

function saysError(members: Record<string, unknown>): boolean {
  return errorWords(members).length > 0 || Boolean(members.error)
}

/** Every place where providers put an error's word, best first. Words of another form are dropped. */
function errorWords(members: Record<string, unknown>): string[] {
  const error = asRecord(members.error)
  const places = [error.code, members.error, error.type, members.code, asRecord(members.detail).code]
  return places.filter((place): place is string => typeof place === 'string' && CODE.test(place))
}

/** The provider's own word for what is wrong, or null when it says none; never one of the secrets that were sent. */
export function errorCode(members: Record<string, unknown>, sent: readonly Secret[] = []): string | null {
  return errorWords(members).find((word) => word !== 'error' && withoutSecrets(word, sent) === word) ?? null
}

/** What the provider says in words, for people. */
export function errorDetail(members: Record<string, unknown>, sent: readonly Secret[] = []): string | null {
  const places = [members.error_description, asRecord(members.error).message, members.message, members.detail]
  const text = places.find((place): place is string => typeof place === 'string')
  if (text === undefined) return null
  return cleanText(withoutSecrets(text, sent).replace(TOKEN_LIKE, CUT), MAX_DETAIL_LENGTH) || null
}
