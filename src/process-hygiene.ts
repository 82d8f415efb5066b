/**
 * What every run of this program does first to its own process: files for their owner only, and no environment variable
 * that would print requests or switch off the proof of servers.
 */

import { isLoopback } from './oauth/endpoint-url.ts'

/** Sets the umask (on the main thread, the only one that may) and removes the dangerous variables, also for children. */
export function tidyProcess(): void {
  if (Bun.isMainThread && process.platform !== 'win32') process.umask(0o077)
  delete process.env.BUN_CONFIG_VERBOSE_FETCH
  delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
}

/** Bun takes `false` for "none, whatever http_proxy says"; its types know addresses only. */
const NO_PROXY = { proxy: false as unknown as string }

/**
 * The machine's own fetch, which prints no request whatever the environment said at the start, trusts no unproven server,
 * and hands nothing that is meant for this machine to a proxy: the proxy would read it in plain text.
 */
export function quietFetch(target: string | Request, init: BunFetchRequestInit = {}): Promise<Response> {
  const isLocal = isLoopback(new URL(typeof target === 'string' ? target : target.url))
  const safe = { ...init, verbose: false, tls: { rejectUnauthorized: true }, ...(isLocal ? NO_PROXY : {}) }
  return typeof target === 'string' ? fetch(target, safe) : fetch(target, safe)
}

/**
 * Fetch for what is told outside: as `quietFetch`, but the name that a certificate must be for may be given, because the
 * connection goes to an address that was judged before. `isLocalNetwork` says that no proxy may see it.
 */
export function outsideFetch(
  target: string,
  init: BunFetchRequestInit = {},
  isLocalNetwork: boolean,
): Promise<Response> {
  const tls = { ...init.tls, rejectUnauthorized: true }
  return fetch(target, { ...init, verbose: false, tls, ...(isLocalNetwork ? NO_PROXY : {}) })
}
