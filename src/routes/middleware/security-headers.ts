/** Response headers by kind of answer. The policy lets scripts run by a nonce only, and htmx only on elements that carry it. */

import type { MiddlewareHandler } from 'hono'
import { randomToken } from '../../lib/random.ts'
import type { AppEnvironment } from '../dependencies.ts'
import { kindOf } from '../request-kind.ts'

const PERMISSIONS =
  'accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), local-network=(), ' +
  'loopback-network=(), microphone=(), midi=(), payment=(), screen-wake-lock=(), usb=()'

/** The policy of pages and partials. */
function pagePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types htmx',
  ].join('; ')
}

/** Makes the nonce of this response, and sets the headers that fit its kind when it is done. */
export const securityHeaders: MiddlewareHandler<AppEnvironment> = async (c, next) => {
  const nonce = randomToken(c.get('deps').accounts.random, 16)
  c.set('nonce', nonce)
  await next()

  const { headers } = c.res
  const kind = kindOf(c.req.raw)
  headers.set('x-content-type-options', 'nosniff')
  headers.set('cross-origin-resource-policy', 'same-origin')
  if (kind === 'static') {
    headers.set('referrer-policy', 'no-referrer')
    if (!headers.has('cache-control')) headers.set('cache-control', 'no-cache')
    return
  }
  headers.set('cache-control', 'no-store')
  headers.set('x-frame-options', 'DENY')
  if (kind === 'page' || kind === 'partial') {
    headers.set('content-security-policy', pagePolicy(nonce))
    // `no-referrer` would make browsers send `Origin: null` with the forms of these pages.
    headers.set('referrer-policy', 'same-origin')
    headers.set('cross-origin-opener-policy', 'same-origin')
    headers.set('permissions-policy', PERMISSIONS)
  } else {
    headers.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
    headers.set('referrer-policy', 'no-referrer')
  }
}
