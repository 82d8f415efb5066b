/**
 * The session cookie's names and syntax. All apps on localhost share one cookie jar whatever their port, so the port is
 * part of the name; and because another of them may plant a cookie of the same name, every value is looked at.
 */

const MAX_VALUES = 8

/** The cookie's names on this port: the strict one, and the plain one for browsers that refuse Secure on http. */
function sessionCookieNames(port: number): { strict: string; plain: string } {
  return { strict: `__Host-tokendeck_${port}_s`, plain: `tokendeck_${port}_s` }
}

/** Every distinct value that a Cookie header gives to the session's names; at most eight. */
export function sessionCookieValues(header: string | null, port: number): string[] {
  if (!header) return []
  const { strict, plain } = sessionCookieNames(port)
  const pairs = header.split(';').map((pair) => pair.trim())
  // The strict name first: no other port can plant that one under a longer path, which browsers send before ours.
  const values = [strict, plain].flatMap((name) =>
    pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1)),
  )
  return [...new Set(values)].slice(0, MAX_VALUES)
}

/**
 * Whether the browser would drop a Secure cookie of this answer: Safari does on http://localhost, and all do on plain http
 * under any other name. Behind a TLS proxy the page's own origin says https.
 */
export function refusesSecure(request: Request): boolean {
  const host = request.headers.get('host') ?? ''
  const isLoopback = /^(?:localhost|127\.0\.0\.1|\[::1\]):/.test(host)
  if (!isLoopback) return !request.headers.get('origin')?.startsWith('https://')
  const userAgent = request.headers.get('user-agent') ?? ''
  return /\bVersion\/[\d.]+ .*Safari\//.test(userAgent) && !/Chrom(?:e|ium)|CriOS|FxiOS|Edg/.test(userAgent)
}

/** The Set-Cookie line of a new session. `isPlain` where the browser would refuse Secure. */
export function sessionCookie(port: number, value: string, maxAgeSeconds: number, isPlain: boolean): string {
  const { strict, plain } = sessionCookieNames(port)
  const common = `Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict`
  return isPlain ? `${plain}=${value}; ${common}` : `${strict}=${value}; ${common}; Secure`
}

/** The Set-Cookie lines that remove the session's cookies, both of them. */
export function expiredSessionCookies(port: number): string[] {
  const { strict, plain } = sessionCookieNames(port)
  const common = 'Path=/; Max-Age=0; HttpOnly; SameSite=Strict'
  return [`${strict}=; ${common}; Secure`, `${plain}=; ${common}`]
}
