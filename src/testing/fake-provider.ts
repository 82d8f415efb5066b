/**
 * An authorization server for tests and the demonstration, with the shapes of both providers below `/claude` and `/codex`.
 * In process through `fetch`, which also takes the providers' real addresses; or served on loopback. It has its own truth
 * (`grants`), a ledger of every request and faults on demand. It imports nothing of the program's own OAuth code.
 */

import { Hono } from 'hono'
import { type Clock, systemClock } from '../lib/clock.ts'
import type { Random } from '../lib/random.ts'
import { claudeEndpoints } from './fake-claude-endpoints.ts'
import { codexEndpoints } from './fake-codex-endpoints.ts'
import { copilotEndpoints, type FakeCopilot } from './fake-copilot-endpoints.ts'
import { BROKEN_HEADER } from './fake-exchange.ts'
import type { FakeFaults } from './fake-faults.ts'
import { DEFAULT_GRANT_RULES, type FakeGrantRules, FakeGrants } from './fake-grants.ts'
import { FAKE_IDENTITIES, type FakeIdentity } from './fake-identities.ts'
import type { FakeLedger } from './fake-ledger.ts'
import { FakeProviderState } from './fake-provider-state.ts'
import { fakeRandom } from './fake-random.ts'
import type { FakeUsage } from './fake-usage.ts'
import { type ServedApp, serveOnLoopback } from './serve-on-loopback.ts'

export interface FakeProviderOptions extends Partial<FakeGrantRules> {
  clock?: Clock
  random?: Random
  identities?: readonly FakeIdentity[]
}

export interface FakeProvider {
  /** Answers requests to the real addresses of both providers, and to `/claude` and `/codex` of any origin. */
  fetch: typeof fetch
  readonly grants: FakeGrants
  readonly ledger: FakeLedger
  readonly faults: FakeFaults
  /** How much everybody has used of their limits. */
  readonly usage: FakeUsage
  readonly identities: FakeIdentity[]
  readonly copilot: FakeCopilot
  person(name: string): FakeIdentity
  /** What a person does in the browser: consents to the request (or denies it, without a name); where they are sent then. */
  consent(authorizationUrl: string | URL, identity: string | null): Promise<{ redirectedTo: URL | null; shown: string }>
  /** What a person does on the device page. */
  approveDevice(userCode: string, identity: string): Promise<boolean>
  /** Listens on 127.0.0.1; port 0 unless told. */
  serve(port?: number): Promise<ServedApp>
}

/** Where the real hosts live in the fake. */
const PREFIX_BY_HOST: Record<string, string> = {
  'auth.openai.com': '/codex',
  'chatgpt.com': '/codex',
  'claude.com': '/claude',
  'claude.ai': '/claude',
  'platform.claude.com': '/claude',
  'api.anthropic.com': '/claude',
  'github.com': '/copilot',
  'api.github.com': '/copilot',
}

export function createFakeProvider(options: FakeProviderOptions = {}): FakeProvider {
  const { clock = systemClock, random = fakeRandom(7), identities = FAKE_IDENTITIES, ...rules } = options
  const grants = new FakeGrants(clock, random, { ...DEFAULT_GRANT_RULES, ...rules })
  const state = new FakeProviderState(grants, identities)
  const github = copilotEndpoints(state)
  const app = new Hono()
    .route('/claude', claudeEndpoints(state))
    .route('/codex', codexEndpoints(state))
    .route('/copilot', github.app)
    .get('/', (c) => c.text('The fake provider. Nothing here is real.'))

  const inProcessFetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(input as RequestInfo, init)
    if (request.signal.aborted) throw request.signal.reason
    const response = await untilAborted(app.fetch(withPrefix(request)), request.signal)
    const broken = response.headers.get(BROKEN_HEADER)
    if (broken) throw connectionError(broken)
    if (init?.redirect === 'error' && response.status >= 300 && response.status < 400) {
      throw Object.assign(new TypeError('UnexpectedRedirect'), { code: 'UnexpectedRedirect' })
    }
    return response
  }

  return {
    fetch: Object.assign(inProcessFetch, { preconnect: () => {} }) as typeof fetch,
    grants,
    ledger: state.ledger,
    faults: state.faults,
    usage: state.usage,
    identities: state.identities,
    copilot: github.copilot,
    person: (name) => state.person(name),
    async consent(authorizationUrl, identity) {
      const url = withPrefix(new Request(String(authorizationUrl))).url
      const shown = await app.request(url)
      if (shown.status !== 200) return { redirectedTo: null, shown: await shown.text() }
      const body = new URLSearchParams({ request: new URL(url).search, identity: identity ?? '' })
      const decision = new URL(url).pathname.startsWith('/codex') ? '/codex/decision' : '/claude/decision'
      const answer = await app.request(decision, { method: 'POST', body })
      const location = answer.headers.get('location')
      return { redirectedTo: location ? new URL(location) : null, shown: copyableCode(await answer.text()) }
    },
    async approveDevice(userCode, identity) {
      const body = new URLSearchParams({ user_code: userCode, identity })
      return (await app.request('/codex/codex/device', { method: 'POST', body })).status === 200
    },
    serve: (port = 0) => serveOnLoopback((request) => app.fetch(request), port),
  }
}

/** The `code#state` that the paste page shows; the whole text where it is another page. */
function copyableCode(text: string): string {
  return /<code id="code">([^<]+)<\/code>/.exec(text)?.[1] ?? text
}

function withPrefix(request: Request): Request {
  const url = new URL(request.url)
  const prefix = PREFIX_BY_HOST[url.hostname]
  if (!prefix) return request
  return new Request(`http://127.0.0.1${prefix}${url.pathname}${url.search}`, request)
}

function untilAborted<T>(work: T | Promise<T>, signal: AbortSignal): Promise<T> {
  return Promise.race([
    Promise.resolve(work),
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
  ])
}

/** As Bun reports them: nobody listened, or the connection ended before an answer. */
function connectionError(broken: string): Error {
  return broken === 'before'
    ? Object.assign(new Error('Unable to connect. Is the computer able to access the url?'), {
        code: 'ConnectionRefused',
      })
    : Object.assign(new Error('The socket connection was closed unexpectedly.'), { code: 'ECONNRESET' })
}
