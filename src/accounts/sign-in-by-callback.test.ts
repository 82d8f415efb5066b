/** Sign-ins that end at the callback listener: real listeners, real requests, and everything that can come in between. */

import { createServer, type Server } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { claimAuthorization, findAuthorization } from '../db/authorization-store.ts'
import { MINUTE_MS } from '../lib/clock.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import type { AuthorizationView } from './account-summary.ts'
import {
  beginAuthorization,
  cancelAuthorization,
  expireAuthorizations,
  getAuthorization,
  resumeAuthorizations,
} from './authorizations.ts'
import { BROWSER_COOKIE } from './browser-binding.ts'
import { LINGER_MS } from './callback-listeners.ts'
import { completeAuthorization } from './complete-authorization.ts'
import { giveConsent } from './consent.ts'
import type { AccountsContext } from './context.ts'
import { listAccounts } from './list-accounts.ts'
import { stopSignIns } from './sign-ins-under-way.ts'

let world: TestContext
let context: AccountsContext
const squatters: Server[] = []

beforeEach(async () => {
  world = await createTestContext()
  context = { ...world.context, callbackPorts: [await freePort(), await freePort()] }
})

afterEach(async () => {
  await stopSignIns(context)
  await Promise.all(squatters.splice(0).map((server) => new Promise((resolve) => server.close(resolve))))
  await world.close()
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function squat(port: number, host: string): Promise<void> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen({ port, host }, resolve))
  squatters.push(server)
}

const begin = (request: Partial<Parameters<typeof beginAuthorization>[1]> = {}) =>
  beginAuthorization(context, { provider: 'codex', browser: 'browser-one', actor: 'browser', ...request })

/** What the provider sends the browser back to. */
async function redirectOf(view: AuthorizationView, identity: string | null): Promise<URL> {
  const { redirectedTo } = await world.fake.consent(view.authorizationUrl, identity)
  if (!redirectedTo) throw new Error('no redirect')
  return redirectedTo
}

/** Opens an address as that browser; what the page said. */
async function visit(url: URL | string, browser: string | null = 'browser-one'): Promise<string> {
  const headers: Record<string, string> = browser === null ? {} : { cookie: `other=1; ${BROWSER_COOKIE}=${browser}` }
  const answer = await fetch(url, { headers })
  expect(answer.status).toBe(200)
  return /<p>(\w+)<\/p>/.exec(await answer.text())?.[1] ?? ''
}

const exchanges = () => world.fake.ledger.entries.filter((entry) => entry.endpoint === 'codex.exchange').length
const statusOf = async (view: AuthorizationView) => (await getAuthorization(context, view.id)).status

