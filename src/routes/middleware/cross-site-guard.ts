/**
 * Keeps other sites out, other ports of localhost among them: they share cookies and count as the same site, so only
 * same-origin is good enough. Covers every method and media type; GET never changes anything, so for GET it isolates what
 * may be read. Source: W3C Fetch Metadata; RFC 6265 §8.5
 */

import type { Context, MiddlewareHandler } from 'hono'
import { csrfTokenMatches } from '../../access/sessions.ts'
import type { AppEnvironment } from '../dependencies.ts'
import { Refusal } from '../problem.ts'
import { isPublicRoute } from '../public-routes.ts'
import { isUnsafe, kindOf, pathOf } from '../request-kind.ts'

/** The form field and the header that carry a session's CSRF token. */
const CSRF_FIELD = 'csrf'
const CSRF_HEADER = 'x-csrf-token'

export const crossSiteGuard: MiddlewareHandler<AppEnvironment> = async (c, next) => {
  if (isUnsafe(c.req.method)) await guardWrite(c)
  else guardRead(c)
  return await next()
}

async function guardWrite(c: Context<AppEnvironment>): Promise<void> {
  const { headers } = c.req.raw
  const origin = headers.get('origin')
  const site = headers.get('sec-fetch-site')
  // Repeated headers arrive joined by a comma, so they equal nothing that is accepted here.
  if (origin !== null && !isOwnOrigin(c, origin)) throw crossSite()
  if (site !== null && site !== 'same-origin') throw crossSite()
  const isBearer = c.get('actor') !== 'browser'
  if (origin === null && site === null && (!isBearer || headers.has('cookie'))) throw crossSite()
  if (isBearer || isPublicRoute(c.req.method, pathOf(c.req.raw))) return

  const session = c.get('session')
  if (!session || !csrfTokenMatches(session, headers.get(CSRF_HEADER) ?? (await tokenField(c)))) {
    throw new Refusal({
      status: 403,
      code: 'csrf_token_wrong',
      title: 'This form is from an earlier sign-in.',
      detail: 'Reload the page and try again.',
    })
  }
}

async function tokenField(c: Context<AppEnvironment>): Promise<string | undefined> {
  if (kindOf(c.req.raw) === 'api') return undefined
  const field = (await c.req.parseBody())[CSRF_FIELD]
  return typeof field === 'string' ? field : undefined
}

function guardRead(c: Context<AppEnvironment>): void {
  const { headers } = c.req.raw
  const kind = kindOf(c.req.raw)
  const site = headers.get('sec-fetch-site')
  const origin = headers.get('origin')
  const isForeign = site !== null && site !== 'same-origin' && site !== 'none'
  const isNavigation = headers.get('sec-fetch-mode') === 'navigate' && headers.get('sec-fetch-dest') === 'document'
  if (isForeign && !(kind === 'page' && isNavigation)) throw crossSite()
  if (origin !== null && !isOwnOrigin(c, origin)) throw crossSite()
}

function isOwnOrigin(c: Context<AppEnvironment>, origin: string): boolean {
  const host = c.req.raw.headers.get('host')!
  if (origin === `http://${host}`) return true
  return c.get('deps').extraHosts.includes(host) && origin === `https://${host}`
}

function crossSite(): Refusal {
  return new Refusal({ status: 403, code: 'cross_site_request', title: 'This request came from another site.' })
}
