/**
 * Whether a provider can be reached, found out without asking it for anything: a connection is made, proven where it is
 * https, and ended. Nothing is sent over it, so it costs no token and counts in nobody's limits.
 */

import type { Clock } from '../lib/clock.ts'
import { SECOND_MS } from '../lib/clock.ts'
import { awakeDeadline } from './awake-deadline.ts'
import { endpointProblem, isLoopback } from './endpoint-url.ts'

/** Whoever does not open in this time is not there. Milliseconds. */
const KNOCK_DEADLINE_MS = 5 * SECOND_MS

/** Where a connection is made to. */
export interface Door {
  hostname: string
  port: number
  /** The server must prove who it is. */
  isTls: boolean
}

/** Makes a connection and ends it; true when it came about. Never rejects. */
export type Knock = (door: Door, signal: AbortSignal) => Promise<boolean>

export interface Reach {
  /**
   * True when somebody answers at an endpoint, or at the proxy on the way to it. False also for an address that is no
   * configured provider's.
   *
   * Errors: none expected
   */
  isThere(address: string, signal: AbortSignal): Promise<boolean>
}

/** A look at `allowedHosts` (as in `URL.host`), and at the proxy that `environment` names, and at nobody else. */
export function createReach(options: {
  knock: Knock
  clock: Pick<Clock, 'monotonic'>
  allowedHosts: ReadonlySet<string>
  environment: () => Readonly<Record<string, string | undefined>>
}): Reach {
  return {
    async isThere(address, signal) {
      if (endpointProblem(address) !== null || !options.allowedHosts.has(new URL(address).host)) return false
      const url = new URL(address)
      const door = doorOf(proxyOf(url, options.environment()) ?? url)
      const deadline = awakeDeadline(KNOCK_DEADLINE_MS, options.clock)
      return await options.knock(door, AbortSignal.any([signal, deadline.signal])).finally(deadline.clear)
    },
  }
}

/**
 * The proxy that requests to an address go through, or null. What lies behind it cannot be seen from here.
 *
 * Source: Bun's fetch, observed: the variable of the address's scheme, in small letters or capitals; NO_PROXY
 */
function proxyOf(url: URL, environment: Readonly<Record<string, string | undefined>>): URL | null {
  // As in transport.ts: what is meant for this machine goes through none.
  if (isLoopback(url)) return null
  const named = (name: string) => environment[name] || environment[name.toUpperCase()] || ''
  const address = named(url.protocol === 'https:' ? 'https_proxy' : 'http_proxy')
  if (address === '' || !URL.canParse(address)) return null
  const spared = named('no_proxy').split(',')
  const isSpared = spared.some((each) => {
    const name = each.trim().replace(/^\./, '')
    return name === '*' || (name !== '' && (url.hostname === name || url.hostname.endsWith(`.${name}`)))
  })
  return isSpared ? null : new URL(address)
}

function doorOf({ protocol, hostname, port }: URL): Door {
  const isTls = protocol === 'https:'
  return { hostname: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (isTls ? 443 : 80), isTls }
}

/** The machine's own way to knock. */
export const systemKnock: Knock = async ({ hostname, port, isTls }, signal) => {
  // Read when it is needed: a start must not wait for it.
  const [net, tls] = await Promise.all([import('node:net'), import('node:tls')])
  if (signal.aborted) return false
  // Said aloud so that no variable of the environment can turn it off. An address has no name to be asked for by.
  const servername = net.isIP(hostname) === 0 ? hostname : ''
  const socket = isTls
    ? tls.connect({ host: hostname, port, servername, rejectUnauthorized: true })
    : net.connect({ host: hostname, port })
  return await new Promise<boolean>((resolve) => {
    const end = (isThere: boolean) => {
      signal.removeEventListener('abort', giveUp)
      resolve(isThere)
      socket.destroy()
    }
    const giveUp = () => end(false)
    signal.addEventListener('abort', giveUp)
    socket.once(isTls ? 'secureConnect' : 'connect', () => end(true))
    socket.on('error', giveUp)
    socket.on('close', giveUp)
  })
}
