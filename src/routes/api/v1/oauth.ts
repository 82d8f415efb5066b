/** Signing in for programs: begin, look, exchange; and what is stored of every grant. */

import { accountsNamed } from '../../../accounts/account-named.ts'
import type { AuthorizationView } from '../../../accounts/authorization-view.ts'
import { beginAuthorization, getAuthorization } from '../../../accounts/authorizations.ts'
import { completeAuthorization } from '../../../accounts/complete-authorization.ts'
import { AccountError } from '../../../accounts/errors.ts'
import { listAccounts } from '../../../accounts/list-accounts.ts'
import { removeAccount } from '../../../accounts/remove-account.ts'
import { accountJson, grantJson } from './account-json.ts'
import { rfc3339 } from './instants.ts'
import { removalJson, removalRequest } from './removal-json.ts'
import * as removals from './removal-schemas.ts'
import { apiRoute } from './route.ts'
import * as schemas from './schemas.ts'

export const oauthRoutes = [
  apiRoute({
    method: 'post',
    path: '/api/oauth/authorize',
    summary: 'Begin a sign-in',
    body: schemas.authorizeRequest,
    answer: { status: 200, description: 'Where the person signs in', schema: schemas.authorizationStarted },
    async handle({ context, actor, body }) {
      const { provider, account_id: accountId, label, method, variant } = body
      return startedJson(
        // A program has no browser to bind to; whoever holds the API token may finish it.
        await beginAuthorization(context, { provider, accountId, label, method, variant, browser: null, actor }),
      )
    },
  }),
  apiRoute({
    method: 'get',
    path: '/api/oauth/authorizations/:id',
    summary: 'How a sign-in stands',
    answer: { status: 200, description: 'Its state', schema: schemas.authorizationState },
    handle: async ({ context, param }) => stateJson(await getAuthorization(context, param('id'))),
  }),
  apiRoute({
    method: 'post',
    path: '/api/oauth/exchange',
    summary: 'Finish a sign-in with a code, a code#state or the whole callback address',
    body: schemas.exchangeRequest,
    answer: { status: 200, description: 'The account', schema: schemas.account },
    async handle(call) {
      const { authorization_id: authorizationId, response } = call.body
      const { context, actor } = call
      return accountJson(
        await completeAuthorization(context, { authorizationId, response, browser: null, actor }),
        call,
      )
    },
  }),
  apiRoute({
    method: 'get',
    path: '/api/oauth/tokens',
    summary: 'What is stored of every grant; never a token',
    answer: { status: 200, description: 'Metadata', schema: schemas.grantMetadata, isList: true },
    handle: async ({ context }) => (await listAccounts(context)).map(grantJson),
  }),
  apiRoute({
    method: 'delete',
    path: '/api/oauth/tokens/:provider',
    summary: 'Remove the grant of a provider; `account` chooses among several',
    query: removals.tokenRemovalQuery,
    answer: { status: 200, description: 'What was removed', schema: removals.removal },
    async handle({ context, actor, param, query }) {
      const provider = param('provider')
      const ofProvider = (await listAccounts(context)).filter((account) => account.provider === provider)
      const held = query.account ? accountsNamed(query.account, ofProvider) : ofProvider
      if (held.length > 1) throw new AccountError('account_ambiguous', { account: provider, count: held.length })
      const only = held[0]
      if (!only) throw new AccountError('account_not_found', { account: query.account ?? provider })
      return removalJson(await removeAccount(context, only.id, { ...removalRequest(query), actor }))
    },
  }),
]

function startedJson(view: AuthorizationView) {
  return {
    authorization_id: view.id,
    method: view.method,
    authorization_url: view.authorizationUrl,
    redirect_uri: view.redirectUri,
    expires_at: rfc3339(view.expiresAt),
    ...(view.userCode === null ? {} : { user_code: view.userCode }),
    ...(view.verificationUri === null ? {} : { verification_uri: view.verificationUri }),
  }
}

function stateJson(view: AuthorizationView) {
  const failure = view.status === 'cancelled' ? { code: 'cancelled', detail: null } : view.failure
  return {
    status: view.status === 'cancelled' ? 'failed' : view.status,
    ...(view.completedAccountId === null ? {} : { account_id: view.completedAccountId }),
    ...(failure === null ? {} : { error: { code: failure.code, detail: failure.detail } }),
  }
}
