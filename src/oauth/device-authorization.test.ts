/** Signing in by a code that is typed elsewhere, in both shapes. */

import { describe, expect, test } from 'vitest'
import { Secret } from '../lib/secret.ts'
import { type DeviceStart, pollDeviceAuthorization, startDeviceAuthorization } from './device-authorization.ts'
import { OAuthTransportError } from './errors.ts'
import { applyProviderConfig } from './own-providers.ts'
import type { Provider } from './provider.ts'
import { codex } from './providers/codex.ts'
import type { ProviderAnswer } from './token-answer.ts'
import type { OutgoingRequest, Transport } from './transport.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const TOKENS = { access_token: 'at-FAKE', refresh_token: 'rt_FAKE_0001', expires_in: 3600 }

const acme = applyProviderConfig(
  [],
  `[providers.acme]
  grant = "device_code"
  client_id = "acme-client"
  scopes = ["openid", "offline_access"]
  token_url = "https://id.acme.example/token"
  device_authorization_url = "https://id.acme.example/device"
  device_verification_uri = "https://id.acme.example/activate"`,
).get('acme')!

type Answer = [status: number, body: unknown, extra?: Partial<ProviderAnswer>]

/** A transport that gives these answers in turn and notes what it was asked. */
function answering(...answers: Answer[]): Transport & { requests: OutgoingRequest[] } {
  const requests: OutgoingRequest[] = []
  return {
    requests,
    async send(request) {
      requests.push(request)
      const [status, body, extra] = answers[requests.length - 1]!
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      const plain = { mediaType: 'application/json', retryAfterMs: null, serverTime: null }
      return { status, ...plain, body: new Secret(text), ...extra }
    },
  }
}

const sentFields = ({ body }: OutgoingRequest) =>
  Object.fromEntries(
    Object.entries(body!.fields).map(([name, value]) => [name, value instanceof Secret ? value.reveal() : value]),
  )

