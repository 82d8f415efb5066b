/** What is read out of good token answers, with every member missing, mistyped or absurd. */

import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { Secret } from '../lib/secret.ts'
import { claude } from './providers/claude.ts'
import { codex } from './providers/codex.ts'
import type { ProviderAnswer } from './token-answer.ts'
import { judgeTokenAnswer } from './token-response.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const SECOND = 1_000

const GOOD = { access_token: 'at-FAKE', refresh_token: 'rt_FAKE_0002', expires_in: 3600 }

function answered(status: number, body: unknown, extra: Partial<ProviderAnswer> = {}): ProviderAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const mediaType = typeof body === 'string' && body.startsWith('<') ? 'text/html' : 'application/json'
  return { status, mediaType, retryAfterMs: null, serverTime: null, body: new Secret(text), ...extra }
}

function jwt(claims: unknown): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'none' })}.${part(claims)}.fake-signature`
}

describe('judgeTokenAnswer, with tokens', () => {
  const granted = (body: unknown, extra: Partial<ProviderAnswer> = {}, provider = claude) => {
    const judgement = judgeTokenAnswer(provider, answered(200, body, extra), { now: NOW })
    if (judgement.kind !== 'granted') throw new Error(`not granted: ${judgement.code}`)
    return judgement.tokens
  }

  test('Claude, as it answers an exchange', () => {
    const tokens = granted({
      token_type: 'Bearer',
      access_token: 'sk-ant-oat01-FAKE',
      refresh_token: 'sk-ant-ort01-FAKE',
      expires_in: 28_800,
      refresh_token_expires_in: 2_592_000,
      scope: 'user:file_upload user:inference  user:profile',
      account: { uuid: 'FAKE-account', email_address: 'me@example.com' },
      organization: { uuid: 'FAKE-organisation', name: 'Example\u0000 Works' },
      something_new: { deep: [1] },
    })
    expect(tokens.accessToken.reveal()).toBe('sk-ant-oat01-FAKE')
    expect(tokens.refreshToken?.reveal()).toBe('sk-ant-ort01-FAKE')
    expect(tokens).toMatchObject({
      idToken: null,
      scopes: ['user:file_upload', 'user:inference', 'user:profile'],
      accessTokenExpiresAt: NOW + 28_800 * SECOND,
      loginExpiresAt: NOW + 2_592_000 * SECOND,
      subjectHint: {
        subject: 'FAKE-account',
        email: 'me@example.com',
        organizationId: 'FAKE-organisation',
        organizationName: 'Example Works',
      },
    })
    expect(inspect(tokens)).not.toContain("FAKE'")
    expect(JSON.stringify(tokens)).not.toMatch(/sk-ant/)
  })

  test.each([
    ['absent', undefined, null],
    ['null', null, null],
    ['0', 0, null],
    ['negative', -5, null],
    ['text', '3600', 3_600],
    ['text with a fraction', '0.5', 0.5],
    ['words', 'an hour', null],
    ['hexadecimal', '0x10', null],
    ['a list', [3600], null],
    ['absurd', 1e300, 36_500 * 86_400],
  ])('expires_in %s', (_name, expiresIn, seconds) => {
    const tokens = granted({ ...GOOD, expires_in: expiresIn, refresh_token_expires_in: expiresIn })
    const expected = seconds === null ? null : NOW + seconds * SECOND
    expect(tokens).toMatchObject({ accessTokenExpiresAt: expected, loginExpiresAt: expected })
  })

  const inSeconds = (ms: number) => ms / SECOND
  test.each<[string, unknown, number | null, number | null]>([
    ['exp goes before expires_in', { exp: inSeconds(NOW) + 900 }, null, NOW + 900 * SECOND],
    ['no exp: expires_in', { sub: 'x' }, null, NOW + 3_600 * SECOND],
    ['exp as text: expires_in', { exp: '9999999999' }, null, NOW + 3_600 * SECOND],
    ['exp of 0: expires_in', { exp: 0 }, null, NOW + 3_600 * SECOND],
    ['exp beyond any date: expires_in', { exp: 1e300 }, null, NOW + 3_600 * SECOND],
    [
      'a server clock half a minute off is not corrected',
      { exp: inSeconds(NOW) + 900 },
      NOW + 30_000,
      NOW + 900 * SECOND,
    ],
    ['a server clock a day ahead is', { exp: inSeconds(NOW) + 87_300 }, NOW + 86_400_000, NOW + 900 * SECOND],
    ['a server clock years behind is', { exp: inSeconds(NOW) - 1e8 + 900 }, NOW - 1e11, NOW + 900 * SECOND],
    [
      'no Date and exp in the past: its life counts from now',
      { exp: inSeconds(NOW) - 1e8, iat: inSeconds(NOW) - 1e8 - 900 },
      null,
      NOW + 900 * SECOND,
    ],
    ['no Date, exp in the past, no iat: as it says', { exp: inSeconds(NOW) - 60 }, null, NOW - 60 * SECOND],
    ['iat after exp is no life', { exp: inSeconds(NOW) - 60, iat: inSeconds(NOW) }, null, NOW - 60 * SECOND],
  ])('expiry of a JWT: %s', (_name, claims, serverTime, expected) => {
    const tokens = granted({ ...GOOD, access_token: jwt(claims) }, { serverTime }, codex)
    expect(tokens.accessTokenExpiresAt).toBe(expected)
  })

  test.each([
    ['absent', undefined],
    ['null', null],
    ['empty', ''],
    ['a number', 7],
    ['with a space', 'a b'],
  ])('a refresh token that is %s is no new one', (_name, refreshToken) => {
    expect(granted({ ...GOOD, refresh_token: refreshToken, id_token: refreshToken })).toMatchObject({
      refreshToken: null,
      idToken: null,
    })
  })

  test.each<[unknown, string[] | null]>([
    [undefined, null],
    ['', null],
    [7, null],
    ['openid new:scope openid', ['openid', 'new:scope']],
    [`openid ${'x'.repeat(201)}`, ['openid']],
    [
      ['openid', 7, 'email'],
      ['openid', 'email'],
    ],
  ])('scope %j', (scope, expected) => {
    expect(granted({ ...GOOD, scope }).scopes).toEqual(expected)
  })

  test('tokens are taken whatever the media type, the status of a 2xx, a BOM or an error beside them say', () => {
    const body = `\ufeff${JSON.stringify({ ...GOOD, error: 'invalid_grant', token_type: 'surprise' })}`
    const judgement = judgeTokenAnswer(codex, answered(201, body, { mediaType: 'text/html' }), { now: NOW })
    expect(judgement).toMatchObject({ kind: 'granted' })
    expect(judgement.kind === 'granted' && judgement.raw.reveal()).toBe(body)
  })

  test('a rotated refresh token alone keeps the access token at hand', () => {
    const currentAccessToken = new Secret(jwt({ exp: NOW / SECOND + 60 }))
    const options = { now: NOW, currentAccessToken }
    const judgement = judgeTokenAnswer(codex, answered(200, { refresh_token: 'rt_FAKE_0002', expires_in: 9 }), options)
    expect(judgement).toMatchObject({ kind: 'granted', tokens: { accessTokenExpiresAt: NOW + 60 * SECOND } })
    expect(judgement.kind === 'granted' && judgement.tokens.accessToken).toBe(currentAccessToken)
    expect(judgeTokenAnswer(codex, answered(200, {}), options)).toMatchObject({ kind: 'unreadable' })
  })

  test('an end or a Date beyond all calendars becomes one that can be written down', () => {
    const ends = [8.9e12, 9e12, 253_402_300_800, 1]
    const dates = [null, 8.64e15, -8.64e15, 0]
    for (const exp of ends) {
      for (const serverTime of dates) {
        for (const iat of [1, exp - 1]) {
          const { accessTokenExpiresAt } = granted({ access_token: jwt({ exp, iat }) }, { serverTime })
          expect(accessTokenExpiresAt! <= NOW + 36_500 * 86_400 * SECOND, `${exp} ${iat} ${serverTime}`).toBe(true)
          expect(Math.abs(accessTokenExpiresAt!)).toBeLessThan(8.64e15)
        }
      }
    }
  })

  test('members that are not what they should be say nothing about the account', () => {
    for (const account of [null, 'x', [], { uuid: '' }, { uuid: ' padded' }, { uuid: 'x'.repeat(201) }, { uuid: {} }]) {
      expect(granted({ ...GOOD, account, organization: 7 }).subjectHint).toBeNull()
    }
    expect(granted({ ...GOOD, account: { uuid: 42 } }).subjectHint).toMatchObject({ subject: '42', email: null })
  })
})
