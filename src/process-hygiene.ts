/**
 * What every run of this program does first to its own process: files for their owner only, and no environment variable
 * that would print requests or switch off the proof of servers.
 */

/** Sets the umask (on the main thread, the only one that may) and removes the dangerous variables, also for children. */
export function tidyProcess(): void {
  if (Bun.isMainThread && process.platform !== 'win32') process.umask(0o077)
  delete process.env.BUN_CONFIG_VERBOSE_FETCH
  delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
}

/** The machine's own fetch, which prints no request whatever the environment said at the start, and trusts no unproven server. */
export function quietFetch(url: string, init: BunFetchRequestInit): Promise<Response> {
  return fetch(url, { ...init, verbose: false, tls: { rejectUnauthorized: true } })
}
