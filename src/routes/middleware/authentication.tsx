/** @jsxImportSource #html */
/**
 * The one guard before the router: a session (browser) or the API token (program), except on an explicit list of public
 * routes. A cookie is never taken for a token, nor a token from anywhere but the Authorization header.
 */

import type { Context, MiddlewareHandler } from 'hono'
import type { Session } from '../../access/access.ts'
import { sessionCookieValues } from '../cookies.ts'
import type { AppEnvironment } from '../dependencies.ts'
import { problemResponse, Refusal } from '../problem.ts'
import { isPublicRoute } from '../public-routes.ts'
import { isUnsafe, kindOf, pathAndQueryOf, pathOf } from '../request-kind.ts'
import { safePath } from '../safe-path.ts'

export const authentication: MiddlewareHandler<AppEnvironment> = async (c, next) => {
  const request = c.req.raw
  const authorization = request.headers.get('authorization')
  c.set('session', null)
  c.set('actor', 'browser')

  const isPublic = isPublicRoute(c.req.method, pathOf(request))
  if (isPublic && kindOf(request) !== 'page') return await next()
  if (authorization !== null && !isPublic) {
    if (!bearerMatches(c, authorization)) return await refuse(c, 'token_invalid')
    c.set('actor', request.headers.get('tokendeck-client') === 'cli' ? 'cli' : 'api')
    return await next()
  }
  const session = await sessionOf(c)
  c.set('session', session)
  if (session || isPublic) return await next()
  return await refuse(c, 'authentication_required')
}

function bearerMatches(c: Context<AppEnvironment>, authorization: string): boolean {
  const bearer = /^Bearer ([A-Za-z0-9._~+/=-]+)$/i.exec(authorization)?.[1]
  return bearer !== undefined && c.get('deps').access.apiTokenMatches(bearer)
}

/** The session that the request's cookies are worth. Two cookies worth different sessions are worth none. */
async function sessionOf(c: Context<AppEnvironment>): Promise<Session | null> {
  const { access, port } = c.get('deps')
  let found: Session | null = null
  for (const value of sessionCookieValues(c.req.raw.headers.get('cookie'), port())) {
    const session = await access.findSession(value)
    if (session && found && session.id !== found.id) return null
    found ??= session
  }
  return found
}

async function refuse(
  c: Context<AppEnvironment>,
  code: 'token_invalid' | 'authentication_required',
): Promise<Response> {
  const request = c.req.raw
  const kind = kindOf(request)
  if (kind === 'api' || kind === 'stream' || kind === 'static' || code === 'token_invalid') {
    return problemResponse({
      status: 401,
      code,
      title: code === 'token_invalid' ? 'The API token is wrong.' : 'A session or an API token is needed.',
      headers: { 'www-authenticate': 'Bearer realm="tokendeck"' },
    })
  }
  const wanted = isUnsafe(c.req.method) || kind === 'partial' ? '/' : safePath(pathAndQueryOf(request))
  const signIn = wanted === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(wanted)}`
  // A redirect would be followed by htmx and its page swapped into a part of this one.
  if (kind === 'partial') {
    return new Response('', {
      status: 401,
      headers: { 'hx-redirect': '/sign-in', 'content-type': 'text/html; charset=utf-8' },
    })
  }
  if (isUnsafe(c.req.method) && !hasOwnOrigin(c)) throw new Refusal(crossSiteProblem)
  if (!isUnsafe(c.req.method) && isForeignNavigation(request)) return await sameSiteReload(c, pathAndQueryOf(request))
  return c.redirect(signIn, 303)
}

const crossSiteProblem = { status: 403, code: 'cross_site_request', title: 'This request came from another site.' }

function hasOwnOrigin(c: Context<AppEnvironment>): boolean {
  return c.req.raw.headers.get('sec-fetch-site') === 'same-origin'
}

/** A Strict cookie is not sent when another site leads here, though the person may well be signed in. */
function isForeignNavigation(request: Request): boolean {
  const site = request.headers.get('sec-fetch-site')
  return site === 'cross-site' && request.headers.get('sec-fetch-mode') === 'navigate'
}

/** A page that asks for itself again, this time from here, so that the cookie comes along. A redirect would not do. */
function sameSiteReload(c: Context<AppEnvironment>, path: string): Response | Promise<Response> {
  const destination = safePath(path)
  return c.html(
    `<!DOCTYPE html>${(
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta http-equiv="refresh" content={`0;url=${destination}`} />
          <title>Tokendeck</title>
        </head>
        <body>
          <p>
            <a href={destination}>Tokendeck</a>
          </p>
        </body>
      </html>
    )}`,
  )
}
