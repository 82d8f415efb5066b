/**
 * The network between one machine and a server, with faults on demand: slow, cut, broken before or after the server did
 * its work, refused with 5xx. Used in process as a `fetch`, or served as a proxy for other processes.
 */

import { BROKEN_HEADER } from './fake-exchange.ts'
import { type ServedApp, serveOnLoopback } from './serve-on-loopback.ts'

/**
 * `drop_before`: the request never arrives. `drop_after`: it is carried out, and its answer is lost. `server_error`: 502
 * from something between. `garbage`: 200 with a page of something between.
 */
export type NetworkFault = 'drop_before' | 'drop_after' | 'server_error' | 'garbage'
export const NETWORK_FAULTS: readonly NetworkFault[] = ['drop_before', 'drop_after', 'server_error', 'garbage']

export interface FaultyNetwork {
  fetch: typeof fetch
  /** While true nothing gets through. */
  isSplit: boolean
  /** Asked for each request: what befalls it, and how long it takes on its way; milliseconds. */
  plan: () => { fault: NetworkFault | null; delayMs?: number }
  /** How many requests a fault has struck, the split included. */
  struck: number
  /** The same on 127.0.0.1, for other processes. */
  serve(): Promise<ServedApp>
}

/** A network in front of a server that answers `handle`. */
export function faultyNetwork(handle: (request: Request) => Promise<Response>): FaultyNetwork {
  const pass = async (request: Request): Promise<Response | 'broken'> => {
    const { fault, delayMs = 0 } = network.plan()
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs))
    if (network.isSplit || fault) network.struck += 1
    if (network.isSplit || fault === 'drop_before') return 'broken'
    if (fault === 'server_error') return new Response('<h1>502 Bad Gateway</h1>', { status: 502 })
    if (fault === 'garbage')
      return new Response('<h1>Welcome to the hotel</h1>', { headers: { 'content-type': 'text/html' } })
    const response = await handle(request)
    // A network that was cut meanwhile brings no answer back.
    return fault === 'drop_after' || network.isSplit ? 'broken' : response
  }
  const network: FaultyNetwork = {
    isSplit: false,
    plan: () => ({ fault: null }),
    struck: 0,
    fetch: Object.assign(
      async (input: RequestInfo | URL, init?: RequestInit) => {
        const answer = await pass(new Request(input as RequestInfo, init))
        if (answer !== 'broken') return answer
        throw Object.assign(new TypeError('The socket connection was closed unexpectedly'), { code: 'ECONNRESET' })
      },
      { preconnect: () => {} },
    ) as typeof fetch,
    serve: () =>
      serveOnLoopback(async (request) => {
        const answer = await pass(request)
        return answer === 'broken' ? new Response('', { headers: { [BROKEN_HEADER]: 'reset' } }) : answer
      }),
  }
  return network
}
