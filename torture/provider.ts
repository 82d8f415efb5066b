/**
 * The fake provider on loopback, which knows what it gave and whether that left the machine's hands: the ground truth of
 * every row. Keeps a request or its answer back on demand, until the client is gone or it is let go.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { currentPair, type FakeFamily, type FakeIssue } from '../src/testing/fake-grants.ts'
import { buildFakeIdentity, type FakeIdentity } from '../src/testing/fake-identities.ts'
import { fingerprint, type LedgerEntry } from '../src/testing/fake-ledger.ts'
import { createFakeProvider, type FakeProvider } from '../src/testing/fake-provider.ts'
import { signInAs } from '../src/testing/fake-tokens.ts'
import { type GivenLogin, sharedClockMs } from './orders.ts'

/** Every provider of this run. */
const started: FakeProvider[] = []

/** Every token that any provider of this run has given to anybody. */
export function knownTokens(): string[] {
  const pairs = started.flatMap(({ grants }) => grants.families.flatMap((family) => family.pairs))
  return pairs.flatMap(({ accessToken, refreshToken }) => [
    accessToken,
    ...(refreshToken === null ? [] : [refreshToken]),
  ])
}

export type Reuse = 'strict' | number

export interface ProviderOptions {
  reuse: Reuse
  people?: number
  kind?: FakeIdentity['provider']
  accessTokenLifetimeMs?: number
  /** Every token answer takes this long. */
  latencyMs?: number
}

export interface HeldRequest {
  release(): void
}

export interface TortureProvider {
  readonly fake: FakeProvider
  readonly origin: string
  /** A refresh token that is used again ends the login. */
  readonly isStrict: boolean
  /** How many token requests have come. */
  arrived(): number
  /** When each token answer that granted something began to be handed over, by `sharedClockMs`. */
  readonly answeredAt: readonly number[]
  /** How many token answers were handed to the system whole, while their client lived. */
  delivered(): number
  /** Keeps the next token request back, or its answer; resolves once it is held. */
  hold(what: 'request' | 'answer'): Promise<HeldRequest>
  /** Keeps nothing back any more. */
  holdNothing(): void
  signIn(person?: number, accessTokenLifetimeMs?: number): { login: GivenLogin; family: FakeFamily }
  /** Token requests that carried this refresh token. */
  spends(refreshToken: string): LedgerEntry[]
  tokenCalls(): LedgerEntry[]
  /** From now on nobody listens there, until `comeBack`. */
  goAway(): Promise<void>
  comeBack(): Promise<void>
  close(): Promise<void>
}

export async function startProvider(options: ProviderOptions): Promise<TortureProvider> {
  const { reuse, people = 1, kind = 'claude', latencyMs = 0 } = options
  const identities = Array.from({ length: people }, (_, index) =>
    buildFakeIdentity(kind, `person-${index + 1}`, index + 1),
  )
  const lifetimes = { loginLifetimeMs: null, accessTokenLifetimeMs: options.accessTokenLifetimeMs ?? 8 * 3_600_000 }
  const fake = createFakeProvider({ reuse, identities, ...lifetimes })
  started.push(fake)
  let arrivedCount = 0
  let deliveredCount = 0
  const answeredAt: number[] = []
  let hold: { what: 'request' | 'answer'; isHeld: (held: HeldRequest) => void } | null = null

  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch(() => incoming.socket.destroy())
  })
  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await toRequest(incoming)
    const isToken = incoming.url?.endsWith('/oauth/token') ?? false
    const held = isToken ? hold : null
    if (isToken) arrivedCount += 1
    if (held) hold = null
    if (held?.what === 'request' && !(await keepBack(incoming, held.isHeld))) return
    if (isToken && latencyMs > 0) await Bun.sleep(latencyMs)
    const response = await fake.fetch(request)
    const body = Buffer.from(await response.arrayBuffer())
    if (held?.what === 'answer' && !(await keepBack(incoming, held.isHeld))) return
    outgoing.writeHead(response.status, Object.fromEntries(response.headers))
    if (isToken && response.status === 200) {
      answeredAt.push(sharedClockMs())
      outgoing.once('finish', () => deliveredCount++)
    }
    outgoing.end(body)
  }
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  await listen(0)
  const { port } = server.address() as AddressInfo

  const tokenCalls = () => [...fake.ledger.of('claude.refresh'), ...fake.ledger.of('codex.refresh')]
  return {
    fake,
    origin: `http://127.0.0.1:${port}`,
    isStrict: reuse === 'strict',
    answeredAt,
    delivered: () => deliveredCount,
    arrived: () => arrivedCount,
    hold: (what) =>
      new Promise((isHeld) => {
        hold = { what, isHeld }
      }),
    holdNothing() {
      hold = null
    },
    signIn(person = 0, accessTokenLifetimeMs) {
      const issue: FakeIssue = signInAs(
        fake.grants,
        identities[person]!,
        accessTokenLifetimeMs === undefined ? {} : { accessTokenLifetimeMs },
      )
      const { identity, clientId, scopes, loginEndsAt } = issue.family
      return {
        family: issue.family,
        login: { family: { identity, clientId, scopes, loginEndsAt }, pair: issue.pair },
      }
    },
    spends: (refreshToken) => {
      const name = fingerprint(refreshToken)
      return tokenCalls().filter(({ fields }) => fields.refresh_token === name)
    },
    tokenCalls,
    goAway: stop,
    comeBack: () => listen(port),
    close: stop,
  }
}

/** True when it was let go, false when its client went away. */
function keepBack(incoming: IncomingMessage, isHeld: (held: HeldRequest) => void): Promise<boolean> {
  return new Promise((resolve) => {
    incoming.socket.once('close', () => resolve(false))
    isHeld({ release: () => resolve(true) })
  })
}

async function toRequest(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers.set(name, String(value))
  }
  return new Request(`http://${incoming.headers.host}${incoming.url}`, {
    method: incoming.method ?? 'GET',
    headers,
    ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
  })
}

/** True when this is the newest token of a login that still lives. */
export function isAlive(family: FakeFamily, refreshTokenName: string): boolean {
  return family.revokedAt === null && fingerprint(currentPair(family).refreshToken ?? '') === refreshTokenName
}
