/**
 * GitHub's dialect: RFC 8628 with errors in answers of status 200, users by number, and the undocumented address with the
 * plan. Paths are the real ones below `/copilot`. Tokens end, and come with refresh tokens, only where the app says so.
 */

import { Hono } from 'hono'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { randomToken } from '../lib/random.ts'
import { exchange, type FakeAnswer, readFields } from './fake-exchange.ts'
import type { FakeProviderState } from './fake-provider-state.ts'

export const COPILOT_CLIENT_ID = 'Iv23FAKEtokendeck'

/** What a person sees and does at GitHub. */
export interface FakeCopilot {
  /** Like a GitHub App with expiring user tokens. */
  expires: boolean
  /** False: the client has no device flow. */
  hasDeviceFlow: boolean
  /** False: the undocumented address says that it is not there. */
  tellsPlan: boolean
  approve(userCode: string): boolean
  deny(userCode: string): boolean
}

interface Device {
  code: string
  userCode: string
  expiresAt: number
  intervalMs: number
  askedAt: number
  decision: 'open' | 'approved' | 'denied' | 'spent'
}

const USER = { id: 583231, login: 'linus', name: 'Linus Example', email: null }
const LIFE_MS = 8 * HOUR_MS
const REFRESH_LIFE_SECONDS = 15_897_600

export function copilotEndpoints(state: FakeProviderState): { app: Hono; copilot: FakeCopilot } {
  const { clock, grants } = state
  const devices: Device[] = []
  const live = new Map<string, number>()
  const refreshTokens = new Set<string>()
  const decide = (userCode: string, decision: 'approved' | 'denied') => {
    const device = devices.find((each) => each.userCode === userCode && each.decision === 'open')
    if (device) device.decision = decision
    return device !== undefined
  }
  const copilot: FakeCopilot = {
    ...{ expires: false, hasDeviceFlow: true, tellsPlan: true },
    approve: (userCode) => decide(userCode, 'approved'),
    deny: (userCode) => decide(userCode, 'denied'),
  }
  const app = new Hono()

  app.post('/login/device/code', async (c) => {
    const fields = await readFields(c)
    return exchange(state, c, 'copilot.device', fields, null, () => {
      if (fields.client_id !== COPILOT_CLIENT_ID) return refusal('incorrect_client_credentials', 404)
      if (!copilot.hasDeviceFlow) return refusal('device_flow_disabled')
      const letters = Buffer.from(grants.random.bytes(4)).toString('hex').toUpperCase()
      const device: Device = {
        ...{ code: randomToken(grants.random, 20), userCode: `${letters.slice(0, 4)}-${letters.slice(4)}` },
        ...{
          expiresAt: clock.now() + 15 * MINUTE_MS,
          intervalMs: 5 * SECOND_MS,
          askedAt: clock.now(),
          decision: 'open',
        },
      }
      devices.push(device)
      const body = {
        ...{ device_code: device.code, user_code: device.userCode, expires_in: 900, interval: 5 },
        verification_uri: 'https://github.com/login/device',
      }
      return { status: 200, body, outcome: 'ok', identity: null }
    })
  })

  app.get('/login/device', (c) => c.text('Enter the code displayed on your device.'))

  app.post('/login/oauth/access_token', async (c) => {
    const fields = await readFields(c)
    if (fields.grant_type === 'refresh_token') {
      return exchange(state, c, 'copilot.refresh', fields, null, () =>
        refreshTokens.delete(fields.refresh_token ?? '') ? granted() : refusal('bad_refresh_token'),
      )
    }
    return exchange(state, c, 'copilot.poll', fields, null, () => {
      const device = devices.find(({ code }) => code === fields.device_code)
      if (!device || device.decision === 'spent') return refusal('incorrect_device_code')
      const isHasty = clock.now() - device.askedAt < device.intervalMs
      device.askedAt = clock.now()
      if (clock.now() >= device.expiresAt) return refusal('expired_token')
      if (isHasty) {
        device.intervalMs += 5 * SECOND_MS
        return refusal('slow_down')
      }
      if (device.decision === 'denied') return refusal('access_denied')
      if (device.decision === 'open') return refusal('authorization_pending')
      device.decision = 'spent'
      return granted()
    })
  })

  app.get('/user', (c) => ofUser(c, 'copilot.user', () => USER))
  app.get('/copilot_internal/user', (c) =>
    ofUser(c, 'copilot.internal', () =>
      copilot.tellsPlan
        ? { login: USER.login, copilot_plan: 'individual', access_type_sku: 'monthly_subscriber', chat_enabled: true }
        : null,
    ),
  )

  function ofUser(c: import('hono').Context, endpoint: 'copilot.user' | 'copilot.internal', answer: () => unknown) {
    const token = (c.req.header('authorization') ?? '').replace(/^Bearer /, '')
    return exchange(state, c, endpoint, {}, null, () => {
      if ((live.get(token) ?? 0) <= clock.now()) {
        return { status: 401, body: { message: 'Bad credentials' }, outcome: 'unauthorized', identity: null }
      }
      const body = answer()
      if (body === null) return { status: 404, body: { message: 'Not Found' }, outcome: 'not_found', identity: null }
      return { status: 200, body, outcome: 'ok', identity: null }
    })
  }

  function granted(): FakeAnswer {
    const accessToken = `gh${copilot.expires ? 'u' : 'o'}_FAKE${randomToken(grants.random, 18)}`
    live.set(accessToken, copilot.expires ? clock.now() + LIFE_MS : Number.POSITIVE_INFINITY)
    const common = { access_token: accessToken, token_type: 'bearer', scope: copilot.expires ? '' : 'read:user' }
    if (!copilot.expires) return { status: 200, body: common, outcome: 'granted', identity: null }
    const refreshToken = `ghr_FAKE${randomToken(grants.random, 18)}`
    refreshTokens.add(refreshToken)
    const expiry = { expires_in: LIFE_MS / SECOND_MS, refresh_token_expires_in: REFRESH_LIFE_SECONDS }
    return {
      ...{ status: 200, outcome: 'granted', identity: null },
      body: { ...common, ...expiry, refresh_token: refreshToken },
    }
  }

  return { app, copilot }
}

/** GitHub says what is wrong with status 200. */
function refusal(error: string, status = 200): FakeAnswer {
  return { status, body: { error, error_description: `Fake words for ${error}.` }, outcome: error, identity: null }
}
