/**
 * Brings an authorization response to the sign-in it belongs to: from the callback listener, or pasted. Whatever does not
 * fit changes nothing, and the sign-in goes on waiting; what fits is spent once.
 */

import {
  type AuthorizationRow,
  findAuthorization,
  findAuthorizationByState,
  listPendingAuthorizations,
} from '../db/authorization-store.ts'
import { Secret } from '../lib/secret.ts'
import {
  type AuthorizationResponse,
  judgeAuthorizationResponse,
  parseAuthorizationResponse,
  responseFromQuery,
} from '../oauth/authorization-response.ts'
import type { CallbackArrival } from '../oauth/callback-listener.ts'
import { AuthorizationResponseError } from '../oauth/errors.ts'
import { type AccountSummary, accountName } from './account-summary.ts'
import { authorizationStatus, openAuthorization, requireProvider, storedFailure } from './authorization-view.ts'
import { browserCookieValues, isSameBrowser } from './browser-binding.ts'
import type { CallbackPageState } from './callback-page.ts'
import type { AccountsContext, Actor } from './context.ts'
import { AccountError, type AccountErrorCode } from './errors.ts'
import { failSignIn, finishWithCode } from './exchange-code.ts'
import { getAccount } from './list-accounts.ts'

/** Sign-ins that end with a response; the others have nothing to paste. */
const ANSWERED_METHODS = ['callback', 'paste']

/**
 * Finishes a sign-in with what a person pasted: `code#state`, the whole address, or the code alone when it is clear which
 * sign-in is meant.
 *
 * Errors: AccountError: every `response_…`, `authorization_…`, `sign_in_denied`, and what exchanging and connecting refuse
 */
export async function completeAuthorization(
  context: AccountsContext,
  request: { authorizationId?: string; response: string; browser: string | null; actor: Actor },
): Promise<AccountSummary> {
  const response = readPasted(request.response)
  const row = await findMeant(context, request, response)
  if (!ANSWERED_METHODS.includes(row.method)) {
    throw new AccountError('method_not_offered', { provider: row.provider, method: row.method })
  }
  if (!isSameBrowser(context.vault, row.browserHash, request.browser === null ? [] : [request.browser])) {
    throw new AccountError('authorization_other_browser')
  }
  const accountId = await acceptResponse(
    context,
    row,
    response,
    { stateRequired: response.shape !== 'code' },
    request.actor,
  )
  return getAccount(context, accountId)
}

/** Finishes a sign-in with the address that a browser came back to, and says what its page shall tell. Throws nothing expected. */
export async function completeFromCallback(
  context: AccountsContext,
  arrival: CallbackArrival,
): Promise<CallbackPageState> {
  if (arrival.url.search === '') return { kind: 'nothing' }
  let response: AuthorizationResponse
  try {
    response = responseFromQuery(arrival.url)
  } catch (error) {
    return { kind: 'unreadable', code: asAccountError(error).code }
  }
  const row = response.state === null ? null : await findByState(context, response.state)
  if (!row || !isItsAddress(row, arrival.url)) return { kind: 'unknown_sign_in' }
  const providerName = requireProvider(context, row.provider).name
  if (!isSameBrowser(context.vault, row.browserHash, browserCookieValues(arrival.cookie))) {
    return { kind: 'other_browser', providerName }
  }
  const failure = storedFailure(row)
  if (failure && row.failedAt !== null)
    return failurePage(providerName, new AccountError(failure.code as AccountErrorCode, failure.params))
  try {
    const accountId = await acceptResponse(context, row, response, { stateRequired: true }, 'browser')
    return { kind: 'connected', providerName, accountName: accountName(await getAccount(context, accountId)) }
  } catch (error) {
    return failurePage(providerName, asAccountError(error))
  }
}

function readPasted(text: string): AuthorizationResponse {
  try {
    return parseAuthorizationResponse(text)
  } catch (error) {
    throw asAccountError(error)
  }
}

