/** What kind of answer a request wants, told from its raw parts. Knows no handler and parses no URL. */

export type RequestKind = 'page' | 'partial' | 'api' | 'stream' | 'static'

/**
 * The raw path of a request. The address of a request with an odd Host header is no valid URL, so it is cut by hand;
 * nothing is decoded, so that guards and the router read the same text.
 */
export function pathOf(request: Request): string {
  const target = request.url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '')
  const path = /^[^?#]*/.exec(target)![0]
  return path.startsWith('/') ? path : `/${path}`
}

/** The path and query, as asked. */
export function pathAndQueryOf(request: Request): string {
  const query = /\?[^#]*/.exec(request.url)?.[0] ?? ''
  return pathOf(request) + query
}

/** True for a request of htmx that swaps a part of the page. */
export function isPartialRequest(request: Request): boolean {
  return request.headers.get('hx-request-type') === 'partial'
}

/** What the answer to this request has to look like, also when it is a refusal. */
export function kindOf(request: Request): RequestKind {
  const path = pathOf(request)
  if (path === '/api' || path.startsWith('/api/') || path === '/healthz' || path === '/metrics') return 'api'
  if (path.startsWith('/calendar/')) return 'api'
  if (path === '/events') return 'stream'
  if (path.startsWith('/assets/') || path === '/favicon.ico') return 'static'
  return isPartialRequest(request) ? 'partial' : 'page'
}

/** True for methods that may change something. RFC 9110 §9.2.1 */
export function isUnsafe(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD'
}
