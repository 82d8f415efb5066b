/**
 * The ways to sign in, each as what it puts into the row of a new sign-in. Asks for ports, codes and directories; writes
 * no row itself.
 */

import type { NewAuthorizationRow } from '../db/authorization-store.ts'
import { MINUTE_MS } from '../lib/clock.ts'
import { callbackRedirectUri } from '../oauth/authorization-request.ts'
import type { CallbackPlace } from '../oauth/callback-listener.ts'
import type { CallbackRedirect, Provider, SignInMethod } from '../oauth/provider.ts'
import type { CallbackOwner } from './callback-listeners.ts'
import { prepareProfile } from './cli-profile.ts'
import type { AccountsContext } from './context.ts'
import { startDeviceSignIn } from './device-sign-in.ts'
import { AccountError } from './errors.ts'

/** How long a person has for a sign-in, where the provider does not say. */
const AUTHORIZATION_LIFE_MS = 10 * MINUTE_MS

/** Dynamic ports, for a redirect URI where nobody listens: the person pastes the address they end on. */
const FIRST_DYNAMIC_PORT = 49_152
const DYNAMIC_PORTS = 16_384

/** What a way to sign in adds to the row. `method` may differ from the one that was asked for. */
export type StartedSignIn = Pick<NewAuthorizationRow, 'redirectUri' | 'expiresAt'> &
  Partial<NewAuthorizationRow> & { method: SignInMethod }

/** True when this provider can be signed in to this way. */
export function isOffered(provider: Provider, method: SignInMethod): boolean {
  const has = {
    callback: provider.callback !== null,
    paste: provider.pasteRedirectUri !== null || provider.callback !== null,
    device: provider.device !== null,
    cli_profile: provider.cli !== null,
  }
  return provider.methods.includes(method) && has[method]
}

/**
 * Prepares one way to sign in. Taken ports are no refusal: the sign-in goes on by device code, or by pasting the address.
 *
 * Errors: AccountError of the device authorization when that way was asked for; what preparing a profile refuses
 */
export async function startSignIn(
  context: AccountsContext,
  provider: Provider,
  method: SignInMethod,
  id: string,
  owner: CallbackOwner,
): Promise<StartedSignIn> {
  const expiresAt = context.clock.now() + AUTHORIZATION_LIFE_MS
  switch (method) {
    case 'callback':
      return startCallback(context, provider, provider.callback!, id, owner, expiresAt)
    case 'paste':
      return { method, redirectUri: pasteRedirectUri(context, provider), expiresAt }
    case 'device':
      return { method, redirectUri: '', ...(await startDeviceSignIn(context, provider, id)) }
    case 'cli_profile': {
      const { profilePath } = await prepareProfile(context, provider, id)
      return { method, redirectUri: '', profilePath, expiresAt }
    }
  }
}

/** Where this provider's browsers come back to. A list of alternatives may be replaced by the owner's; one port is a fact. */
function callbackPlace(context: AccountsContext, callback: CallbackRedirect): CallbackPlace {
  const isList = callback.ports !== 'free' && callback.ports.length > 1
  const ports = isList && context.callbackPorts.length > 0 ? context.callbackPorts : callback.ports
  return { ports, path: callback.path }
}

async function startCallback(
  context: AccountsContext,
  provider: Provider,
  callback: CallbackRedirect,
  id: string,
  owner: CallbackOwner,
  expiresAt: number,
): Promise<StartedSignIn> {
  const opened = await context.callbackListeners.open(id, callbackPlace(context, callback), owner)
  if ('port' in opened) {
    return { method: 'callback', redirectUri: callbackRedirectUri(callback, opened.port), expiresAt }
  }
  context.log.warn('callback.ports_taken', {
    provider: provider.id,
    ports: opened.taken.map(({ port }) => port).join(),
  })
  if (isOffered(provider, 'device')) {
    try {
      return await startSignIn(context, provider, 'device', id, owner)
    } catch (error) {
      if (!(error instanceof AccountError)) throw error
      context.log.warn('device.not_started', { provider: provider.id, code: error.code })
    }
  }
  return { method: 'paste', redirectUri: pasteRedirectUri(context, provider), expiresAt }
}

function pasteRedirectUri(context: AccountsContext, provider: Provider): string {
  if (provider.pasteRedirectUri !== null) return provider.pasteRedirectUri
  const callback = provider.callback!
  const { ports } = callbackPlace(context, callback)
  const port = ports === 'free' ? FIRST_DYNAMIC_PORT + Math.floor(context.random.fraction() * DYNAMIC_PORTS) : ports[0]!
  return callbackRedirectUri(callback, port)
}
