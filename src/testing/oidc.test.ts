/** The real refresh against an authorization server that this project did not write. */

import { afterEach, expect, test } from 'vitest'
import { connectAccount } from '../accounts/connect-account.ts'
import { getAccount } from '../accounts/list-accounts.ts'
import { refreshGrant } from '../accounts/refresh-grant.ts'
import { HOUR_MS } from '../lib/clock.ts'
import { authorizationUrl } from '../oauth/authorization-request.ts'
import { judgeAuthorizationResponse, responseFromQuery } from '../oauth/authorization-response.ts'
import { newCodeVerifier, newState } from '../oauth/pkce.ts'
import { exchangeRequest } from '../oauth/token-request.ts'
import { judgeTokenAnswer } from '../oauth/token-response.ts'
import type { Fetch } from '../oauth/transport.ts'
import {
  type OidcAuthorizationServer,
  startOidcAuthorizationServer,
  walkToRedirect,
} from './oidc-authorization-server.ts'
import { createTestContext, type TestContext } from './test-context.ts'

const REDIRECT_URI = 'http://localhost:1455/auth/callback'

let server: OidcAuthorizationServer | undefined
let tools: TestContext | undefined
afterEach(async () => {
  await tools?.close()
  await server?.close()
})

/** Signs in with the program's own building blocks; gives the account's id. */
async function signIn(): Promise<{ accountId: string; tools: TestContext; server: OidcAuthorizationServer }> {
  server = await startOidcAuthorizationServer()
  tools = await createTestContext({ config: server.configToml(), fetch: fetch as Fetch })
  const { context } = tools
  const provider = context.providers.get('codex')!
  const state = newState(context.random)
  const codeVerifier = newCodeVerifier(context.random)
  const url = await authorizationUrl(provider, { state, codeVerifier, redirectUri: REDIRECT_URI })
  const response = responseFromQuery(await walkToRedirect(url.href, 'grace'))
  const { code } = judgeAuthorizationResponse(provider, response, state, { stateRequired: true })
  const request = exchangeRequest(provider, { code, state, codeVerifier, redirectUri: REDIRECT_URI })
  const judgement = judgeTokenAnswer(provider, await context.transport.send(request), { now: context.clock.now() })
  if (judgement.kind !== 'granted') throw new Error(`The exchange came to ${judgement.kind}.`)
  const identity = provider.readIdentity(judgement.tokens, null)!
  expect(identity).toMatchObject({ subject: 'user-FAKE0011', email: 'grace@example.com', plan: 'plus' })
  const { accountId } = await connectAccount(context, {
    provider,
    tokens: judgement.tokens,
    identity,
    custody: 'dashboard',
    origin: 'callback',
    actor: 'browser',
  })
  return { accountId, tools, server }
}

test('a hundred rotations spend each refresh token once', async () => {
  const { accountId, tools, server } = await signIn()
  for (let rotation = 1; rotation <= 100; rotation++) {
    await tools.clock.advance(HOUR_MS)
    const outcome = await refreshGrant(tools.context, accountId, { purpose: 'requested', actor: 'api' })
    expect([rotation, outcome.outcome]).toEqual([rotation, 'refreshed'])
  }
  expect(server.events.filter((event) => event === 'refresh_token.consumed')).toHaveLength(100)
  expect(server.events).not.toContain('grant.revoked')
  expect((await getAccount(tools.context, accountId)).generation).toBe(101)
}, 60_000)

test('when somebody spends an old copy, the family is revoked and the account asks for a new sign-in', async () => {
  const { accountId, tools, server } = await signIn()
  await refreshGrant(tools.context, accountId, { purpose: 'requested', actor: 'api' })
  expect(await server.replayFirstRefreshToken()).toBe('invalid_grant')
  expect(server.events).toContain('grant.revoked')
  await tools.clock.advance(HOUR_MS)
  const outcome = await refreshGrant(tools.context, accountId, { purpose: 'requested', actor: 'api' })
  expect(outcome).toMatchObject({ outcome: 'reauthorization_required', reason: { code: 'refused' } })
  const account = await getAccount(tools.context, accountId)
  expect(account.login).toMatchObject({ status: 'sign_in_again', reason: { code: 'login_refused' } })
  expect(account.mainAction).toBe('sign_in_again')
  const before = server.tokenAnswers.length
  await refreshGrant(tools.context, accountId, { purpose: 'requested', actor: 'api' })
  expect(server.tokenAnswers, 'a refused token is not sent again').toHaveLength(before)
})
