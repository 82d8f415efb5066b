/**
 * Sign-ins from beginning to end: begun once however often a person clicks, shown, cancelled, and over after ten minutes.
 * How a response finishes one is written in complete-authorization.ts.
 */

import {
  type AuthorizationRow,
  changeAuthorizationLabel,
  deleteOldAuthorizations,
  findAuthorization,
  insertAuthorization,
  listOverdueAuthorizations,
  listPendingAuthorizations,
  markCancelled,
  markCompleted,
} from '../db/authorization-store.ts'
import { DAY_MS, MINUTE_MS } from '../lib/clock.ts'
import { errorName } from '../lib/log.ts'
import { newId } from '../lib/random.ts'
import { newCodeVerifier, newState } from '../oauth/pkce.ts'
import type { Provider, SignInMethod } from '../oauth/provider.ts'
import type { AuthorizationView } from './authorization-view.ts'
import {
  authorizationPlace,
  authorizationStatus,
  methodsOf,
  requireProvider,
  viewAuthorization,
} from './authorization-view.ts'
import { browserHash } from './browser-binding.ts'
import type { CallbackOwner } from './callback-listeners.ts'
import { completeFromCallback } from './complete-authorization.ts'
import { requireConsent } from './consent.ts'
import type { AccountsContext, Actor } from './context.ts'
import { expireSignIn, followDeviceSignIn } from './device-sign-in.ts'
import { AccountError } from './errors.ts'
import { failSignIn } from './exchange-code.ts'
import { readLabel } from './label.ts'
import { getAccount } from './list-accounts.ts'
import { endSignIn, signInsUnderWay } from './sign-ins-under-way.ts'
import { isOffered, startSignIn } from './start-sign-in.ts'

/** An exchange that has not ended by then has died with its process. */
const EXCHANGE_LIFE_MS = 5 * MINUTE_MS

/** How long an ended sign-in can still be looked at. */
const KEPT_MS = DAY_MS

export interface AuthorizationRequest {
  provider: string
  /** Sign in again to this account; another identity is refused. */
  accountId?: string
  label?: string
  /** The provider's first way unless told. */
  method?: SignInMethod
  /** One of the provider's other sign-ins; the usual one unless told. */
  variant?: string
  /** Value of the browser's cookie; null when a program asks. */
  browser: string | null
  actor: Actor
}

/** The same with its label as it is kept. */
type WantedSignIn = Omit<AuthorizationRequest, 'label'> & { label: string | null }

/**
 * Begins a sign-in, or gives the one that this browser has begun already for the same provider and account. Asking for
 * another way to sign in ends the former way.
 *
 * Errors: AccountError `unknown_provider`, `account_not_found`, `method_not_offered`, `label_invalid`, `consent_needed`, and what the asked
 *         way refuses
 */
export async function beginAuthorization(
  context: AccountsContext,
  request: AuthorizationRequest,
): Promise<AuthorizationView> {
  const provider = requireProvider(context, request.provider)
  const variant = request.variant ?? null
  const methods = methodsOf(provider, variant)
  const method = request.method ?? methods[0]!
  if (provider.clientId === '') throw clientIdMissing(provider)
  if (variant !== null && !provider.variants?.some(({ id }) => id === variant)) {
    throw new AccountError('method_not_offered', { provider: provider.name, method: variant })
  }
  if (!methods.includes(method) || !isOffered(provider, method))
    throw new AccountError('method_not_offered', { provider: provider.name, method })
  const wanted = { ...request, label: readLabel(request.label) }
  await requireAccount(context, request)
  await requireConsent(context, provider, method, request.actor)
  const browser = browserHash(context.vault, request.browser)
  if (browser === null) return begin(context, provider, method, wanted, null)
  // In turn: of a double click the second finds what the first began.
  return signInsUnderWay(context).inTurn(
    JSON.stringify([provider.id, variant, request.accountId ?? null, browser]),
    async () => {
      const current = await currentOf(context, provider, wanted, method, browser)
      return current ?? begin(context, provider, method, wanted, browser)
    },
  )
}

/** One sign-in as it is now. Errors: AccountError `authorization_not_found` */
export async function getAuthorization(context: AccountsContext, id: string): Promise<AuthorizationView> {
  return viewAuthorization(context, await requireRow(context, id))
}

/** Ends a waiting sign-in. One that has ended, or whose code is being spent, stays as it is. */
export async function cancelAuthorization(context: AccountsContext, id: string): Promise<AuthorizationView> {
  const row = await requireRow(context, id)
  await cancelRow(context, row.id, null)
  return getAuthorization(context, id)
}

/** A sign-in that another part noticed to be done, such as one by a provider's own CLI. */
export async function finishAuthorization(context: AccountsContext, id: string, accountId: string): Promise<void> {
  await requireRow(context, id)
  if (await markCompleted(context.database, id, accountId, context.clock.now())) endSignIn(context, id)
}

/** Ends what is overdue and removes what is long over. Safe to call at any time and any number of times. */
export async function expireAuthorizations(context: AccountsContext): Promise<void> {
  const now = context.clock.now()
  for (const row of await listOverdueAuthorizations(context.database, now, now - EXCHANGE_LIFE_MS)) {
    if (signInsUnderWay(context).exchanges.isRunning(row.id)) continue
    if (row.exchangingAt === null) await expireSignIn(context, row.id)
    else await failSignIn(context, row.id, new AccountError('provider_unreachable', { failureCode: 'interrupted' }))
  }
  await deleteOldAuthorizations(context.database, now - KEPT_MS)
}

