/** Answers of token endpoints, as providers, firewalls and captive portals give them, and what each is judged to be. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Secret } from '../lib/secret.ts'
import { claude } from './providers/claude.ts'
import { codex } from './providers/codex.ts'
import type { ProviderAnswer } from './token-answer.ts'
import { judgeTokenAnswer } from './token-response.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const SECOND = 1_000

const HTML = '<!DOCTYPE html><html><title>Welcome to Airport Wi-Fi</title></html>'
const ANTHROPIC_404 = { type: 'error', error: { type: 'not_found_error', message: 'Not Found' } }
const ANTHROPIC_429 = { error: { type: 'rate_limit_error', message: 'Rate limited. Please try again later.' } }
const REUSED = {
  error: {
    message: 'Your refresh token has already been used to generate a new access token. Please try signing in again.',
    type: 'invalid_request_error',
    param: null,
    code: 'refresh_token_reused',
  },
}
const GOOD = { access_token: 'at-FAKE', refresh_token: 'rt_FAKE_0002', expires_in: 3600 }

function answered(status: number, body: unknown, extra: Partial<ProviderAnswer> = {}): ProviderAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const mediaType = typeof body === 'string' && body.startsWith('<') ? 'text/html' : 'application/json'
  return { status, mediaType, retryAfterMs: null, serverTime: null, body: new Secret(text), ...extra }
}

/** Name, status, body, kind, code, and what else the answer had. */
const FAILURES: [string, number, unknown, string, string, Partial<ProviderAnswer>?][] = [
  // Refused: only a person can mend it.
  ['RFC 6749 invalid_grant', 400, { error: 'invalid_grant' }, 'refused', 'invalid_grant'],
  [
    'Claude: invalid_grant as text',
    400,
    { error: 'invalid_grant', error_description: 'Refresh token not found or invalid' },
    'refused',
    'invalid_grant',
  ],
  ['Claude: invalid_grant as a type', 400, { error: { type: 'invalid_grant' } }, 'refused', 'invalid_grant'],
  ['Claude: invalid_grant with 401', 401, { error: { type: 'invalid_grant' } }, 'refused', 'invalid_grant'],
  ['Claude: invalid_grant with 403', 403, { error: 'invalid_grant' }, 'refused', 'invalid_grant'],
  ['Codex: reused, as observed', 401, REUSED, 'refused', 'refresh_token_reused'],
  ['Codex: reused with 400', 400, REUSED, 'refused', 'refresh_token_reused'],
  ['Codex: expired', 401, { error: { code: 'refresh_token_expired' } }, 'refused', 'refresh_token_expired'],
  ['Codex: expired with 400', 400, { error: { code: 'refresh_token_expired' } }, 'refused', 'refresh_token_expired'],
  ['Codex: invalidated', 401, { error: { code: 'refresh_token_invalidated' } }, 'refused', 'refresh_token_invalidated'],
  [
    'Codex: invalidated, 400, text',
    400,
    { error: 'refresh_token_invalidated' },
    'refused',
    'refresh_token_invalidated',
  ],
  ['Codex: top-level code', 400, { code: 'refresh_token_reused' }, 'refused', 'refresh_token_reused'],
  [
    'word for people, code beside it',
    400,
    { error: 'Bad Request', code: 'refresh_token_expired' },
    'refused',
    'refresh_token_expired',
  ],
  ['code within detail', 400, { detail: { code: 'refresh_token_reused' } }, 'refused', 'refresh_token_reused'],
  [
    'token_expired',
    401,
    { error: { code: 'token_expired', message: 'Could not validate your token' } },
    'refused',
    'token_expired',
  ],
  ['401 with another code', 401, { error: { type: 'authentication_error' } }, 'refused', 'authentication_error'],
  [
    '401 with an unknown request error',
    401,
    { error: { type: 'invalid_request_error' } },
    'refused',
    'invalid_request_error',
  ],
  ['401 without a body', 401, '', 'refused', 'unauthorized'],
  ['401 with a page', 401, HTML, 'refused', 'unauthorized'],
  ['refusal with status 200', 200, { error: 'invalid_grant' }, 'refused', 'invalid_grant'],
  ['reuse with status 200', 200, REUSED, 'refused', 'refresh_token_reused'],
  // Our request is wrong for everybody.
  ['invalid_client', 400, { error: 'invalid_client' }, 'misconfigured', 'invalid_client'],
  ['invalid_client with 401', 401, { error: 'invalid_client' }, 'misconfigured', 'invalid_client'],
  ['invalid_client as a type', 401, { error: { type: 'invalid_client' } }, 'misconfigured', 'invalid_client'],
  ['unauthorized_client', 400, { error: 'unauthorized_client' }, 'misconfigured', 'unauthorized_client'],
  ['invalid_scope', 400, { error: 'invalid_scope' }, 'misconfigured', 'invalid_scope'],
  ['unsupported_grant_type', 400, { error: 'unsupported_grant_type' }, 'misconfigured', 'unsupported_grant_type'],
  ['invalid_request', 400, { error: 'invalid_request' }, 'misconfigured', 'invalid_request'],
  [
    'invalid request as a type',
    400,
    { type: 'error', error: { type: 'invalid_request_error' } },
    'misconfigured',
    'invalid_request_error',
  ],
  // Later.
  ['Claude: 404 not_found_error', 404, ANTHROPIC_404, 'transient', 'not_found'],
  ['not_found_error with 400', 400, ANTHROPIC_404, 'transient', 'not_found'],
  ['404 with a page', 404, HTML, 'transient', 'not_found'],
  ['404 without a body', 404, '', 'transient', 'not_found'],
  ['403 with a page', 403, HTML, 'transient', 'blocked'],
  ['403 code 1010', 403, 'error code: 1010', 'transient', 'blocked', { mediaType: 'text/plain' }],
  ['403 in JSON without a word', 403, { error: { message: 'Forbidden' } }, 'transient', 'blocked'],
  ['403 permission_error', 403, { error: { type: 'permission_error' } }, 'transient', 'permission_error'],
  ['429', 429, ANTHROPIC_429, 'transient', 'rate_limited'],
  ['429 with a page', 429, HTML, 'transient', 'rate_limited'],
  ['429 that speaks of invalid_grant', 429, { error: 'invalid_grant' }, 'transient', 'rate_limited'],
  ['rate limit with status 200', 200, ANTHROPIC_429, 'transient', 'rate_limited'],
  ['rate limit with status 400', 400, ANTHROPIC_429, 'transient', 'rate_limited'],
  ['overloaded with 529', 529, { error: { type: 'overloaded_error' } }, 'transient', 'server_error'],
  ['overloaded with 200', 200, { error: { type: 'overloaded_error' } }, 'transient', 'server_error'],
  ['500', 500, { error: { type: 'api_error', message: 'Internal server error' } }, 'transient', 'server_error'],
  ['502 with a page', 502, HTML, 'transient', 'server_error'],
  ['503 that speaks of invalid_grant', 503, { error: 'invalid_grant' }, 'transient', 'server_error'],
  ['temporarily_unavailable', 400, { error: 'temporarily_unavailable' }, 'transient', 'server_error'],
  ['400 without a body', 400, '', 'transient', 'http_400'],
  ['400 with an unknown word', 400, { error: 'brand_new_error' }, 'transient', 'brand_new_error'],
  ['400 with a word that is none', 400, { error: 'Ω '.repeat(99) }, 'transient', 'http_400'],
  ['error of another shape', 400, { error: [1] }, 'transient', 'http_400'],
  ['error as a number', 418, { error: 7 }, 'transient', 'http_418'],
  ['JSON array', 400, [], 'transient', 'http_400'],
  ['error of another shape with 200', 200, { error: true }, 'transient', 'http_200'],
  ['captive portal', 200, HTML, 'transient', 'html_answer'],
  ['captive portal that claims JSON', 200, HTML, 'transient', 'html_answer', { mediaType: 'application/json' }],
  // A 2xx from which nothing can be read: whether the token was spent is not known.
  ['truncated JSON', 200, JSON.stringify(GOOD).slice(0, 30), 'unreadable', 'not_json'],
  ['empty 200', 200, '', 'unreadable', 'not_json'],
  ['204', 204, '', 'unreadable', 'not_json'],
  ['array with 200', 200, [GOOD], 'unreadable', 'not_json'],
  ['no access token', 200, { refresh_token: 'rt_FAKE_0002' }, 'unreadable', 'access_token_missing'],
  ['empty access token', 200, { access_token: '' }, 'unreadable', 'access_token_missing'],
  ['access token as a number', 200, { access_token: 7 }, 'unreadable', 'access_token_missing'],
  ['access token with a line break', 200, { access_token: 'a\r\nb' }, 'unreadable', 'access_token_missing'],
]

