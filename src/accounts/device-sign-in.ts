/**
 * Signing in by a code that is typed on another device: gets the code, then asks until somebody has typed it, its time is
 * over, or it is cancelled. One process asks; the row says everything another one would need to go on.
 */

import {
  type AuthorizationRow,
  changePollInterval,
  findAuthorization,
  forgetSecrets,
  type NewAuthorizationRow,
} from '../db/authorization-store.ts'
import { backoffMs } from '../lib/backoff.ts'
import { MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { type DevicePoll, pollDeviceAuthorization, startDeviceAuthorization } from '../oauth/device-authorization.ts'
import { OAuthTransportError } from '../oauth/errors.ts'
import type { Provider } from '../oauth/provider.ts'
import { authorizationPlace, authorizationStatus, requireProvider } from './authorization-view.ts'
import type { AccountsContext } from './context.ts'
import { AccountError } from './errors.ts'
import { failSignIn, finishWithTokens } from './exchange-code.ts'
import { endSignIn } from './sign-ins-under-way.ts'

/** After questions that failed; the interval of the server is kept in any case. */
const FAILED_POLL = { firstMs: 5 * SECOND_MS, factor: 2, maxMs: MINUTE_MS, jitter: 0.2 }

/** Used where a row was kept without one. RFC 8628 §3.2 */
const DEFAULT_INTERVAL_MS = 5 * SECOND_MS

type DeviceColumns = Pick<
  NewAuthorizationRow,
  'deviceCodeSealed' | 'userCode' | 'verificationUri' | 'pollIntervalMs' | 'expiresAt'
>

/**
 * Gets a code to type for the sign-in `id`.
 *
 * Shape:  → the columns of its row; `expiresAt` is the server's
 * Errors: AccountError `device_not_enabled`, `provider_unreachable`, `provider_rate_limited`, `provider_error`
 */
export async function startDeviceSignIn(
  context: AccountsContext,
  provider: Provider,
  id: string,
): Promise<DeviceColumns> {
  const now = context.clock.now()
  const start = await startDeviceAuthorization(context.transport, provider, now).catch((error: unknown) => {
    if (error instanceof OAuthTransportError)
      throw new AccountError('provider_unreachable', { failureCode: error.code })
    throw error
  })
  switch (start.kind) {
    case 'not_enabled':
      throw new AccountError('device_not_enabled', { provider: provider.name })
    case 'failed':
      if (start.retryAfterMs !== null) {
        throw new AccountError('provider_rate_limited', { retryAt: now + start.retryAfterMs })
      }
      throw new AccountError('provider_error', { failureCode: start.code, detail: start.detail ?? '' })
    case 'started':
      return {
        deviceCodeSealed: context.vault.seal(authorizationPlace(id, 'device_code'), start.deviceCode),
        userCode: start.userCode,
        verificationUri: start.verificationUri,
        pollIntervalMs: start.intervalMs,
        expiresAt: start.expiresAt,
      }
  }
}

/** Asks until the sign-in has an end, here or elsewhere. Never throws for what a provider or a person does. */
export async function followDeviceSignIn(
  context: AccountsContext,
  begun: AuthorizationRow,
  signal: AbortSignal,
): Promise<void> {
  let intervalMs = begun.pollIntervalMs ?? DEFAULT_INTERVAL_MS
  let failures = 0
  let waitMs = intervalMs
  for (;;) {
    await context.clock.sleep(Math.max(0, Math.min(waitMs, begun.expiresAt - context.clock.now())), signal)
    if (signal.aborted) return
    const row = await findAuthorization(context.database, begun.id)
    if (!row || row.deviceCodeSealed === null) return
    const status = authorizationStatus(row, context.clock.now())
    if (status === 'expired') return expireSignIn(context, row.id)
    if (status !== 'pending' || row.exchangingAt !== null) return

    const poll = await ask(context, row, row.deviceCodeSealed)
    if (poll.kind === 'pending') {
      failures = 0
      intervalMs += poll.slowDownMs
      waitMs = intervalMs
      if (poll.slowDownMs > 0) await changePollInterval(context.database, row.id, intervalMs)
    } else if (poll.kind === 'failed') {
      failures += 1
      context.log.warn('authorization.poll_failed', { authorization: row.id, code: poll.code, failures })
      waitMs = Math.max(intervalMs, poll.retryAfterMs ?? backoffMs(FAILED_POLL, failures, context.random))
    } else {
      return endWith(context, row, poll)
    }
  }
}

/** Ends a sign-in whose time is over: its secrets go, the row stays and says so. */
export async function expireSignIn(context: AccountsContext, id: string): Promise<void> {
  await forgetSecrets(context.database, id)
  endSignIn(context, id)
}

async function ask(context: AccountsContext, row: AuthorizationRow, sealed: string): Promise<DevicePoll> {
  const deviceCode = context.vault.open(authorizationPlace(row.id, 'device_code'), sealed)
  const pending = { deviceCode, userCode: row.userCode ?? '' }
  const provider = requireProvider(context, row.provider)
  try {
    return await pollDeviceAuthorization(context.transport, provider, pending, context.clock.now())
  } catch (error) {
    if (!(error instanceof OAuthTransportError)) throw error
    return { kind: 'failed', code: error.code, detail: null, retryAfterMs: null }
  }
}

async function endWith(
  context: AccountsContext,
  row: AuthorizationRow,
  poll: Exclude<DevicePoll, { kind: 'pending' | 'failed' }>,
): Promise<void> {
  switch (poll.kind) {
    case 'granted':
      // Its refusals are in the row already.
      await finishWithTokens(context, row, poll.tokens, 'browser').catch((error: unknown) => {
        if (!(error instanceof AccountError)) throw error
      })
      return
    case 'denied':
      return failSignIn(context, row.id, new AccountError('sign_in_denied', { detail: '' }))
    case 'expired':
      return failSignIn(context, row.id, new AccountError('authorization_over', { status: 'expired' }))
    case 'refused':
      return failSignIn(context, row.id, new AccountError('code_rejected', { detail: poll.detail ?? poll.code }))
  }
}