describe('a response that does not fit changes nothing, and the sign-in waits on', () => {
  const change = (edit: (url: URL) => void) => (url: URL) => {
    const changed = new URL(url)
    edit(changed)
    return changed
  }
  const cases: [string, (url: URL) => URL, string][] = [
    ['no state', change((url) => url.searchParams.delete('state')), 'unknown_sign_in'],
    ['an empty state', change((url) => url.searchParams.set('state', '')), 'unknown_sign_in'],
    ['another state', change((url) => url.searchParams.set('state', 'x'.repeat(43))), 'unknown_sign_in'],
    [
      'a state cut short',
      change((url) => url.searchParams.set('state', url.searchParams.get('state')!.slice(0, -1))),
      'unknown_sign_in',
    ],
    [
      'a state with more',
      change((url) => url.searchParams.set('state', `${url.searchParams.get('state')}.x`)),
      'unknown_sign_in',
    ],
    ['two states', change((url) => url.searchParams.append('state', 'other')), 'unreadable'],
    ['two codes', change((url) => url.searchParams.append('code', 'other')), 'unreadable'],
    [
      'two issuers',
      change((url) => {
        url.searchParams.append('iss', 'https://auth.openai.com')
        url.searchParams.append('iss', 'https://evil.test')
      }),
      'unreadable',
    ],
    ['another issuer', change((url) => url.searchParams.set('iss', 'https://evil.test')), 'unreadable'],
    ['no code', change((url) => url.searchParams.delete('code')), 'unreadable'],
    [
      'an error without state',
      change((url) => {
        url.search = '?error=access_denied'
      }),
      'unknown_sign_in',
    ],
    [
      'an error with another state',
      change((url) => {
        url.search = '?error=access_denied&state=other'
      }),
      'unknown_sign_in',
    ],
    [
      'nothing at all',
      change((url) => {
        url.search = ''
      }),
      'nothing',
    ],
    [
      'hostile bytes',
      change((url) => {
        url.search = '?code=%00%ff<script>&state=%ff%fe'
      }),
      'unknown_sign_in',
    ],
  ]
  test.each(cases)('%s', async (_, edit, page) => {
    const view = await begin()
    const back = await redirectOf(view, 'grace')
    expect(await visit(edit(back))).toBe(page)
    expect([await statusOf(view), exchanges()]).toEqual(['pending', 0])
    // The right one still works afterwards.
    expect(await visit(back)).toBe('connected')
  })

  test.each([
    ['another browser', 'browser-two'],
    ['a browser without our cookie', null],
  ])('%s', async (_, browser) => {
    const view = await begin()
    const back = await redirectOf(view, 'grace')
    expect(await visit(back, browser)).toBe('other_browser')
    expect([await statusOf(view), exchanges()]).toEqual(['pending', 0])
    expect(await visit(back)).toBe('connected')
  })

  test("another provider's response at this listener", async () => {
    const config = `[providers.other]
name = "Other"
client_id = "app_EMoamEEZ73f0CkXaXp7hrann"
authorization_url = "https://auth.openai.com/oauth/authorize"
token_url = "https://auth.openai.com/oauth/token"
redirect_uri = "http://localhost:${await freePort()}/other/callback"
scopes = ["openid"]
`
    await world.close()
    world = await createTestContext({ config })
    context = { ...world.context, callbackPorts: context.callbackPorts }
    const [mine, other] = [await begin(), await begin({ provider: 'other', method: 'callback' })]
    const mixedUp = new URL(mine.redirectUri)
    mixedUp.search = `?code=x&state=${new URL(other.authorizationUrl).searchParams.get('state')}`
    expect(await visit(mixedUp)).toBe('unknown_sign_in')
    expect([await statusOf(mine), await statusOf(other), exchanges()]).toEqual(['pending', 'pending', 0])
  })
})

