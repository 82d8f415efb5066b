/**
 * Both vendors on loopback: the fake provider under their own host names, with a certificate. Everything that is asked of
 * them is noted; one fake provider of each vendor answers at a time, that of the scenario that runs.
 */

import { readFileSync } from 'node:fs'
import type { CliName } from '../src/cli-credentials/credential-file.ts'
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
  /** From now on this one answers for the vendor of a CLI, and what was asked of that vendor is forgotten. */
  use(cli: CliName, fake: FakeProvider): void
  asked(cli: CliName): readonly Asked[]
  stop(): Promise<void>
}

/** Whose hosts these are; all others are those of codex. */
const isOfClaude = (host: string) => /(^|\.)(claude\.com|claude\.ai|anthropic\.com)$/.test(host)

/** Listens on 127.0.0.1:443. Errors: whatever a port refuses */
export function startVendor({ certificate, key }: Certificates): Vendor {
  const fakes = new Map<CliName, FakeProvider>()
  const asked: Record<CliName, Asked[]> = { claude: [], codex: [] }
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
      const vendor = isOfClaude(host) ? 'claude' : 'codex'
      asked[vendor].push(entry)
      const body = request.method === 'GET' || request.method === 'HEAD' ? undefined : await request.text()
      const { method, headers } = request
      const fake = fakes.get(vendor)
      const answer = fake
        ? await fake.fetch(`https://${host}${url.pathname}${url.search}`, { method, headers, body })
        : new Response(null, { status: 503 })
      entry.status = answer.status
      return answer
    },
  })
  return {
    use(cli, fake) {
      fakes.set(cli, fake)
      asked[cli] = []
    },
    asked: (cli) => asked[cli],
    stop: () => server.stop(true),
  }
}
