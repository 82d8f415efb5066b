/**
 * Claude's dialect: a page that shows `code#state` or a loopback redirect, JSON token requests with `state`, profile and
 * usage for tokens that carry `user:profile`. Paths are the real ones below `/claude`.
 */

import { Hono } from 'hono'
import { randomToken } from '../lib/random.ts'
import { readAuthorizationRequest } from './fake-authorization-request.ts'
import { consentPage, pastePage } from './fake-authorize-page.ts'
import { exchange, type FakeAnswer, mediaType, readFields } from './fake-exchange.ts'
import type { FakeFamily, FakeIssue } from './fake-grants.ts'
import type { FakeProviderState } from './fake-provider-state.ts'
import { claudeUsageBody } from './fake-usage.ts'

export const CLAUDE_CLIENT_ID = '9d1c250a-e61b-44d9-88ed-5944d1962f5e'

/** Redirect URIs that show the code on a page instead of redirecting. */
const isPasteRedirect = (uri: string) => new URL(uri).pathname.endsWith('/oauth/code/callback')
const isLoopbackRedirect = (uri: string) => /^http:\/\/(localhost|127\.0\.0\.1):\d+\/callback$/.test(uri)

export function claudeEndpoints(state: FakeProviderState): Hono {
  const app = new Hono()
  const { grants, clock } = state

  for (const path of ['/cai/oauth/authorize', '/oauth/authorize']) {
    app.get(path, (c) => {
      const request = readAuthorizationRequest(
        new URL(c.req.url).searchParams,
        [CLAUDE_CLIENT_ID],
        (uri) => isPasteRedirect(uri) || isLoopbackRedirect(uri),
      )
      state.note(c, 'claude.authorize', request.ok ? 'shown' : request.error)
      if (!request.ok) return c.text(request.error, 400)
      return c.html(consentPage('/claude/decision', new URL(c.req.url).search, state.people('claude')))
    })
  }

  app.post('/decision', async (c) => {
    const form = await readFields(c)
    const request = readAuthorizationRequest(new URLSearchParams(form.request), [CLAUDE_CLIENT_ID], () => true)
    if (!request.ok) return c.text(request.error, 400)
    const identity = form.identity ? state.person(form.identity) : null
    const back = new URL(request.value.redirectUri)
    if (!identity) back.searchParams.set('error', 'access_denied')
    else back.searchParams.set('code', grants.issueCode(identity, request.value))
    back.searchParams.set('state', request.value.state)
    if (identity && isPasteRedirect(request.value.redirectUri)) {
      return c.html(pastePage(back.searchParams.get('code')!, request.value.state))
    }
    return c.redirect(back.href, 302)
  })

  app.post('/v1/oauth/token', async (c) => {
    const fields = await readFields(c)
    if (mediaType(c) !== 'application/json') {
      return exchange(state, c, 'claude.unknown', fields, null, () => refusal(415, 'invalid_request', 'JSON only'))
    }
    if (fields.grant_type === 'authorization_code') {
      return exchange(state, c, 'claude.exchange', fields, null, () => {
        if (!fields.state) return refusal(400, 'invalid_request', 'state is missing')
        const issued = grants.redeemCode(fields.code ?? '', {
          clientId: fields.client_id ?? '',
          redirectUri: fields.redirect_uri ?? '',
          codeVerifier: fields.code_verifier ?? '',
          state: fields.state,
        })
        return typeof issued === 'string' ? refusal(400, 'invalid_grant', issued) : granted(issued)
      })
    }
    if (fields.grant_type !== 'refresh_token') {
      return exchange(state, c, 'claude.unknown', fields, null, () => refusal(400, 'unsupported_grant_type', 'unknown'))
    }
    const holder = grants.familyOf(fields.refresh_token ?? '')?.identity ?? null
    return exchange(state, c, 'claude.refresh', fields, holder, (fault) => {
      const issued = grants.refresh(fields.refresh_token ?? '', fields.client_id ?? '')
      if (typeof issued === 'string') {
        const words = issued === 'other_client' ? 'Client does not match' : 'Refresh token not found or invalid'
        return { ...refusal(400, 'invalid_grant', words), outcome: issued, identity: holder }
      }
      return granted(fault?.kind === 'other_identity' ? state.asSomebodyElse(issued, fault.identity) : issued)
    })
  })

  app.post('/v1/oauth/token/revoke', async (c) => {
    const fields = await readFields(c)
    const holder = grants.familyOf(fields.token ?? '')?.identity ?? null
    return exchange(state, c, 'claude.revoke', fields, holder, () => {
      const known = grants.revoke(fields.token ?? '')
      return { status: 200, body: {}, outcome: known ? 'revoked' : 'unknown', identity: holder }
    })
  })

  app.get('/api/oauth/profile', (c) => withFamily(c, 'claude.profile', profile))
  app.get('/api/oauth/usage', (c) => withFamily(c, 'claude.usage', usage))

  app.post('/api/oauth/claude_cli/create_api_key', (c) => {
    const token = (c.req.header('authorization') ?? '').replace(/^Bearer /, '')
    const holder = grants.familyOfAccessToken(token)?.identity ?? null
    return exchange(state, c, 'claude.api-key', {}, holder, () => {
      const family = grants.familyOfLiveAccessToken(token)
      if (!family) return apiRefusal(401, 'authentication_error', 'OAuth token has expired or is invalid.')
      if (!family.scopes.includes('org:create_api_key')) {
        return apiRefusal(403, 'permission_error', 'OAuth token does not meet scope requirement org:create_api_key')
      }
      const body = { raw_key: `sk-ant-api03-FAKE-${randomToken(grants.random, 24)}` }
      return { status: 200, body, outcome: 'made', identity: family.identity }
    })
  })

  function withFamily(
    c: import('hono').Context,
    endpoint: 'claude.profile' | 'claude.usage',
    answer: (family: FakeFamily) => unknown,
  ) {
    const token = (c.req.header('authorization') ?? '').replace(/^Bearer /, '')
    const holder = grants.familyOfAccessToken(token)?.identity ?? null
    return exchange(state, c, endpoint, {}, holder, () => {
      const family = grants.familyOfLiveAccessToken(token)
      if (!family) return apiRefusal(401, 'authentication_error', 'OAuth token has expired or is invalid.')
      if (!family.scopes.includes('user:profile')) {
        return apiRefusal(403, 'permission_error', 'OAuth token does not meet scope requirement user:profile')
      }
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
        token_type: 'Bearer',
        access_token: pair.accessToken,
        refresh_token: pair.refreshToken,
        expires_in: Math.round((pair.accessTokenExpiresAt - now) / 1_000),
        ...(family.loginEndsAt === null
          ? {}
          : { refresh_token_expires_in: Math.round((family.loginEndsAt - now) / 1_000) }),
        scope: family.scopes.join(' '),
        account: { uuid: family.identity.subject, email_address: family.identity.email },
        organization: { uuid: family.identity.organizationId, name: family.identity.organizationName },
      },
    }
  }

  function usage({ identity }: FakeFamily): unknown {
    return claudeUsageBody(state.usage.of(identity.name))
  }

  return app
}

function profile({ identity }: FakeFamily): unknown {
  return {
    account: { uuid: identity.subject, email: identity.email, display_name: identity.displayName },
    organization: {
      uuid: identity.organizationId,
      name: identity.organizationName,
      organization_type: identity.organizationType,
      rate_limit_tier: identity.rateLimitTier,
      has_extra_usage_enabled: false,
    },
  }
}

function refusal(status: number, error: string, description: string): FakeAnswer {
  return { status, body: { error, error_description: description }, outcome: error, identity: null }
}

function apiRefusal(status: number, type: string, message: string): FakeAnswer {
  return { status, body: { type: 'error', error: { type, message } }, outcome: type, identity: null }
}