describe('a callback', () => {
  test('signs in: the address of the exchange is the one of the request, and the account is the dashboard’s', async () => {
    const view = await begin({ label: ' Work  account ' })
    expect(view).toMatchObject({ method: 'callback', status: 'pending', stage: 'waiting', portsTaken: [] })
    expect(view.redirectUri).toBe(`http://localhost:${context.callbackPorts[0]}/auth/callback`)
    expect(await visit(await redirectOf(view, 'grace'))).toBe('connected')
    const [entry] = world.fake.ledger.entries.filter(({ endpoint }) => endpoint === 'codex.exchange')
    expect(entry!.fields.redirect_uri).toBe(view.redirectUri)
    const [account] = await listAccounts(context)
    expect(account).toMatchObject({
      label: 'Work account',
      email: 'grace@example.com',
      custody: 'dashboard',
      origin: 'callback',
    })
    expect(await getAuthorization(context, view.id)).toMatchObject({
      status: 'complete',
      stage: 'done',
      completedAccountId: account!.id,
      authorizationUrl: '',
    })
  })

  test('keeps no secret of an ended sign-in', async () => {
    const view = await begin()
    await visit(await redirectOf(view, 'grace'))
    expect(await findAuthorization(context.database, view.id)).toMatchObject({
      stateSealed: '',
      codeVerifierSealed: '',
      deviceCodeSealed: null,
    })
  })

  test('that comes twice is answered alike and spent once', async () => {
    const view = await begin()
    const back = await redirectOf(view, 'grace')
    expect(await Promise.all([visit(back), visit(back), visit(back)])).toEqual(Array(3).fill('connected'))
    expect(await visit(back)).toBe('connected')
    expect(exchanges()).toBe(1)
    expect(await listAccounts(context)).toHaveLength(1)
  })

  test('and a paste of the same address at once spend the code once', async () => {
    const view = await begin()
    const back = await redirectOf(view, 'grace')
    const paste = () =>
      completeAuthorization(context, { response: String(back), browser: 'browser-one', actor: 'browser' })
    const [page, account, again] = await Promise.all([visit(back), paste(), paste()])
    expect([page, account.id]).toEqual(['connected', again.id])
    expect(exchanges()).toBe(1)
  })

  test('and a paste in another process on the same database spend the code once and come to one end', async () => {
    const view = await begin()
    const back = String(await redirectOf(view, 'grace'))
    const paste = (process: AccountsContext) =>
      completeAuthorization(process, { response: back, browser: 'browser-one', actor: 'browser' })
    const both = Promise.all([paste(context), paste({ ...context })])
    for (let tries = 0; tries < 5; tries++) await world.clock.advance(500)
    const [one, two] = await both
    expect([one.id, exchanges()]).toEqual([two.id, 1])
  })

  test('in another process fails here as it fails there', async () => {
    const view = await begin()
    const back = String(await redirectOf(view, 'grace'))
    world.fake.faults.add({ endpoint: 'codex.exchange', fault: { kind: 'drop_after' } })
    const pastes = [context, { ...context }].map((process) =>
      completeAuthorization(process, { response: back, browser: 'browser-one', actor: 'browser' }),
    )
    const both = Promise.allSettled(pastes)
    for (let tries = 0; tries < 5; tries++) await world.clock.advance(500)
    for (const outcome of await both) expect(outcome).toMatchObject({ reason: { code: 'provider_unreachable' } })
    expect(exchanges()).toBe(1)
  })

  test('closes the listener soon after the last sign-in has ended, and not before', async () => {
    const [one, two] = [await begin(), await begin({ browser: 'browser-two' })]
    expect(new URL(one.redirectUri).port).toBe(new URL(two.redirectUri).port)
    expect(await visit(await redirectOf(two, 'hopper'), 'browser-two')).toBe('connected')
    await world.clock.advance(LINGER_MS)
    expect(await visit(await redirectOf(one, 'grace'))).toBe('connected')
    expect(context.callbackListeners.openPorts).toHaveLength(1)
    await world.clock.advance(LINGER_MS)
    expect(context.callbackListeners.openPorts).toEqual([])
    await expect(fetch(one.redirectUri)).rejects.toThrow()
    expect((await listAccounts(context)).map((account) => account.email).sort()).toEqual([
      'grace@example.com',
      'hopper@example.com',
    ])
  })

  test('of a person who says no ends the sign-in with the reason, also when reloaded', async () => {
    const view = await begin()
    const back = await redirectOf(view, null)
    expect([await visit(back), await visit(back)]).toEqual(['denied', 'denied'])
    expect(await getAuthorization(context, view.id)).toMatchObject({
      status: 'failed',
      failure: { code: 'sign_in_denied', detail: 'The user denied the request' },
    })
  })

  test('accepts the ending that the provider is known to add to state', async () => {
    const back = await redirectOf(await begin(), 'grace')
    back.searchParams.set('state', `${back.searchParams.get('state')}.onboarding_entrypoint=life_sciences`)
    expect([await visit(back), await visit(back)]).toEqual(['connected', 'connected'])
  })

  test('that finds our own database in trouble is told so, without a word of the response', async () => {
    const back = await redirectOf(await begin(), 'grace')
    const { database } = context
    context.database = new Proxy(database, {
      get: (target, name, receiver) => {
        if (name === 'select') throw new Error(`trouble with ${back}`)
        return Reflect.get(target, name, receiver)
      },
    })
    expect(await visit(back)).toBe('trouble')
    context.database = database
    expect(JSON.stringify(world.log.lines)).not.toContain(back.searchParams.get('code'))
    expect(await visit(back)).toBe('connected')
  })

  test('on any free port, where the provider takes every one', async () => {
    await giveConsent(context, 'claude', 'browser')
    const view = await begin({ provider: 'claude', method: 'callback' })
    expect(view.redirectUri).toMatch(/^http:\/\/localhost:\d+\/callback$/)
    expect(await visit(await redirectOf(view, 'ada'))).toBe('connected')
    expect(await listAccounts(context)).toMatchObject([
      { provider: 'claude', email: 'ada@example.com', origin: 'callback' },
    ])
  })

  test('begun by a program is bound to no browser', async () => {
    const view = await begin({ browser: null, actor: 'cli' })
    expect(await visit(await redirectOf(view, 'grace'), null)).toBe('connected')
  })
})

