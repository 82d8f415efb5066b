/**
 * A person who signs in at the fake provider with a browser that comes back to a real callback listener, on ports that are
 * this test's own.
 */

import { createServer, type Server } from 'node:net'
import type { AuthorizationView } from '../accounts/authorization-view.ts'
import { type AuthorizationRequest, beginAuthorization, getAuthorization } from '../accounts/authorizations.ts'
import type { AccountsContext } from '../accounts/context.ts'
import { stopSignIns } from '../accounts/sign-ins-under-way.ts'
import { createTestContext, type TestContext, type TestContextOptions } from './test-context.ts'

export interface SignInJourney {
  world: TestContext
  context: AccountsContext
  /** Begins a sign-in to Codex in `browser-one`, unless told. */
  begin(request?: Partial<AuthorizationRequest>): Promise<AuthorizationView>
  /** Where the provider sends the browser when this person consents, or declines (null). */
  redirectOf(view: AuthorizationView, identity: string | null): Promise<URL>
  /** Opens an address as that browser; the kind of the page that came. */
  visit(url: URL | string, browser?: string | null): Promise<string>
  /** How many code exchanges reached the provider. */
  exchanges(): number
  statusOf(view: AuthorizationView): Promise<AuthorizationView['status']>
  /** Another program listens on a port until the end of the test. */
  squat(port: number, host: string): Promise<void>
  close(): Promise<void>
}

export async function startSignInJourney(options: TestContextOptions = {}): Promise<SignInJourney> {
  const world = await createTestContext(options)
  const context = { ...world.context, callbackPorts: [await freePort(), await freePort()] }
  const squatters: Server[] = []
  return {
    world,
    context,
    begin: (request = {}) =>
      beginAuthorization(context, { provider: 'codex', browser: 'browser-one', actor: 'browser', ...request }),
    async redirectOf(view, identity) {
      const { redirectedTo, shown } = await world.fake.consent(view.authorizationUrl, identity)
      if (!redirectedTo) throw new Error(`The provider did not redirect but showed: ${shown}`)
      return redirectedTo
    },
    async visit(url, browser = 'browser-one') {
      const headers = browser === null ? undefined : { cookie: `other=1; __Host-tokendeck_tx=${browser}` }
      const answer = await fetch(url, { headers })
      return /<p>(\w+)<\/p>/.exec(await answer.text())?.[1] ?? `status ${answer.status}`
    },
    exchanges: () => world.fake.ledger.entries.filter(({ endpoint }) => endpoint.endsWith('.exchange')).length,
    statusOf: async (view) => (await getAuthorization(context, view.id)).status,
    async squat(port, host) {
      const server = createServer()
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen({ port, host }, resolve))
      squatters.push(server)
    },
    async close() {
      await stopSignIns(context)
      await Promise.all(squatters.map((server) => new Promise((resolve) => server.close(resolve))))
      await world.close()
    },
  }
}

/** A port that nobody has now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Real sockets need real time: asks until the answer is the expected one, for two seconds at most; the last answer. */
export async function eventually<T>(ask: () => Promise<T>, expected: T): Promise<T> {
  for (let tries = 0; tries < 200; tries++) {
    const answer = await ask()
    if (answer === expected) return answer
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return ask()
}
