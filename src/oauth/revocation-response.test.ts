/** What counts as the end of a login, what as "later", and what as a no. */

import { expect, test } from 'vitest'
import { DAY_MS } from '../lib/clock.ts'
import { Secret } from '../lib/secret.ts'
import { judgeRevocationAnswer } from './revocation-response.ts'
import type { ProviderAnswer } from './token-answer.ts'

const answer = (status: number, body = '', rest: Partial<ProviderAnswer> = {}): ProviderAnswer => ({
  ...{ status, mediaType: 'application/json', retryAfterMs: null, serverTime: null },
  body: new Secret(body),
  ...rest,
})
const page = '<!DOCTYPE html><title>Welcome to the hotel</title>'

test.each<[string, ProviderAnswer]>([
  ['200 with nothing', answer(200)],
  ['200 with an object', answer(200, '{}')],
  ['200 with words', answer(200, 'OK', { mediaType: 'text/plain' })],
  ['200 with nothing that is called a page', answer(200, '', { mediaType: 'text/html' })],
  ['204', answer(204)],
])('%s: the login is over', (_, given) => {
  expect(judgeRevocationAnswer(given)).toEqual({ kind: 'confirmed' })
})

test.each<[string, ProviderAnswer, string, number | null]>([
  ['503: still valid', answer(503), 'http_503', null],
  ['503 with a wait', answer(503, '', { retryAfterMs: 90_000 }), 'http_503', 90_000],
  ['429 with a wait of a year', answer(429, '', { retryAfterMs: 365 * DAY_MS }), 'http_429', DAY_MS],
  ['"now" is no wait', answer(429, '', { retryAfterMs: 0 }), 'http_429', null],
  ['500', answer(500, '{"error":"invalid_request"}'), 'http_500', null],
  ['408', answer(408), 'http_408', null],
  ['202 is no confirmation', answer(202), 'error_answer', null],
  ['an error in a 200', answer(200, '{"error":"temporarily_unavailable"}'), 'error_answer', null],
  ["a network's page with 200", answer(200, page, { mediaType: 'text/html' }), 'html_answer', null],
  ["a firewall's page with 403", answer(403, page, { mediaType: 'text/html' }), 'html_answer', null],
])('%s: later', (_, given, code, retryAfterMs) => {
  expect(judgeRevocationAnswer(given)).toEqual({ kind: 'transient', code, retryAfterMs })
})

test.each([
  [400, '{"error":"unsupported_token_type"}'],
  [401, '{"error":"invalid_client"}'],
  [403, '{"error":"access_denied"}'],
  [404, ''],
])('%d: no', (status, body) => {
  expect(judgeRevocationAnswer(answer(status, body))).toEqual({ kind: 'refused', code: `http_${status}` })
})