describe('an exchange that fails', () => {
  test.each<[string, Parameters<TestContext['fake']['faults']['add']>[0]['fault'], object]>([
    [
      'refused',
      { kind: 'status', status: 400, body: { error: 'invalid_grant', error_description: 'code was used' } },
      { code: 'code_rejected', detail: 'code was used' },
    ],
    ['answer lost', { kind: 'drop_after' }, { code: 'provider_unreachable', detail: 'interrupted' }],
    [
      'asked to wait',
      { kind: 'status', status: 429, headers: { 'retry-after': '30' } },
      { code: 'provider_rate_limited' },
    ],
    ['server trouble', { kind: 'status', status: 503 }, { code: 'provider_error', detail: 'server_error' }],
  ])('ends the sign-in and says why: %s', async (_, fault, failure) => {
    const view = await begin()
    const back = await redirectOf(view, 'grace')
    world.fake.faults.add({ endpoint: 'codex.exchange', fault })
    expect([await visit(back), await visit(back)]).toEqual(['failed', 'failed'])
    expect(exchanges()).toBe(1)
    expect(await getAuthorization(context, view.id)).toMatchObject({ status: 'failed', failure })
    expect(await listAccounts(context)).toEqual([])
  })

  test('is tried again as long as the provider certainly never saw it', async () => {
    const view = await begin()
    const back = await redirectOf(view, 'grace')
    world.fake.faults.add({ endpoint: 'codex.exchange', fault: { kind: 'drop_before' }, times: 2 })
    const page = visit(back)
    await wait(async () => world.clock.advance(10_000).then(() => statusOf(view)), 'complete')
    expect(await page).toBe('connected')
  })
})

describe('beginning', () => {
  test('twice in one browser is one sign-in, however fast the clicks', async () => {
    const views = await Promise.all([begin(), begin(), begin({ label: 'Mine' })])
    expect(new Set(views.map((view) => view.id)).size).toBe(1)
    expect((await begin()).id).toBe(views[0]!.id)
    expect((await getAuthorization(context, views[0]!.id)).label).toBe('Mine')
    expect((await begin({ browser: 'browser-two' })).id).not.toBe(views[0]!.id)
  })

  test('another way ends the former one and its listener', async () => {
    const callback = await begin()
    const paste = await begin({ method: 'paste' })
    expect([await statusOf(callback), paste.method, context.callbackListeners.openPorts]).toEqual([
      'cancelled',
      'paste',
      [],
    ])
    expect(paste.redirectUri).toBe(callback.redirectUri)
  })

  test.each(['127.0.0.1', '::1'])('with both ports held on %s goes on by device code and says so', async (host) => {
    for (const port of context.callbackPorts) await squat(port, host)
    const view = await begin()
    expect(view).toMatchObject({ method: 'device', status: 'pending', userCode: expect.stringMatching(/\w{4}-\w{4}/) })
    expect(view.portsTaken.map(({ port }) => port)).toEqual(context.callbackPorts)
    // Asking again for the way that could not be had does not change the code under the person's fingers.
    expect(await begin({ method: 'callback' })).toEqual(view)
  })

  test('with ports taken and no device codes goes on by pasting the address', async () => {
    for (const port of context.callbackPorts) await squat(port, '127.0.0.1')
    world.fake.faults.add({ endpoint: 'codex.device.usercode', fault: { kind: 'status', status: 404 } })
    const view = await begin()
    expect(view).toMatchObject({
      method: 'paste',
      redirectUri: `http://localhost:${context.callbackPorts[0]}/auth/callback`,
    })
    const back = await redirectOf(view, 'grace')
    const account = await completeAuthorization(context, {
      response: `  "${back}"\n`,
      browser: 'browser-one',
      actor: 'browser',
    })
    expect(account).toMatchObject({ email: 'grace@example.com', origin: 'paste' })
  })

  test('with the first port taken uses the second', async () => {
    await squat(context.callbackPorts[0]!, '::1')
    const view = await begin()
    expect(view.redirectUri).toBe(`http://localhost:${context.callbackPorts[1]}/auth/callback`)
    expect(await visit(await redirectOf(view, 'grace'))).toBe('connected')
  })
})

