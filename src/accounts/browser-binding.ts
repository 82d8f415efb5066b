/**
 * Binds a sign-in to the browser that began it: a Lax cookie whose keyed fingerprint stands beside the state. Cookies know
 * no ports, so the one that the dashboard sets also reaches the callback listener.
 */

import { equalInConstantTime, Secret } from '../lib/secret.ts'
import type { Vault } from '../vault/vault.ts'

/** Name of the cookie where the browser takes `__Host-` on http://localhost, and where it does not. */
export const BROWSER_COOKIE = '__Host-tokendeck_tx'
export const BROWSER_COOKIE_PLAIN = 'tokendeck_tx'

const COOKIE_NAME = /^(?:__Host-)?tokendeck(?:_\d+)?_tx$/

/** Longer values are none of ours. Characters. */
const MAX_VALUE_LENGTH = 256

/** What is stored of a browser: null for a program, which has no cookie. */
export function browserHash(vault: Vault, cookieValue: string | null): string | null {
  return cookieValue === null ? null : vault.fingerprint('browser', new Secret(cookieValue))
}

/** True when one of these values is the browser that began it; a sign-in begun by a program is bound to none. */
export function isSameBrowser(vault: Vault, stored: string | null, cookieValues: readonly string[]): boolean {
  if (stored === null) return true
  return cookieValues.some((value) => equalInConstantTime(stored, browserHash(vault, value)!))
}

/** Every value of our cookie in a Cookie header: other localhost programs may have set one of the same name. */
export function browserCookieValues(header: string): string[] {
  return header
    .split(';')
    .map((pair) => pair.trim().split('='))
    .filter(([name, ...value]) => COOKIE_NAME.test(name ?? '') && value.join('=').length <= MAX_VALUE_LENGTH)
    .map(([, ...value]) => value.join('='))
}
