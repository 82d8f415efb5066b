/** Responses that come to the callback listener: real listeners, real requests, and everything that can come in between. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findAuthorization } from '../db/authorization-store.ts'
import { freePort, type SignInJourney, startSignInJourney } from '../testing/sign-in-journey.ts'
import type { TestContext, TestContextOptions } from '../testing/test-context.ts'
import { getAuthorization } from './authorizations.ts'
import { LINGER_MS } from './callback-listeners.ts'
import { completeAuthorization } from './complete-authorization.ts'
import { giveConsent } from './consent.ts'
import type { AccountsContext } from './context.ts'
import { listAccounts } from './list-accounts.ts'

let journey: SignInJourney
let world: TestContext
let context: AccountsContext

async function start(options: TestContextOptions = {}): Promise<void> {
  journey = await startSignInJourney(options)
  world = journey.world
  context = journey.context
}

beforeEach(() => start())
afterEach(() => journey.close())

const begin: SignInJourney['begin'] = (request) => journey.begin(request)
const redirectOf: SignInJourney['redirectOf'] = (view, identity) => journey.redirectOf(view, identity)
const visit: SignInJourney['visit'] = (url, browser) => journey.visit(url, browser)
const exchanges = () => journey.exchanges()
const statusOf: SignInJourney['statusOf'] = (view) => journey.statusOf(view)

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
    await journey.close()
    await start({ config })
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
