/** The explicit list of what answers without authentication. Knows no handler. */

/** Method and path of everything that answers without authentication; `/assets/` and `/calendar/` by their prefix. */
const PUBLIC_ROUTES: readonly (readonly [method: string, path: string])[] = [
  ['GET', '/healthz'],
  ['GET', '/sign-in'],
  ['POST', '/sign-in'],
  ['GET', '/favicon.ico'],
]
const PUBLIC_PREFIX = '/assets/'
/** Calendar programs have no session: the secret in the address is what opens a feed. */
const CALENDAR_PREFIX = '/calendar/'

/** True for what is answered without session and token. HEAD counts as GET. */
export function isPublicRoute(method: string, path: string): boolean {
  const asked = method === 'HEAD' ? 'GET' : method
  if (asked === 'GET' && (path.startsWith(PUBLIC_PREFIX) || path.startsWith(CALENDAR_PREFIX))) return true
  return PUBLIC_ROUTES.some(([publicMethod, publicPath]) => publicMethod === asked && publicPath === path)
}