describe('startDeviceAuthorization', () => {
  const start = (provider: Provider, ...answer: Answer) => startDeviceAuthorization(answering(answer), provider, NOW)

  test.each<[string, Provider, Answer, Partial<DeviceStart>]>([
    ['OpenAI: not allowed by the owner', codex, [404, ''], { kind: 'not_enabled' }],
    ['RFC: no such endpoint', acme, [404, ''], { kind: 'failed', code: 'not_found' }],
    ['RFC: not for this client', acme, [400, { error: 'unauthorized_client' }], { kind: 'not_enabled' }],
    ['wrong client', acme, [401, { error: 'invalid_client' }], { kind: 'failed', code: 'invalid_client' }],
    ['firewall', codex, [403, '<html>'], { kind: 'failed', code: 'blocked' }],
    [
      'too many',
      codex,
      [429, {}, { retryAfterMs: 9_000 }],
      { kind: 'failed', code: 'rate_limited', retryAfterMs: 9_000 },
    ],
    ['a broken server', codex, [500, ''], { kind: 'failed', code: 'server_error', retryAfterMs: null }],
    ['nothing to type', codex, [200, { device_auth_id: 'FAKE' }], { kind: 'failed', code: 'unreadable' }],
    ['nothing to ask with', codex, [200, { user_code: 'FAKE' }], { kind: 'failed', code: 'unreadable' }],
    ['no JSON', codex, [200, 'ok'], { kind: 'failed', code: 'unreadable' }],
    ['tokens', codex, [200, TOKENS], { kind: 'failed', code: 'unreadable' }],
  ])('%s', async (_name, provider, answer, expected) => {
    expect(await start(provider, ...answer)).toMatchObject(expected)
  })

  test.each<[string, object]>([
    ['user_code', { user_code: 'FAKE-CODE', interval: '5' }],
    ['usercode', { usercode: 'FAKE-CODE', interval: 5 }],
  ])('OpenAI, with %s', async (_name, members) => {
    const expires_at = new Date(NOW + 600_000).toISOString()
    const started = await start(codex, 200, { device_auth_id: 'FAKE-ID', expires_at, ...members })
    expect(started).toEqual({
      kind: 'started',
      deviceCode: new Secret('FAKE-ID'),
      userCode: 'FAKE-CODE',
      verificationUri: 'https://auth.openai.com/codex/device',
      verificationUriComplete: null,
      intervalMs: 5_000,
      expiresAt: NOW + 600_000,
    })
    expect(JSON.stringify(started)).not.toContain('FAKE-ID')
  })

  test('RFC 8628', async () => {
    const transport = answering([
      200,
      {
        device_code: 'FAKE-DEVICE-CODE',
        user_code: 'FAKE-CODE',
        verification_uri: 'https://id.acme.example/link',
        verification_uri_complete: 'https://id.acme.example/link?code=FAKE-CODE',
        expires_in: 300,
        interval: 10,
      },
    ])
    expect(await startDeviceAuthorization(transport, acme, NOW)).toMatchObject({
      verificationUri: 'https://id.acme.example/link',
      verificationUriComplete: 'https://id.acme.example/link?code=FAKE-CODE',
      intervalMs: 10_000,
      expiresAt: NOW + 300_000,
    })
    const [request] = transport.requests
    expect(request).toMatchObject({ url: 'https://id.acme.example/device', body: { format: 'form' } })
    expect(sentFields(request!)).toEqual({ client_id: 'acme-client', scope: 'openid offline_access' })
  })

  test('a provider without scopes asks for none', async () => {
    const transport = answering([500, ''])
    await startDeviceAuthorization(transport, { ...acme, scopes: [] }, NOW)
    expect(sentFields(transport.requests[0]!)).toEqual({ client_id: 'acme-client' })
  })

  test.each<[object, number, number]>([
    [{}, 5_000, 900_000],
    [{ interval: 0, expires_in: 0 }, 5_000, 900_000],
    [{ interval: 'soon', expires_at: 'tomorrow' }, 5_000, 900_000],
    [{ interval: 0.01, expires_in: -1 }, 1_000, 900_000],
    [{ interval: 1e9, expires_in: 86_400 }, 5_000, 3_600_000],
    [{ expires_at: new Date(NOW - 1).toISOString() }, 5_000, 900_000],
  ])('%j → asks every %i ms for %i ms', async (members, intervalMs, life) => {
    const started = await start(codex, 200, { device_auth_id: 'FAKE', user_code: 'FAKE', ...members })
    expect(started).toMatchObject({ intervalMs, expiresAt: NOW + life })
  })

  test('expires_at is read by the server’s own clock', async () => {
    const body = { device_auth_id: 'FAKE', user_code: 'FAKE', expires_at: new Date(NOW - 8e9 + 60_000).toISOString() }
    expect(await start(codex, 200, body, { serverTime: NOW - 8e9 })).toMatchObject({ expiresAt: NOW + 60_000 })
  })

  test.each(['javascript:alert(1)', 'http://evil.example', 7, `https://a.example/${'x'.repeat(2_000)}`])(
    'a person is not sent to %s',
    async (address) => {
      const uris = { verification_uri: address, verification_uri_complete: address }
      const started = await start(acme, 200, { device_code: 'FAKE', user_code: 'FAKE', ...uris })
      expect(started).toMatchObject({
        verificationUri: 'https://id.acme.example/activate',
        verificationUriComplete: null,
      })
    },
  )
})

