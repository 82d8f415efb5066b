/** The whole web application for one test, with a signed-in browser and the API token at hand. Listens on no port. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Hono } from 'hono'
import { type Access, createAccess, type SignedIn } from '../access/access.ts'
import { createApp } from '../app.tsx'
import type { AppDependencies, AppEnvironment } from '../routes/dependencies.ts'
import { fakeRandom } from './fake-random.ts'
import { createTestContext, type TestContext, type TestContextOptions } from './test-context.ts'

export const TEST_PORT = 4747
const HOST = `localhost:${TEST_PORT}`

export interface TestApp extends TestContext {
  app: Hono<AppEnvironment>
  /** What the app was made of. */
  deps: AppDependencies
  access: Access
  apiToken: string
  signedIn: SignedIn
  /** The dashboard's port; a test that listens sets it. */
  port: { value: number }
  /** Ends event streams, as shutting down does. */
  shutdown: AbortController
  /** A request with the right Host and no authentication. */
  request(path: string, init?: RequestInit): Promise<Response>
  /** As the signed-in browser: cookie, and for writes origin, Sec-Fetch-Site and CSRF token. */
  browse(path: string, init?: RequestInit): Promise<Response>
  /** A form of the signed-in browser. */
  submit(path: string, fields?: Record<string, string>, headers?: Record<string, string>): Promise<Response>
  /** As a program with the API token; a body is sent as JSON. */
  call(method: string, path: string, body?: unknown): Promise<Response>
}

/** `close` it at the end of the test. */
export async function createTestApp(
  options: TestContextOptions = {},
  overrides: Partial<AppDependencies> = {},
): Promise<TestApp> {
  const context = await createTestContext(options)
  const { context: accounts, directory } = context
  const port = { value: TEST_PORT }
  const shutdown = new AbortController()
  const access = await createAccess({
    database: accounts.database,
    clock: accounts.clock,
    random: fakeRandom(77),
    fingerprint: (secret) => accounts.vault.fingerprint('session', secret),
    apiTokenPath: join(directory, 'api-token'),
  })
  const apiToken = (await readFile(join(directory, 'api-token'), 'utf8')).trim()
  const signedIn = (await access.signInWithToken(apiToken, 'Test browser'))!
  const deps: AppDependencies = {
    accounts,
    access,
    version: '0.0.0-test',
    port: () => port.value,
    extraHosts: [],
    about: { home: directory, databaseUrl: ':memory:', configFile: join(directory, 'config.toml') },
    shutdown: shutdown.signal,
    ...overrides,
  }
  const app = createApp(deps)
  const cookie = `__Host-tokendeck_${TEST_PORT}_s=${signedIn.cookieValue.reveal()}`

  const request = async (path: string, init: RequestInit = {}) =>
    await app.request(`http://${HOST}${path}`, { ...init, headers: { host: HOST, ...headersOf(init) } })
  const own = { origin: `http://${HOST}`, 'sec-fetch-site': 'same-origin', 'x-csrf-token': signedIn.session.csrfToken }
  const browse = (path: string, init: RequestInit = {}) => {
    const isWrite = init.method !== undefined && init.method !== 'GET' && init.method !== 'HEAD'
    return request(path, { ...init, headers: { cookie, ...(isWrite ? own : {}), ...headersOf(init) } })
  }
  return {
    ...context,
    app,
    deps,
    access,
    apiToken,
    signedIn,
    port,
    shutdown,
    request,
    browse,
    submit: (path, fields = {}, headers = {}) =>
      browse(path, {
        method: 'POST',
        body: new URLSearchParams(fields).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      }),
    call: (method, path, body) =>
      request(path, {
        method,
        headers: { Authorization: `Bearer ${apiToken}`, 'Content-Type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    async close() {
      shutdown.abort()
      await context.close()
    },
  }
}

function headersOf(init: RequestInit): Record<string, string> {
  return Object.fromEntries(new Headers(init.headers).entries())
}
