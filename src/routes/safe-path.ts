/** Where to go after signing in: a path of this dashboard, whatever was asked for. */

import { isAcceptablePath } from './middleware/request-target.ts'

/**
 * The path and query if they lead to a page of this dashboard, else `/`. Never another origin: no scheme, no `//`, no
 * backslash, no control character, encoded or not.
 */
export function safePath(asked: string | undefined | null): string {
  if (!asked || asked.length > 1_000 || !/^\/[\x21-\x7e]*$/.test(asked) || asked.includes('\\')) return '/'
  const path = asked.replace(/[?#].*$/s, '')
  if (!isAcceptablePath(path)) return '/'
  if (/^\/(?:sign-in|sign-out|api|events|assets)(?:\/|$)/.test(path)) return '/'
  return asked.replace(/#.*$/s, '')
}
