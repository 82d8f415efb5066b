/** Accounts for programs: list, add, change, remove, refresh, and the one way to get an access token out. */

import { addToken } from '../../../accounts/add-token.ts'
import { issueToken } from '../../../accounts/issue-token.ts'
import { getAccount, listAccounts } from '../../../accounts/list-accounts.ts'
import { refreshGrant } from '../../../accounts/refresh-grant.ts'
import { removeAccount } from '../../../accounts/remove-account.ts'
import { listRevocations } from '../../../accounts/revocations.ts'
import { previewSignOut } from '../../../accounts/sign-out-preview.ts'
import { updateAccount } from '../../../accounts/update-account.ts'
import { SECOND_MS } from '../../../lib/clock.ts'
import { Secret } from '../../../lib/secret.ts'
import { accountJson, refreshJson } from './account-json.ts'
import { rfc3339 } from './instants.ts'
import { removalJson, removalRequest, revocationJson, signOutPreviewJson } from './removal-json.ts'
import * as removals from './removal-schemas.ts'
import { accountId, apiRoute } from './route.ts'
import * as schemas from './schemas.ts'

export const accountRoutes = [
  apiRoute({
    method: 'get',
    path: '/api/accounts',
    summary: 'Every account',
    answer: { status: 200, description: 'Account summaries', schema: schemas.account, isList: true },
    handle: async (call) => (await listAccounts(call.context)).map((account) => accountJson(account, call)),
  }),
  apiRoute({
    method: 'post',
    path: '/api/accounts',
    summary: 'Add an account from a token',
    body: schemas.newAccount,
    answer: { status: 201, description: 'The account', schema: schemas.account },
    async handle(call) {
      const { provider, kind, label, expires_at, access_token, refresh_token, id_token } = call.body
      const account = await addToken(call.context, {
        provider,
        kind,
        label,
        accessToken: new Secret(access_token),
        refreshToken: refresh_token === undefined ? undefined : new Secret(refresh_token),
        idToken: id_token === undefined ? undefined : new Secret(id_token),
        expiresAt: expires_at === undefined ? undefined : Date.parse(expires_at),
        actor: call.actor,
      })
      return accountJson(account, call)
    },
  }),
  apiRoute({
    method: 'get',
    path: '/api/accounts/:id',
    summary: 'One account',
    answer: { status: 200, description: 'The account', schema: schemas.account },
    handle: async (call) => accountJson(await getAccount(call.context, await accountId(call)), call),
  }),
  apiRoute({
    method: 'patch',
    path: '/api/accounts/:id',
    summary: 'Change label, position or pause',
    body: schemas.accountChanges,
    answer: { status: 200, description: 'The account', schema: schemas.account },
    handle: async (call) =>
      accountJson(await updateAccount(call.context, await accountId(call), call.body, call.actor), call),
  }),
  apiRoute({
    method: 'delete',
    path: '/api/accounts/:id',
    summary: 'Remove an account, and end its login at the provider when asked',
    query: removals.removalQuery,
    answer: { status: 200, description: 'What was removed', schema: removals.removal },
    async handle(call) {
      const { context, actor, query } = call
      return removalJson(await removeAccount(context, await accountId(call), { ...removalRequest(query), actor }))
    },
  }),
  apiRoute({
    method: 'get',
    path: '/api/accounts/:id/sign-out',
    summary: 'What signing an account out at its provider would end',
    answer: { status: 200, description: 'Who else holds the login', schema: removals.signOutPreview },
    handle: async (call) => signOutPreviewJson(await previewSignOut(call.context, await accountId(call))),
  }),
  apiRoute({
    method: 'get',
    path: '/api/revocations',
    summary: 'Logins that are being ended at their providers, and those that were in the last two weeks',
    answer: { status: 200, description: 'Newest first', schema: removals.revocation, isList: true },
    handle: async ({ context }) => (await listRevocations(context)).map(revocationJson),
  }),
  apiRoute({
    method: 'post',
    path: '/api/accounts/:id/refresh',
    summary: 'Refresh an account now',
    answer: { status: 200, description: 'What it came to', schema: schemas.refreshResult },
    async handle(call) {
      const { context, actor } = call
      return refreshJson(await refreshGrant(context, await accountId(call), { purpose: 'requested', actor }), call)
    },
  }),
  apiRoute({
    method: 'post',
    path: '/api/accounts/:id/token',
    summary: 'A valid access token, refreshed first when due',
    isTokenOnly: true,
    body: schemas.tokenRequest,
    answer: { status: 200, description: 'The token', schema: schemas.issuedToken },
    async handle(call) {
      const { context, actor, body } = call
      const { min_validity_seconds: seconds } = body
      const minValidityMs = seconds === undefined ? undefined : seconds * SECOND_MS
      const { accessToken, tokenType, expiresAt } = await issueToken(context, await accountId(call), {
        minValidityMs,
        actor,
      })
      return { access_token: accessToken.reveal(), token_type: tokenType, expires_at: rfc3339(expiresAt) }
    },
  }),
]
