/** The Lax cookie that binds a sign-in at a provider to this browser. Cookies know no ports, so the callback listener gets it too. */

import { BROWSER_COOKIE, BROWSER_COOKIE_PLAIN } from '../accounts/browser-binding.ts'
import { randomToken } from '../lib/random.ts'
import { refusesSecure } from './cookies.ts'
import type { PageContext } from './page-parts.tsx'

/** As long as a sign-in stays open; seconds. */
const MAX_AGE_SECONDS = 600
const VALUE = /^[A-Za-z0-9_-]{43}$/

/** The cookie's value, or null when the browser has none. */
export function browserOf(c: PageContext): string | null {
  const pairs = (c.req.raw.headers.get('cookie') ?? '').slice(0, 16_384).split(';')
  for (const name of [BROWSER_COOKIE, BROWSER_COOKIE_PLAIN]) {
    const values = pairs.map((pair) => pair.trim()).filter((pair) => pair.startsWith(`${name}=`))
    const value = values.map((pair) => pair.slice(name.length + 1)).find((text) => VALUE.test(text))
    if (value) return value
  }
  return null
}

/**
 * The cookie's value, made when there is none, and set anew so that it lives as long as the sign-in. Null for programs,
 * which have no browser.
 */
export function ensureBrowser(c: PageContext): string | null {
  if (c.get('actor') !== 'browser') return null
  const value = browserOf(c) ?? randomToken(c.get('deps').accounts.random)
  const common = `Path=/; Max-Age=${MAX_AGE_SECONDS}; HttpOnly; SameSite=Lax`
  const isPlain = refusesSecure(c.req.raw)
  c.header(
    'Set-Cookie',
    isPlain ? `${BROWSER_COOKIE_PLAIN}=${value}; ${common}` : `${BROWSER_COOKIE}=${value}; ${common}; Secure`,
    {
      append: true,
    },
  )
  return value
}