describe('the end without a response', () => {
  test('comes after ten minutes, by the minute, and frees the port', async () => {
    const view = await begin()
    const back = await redirectOf(view, 'grace')
    await world.clock.advance(10 * MINUTE_MS - 1)
    expect([await statusOf(view), context.callbackListeners.openPorts.length]).toEqual(['pending', 1])
    await world.clock.advance(1)
    expect([await statusOf(view), context.callbackListeners.openPorts.length]).toEqual(['expired', 0])
    await expect(
      completeAuthorization(context, { response: String(back), browser: 'browser-one', actor: 'browser' }),
    ).rejects.toMatchObject({ code: 'authorization_over', params: { status: 'expired' } })
    expect(exchanges()).toBe(0)
    expect(world.events.at(-1)).toEqual({ type: 'authorization.changed', authorizationId: view.id })
    // Told once, however often somebody looks for what is over.
    const told = world.events.length
    await expireAuthorizations(context)
    expect(world.events).toHaveLength(told)
  })

  test('by cancelling frees the port at once, and cancelling again is no error', async () => {
    const view = await begin()
    expect((await cancelAuthorization(context, view.id)).status).toBe('cancelled')
    expect((await cancelAuthorization(context, view.id)).status).toBe('cancelled')
    expect(context.callbackListeners.openPorts).toEqual([])
    expect((await begin()).id).not.toBe(view.id)
  })

  test('by cancelling makes a late response worth nothing', async () => {
    const [view] = [await begin(), await begin({ browser: 'browser-two' })]
    const back = await redirectOf(view, 'grace')
    await cancelAuthorization(context, view.id)
    expect([await visit(back), exchanges()]).toEqual(['unknown_sign_in', 0])
  })

  test('by another program that asks for the port', async () => {
    const view = await begin()
    await fetch(`http://127.0.0.1:${new URL(view.redirectUri).port}/cancel`)
    await wait(() => statusOf(view), 'cancelled')
    expect((await getAuthorization(context, view.id)).failure).toMatchObject({ code: 'displaced' })
    expect(context.callbackListeners.openPorts).toEqual([])
  })

  test('of the process: after a restart the sign-in waits at the same address', async () => {
    const view = await begin()
    await stopSignIns(context)
    expect(context.callbackListeners.openPorts).toEqual([])
    const restarted = { ...context }
    await resumeAuthorizations(restarted)
    expect(await visit(await redirectOf(view, 'grace'))).toBe('connected')
    await stopSignIns(restarted)
  })

  test('in the middle of an exchange that died with its process', async () => {
    const view = await begin()
    expect(await claimAuthorization(context.database, view.id, context.clock.now())).toBe(true)
    expect(await claimAuthorization(context.database, view.id, context.clock.now())).toBe(false)
    expect((await cancelAuthorization(context, view.id)).stage).toBe('exchanging')
    await world.clock.advance(11 * MINUTE_MS)
    await expireAuthorizations(context)
    expect(await getAuthorization(context, view.id)).toMatchObject({
      status: 'failed',
      failure: { code: 'provider_unreachable', detail: 'interrupted' },
    })
  })
})

describe('signing in again', () => {
  test('keeps the account, and refuses another identity by naming both', async () => {
    await visit(await redirectOf(await begin({ label: 'Mine' }), 'grace'))
    const [account] = await listAccounts(context)
    const wrong = await begin({ accountId: account!.id })
    expect(wrong.accountName).toBe('Mine')
    expect(await visit(await redirectOf(wrong, 'hopper'))).toBe('failed')
    expect((await getAuthorization(context, wrong.id)).failure).toMatchObject({ code: 'identity_mismatch' })
    expect(await visit(await redirectOf(await begin({ accountId: account!.id }), 'grace'))).toBe('connected')
    expect((await listAccounts(context)).map(({ id, label }) => [id, label])).toEqual([[account!.id, 'Mine']])
  })

  test('to an account of another provider, or of none, is refused before anything opens', async () => {
    await visit(await redirectOf(await begin(), 'grace'))
    await world.clock.advance(LINGER_MS)
    const [account] = await listAccounts(context)
    await giveConsent(context, 'claude', 'browser')
    for (const request of [{ accountId: 'acc_none' }, { provider: 'claude', accountId: account!.id }]) {
      await expect(begin(request)).rejects.toMatchObject({ code: 'account_not_found' })
    }
    expect(context.callbackListeners.openPorts).toEqual([])
  })
})

/** Real sockets need real time: asks until the answer is the expected one. */
async function wait<T>(ask: () => Promise<T>, expected: T): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if ((await ask()) === expected) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  expect(await ask()).toBe(expected)
}
