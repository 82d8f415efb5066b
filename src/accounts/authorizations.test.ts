/** Sign-ins from beginning to end: begun twice, on taken ports, cancelled, displaced, over, resumed, and failed. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { claimAuthorization } from '../db/authorization-store.ts'
import { MINUTE_MS } from '../lib/clock.ts'
import { eventually, type SignInJourney, startSignInJourney } from '../testing/sign-in-journey.ts'
import type { TestContext, TestContextOptions } from '../testing/test-context.ts'
import { cancelAuthorization, expireAuthorizations, getAuthorization, resumeAuthorizations } from './authorizations.ts'
import { LINGER_MS } from './callback-listeners.ts'
import { completeAuthorization } from './complete-authorization.ts'
import { giveConsent } from './consent.ts'
import type { AccountsContext } from './context.ts'
import { listAccounts } from './list-accounts.ts'
import { stopSignIns } from './sign-ins-under-way.ts'

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
const squat: SignInJourney['squat'] = (port, host) => journey.squat(port, host)

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
    expect(await eventually(async () => world.clock.advance(10_000).then(() => statusOf(view)), 'complete')).toBe(
      'complete',
    )
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
    expect(await eventually(() => statusOf(view), 'cancelled')).toBe('cancelled')
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
