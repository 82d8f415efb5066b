/** The token endpoint as a process of its own, so that it takes no turn from the program that is measured. */

import { freePort, program, type StartedServer, startServer, stopServer } from './process.ts'

export interface TokenEndpoint {
  origin: string
  /** Exchanges so far, by family of refresh tokens. */
  exchanges(): Promise<Record<string, number>>
  stop(): Promise<void>
}

/** Starts one that answers after `delayMs` with tokens that live for `expiresIn` seconds. */
export async function startTokenEndpoint({ delayMs = 0, expiresIn = 28_800 } = {}): Promise<TokenEndpoint> {
  const port = freePort()
  const server: StartedServer = await startServer(
    program('bench/bare/token-endpoint.ts', port, delayMs, expiresIn),
    port,
  )
  const origin = `http://127.0.0.1:${port}`
  return {
    origin,
    exchanges: async () => (await (await fetch(`${origin}/exchanges`)).json()) as Record<string, number>,
    stop: () => stopServer(server),
  }
}