/** After a start of the process: waiting sign-ins get their listener, poll and timer again, as far as that is possible. */
export async function resumeAuthorizations(context: AccountsContext): Promise<void> {
  await expireAuthorizations(context)
  for (const row of await listPendingAuthorizations(context.database, context.clock.now())) {
    if (context.providers.has(row.provider)) await resume(context, row)
  }
}

/** A provider for which the program brings no client. */
function clientIdMissing({ name, id, clientRegistrationUrl }: Provider): AccountError {
  return new AccountError('client_id_missing', { provider: name, id, url: clientRegistrationUrl ?? '' })
}

async function requireAccount(context: AccountsContext, request: AuthorizationRequest): Promise<void> {
  if (request.accountId === undefined) return
  const account = await getAccount(context, request.accountId)
  if (account.provider !== request.provider) throw new AccountError('account_not_found', { account: request.accountId })
}

async function requireRow(context: AccountsContext, id: string): Promise<AuthorizationRow> {
  const row = await findAuthorization(context.database, id)
  if (!row) throw new AccountError('authorization_not_found')
  return row
}

/** What this browser has begun already and may go on with. The former way ends when another is asked for. */
async function currentOf(
  context: AccountsContext,
  provider: Provider,
  request: WantedSignIn,
  method: SignInMethod,
  browser: string,
): Promise<AuthorizationView | null> {
  const pending = (await listPendingAuthorizations(context.database, context.clock.now())).filter(
    (row) =>
      row.provider === provider.id &&
      row.variant === (request.variant ?? null) &&
      row.accountId === (request.accountId ?? null) &&
      row.browserHash === browser,
  )
  for (const row of pending) {
    const isWanted = request.method === undefined || row.method === method || isFallbackFor(context, row, method)
    if (row.exchangingAt !== null || (isWanted && (await resume(context, row)))) {
      const { label } = request
      if (label !== null && label !== row.label) await changeAuthorizationLabel(context.database, row.id, label)
      return getAuthorization(context, row.id)
    }
    await cancelRow(context, row.id, null)
  }
  return null
}

function isFallbackFor(context: AccountsContext, row: AuthorizationRow, method: SignInMethod): boolean {
  return method === 'callback' && context.callbackListeners.portsTaken(row.id).length > 0
}

async function begin(
  context: AccountsContext,
  provider: Provider,
  method: SignInMethod,
  request: WantedSignIn,
  browser: string | null,
): Promise<AuthorizationView> {
  const { random, vault, clock } = context
  const id = newId(random, 'aut')
  const state = newState(random)
  try {
    const started = await startSignIn(context, provider, method, id, callbackOwner(context))
    await insertAuthorization(context.database, {
      id,
      provider: provider.id,
      variant: request.variant ?? null,
      accountId: request.accountId ?? null,
      label: request.label,
      stateFingerprint: vault.fingerprint('state', state),
      stateSealed: vault.seal(authorizationPlace(id, 'state'), state),
      codeVerifierSealed: vault.seal(authorizationPlace(id, 'code_verifier'), newCodeVerifier(random)),
      browserHash: browser,
      createdAt: clock.now(),
      ...started,
    })
  } catch (error) {
    context.callbackListeners.release(id)
    throw error
  }
  const row = await requireRow(context, id)
  watch(context, row)
  context.events.publish({ type: 'authorization.changed', authorizationId: id })
  return viewAuthorization(context, row)
}

function callbackOwner(context: AccountsContext): CallbackOwner {
  return {
    arrive: (arrival) =>
      completeFromCallback(context, arrival).catch((error: unknown) => {
        // Its message may quote what was being done.
        context.log.error('callback.failed', { error: errorName(error) })
        return { kind: 'trouble' }
      }),
    displaced: (authorizationId) => void cancelRow(context, authorizationId, 'displaced'),
    dashboardUrl: context.dashboardUrl,
  }
}

/** Polls or waits for the end of the sign-in's time. */
function watch(context: AccountsContext, row: AuthorizationRow): void {
  signInsUnderWay(context).watch(row.id, async (signal) => {
    if (row.method === 'device') return followDeviceSignIn(context, row, signal)
    await context.clock.sleep(row.expiresAt - context.clock.now(), signal)
    if (!signal.aborted) await expireAuthorizations(context)
  })
}

/** Gives a waiting row what lives in the process only; false when its port cannot be had again. */
async function resume(context: AccountsContext, row: AuthorizationRow): Promise<boolean> {
  watch(context, row)
  if (row.method !== 'callback' || context.callbackListeners.isWaiting(row.id)) return true
  const callback = requireProvider(context, row.provider).callback
  const port = Number(new URL(row.redirectUri).port)
  if (!callback) return false
  const place = { ports: [port], path: callback.path }
  return 'port' in (await context.callbackListeners.open(row.id, place, callbackOwner(context)))
}

async function cancelRow(context: AccountsContext, id: string, reason: string | null): Promise<void> {
  const row = await findAuthorization(context.database, id)
  const isWaiting = row !== null && authorizationStatus(row, context.clock.now()) === 'pending'
  if (isWaiting && (await markCancelled(context.database, id, reason, context.clock.now()))) endSignIn(context, id)
}