describe('judgeTokenAnswer, without tokens', () => {
  test.each(FAILURES)('%s (%i)', (_name, status, body, kind, code, extra) => {
    for (const provider of [claude, codex]) {
      expect(judgeTokenAnswer(provider, answered(status, body, extra), { now: NOW })).toMatchObject({ kind, code })
    }
  })

  test.each([
    [null, null],
    [0, null],
    [7 * SECOND, 7 * SECOND],
    [3_600 * SECOND, 3_600 * SECOND],
    [9e12, 86_400 * SECOND],
  ])('429 with Retry-After of %s ms asks to wait %s ms', (retryAfterMs, expected) => {
    const judgement = judgeTokenAnswer(claude, answered(429, ANTHROPIC_429, { retryAfterMs }), { now: NOW })
    expect(judgement).toMatchObject({ retryAfterMs: expected })
  })

  test('the detail is the provider’s words, without control characters and without tokens', () => {
    const said = (body: unknown) => judgeTokenAnswer(codex, answered(400, body), { now: NOW })
    expect(said(REUSED)).toMatchObject({ detail: expect.stringContaining('already been used') })
    expect(said({ error: 'invalid_grant', error_description: 'a\u202eb\u0000c' })).toMatchObject({ detail: 'a b c' })
    for (const token of ['rt_FAKE_0001', 'sk-ant-ort01-FAKE', 'eyJhbGciOi.FAKE.x', 'ac_FAKE.0001', 'F'.repeat(40)]) {
      const judgement = said({ error: 'invalid_grant', error_description: `Token ${token} is unknown` })
      expect(judgement).toMatchObject({ detail: 'Token […] is unknown' })
    }
    expect(said({ error: 'invalid_grant', message: 'x y '.repeat(500) })).toMatchObject({
      detail: expect.stringMatching(/^.{1,160}$/),
    })
    expect(said({ error: 'invalid_grant', detail: '' })).toMatchObject({ detail: null })
  })

  test('what was sent is not repeated, whatever it looks like, and is no code', () => {
    const sent = [new Secret('plain.token1'), new Secret('Bearer access-abc'), new Secret('a')]
    const said = (body: unknown) => judgeTokenAnswer(codex, answered(400, body, { sent }), { now: NOW })
    const description = 'No plain.token1 with access-abc here'
    expect(said({ error: 'invalid_grant', error_description: description })).toMatchObject({
      code: 'invalid_grant',
      detail: 'No […] with […] here',
    })
    expect(said({ error: 'plain.token1' })).toMatchObject({ kind: 'transient', code: 'http_400' })
  })

  test('never fails, and never refuses a sign-in for a 5xx, whatever the body is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), fc.oneof(fc.string(), fc.json()), (status, body) => {
        const { kind } = judgeTokenAnswer(codex, answered(status, body), { now: NOW })
        expect(status >= 500 && kind !== 'transient').toBe(false)
      }),
    )
  })
})
