/**
 * The first guard: only requests that name this dashboard as their host go on. It compares the raw header with an exact
 * list and parses nothing, because an odd Host makes the request's address unparsable, and because a page whose name was
 * rebound to this machine is same-origin to itself: no later check would notice it.
 */

import type { MiddlewareHandler } from 'hono'
import type { AppEnvironment } from '../dependencies.ts'
import { isUnsafe, kindOf, pathAndQueryOf } from '../request-kind.ts'

/** The accepted values of the Host header on this port. */
function acceptedHosts(port: number, extraHosts: readonly string[]): string[] {
  return [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, ...extraHosts]
}

/** Refuses every Host but the own ones with 421 and ends the connection. Two Host headers arrive joined, so they fit none. */
export const hostGuard: MiddlewareHandler<AppEnvironment> = async (c, next) => {
  const { port, extraHosts } = c.get('deps')
  const host = c.req.raw.headers.get('host')
  if (host === null || !acceptedHosts(port(), extraHosts).includes(host)) {
    return new Response('Misdirected request: this is not the host of this dashboard.\n', {
      status: 421,
      headers: { connection: 'close', 'content-type': 'text/plain; charset=utf-8' },
    })
  }
  return await next()
}

/** Leads pages that were asked for by number to the one name that cookies and sign-ins live on. */
export const canonicalHost: MiddlewareHandler<AppEnvironment> = async (c, next) => {
  const port = c.get('deps').port()
  const host = c.req.raw.headers.get('host')
  const isByNumber = host === `127.0.0.1:${port}` || host === `[::1]:${port}`
  const isProgram = c.req.raw.headers.has('authorization')
  if (isByNumber && !isProgram && !isUnsafe(c.req.method) && kindOf(c.req.raw) === 'page') {
    return c.redirect(`http://localhost:${port}${pathAndQueryOf(c.req.raw)}`, 302)
  }
  return await next()
}
