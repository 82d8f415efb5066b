/**
 * Serves a fetch handler on 127.0.0.1 with the power to break connections, which a plain server has not. Marked answers
 * are not delivered: the socket is reset instead.
 */

import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { BROKEN_HEADER } from './fake-exchange.ts'

export interface ServedApp {
  /** Such as `http://127.0.0.1:40123`. */
  origin: string
  port: number
  close(): Promise<void>
}

export async function serveOnLoopback(
  handle: (request: Request) => Response | Promise<Response>,
  port = 0,
): Promise<ServedApp> {
  const server = createServer(async (incoming, outgoing) => {
    const response = await handle(await toRequest(incoming))
    if (response.headers.has(BROKEN_HEADER)) {
      incoming.socket.destroy()
      return
    }
    outgoing.writeHead(response.status, Object.fromEntries(response.headers))
    outgoing.end(Buffer.from(await response.arrayBuffer()))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${address.port}`,
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function toRequest(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) headers.set(name, String(value))
  const hasBody = chunks.length > 0
  return new Request(`http://${incoming.headers.host}${incoming.url}`, {
    method: incoming.method ?? 'GET',
    headers,
    ...(hasBody ? { body: Buffer.concat(chunks) } : {}),
  })
}