describe('pollDeviceAuthorization', () => {
  const pending = { deviceCode: new Secret('FAKE-ID'), userCode: 'FAKE-CODE' }
  const approval = { authorization_code: 'FAKE-CODE', code_challenge: 'x', code_verifier: 'FAKE-VERIFIER' }

  test.each<[string, Provider, Answer[], object]>([
    ['OpenAI: not yet (403)', codex, [[403, '']], { kind: 'pending', slowDownMs: 0 }],
    ['OpenAI: not yet (404)', codex, [[404, { error: 'x' }]], { kind: 'pending', slowDownMs: 0 }],
    [
      'OpenAI: too many',
      codex,
      [[429, '', { retryAfterMs: 5 }]],
      { kind: 'failed', code: 'rate_limited', retryAfterMs: 5 },
    ],
    ['OpenAI: broken', codex, [[502, '<html>']], { kind: 'failed', code: 'http_502' }],
    ['OpenAI: no code', codex, [[200, { code_verifier: 'x' }]], { kind: 'failed', code: 'unreadable' }],
    ['OpenAI: no verifier', codex, [[200, { authorization_code: 'x' }]], { kind: 'failed', code: 'unreadable' }],
    ['OpenAI: no JSON', codex, [[200, 'ok']], { kind: 'failed', code: 'unreadable' }],
    [
      'OpenAI: code used',
      codex,
      [
        [200, approval],
        [400, { error: 'invalid_grant' }],
      ],
      { kind: 'refused', code: 'invalid_grant' },
    ],
    [
      'OpenAI: exchange broken',
      codex,
      [
        [200, approval],
        [500, ''],
      ],
      { kind: 'failed', code: 'server_error' },
    ],
    [
      'OpenAI: exchange unreadable',
      codex,
      [
        [200, approval],
        [200, ''],
      ],
      { kind: 'failed', code: 'not_json' },
    ],
    ['RFC: not yet', acme, [[400, { error: 'authorization_pending' }]], { kind: 'pending', slowDownMs: 0 }],
    ['RFC: not yet, with 200', acme, [[200, { error: 'authorization_pending' }]], { kind: 'pending' }],
    ['RFC: slower', acme, [[400, { error: 'slow_down' }]], { kind: 'pending', slowDownMs: 5_000 }],
    ['RFC: denied', acme, [[400, { error: 'access_denied' }]], { kind: 'denied', code: 'access_denied' }],
    ['RFC: too late', acme, [[400, { error: 'expired_token' }]], { kind: 'expired', code: 'expired_token' }],
    ['RFC: used', acme, [[400, { error: 'invalid_grant' }]], { kind: 'refused', code: 'invalid_grant' }],
    ['RFC: wrong client', acme, [[401, { error: 'invalid_client' }]], { kind: 'refused', code: 'invalid_client' }],
    ['RFC: broken', acme, [[503, '']], { kind: 'failed', code: 'server_error' }],
  ])('%s', async (_name, provider, answers, expected) => {
    const transport = answering(...answers)
    expect(await pollDeviceAuthorization(transport, provider, pending, NOW)).toMatchObject(expected)
    expect(transport.requests).toHaveLength(answers.length)
  })

  test('OpenAI: a typed code is exchanged with the verifier that the server chose', async () => {
    const transport = answering([200, approval], [200, TOKENS])
    const outcome = await pollDeviceAuthorization(transport, codex, pending, NOW)
    expect(outcome).toMatchObject({ kind: 'granted', tokens: { accessTokenExpiresAt: NOW + 3_600_000 } })
    expect(transport.requests.map(sentFields)).toEqual([
      { device_auth_id: 'FAKE-ID', user_code: 'FAKE-CODE' },
      {
        grant_type: 'authorization_code',
        code: 'FAKE-CODE',
        redirect_uri: 'https://auth.openai.com/deviceauth/callback',
        client_id: codex.clientId,
        code_verifier: 'FAKE-VERIFIER',
      },
    ])
  })

  test('RFC: the tokens come with the answer', async () => {
    const transport = answering([200, TOKENS])
    expect(await pollDeviceAuthorization(transport, acme, pending, NOW)).toMatchObject({ kind: 'granted' })
    expect(sentFields(transport.requests[0]!)).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: 'FAKE-ID',
      client_id: 'acme-client',
    })
  })

  test('a broken connection is the caller’s to judge', async () => {
    const failure = new OAuthTransportError('unreachable', false, 'gone')
    const transport: Transport = { send: () => Promise.reject(failure) }
    await expect(pollDeviceAuthorization(transport, codex, pending, NOW)).rejects.toBe(failure)
  })
})
