/**
 * What comes back from the authorization endpoint: read from an address or from whatever a person pasted, then judged
 * against the sign-in it claims to belong to. Sends nothing and stores nothing.
 */

import { cleanText, withoutSecrets } from '../lib/foreign-text.ts'
import { Secret } from '../lib/secret.ts'
import { AuthorizationResponseError } from './errors.ts'
import type { Provider } from './provider.ts'

/** An authorization response before anybody judged it. */
export interface AuthorizationResponse {
  code: string | null
  state: string | null
  iss: string | null
  error: string | null
  errorDescription: string | null
  shape: 'code' | 'code_and_state' | 'url'
}

/** Longer pasted texts are not looked at; real addresses stay under 4,000 characters. */
const MAX_RESPONSE_LENGTH = 16_384

const PARAMETERS = ['code', 'state', 'iss', 'error', 'error_description'] as const

/** What only an authorization *request* carries: the person pasted the link they were meant to open. */
const REQUEST_PARAMETERS = ['response_type', 'code_challenge', 'code_challenge_method']

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals put escape sequences around what is copied
const TERMINAL_SEQUENCE = /\u001b\[[0-9;?]*[ -/]*[@-~]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same, without their escape character
const INVISIBLE = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/** What people and programs put around a text they hand on. */
const WRAPPING = new Set(' \t\r\n"\'`<>()[]{}«»“”‘’,;')

/** Characters that a code or state is made of, as far as providers are known. `%` for a percent-encoded one. */
const WORD = /^[A-Za-z0-9._~+/=%:-]+$/

/**
 * Reads what a person pasted: a bare code, `code#state`, a whole address, or its query. Terminal colours, quotes, invisible
 * characters and wrapped lines are taken off.
 *
 * Shape:  text → AuthorizationResponse; `shape` says which of the three it was
 * Errors: AuthorizationResponseError `empty`, `unreadable`, `code_missing` (the sign-in link itself was pasted),
 *         `duplicated_parameter`
 */
export function parseAuthorizationResponse(text: string): AuthorizationResponse {
  const pasted = tidied(text)
  if (pasted === '') throw new AuthorizationResponseError('empty')
  if (/^https?:\/\//i.test(pasted)) return responseFromAddress(pasted)
  if (/^[?#]?([a-z_]+=[^&]*&)*(code|error)=/i.test(pasted)) {
    return responseFromParameters(new URLSearchParams(pasted.replace(/^[?#]/, '')))
  }
  return responseFromWord(pasted)
}

/**
 * Reads the address that a browser came back to. Parameters that OAuth does not know are ignored.
 *
 * Errors: AuthorizationResponseError `duplicated_parameter`
 * Source: RFC 6749 §3.1 (no parameter twice), §4.1.2
 */
export function responseFromQuery(url: URL): AuthorizationResponse {
  return responseFromParameters(url.searchParams)
}

/**
 * Says whether a response belongs to the sign-in that expects it, and gives its code. State is judged first, so that an
 * error or a foreign code without it says nothing about the sign-in.
 *
 * Shape:  `stateRequired` false lets a bare code through (a person copied only that); a state that is there must still match
 * Errors: AuthorizationResponseError, every code but `empty` and `unreadable`
 * Source: RFC 6749 §4.1.2.1, §10.12; RFC 9207 §2.4
 */
export function judgeAuthorizationResponse(
  provider: Pick<Provider, 'issuer' | 'stateSuffixes'>,
  response: AuthorizationResponse,
  expectedState: Secret,
  { stateRequired }: { stateRequired: boolean },
): { code: Secret } {
  if (response.state === null && (stateRequired || response.error !== null)) {
    throw new AuthorizationResponseError('state_missing')
  }
  if (response.state !== null && !isExpectedState(provider, response.state, expectedState)) {
    throw new AuthorizationResponseError('state_mismatch')
  }
  if (response.iss !== null && provider.issuer !== null && response.iss !== provider.issuer) {
    throw new AuthorizationResponseError('issuer_mismatch')
  }
  if (response.error !== null) {
    const detail = cleanText(withoutSecrets(response.errorDescription || response.error, [expectedState])) || null
    throw new AuthorizationResponseError(response.error === 'access_denied' ? 'denied' : 'provider_error', detail)
  }
  if (!response.code) throw new AuthorizationResponseError('code_missing')
  return { code: new Secret(response.code) }
}

function isExpectedState(provider: Pick<Provider, 'stateSuffixes'>, state: string, expected: Secret): boolean {
  const accepted = ['', ...(provider.stateSuffixes ?? [])].map((suffix) => expected.reveal() + suffix)
  return accepted.filter((text) => expected.reveal() !== '' && new Secret(text).equals(state)).length > 0
}

/** In time that grows with the text's length only, whatever it is. */
function tidied(text: string): string {
  if (text.length > MAX_RESPONSE_LENGTH) throw new AuthorizationResponseError('unreadable')
  const visible = text.replace(TERMINAL_SEQUENCE, '').replace(INVISIBLE, '')
  // Terminals wrap a long line by breaking it in the middle of a word, some with an indent.
  const lines = visible.split(/[\r\n]/).map((line) => line.trim())
  return unwrapped(lines.join(''))
}

function unwrapped(text: string): string {
  let [start, end] = [0, text.length]
  while (start < end && WRAPPING.has(text[start]!)) start += 1
  while (end > start && WRAPPING.has(text[end - 1]!)) end -= 1
  return text.slice(start, end)
}

function responseFromAddress(address: string): AuthorizationResponse {
  if (/\s/.test(address) || !URL.canParse(address)) throw new AuthorizationResponseError('unreadable')
  const url = new URL(address)
  // Some pages hand the response on behind the `#`; the query wins when both are there.
  return responseFromParameters(url.search === '' ? new URLSearchParams(url.hash.slice(1)) : url.searchParams)
}

function responseFromParameters(parameters: URLSearchParams): AuthorizationResponse {
  if (PARAMETERS.some((name) => parameters.getAll(name).length > 1)) {
    throw new AuthorizationResponseError('duplicated_parameter')
  }
  if (REQUEST_PARAMETERS.some((name) => parameters.has(name))) throw new AuthorizationResponseError('code_missing')
  return {
    code: parameters.get('code') || null,
    state: parameters.get('state') || null,
    iss: parameters.get('iss'),
    error: parameters.get('error') || null,
    errorDescription: parameters.get('error_description') || null,
    shape: 'url',
  }
}

function responseFromWord(word: string): AuthorizationResponse {
  const [code = '', state = '', ...rest] = word.replace(/%23/gi, '#').split('#')
  if (rest.length > 0 || ![code, state].every((part) => part === '' || WORD.test(part))) {
    throw new AuthorizationResponseError('unreadable')
  }
  if (code === '') throw new AuthorizationResponseError('code_missing')
  const none = { iss: null, error: null, errorDescription: null }
  return { code, state: state || null, ...none, shape: state === '' ? 'code' : 'code_and_state' }
}
