/** Refuses request targets and methods that no honest client sends, before anything routes by them. */

import type { MiddlewareHandler } from 'hono'
import type { AppEnvironment } from '../dependencies.ts'
import { Refusal } from '../problem.ts'
import { pathOf } from '../request-kind.ts'

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])
const MAX_TARGET_LENGTH = 4_096
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is refused here
const UNSAFE = /[\u0000-\u001f\u007f\\]|\/\/|\/\.{1,2}(?:\/|$)/

/**
 * A path is decoded once to be judged, and routed as it came: an encoded slash, a control character, a dot segment or a
 * doubled slash means one thing to one reader and another to the next, so none is let through.
 */
export function isAcceptablePath(path: string): boolean {
  if (!path.startsWith('/') || path.length > MAX_TARGET_LENGTH) return false
  let decoded: string
  try {
    decoded = decodeURIComponent(path)
  } catch {
    return false
  }
  return !UNSAFE.test(decoded) && decoded.split('/').length === path.split('/').length
}

export const requestTarget: MiddlewareHandler<AppEnvironment> = async (c, next) => {
  if (!METHODS.has(c.req.method)) {
    throw new Refusal({ status: 405, code: 'method_not_allowed', title: 'This method is not known here.' })
  }
  if (c.req.raw.url.length > 2 * MAX_TARGET_LENGTH || !isAcceptablePath(pathOf(c.req.raw))) {
    throw new Refusal({ status: 400, code: 'bad_request_target', title: 'The address of this request is malformed.' })
  }
  return await next()
}
