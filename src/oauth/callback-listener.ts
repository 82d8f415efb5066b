/**
 * Where a browser comes back to after a sign-in: one small server on 127.0.0.1 and ::1 of one port, for every provider.
 * It guards its door and serves what it is given; it knows no state, no account and no page text.
 */

import { networkInterfaces } from 'node:os'
import { findPortHolder } from '../lib/port-holder.ts'

/** Where to listen. `'free'` = a port that both families have free. */
export interface CallbackPlace {
  ports: readonly number[] | 'free'
  /** The exact path of the redirect URI. */
  path: string
}

/** What a browser brought, as far as anybody needs it. */
export interface CallbackArrival {
  /** The whole address, with query: holds the code, so it goes to no log. */
  url: URL
  /** The Cookie header as it came; '' when there was none. */
  cookie: string
  acceptLanguage: string | undefined
}

/** What the listener asks of its owner. */
export interface CallbackHandlers {
  /** The whole HTML of the page that answers an arrival. It may link `/style.css` and `/clean-address.js`. */
  respond(arrival: CallbackArrival): Promise<string>
  /** A program that wants the port asked politely for it. */
  cancel(): void
  /** Files of the page beside the script, by path: their style sheet. */
  styleSheet: string
}

/** A port that could not be had, and the program that has it where that can be told. */
export interface TakenPort {
  port: number
  holder: string | null
}

export interface CallbackListener {
  readonly port: number
  /** Gives the port back. Connections that are still open end; a response under way is sent first unless `abrupt`. */
  close(abrupt?: boolean): Promise<void>
}

/** `taken`: every port of the list was refused, in its order. */
export type CallbackListenerOutcome = { listener: CallbackListener } | { taken: TakenPort[] }

/** Both loopback families: browsers try ::1 first for `localhost`, so half a listener would leave the other half to anyone. */
const FAMILIES = ['127.0.0.1', '::1'] as const

/** How often a free port of one family may turn out taken in the other. */
const FREE_PORT_TRIES = 20

/** A response and a cookie fit many times; bodies are never read. Bytes. */
const MAX_BODY = 1_024

/** Removes code and state from the address and the history of the page. */
const CLEAN_ADDRESS_SCRIPT = "history.replaceState(null, '', location.pathname)\n"

const HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  connection: 'close',
}

/**
 * Opens the first port that both loopback families can have; whatever was taken halfway is given back.
 *
 * Shape:  place, handlers, the loopback addresses of this machine → listener, or the taken ports with their holders
 * Errors: what the system says beyond "in use" and "not permitted"
 * Source: RFC 8252 §7.3, §8.3
 */
export async function openCallbackListener(
  place: CallbackPlace,
  handlers: CallbackHandlers,
  addresses = loopbackAddresses(networkInterfaces()),
): Promise<CallbackListenerOutcome> {
  if (place.ports === 'free') {
    for (let tries = 0; tries < FREE_PORT_TRIES; tries++) {
      const listener = await bindAll(addresses, 0, place.path, handlers)
      if (listener) return { listener }
    }
    return { taken: [] }
  }
  for (const port of place.ports) {
    const listener = await bindAll(addresses, port, place.path, handlers)
    if (listener) return { listener }
  }
  return { taken: await Promise.all(place.ports.map(takenPort)) }
}

async function takenPort(port: number): Promise<TakenPort> {
  return { port, holder: (await findPortHolder(port))?.name ?? null }
}

type Server = ReturnType<typeof Bun.serve>

/** Binds every family that this machine has, or none. Port 0: the first family chooses. */
async function bindAll(
  addresses: readonly string[],
  port: number,
  path: string,
  handlers: CallbackHandlers,
): Promise<CallbackListener | null> {
  const servers: Server[] = []
  const close = async (abrupt = false) => {
    const stopping = servers.map((server) => server.stop(abrupt))
    // The port is free at once; a browser may keep a spare connection open for long, and nobody need wait for that.
    if (abrupt) await Promise.all(stopping)
  }
  let chosen = port
  for (const hostname of addresses) {
    try {
      const server = Bun.serve({
        hostname,
        port: chosen,
        maxRequestBodySize: MAX_BODY,
        idleTimeout: 30,
        // An error page of the runtime would show the request.
        development: false,
        // Bun's default outside development: without this another program of the same user could share the port.
        reusePort: false,
        error: () => plain(500),
        fetch: (request) => answer(request, chosen, path, handlers),
      })
      servers.push(server)
      chosen = server.port!
    } catch (error) {
      const code = (error as { code?: unknown }).code
      // Listed, and yet it cannot be had: then nobody else can listen there either.
      if (servers.length > 0 && (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')) continue
      await close(true)
      if (code === 'EADDRINUSE' || code === 'EACCES') return null
      throw error
    }
  }
  return { port: chosen, close }
}

/** The loopback addresses among these. IPv6 may be switched off on a machine: then nobody else can listen there either. */
export function loopbackAddresses(interfaces: ReturnType<typeof networkInterfaces>): string[] {
  const known = Object.values(interfaces).flat()
  return FAMILIES.filter((family) => family === '127.0.0.1' || known.some((entry) => entry?.address === family))
}

async function answer(request: Request, port: number, path: string, handlers: CallbackHandlers): Promise<Response> {
  // The raw header, by exact text: two Host headers arrive joined by a comma, and the address may not even parse.
  const host = request.headers.get('host') ?? ''
  if (![`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`].includes(host)) return plain(421)
  if (request.method !== 'GET' || !URL.canParse(request.url)) return plain(404)
  const url = new URL(request.url)
  switch (url.pathname) {
    case path: {
      const html = await handlers.respond({
        url,
        cookie: request.headers.get('cookie') ?? '',
        acceptLanguage: request.headers.get('accept-language') ?? undefined,
      })
      return new Response(html, { headers: { ...HEADERS, 'content-type': 'text/html; charset=utf-8' } })
    }
    case '/clean-address.js':
      return file('text/javascript; charset=utf-8', CLEAN_ADDRESS_SCRIPT)
    case '/style.css':
      return file('text/css; charset=utf-8', handlers.styleSheet)
    case '/cancel':
      if (comesFromPage(request.headers)) return plain(404)
      // After the answer, so that the program that asked gets one.
      queueMicrotask(() => handlers.cancel())
      return file('text/plain; charset=utf-8', 'Login cancelled\n')
    default:
      return plain(404)
  }
}

/** True for whatever a web page could have caused. Node's own fetch sends `sec-fetch-mode` too, but never whose page it is of. */
function comesFromPage(headers: Headers): boolean {
  return headers.has('origin') || headers.has('referer') || (headers.get('sec-fetch-site') ?? 'none') !== 'none'
}

const file = (type: string, body: string) => new Response(body, { headers: { ...HEADERS, 'content-type': type } })

const plain = (status: 404 | 421 | 500) => new Response(null, { status, headers: HEADERS })
