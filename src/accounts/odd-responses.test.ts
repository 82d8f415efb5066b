/** Responses and ends of sign-ins that are rare: errors without words, other ways than was begun, accounts that go meanwhile. */

import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connectPerson } from '../testing/connected-account.ts'
import { type SignInJourney, startSignInJourney } from '../testing/sign-in-journey.ts'
import { beginAuthorization, getAuthorization } from './authorizations.ts'
import { completeAuthorization } from './complete-authorization.ts'
import { giveConsent } from './consent.ts'
import { getAccount, listAccounts } from './list-accounts.ts'

let journey: SignInJourney

beforeEach(async () => {
  journey = await startSignInJourney()
})
afterEach(() => journey.close())

const withParameters = (redirectUri: string, state: string, parameters: Record<string, string>) =>
  `${redirectUri}?${new URLSearchParams({ state, ...parameters })}`
const stateOf = (view: { authorizationUrl: string }) => new URL(view.authorizationUrl).searchParams.get('state')!

test.each([
  [{ error: 'server_error', error_description: 'Try later' }, 'failed', 'provider_error', 'Try later'],
  [{ error: 'server_error' }, 'failed', 'provider_error', 'server_error'],
  [{ error: 'access_denied' }, 'denied', 'sign_in_denied', 'access_denied'],
])(
  'a browser that comes back with %j ends the sign-in, with the words there are',
  async (parameters, page, code, detail) => {
    const view = await journey.begin()
    expect(await journey.visit(withParameters(view.redirectUri, stateOf(view), parameters))).toBe(page)
    const { status, failure } = await getAuthorization(journey.context, view.id)
    expect([status, failure?.code, failure?.detail ?? '']).toEqual(['failed', code, detail])
    expect(await listAccounts(journey.context)).toEqual([])
  },
)

test('a response without a code leaves the sign-in waiting', async () => {
  const view = await journey.begin()
  expect(await journey.visit(withParameters(view.redirectUri, stateOf(view), {}))).toBe('unreadable')
  expect(await journey.statusOf(view)).toBe('pending')
})

test('the state of a sign-in by paste is nobody’s at the listener', async () => {
  const waiting = await journey.begin({ browser: 'browser-two' })
  const pasted = await journey.begin({ method: 'paste' })
  const page = await journey.visit(withParameters(waiting.redirectUri, stateOf(pasted), { code: 'FAKE' }))
  expect([page, await journey.statusOf(pasted)]).toEqual(['unknown_sign_in', 'pending'])
})

test.each([
  ['cancelled', sql`update authorizations set cancelled_at = 1`, 'cancelled'],
  ['removed', sql`delete from authorizations`, 'cancelled'],
])('a sign-in that another process finishes and that is %s there is over here', async (_, change, status) => {
  const view = await journey.begin()
  const response = String(await journey.redirectOf(view, 'grace'))
  await journey.context.database.run(sql`update authorizations set exchanging_at = ${journey.world.clock.now()}`)
  const completing = completeAuthorization(journey.context, { response, browser: 'browser-one', actor: 'browser' })
  const ending = expect(completing).rejects.toMatchObject({ code: 'authorization_over', params: { status } })
  await journey.world.clock.advance(500)
  await journey.context.database.run(change)
  await journey.world.clock.advance(2_000)
  await ending
  expect(journey.exchanges()).toBe(0)
})

test('a sign-in again whose account was removed meanwhile is refused and makes no account', async () => {
  const grace = await connectPerson(journey.world, 'grace')
  const view = await journey.begin({ accountId: grace.accountId })
  journey.world.fake.faults.add({ endpoint: 'codex.exchange', fault: { kind: 'delay', ms: 1_000, after: true } })
  const response = String(await journey.redirectOf(view, 'grace'))
  const completing = completeAuthorization(journey.context, { response, browser: 'browser-one', actor: 'browser' })
  const ending = expect(completing).rejects.toMatchObject({ name: 'AccountError' })
  await journey.world.clock.advance(500)
  await journey.context.database.run(sql`delete from accounts`)
  await journey.world.clock.advance(30_000)
  await ending
  expect(await listAccounts(journey.context)).toEqual([])
})

test('a token that the profile rejects is still what was just granted, and says whose it is', async () => {
  await giveConsent(journey.context, 'claude', 'browser')
  const view = await journey.begin({ provider: 'claude', method: 'paste' })
  journey.world.fake.faults.add({ endpoint: 'claude.profile', fault: { kind: 'status', status: 401, body: {} } })
  const { shown } = await journey.world.fake.consent(view.authorizationUrl, 'ada')
  const account = await completeAuthorization(journey.context, {
    ...{ authorizationId: view.id, response: shown, browser: 'browser-one', actor: 'browser' },
  })
  expect(account).toMatchObject({ email: 'ada@example.com', plan: null, custody: 'dashboard' })
})

test('ports taken and no code to be had: the address is pasted', async () => {
  for (const port of journey.context.callbackPorts) await journey.squat(port, '127.0.0.1')
  journey.world.fake.faults.add({ endpoint: 'codex.device.usercode', fault: { kind: 'status', status: 500 } })
  const view = await journey.begin()
  expect(view).toMatchObject({ method: 'paste', status: 'pending', userCode: null })
  expect(view.portsTaken.map(({ port }) => port)).toEqual(journey.context.callbackPorts)
  const back = String(await journey.redirectOf(view, 'grace'))
  const account = await completeAuthorization(journey.context, {
    ...{ authorizationId: view.id, response: back, browser: 'browser-one', actor: 'browser' },
  })
  expect(account.email).toBe('grace@example.com')
})

test('a provider without a page for codes has any port in the address that is pasted', async () => {
  const { context } = journey
  const claude = { ...context.providers.get('claude')!, pasteRedirectUri: null }
  context.providers = new Map([...context.providers, ['claude', claude]])
  await giveConsent(context, 'claude', 'browser')
  const begun = await beginAuthorization(context, { provider: 'claude', method: 'paste', browser: null, actor: 'cli' })
  const port = Number(new URL(begun.redirectUri).port)
  expect(port).toBeGreaterThanOrEqual(49_152)
  expect(port).toBeLessThan(65_536)
  expect(context.callbackListeners.openPorts).toEqual([])
})

test('an account of a provider that is no longer configured is listed under its id and holds on to its login', async () => {
  const grace = await connectPerson(journey.world, 'grace')
  const context = { ...journey.context, providers: new Map() }
  expect(await getAccount(context, grace.accountId)).toMatchObject({
    provider: 'codex',
    providerName: 'codex',
    login: { status: 'valid' },
    activeIn: [],
  })
})
