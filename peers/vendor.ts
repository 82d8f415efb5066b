/**
 * Both vendors on loopback: the fake provider under their own host names, with a certificate. Everything that is asked of
 * them is noted; one fake provider at a time answers, that of the scenario that runs.
 */

import { readFileSync } from 'node:fs'
import type { FakeProvider } from '../src/testing/fake-provider.ts'
import type { Certificates } from './certificates.ts'

/** One request, without anything secret. */
export interface Asked {
  host: string
  path: string
  method: string
  userAgent: string
  status: number
  at: number
}

export interface Vendor {
  /** From now on this one answers, and what was asked is forgotten. */
  use(fake: FakeProvider): void
  readonly asked: readonly Asked[]
  stop(): Promise<void>
}

/** Listens on 127.0.0.1:443. Errors: whatever a port refuses */
export function startVendor({ certificate, key }: Certificates): Vendor {
  let fake: FakeProvider | null = null
  let asked: Asked[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 443,
    tls: { cert: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') },
    // A CLI waits longer for a token than an idle connection lives by default.
    idleTimeout: 60,
    async fetch(request) {
      const url = new URL(request.url)
      const host = (request.headers.get('host') ?? url.host).split(':')[0]!
      const userAgent = request.headers.get('user-agent') ?? ''
      const entry = { host, path: url.pathname, method: request.method, userAgent, status: 0, at: Date.now() }
      asked.push(entry)
      const body = request.method === 'GET' || request.method === 'HEAD' ? undefined : await request.text()
      const { method, headers } = request
      const answer = fake
        ? await fake.fetch(`https://${host}${url.pathname}${url.search}`, { method, headers, body })
        : new Response(null, { status: 503 })
      entry.status = answer.status
      return answer
    },
  })
  return {
    use(next) {
      fake = next
      asked = []
    },
    get asked() {
      return asked
    },
    stop: () => server.stop(true),
  }
}
