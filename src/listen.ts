/**
 * The dashboard's listeners: on both loopback families of one port, because browsers ask ::1 first for `localhost` and a
 * half that is left free is anybody's. Knows ports and requests, not what is answered.
 */

import { findPortHolder } from './lib/port-holder.ts'

/** Two minutes is for event streams, which ask for more; an idle connection ends after this. Seconds. */
const IDLE_TIMEOUT_SECONDS = 30
/** The application refuses large bodies with words of its own; this is only the wall behind it. Bytes. */
const MAX_BODY = 2 * 1024 * 1024
/** How often a free port of one family may turn out taken in the other. */
const FREE_PORT_TRIES = 20

const LOOPBACK = ['127.0.0.1', '::1']
const WILDCARDS = ['0.0.0.0', '::']

/** The port cannot be had. One readable line; `exitCode` after sysexits.h: 75 when it may be free later, else 78. */
export class ListenRefusal extends Error {
  override readonly name = 'ListenRefusal'

  constructor(
    readonly exitCode: 75 | 78,
    message: string,
  ) {
    super(message)
  }
}

/** Answers a request; `server` lets a handler lift the idle timeout of its own answer. */
export type Fetch = (request: Request, server: Bun.Server<undefined>) => Response | Promise<Response>

export interface Listening {
  port: number
  /** Takes no new connections at once, waits for answers under way, and after `deadlineMs` ends them. */
  stop(deadlineMs: number): Promise<void>
}

/**
 * Listens. A loopback host means both loopback families; any other host is bound beside them. Port 0 finds one that is
 * free on all.
 *
 * Errors: ListenRefusal
 */
export async function listen({ host, port, fetch }: { host: string; port: number; fetch: Fetch }): Promise<Listening> {
  for (let tries = 1; ; tries++) {
    try {
      return bindAll(hostnamesOf(host), port, fetch)
    } catch (error) {
      const code = (error as { code?: string }).code ?? 'unknown error'
      if (code === 'EADDRINUSE' && port === 0 && tries < FREE_PORT_TRIES) continue
      throw await refusalOf(code, host, port)
    }
  }
}

function hostnamesOf(host: string): string[] {
  if (WILDCARDS.includes(host)) return [host]
  return host === 'localhost' || LOOPBACK.includes(host) ? LOOPBACK : [...LOOPBACK, host]
}

function bindAll(hostnames: string[], port: number, fetch: Fetch): Listening {
  const servers: Bun.Server<undefined>[] = []
  let chosen = port
  for (const hostname of hostnames) {
    try {
      const server = bind(hostname, chosen, fetch)
      servers.push(server)
      chosen = server.port!
    } catch (error) {
      const { code } = error as { code?: string }
      // A machine without IPv6: nobody else can listen there either.
      if (hostname === '::1' && (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')) continue
      for (const server of servers) void server.stop(true)
      throw error
    }
  }
  return { port: chosen, stop: (deadlineMs) => stopAll(servers, deadlineMs) }
}

function bind(hostname: string, port: number, fetch: Fetch): Bun.Server<undefined> {
  return Bun.serve({
    hostname,
    port,
    idleTimeout: IDLE_TIMEOUT_SECONDS,
    maxRequestBodySize: MAX_BODY,
    development: false,
    // Bun's default outside development is true: a second process would share the port instead of being refused.
    reusePort: false,
    fetch,
    // The runtime's own error page would show the request.
    error: () => new Response('Internal error\n', { status: 500 }),
  })
}

async function stopAll(servers: Bun.Server<undefined>[], deadlineMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, deadlineMs)
  })
  await Promise.race([Promise.all(servers.map((server) => server.stop())), late])
  clearTimeout(timer)
  await Promise.all(servers.map((server) => server.stop(true)))
}

async function refusalOf(code: string, host: string, port: number): Promise<ListenRefusal> {
  switch (code) {
    case 'EADDRINUSE': {
      const holder = await findPortHolder(port)
      const by = holder ? `by ${holder.name} (process ${holder.pid})` : 'by another program'
      return new ListenRefusal(
        75,
        `Port ${port} is in use ${by}. Stop it, or set TOKENDECK_PORT to another port (0 picks a free one).`,
      )
    }
    case 'EACCES':
    case 'EPERM':
      return new ListenRefusal(78, `This user may not listen on port ${port}. Set TOKENDECK_PORT to one above 1023.`)
    default:
      return new ListenRefusal(78, `Nothing can listen on ${host} (${code}). Check TOKENDECK_HOST.`)
  }
}