/** The sign-in that a pasted response is for: the named one, the one of its state, or the only one that waits for a paste. */
async function findMeant(
  context: AccountsContext,
  { authorizationId, browser }: { authorizationId?: string; browser: string | null },
  response: AuthorizationResponse,
): Promise<AuthorizationRow> {
  if (authorizationId !== undefined) {
    const row = await findAuthorization(context.database, authorizationId)
    if (!row) throw new AccountError('authorization_not_found')
    return row
  }
  if (response.state !== null) {
    const row = await findByState(context, response.state)
    if (!row) throw new AccountError('response_state_mismatch')
    return row
  }
  if (response.shape !== 'code') throw new AccountError('response_state_missing')
  const waiting = (await listPendingAuthorizations(context.database, context.clock.now())).filter(
    (row) => row.method === 'paste' && isSameBrowser(context.vault, row.browserHash, browser === null ? [] : [browser]),
  )
  if (waiting.length > 1) throw new AccountError('authorization_ambiguous')
  if (!waiting[0]) throw new AccountError('authorization_not_found')
  return waiting[0]
}

/** By the state itself, or without an ending that a provider is known to add. */
async function findByState(context: AccountsContext, state: string): Promise<AuthorizationRow | null> {
  const endings = [...context.providers.values()].flatMap((provider) => provider.stateSuffixes ?? [])
  const states = [
    state,
    ...endings.filter((ending) => state.endsWith(ending)).map((ending) => state.slice(0, -ending.length)),
  ]
  for (const candidate of states) {
    const fingerprint = context.vault.fingerprint('state', new Secret(candidate))
    const row = await findAuthorizationByState(context.database, fingerprint)
    if (row) return row
  }
  return null
}

/** Another provider's listener must not take this one's response. RFC 9700 §4.4.2 (mix-up) */
function isItsAddress(row: AuthorizationRow, url: URL): boolean {
  if (row.method !== 'callback') return false
  const expected = new URL(row.redirectUri)
  return expected.port === url.port && expected.pathname === url.pathname
}

async function acceptResponse(
  context: AccountsContext,
  row: AuthorizationRow,
  response: AuthorizationResponse,
  { stateRequired }: { stateRequired: boolean },
  actor: Actor,
): Promise<string> {
  const status = authorizationStatus(row, context.clock.now())
  if (status !== 'pending') {
    // A second hit of the right response is shown the end that the first one came to.
    if (row.completedAccountId !== null && (await isStateOf(context, row, response))) return row.completedAccountId
    throw new AccountError('authorization_over', { status })
  }
  const { state, verifier } = openAuthorization(context, row)
  let code: Secret
  try {
    code = judgeAuthorizationResponse(requireProvider(context, row.provider), response, state, { stateRequired }).code
  } catch (error) {
    const refusal = asAccountError(error)
    if (refusal.code === 'sign_in_denied' || refusal.code === 'provider_error')
      await failSignIn(context, row.id, refusal)
    throw refusal
  }
  const grant = { code, state, codeVerifier: verifier, redirectUri: row.redirectUri }
  return (await finishWithCode(context, row, grant, actor)).accountId
}

/** The secrets of an ended sign-in are gone; its fingerprint still knows the state. */
async function isStateOf(context: AccountsContext, row: AuthorizationRow, response: AuthorizationResponse) {
  if (response.state === null || response.error !== null) return false
  return (await findByState(context, response.state))?.id === row.id
}

function asAccountError(error: unknown): AccountError {
  if (error instanceof AccountError) return error
  if (!(error instanceof AuthorizationResponseError)) throw error
  if (error.code === 'denied') return new AccountError('sign_in_denied', { detail: error.detail ?? '' })
  if (error.code === 'provider_error') {
    return new AccountError('provider_error', { failureCode: 'authorization', detail: error.detail ?? '' })
  }
  return new AccountError(`response_${error.code}`)
}

/** Which page a refusal gets. Those that leave the sign-in waiting say so. */
function failurePage(providerName: string, refusal: AccountError): CallbackPageState {
  const detail = refusal.params.detail ? String(refusal.params.detail) : null
  if (refusal.code.startsWith('response_')) return { kind: 'unreadable', code: refusal.code }
  if (refusal.code === 'authorization_over') return { kind: 'unknown_sign_in' }
  if (refusal.code === 'sign_in_denied') return { kind: 'denied', providerName, detail }
  return { kind: 'failed', providerName, code: refusal.code, detail }
}
