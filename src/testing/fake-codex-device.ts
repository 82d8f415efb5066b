/** OpenAI's own device flow: a user code, a page to type it, polls that answer 403 until somebody approves. */

import { createHash } from 'node:crypto'
import { Hono } from 'hono'
import { MINUTE_MS } from '../lib/clock.ts'
import { randomToken } from '../lib/random.ts'
import { devicePage, messagePage } from './fake-authorize-page.ts'
import { exchange, type FakeAnswer, readFields } from './fake-exchange.ts'
import type { FakeIdentity } from './fake-identities.ts'
import type { FakeProviderState } from './fake-provider-state.ts'

interface DeviceAuthorization {
  id: string
  userCode: string
  expiresAt: number
  approvedBy: FakeIdentity | null
  isSpent: boolean
}

const DEVICE_REDIRECT_PATH = '/deviceauth/callback'

export function codexDeviceEndpoints(state: FakeProviderState, clientId: string): Hono {
  const app = new Hono()
  const { clock, grants } = state
  const pending: DeviceAuthorization[] = []

  app.post('/api/accounts/deviceauth/usercode', async (c) => {
    const fields = await readFields(c)
    return exchange(state, c, 'codex.device.usercode', fields, null, () => {
      if (fields.client_id !== clientId) return refusal(400, 'unknown client_id')
      const letters = Buffer.from(grants.random.bytes(4)).toString('hex').toUpperCase()
      const userCode = `${letters.slice(0, 4)}-${letters.slice(4)}`
      const expiresAt = clock.now() + 15 * MINUTE_MS
      const device = {
        id: `deviceauth_FAKE_${randomToken(grants.random, 9)}`,
        userCode,
        expiresAt,
        approvedBy: null,
        isSpent: false,
      }
      pending.push(device)
      const body = {
        device_auth_id: device.id,
        user_code: userCode,
        interval: '1',
        expires_at: new Date(expiresAt).toISOString(),
      }
      return { status: 200, body, outcome: 'ok', identity: null }
    })
  })

  app.get('/codex/device', (c) =>
    c.html(devicePage('/codex/codex/device', c.req.query('user_code') ?? '', state.people('codex'))),
  )

  app.post('/codex/device', async (c) => {
    const form = await readFields(c)
    const typed = (form.user_code ?? '').trim().toUpperCase()
    const device = pending.find((each) => each.userCode === typed && clock.now() < each.expiresAt)
    if (!device) return c.html(messagePage('That code is not known'), 400)
    device.approvedBy = state.person(form.identity ?? '')
    return c.html(messagePage('Device connected'))
  })

  app.post('/api/accounts/deviceauth/token', async (c) => {
    const fields = await readFields(c)
    const device = pending.find((each) => each.id === fields.device_auth_id && each.userCode === fields.user_code)
    return exchange(state, c, 'codex.device.poll', fields, device?.approvedBy ?? null, () => {
      if (!device || device.isSpent || clock.now() >= device.expiresAt) return refusal(404, 'unknown')
      if (!device.approvedBy) return refusal(403, 'authorization_pending')
      device.isSpent = true
      const codeVerifier = randomToken(grants.random, 32)
      const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url')
      const code = grants.issueCode(device.approvedBy, {
        clientId,
        redirectUri: `*${DEVICE_REDIRECT_PATH}`,
        codeChallenge,
        scopes: ['openid', 'profile', 'email', 'offline_access'],
        state: '',
      })
      const body = { authorization_code: code, code_challenge: codeChallenge, code_verifier: codeVerifier }
      return { status: 200, body, outcome: 'ok', identity: device.approvedBy }
    })
  })

  return app
}

function refusal(status: number, code: string): FakeAnswer {
  return { status, body: { error: { code, message: code } }, outcome: code, identity: null }
}
