/**
 * OpenAI's dialect: redirects to a fixed loopback path, exchanges codes by form and refreshes by JSON, has a device flow of
 * its own shape. Paths are the real ones below `/codex`.
 */

import { type Context, Hono } from 'hono'
import { MINUTE_MS } from '../lib/clock.ts'
import { codexClaims, fakeJwt } from './builders.ts'
import { readAuthorizationRequest } from './fake-authorization-request.ts'
import { consentPage } from './fake-authorize-page.ts'
import { codexDeviceEndpoints } from './fake-codex-device.ts'
import { exchange, type FakeAnswer, mediaType, readFields } from './fake-exchange.ts'
import type { FakeFamily, FakeIssue, FakeRefusal } from './fake-grants.ts'
import type { FakeProviderState } from './fake-provider-state.ts'
import { codexUsageBody } from './fake-usage.ts'

export const CODEX_CLIENT_ID = 'app_EMoamEEZ73f0CkXaXp7hrann'

const isRegistered = (uri: string) => /^http:\/\/(localhost|127\.0\.0\.1):\d+\/auth\/callback$/.test(uri)

const REFUSAL_CODES: Record<FakeRefusal, [status: number, code: string, message: string]> = {
  reused: [
    401,
    'refresh_token_reused',
    'Your refresh token has already been used to generate a new access token. Please try signing in again.',
  ],
  expired: [401, 'refresh_token_expired', 'Your refresh token has expired. Please sign in again.'],
  revoked: [401, 'refresh_token_invalidated', 'Your session has ended. Please sign in again.'],
  unknown: [400, 'invalid_grant', 'Could not validate your token.'],
  other_client: [400, 'invalid_grant', 'Client does not match.'],
}

export function codexEndpoints(state: FakeProviderState): Hono {
  const app = new Hono()
  const { grants, clock } = state

  app.get('/oauth/authorize', (c) => {
    const request = readAuthorizationRequest(new URL(c.req.url).searchParams, [CODEX_CLIENT_ID], isRegistered)
    state.note(c, 'codex.authorize', request.ok ? 'shown' : request.error)
    if (!request.ok) return c.text(request.error, 400)
    return c.html(consentPage('/codex/decision', new URL(c.req.url).search, state.people('codex')))
  })

  app.post('/decision', async (c) => {
    const form = await readFields(c)
    const request = readAuthorizationRequest(new URLSearchParams(form.request), [CODEX_CLIENT_ID], isRegistered)
    if (!request.ok) return c.text(request.error, 400)
    const back = new URL(request.value.redirectUri)
    if (form.identity) {
      back.searchParams.set('code', grants.issueCode(state.person(form.identity), request.value))
      back.searchParams.set('scope', request.value.scopes.join(' '))
    } else {
      back.searchParams.set('error', 'access_denied')
      back.searchParams.set('error_description', 'The user denied the request')
    }
    back.searchParams.set('state', request.value.state)
    return c.redirect(back.href, 302)
  })

  app.post('/oauth/token', async (c) => {
    const fields = await readFields(c)
    if (fields.grant_type === 'authorization_code') return redeem(c, fields)
    if (fields.grant_type === 'refresh_token') return refresh(c, fields)
    return exchange(state, c, 'codex.unknown', fields, null, () =>
      refusal(400, 'unsupported_grant_type', 'Unknown grant type'),
    )
  })

  function redeem(c: Context, fields: Record<string, string>) {
    return exchange(state, c, 'codex.exchange', fields, null, () => {
      if (mediaType(c) !== 'application/x-www-form-urlencoded') return refusal(400, 'invalid_request', 'Form only')
      const issued = grants.redeemCode(fields.code ?? '', {
        clientId: fields.client_id ?? '',
        redirectUri: fields.redirect_uri ?? '',
        codeVerifier: fields.code_verifier ?? '',
      })
      if (typeof issued !== 'string') return granted(issued)
      return {
        status: 400,
        body: { error: 'invalid_grant', error_description: issued },
        outcome: 'invalid_grant',
        identity: null,
      }
    })
  }

  function refresh(c: Context, fields: Record<string, string>) {
    const token = fields.refresh_token ?? ''
    const holder = grants.familyOf(token)?.identity ?? null
    return exchange(state, c, 'codex.refresh', fields, holder, (fault) => {
      const issued = grants.refresh(token, fields.client_id ?? '')
      if (typeof issued === 'string') {
        const [status, code, message] = REFUSAL_CODES[issued]
        return { ...refusal(status, code, message), outcome: issued, identity: holder }
      }
      return granted(fault?.kind === 'other_identity' ? state.asSomebodyElse(issued, fault.identity) : issued)
    })
  }

  app.post('/oauth/revoke', async (c) => {
    const fields = await readFields(c)
    const holder = grants.familyOf(fields.token ?? '')?.identity ?? null
    return exchange(state, c, 'codex.revoke', fields, holder, () => {
      const known = grants.revoke(fields.token ?? '')
      return { status: 200, body: {}, outcome: known ? 'revoked' : 'unknown', identity: holder }
    })
  })

  app.get('/backend-api/wham/usage', (c) => withFamily(c, 'codex.usage', usage))
  app.get('/backend-api/wham/accounts/check', (c) => withFamily(c, 'codex.accounts-check', accountsCheck))
  app.route('/', codexDeviceEndpoints(state, CODEX_CLIENT_ID))

  function withFamily(
    c: Context,
    endpoint: 'codex.usage' | 'codex.accounts-check',
    answer: (family: FakeFamily) => unknown,
  ) {
    const token = (c.req.header('authorization') ?? '').replace(/^Bearer /, '')
    const holder = grants.familyOfAccessToken(token)?.identity ?? null
    return exchange(state, c, endpoint, {}, holder, () => {
      const family = grants.familyOfLiveAccessToken(token)
      if (!family) return refusal(401, 'token_expired', 'Could not validate your token.')
      if (c.req.header('chatgpt-account-id') !== family.identity.organizationId)
        return refusal(403, 'forbidden', 'Unknown workspace')
      return { status: 200, body: answer(family), outcome: 'ok', identity: family.identity }
    })
  }

  function granted({ family, pair }: FakeIssue): FakeAnswer {
    const now = clock.now()
    return {
      status: 200,
      outcome: 'granted',
      identity: family.identity,
      body: {
        id_token: fakeJwt(codexClaims({ ...family.identity, exp: Math.floor((now + 60 * MINUTE_MS) / 1_000) })),
        access_token: pair.accessToken,
        refresh_token: pair.refreshToken,
        token_type: 'bearer',
        expires_in: Math.round((pair.accessTokenExpiresAt - now) / 1_000),
        scope: family.scopes.join(' '),
      },
    }
  }

  function usage({ identity }: FakeFamily): unknown {
    return codexUsageBody(state.usage.of(identity.name), identity.plan, clock.now())
  }

  return app
}

function accountsCheck({ identity }: FakeFamily): unknown {
  const { organizationId: id, organizationName: name, plan: plan_type } = identity
  // Codex 0.169.0 names no account without both, in these words.
  const routing = { workspace_backend_origin: 'https://chatgpt.com', account_routing_override: 'NO_CONSTRAINT' }
  return { accounts: [{ id, name, plan_type, ...routing }], default_account_id: id }
}

function refusal(status: number, code: string, message: string): FakeAnswer {
  const body = { error: { message, type: 'invalid_request_error', param: null, code } }
  return { status, body, outcome: code, identity: null }
}
