/** Sign-ins by pasted responses, by the provider's own CLI, and the consent that stands before them. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listPendingAuthorizations } from '../db/authorization-store.ts'
import { Secret } from '../lib/secret.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { addToken } from './add-token.ts'
import type { AuthorizationView } from './authorization-view.ts'
import { beginAuthorization, cancelAuthorization, finishAuthorization, getAuthorization } from './authorizations.ts'
import { completeAuthorization } from './complete-authorization.ts'
import { giveConsent, hasConsent } from './consent.ts'
import type { AccountsContext } from './context.ts'
import { listAccounts } from './list-accounts.ts'
import { stopSignIns } from './sign-ins-under-way.ts'

let world: TestContext
let context: AccountsContext

beforeEach(async () => {
  world = await createTestContext()
  context = world.context
  await giveConsent(context, 'claude', 'browser')
})

afterEach(async () => {
  await stopSignIns(context)
  await world.close()
})

const begin = (request: Partial<Parameters<typeof beginAuthorization>[1]> = {}) =>
  beginAuthorization(context, { provider: 'claude', browser: 'browser-one', actor: 'browser', ...request })

const complete = (response: string, request: { authorizationId?: string; browser?: string | null } = {}) =>
  completeAuthorization(context, { response, browser: 'browser-one', actor: 'browser', ...request })

/** The `code#state` that the provider shows. */
const shown = async (view: AuthorizationView, identity = 'ada') =>
  (await world.fake.consent(view.authorizationUrl, identity)).shown

const exchanges = () => world.fake.ledger.entries.filter((entry) => entry.endpoint === 'claude.exchange').length

describe('what is pasted and does not fit is refused precisely, and the sign-in waits on', () => {
  test.each<[string, (code: string, state: string) => string, string]>([
    ['nothing', () => ' \n ', 'response_empty'],
    ['a sentence', () => 'please sign me in', 'response_unreadable'],
    ['another sign-in’s code', (code) => `${code}#${'x'.repeat(43)}`, 'response_state_mismatch'],
    [
      'an address without state',
      (code) => `https://platform.claude.com/oauth/code/callback?code=${code}`,
      'response_state_missing',
    ],
    [
      'an address without code',
      (_, state) => `https://platform.claude.com/oauth/code/callback?state=${state}`,
      'response_code_missing',
    ],
    [
      'two codes',
      (code, state) => `https://platform.claude.com/x?code=${code}&code=y&state=${state}`,
      'response_duplicated_parameter',
    ],
    ['an error without state', () => 'https://platform.claude.com/x?error=access_denied', 'response_state_missing'],
  ])('%s', async (_, pasted, code) => {
    const view = await begin()
    const right = await shown(view)
    const [theCode = '', state = ''] = right.split('#')
    await expect(complete(pasted(theCode, state), { authorizationId: view.id })).rejects.toMatchObject({ code })
    expect([(await getAuthorization(context, view.id)).status, exchanges()]).toEqual(['pending', 0])
    expect(await complete(right, { authorizationId: view.id })).toMatchObject({ email: 'ada@example.com' })
  })

  test.each([
    ['a state that nobody waits for', `FAKE-code#${'x'.repeat(43)}`, 'response_state_mismatch'],
    ['an address without state', 'https://platform.claude.com/x?code=FAKE-code', 'response_state_missing'],
    ['a bare code while nothing waits', 'FAKE-code', 'authorization_not_found'],
  ])('%s, without a sign-in named', async (_, pasted, code) => {
    await expect(complete(pasted)).rejects.toMatchObject({ code })
  })

  test('a sign-in that does not exist', async () => {
    for (const asking of [
      complete('FAKE-code', { authorizationId: 'aut_none' }),
      getAuthorization(context, 'aut_none'),
    ]) {
      await expect(asking).rejects.toMatchObject({ code: 'authorization_not_found' })
    }
  })

  test('the sign-in link itself', async () => {
    const view = await begin()
    await expect(complete(view.authorizationUrl)).rejects.toMatchObject({ code: 'response_code_missing' })
  })

  test('in another browser, or by a program in its place', async () => {
    const view = await begin()
    const right = await shown(view)
    for (const browser of ['browser-two', null]) {
      await expect(complete(right, { browser })).rejects.toMatchObject({ code: 'authorization_other_browser' })
      await expect(complete(right, { browser, authorizationId: view.id })).rejects.toMatchObject({
        code: 'authorization_other_browser',
      })
    }
    expect(await complete(right)).toMatchObject({ origin: 'paste', custody: 'dashboard' })
  })
})

describe('a pasted response', () => {
  test('may be code and state, the address, or the code alone when one sign-in waits; junk around it is taken off', async () => {
    for (const [identity, pasted] of [
      ['ada', (text: string) => `\u001b[32m ${text}\u001b[0m\n`],
      [
        'brook',
        (text: string) => `https://platform.claude.com/oauth/code/callback?code=${text.replace('#', '&state=')}`,
      ],
      ['carol', (text: string) => text.split('#')[0]!],
    ] as const) {
      const view = await begin()
      expect(await complete(pasted(await shown(view, identity)))).toMatchObject({ email: `${identity}@example.com` })
    }
    const profile = (await listAccounts(context)).find((account) => account.email === 'carol@example.com')
    expect(profile).toMatchObject({ plan: 'team', organization: { name: 'Carol & Daughters' } })
  })

  test('of a bare code is ambiguous when two wait, unless one is named', async () => {
    const [one, two] = [await begin({ browser: null }), await begin({ browser: null })]
    const [code = ''] = (await shown(two)).split('#')
    await expect(complete(code, { browser: null })).rejects.toMatchObject({ code: 'authorization_ambiguous' })
    await expect(complete(code, { browser: null, authorizationId: one.id })).rejects.toMatchObject({
      code: 'code_rejected',
    })
  })

  test('of a bare code goes to the one that still waits', async () => {
    const [one, two] = [await begin({ browser: null }), await begin({ browser: null })]
    await cancelAuthorization(context, one.id)
    const [code = ''] = (await shown(two)).split('#')
    expect(await complete(code, { browser: null })).toMatchObject({ email: 'ada@example.com' })
    await expect(complete(code, { browser: null })).rejects.toMatchObject({ code: 'authorization_not_found' })
  })

  test('twice, in two tabs or once more later, is one exchange and one account', async () => {
    const view = await begin()
    const right = await shown(view)
    const accounts = await Promise.all([complete(right), complete(right, { authorizationId: view.id })])
    accounts.push(await complete(right))
    expect(new Set(accounts.map(({ id }) => id)).size).toBe(1)
    expect(exchanges()).toBe(1)
  })

  test('with an error of the provider ends the sign-in and quotes it', async () => {
    const view = await begin()
    const state = new URL(view.authorizationUrl).searchParams.get('state')
    const address = `https://platform.claude.com/x?error=server_error&error_description=Try%20later&state=${state}`
    await expect(complete(address)).rejects.toMatchObject({ code: 'provider_error', params: { detail: 'Try later' } })
    expect(await getAuthorization(context, view.id)).toMatchObject({
      status: 'failed',
      failure: { detail: 'Try later' },
    })
  })

  test('after the end says how it ended', async () => {
    const view = await begin()
    const right = await shown(view)
    await cancelAuthorization(context, view.id)
    await expect(complete(right)).rejects.toMatchObject({ code: 'authorization_over', params: { status: 'cancelled' } })
    expect(exchanges()).toBe(0)
  })

  test('survives a profile that cannot be reached: the answer itself says whose it is', async () => {
    const view = await begin()
    const right = await shown(view)
    world.fake.faults.add({ endpoint: 'claude.profile', fault: { kind: 'status', status: 503 }, times: 99 })
    const completing = complete(right)
    for (let tries = 0; tries < 50; tries++) await world.clock.advance(1_000)
    expect(await completing).toMatchObject({ email: 'ada@example.com', plan: null })
  })
})

test('an account that nobody ever named gets its name by signing in again', async () => {
  const accessToken = new Secret('sk-ant-oat01-FAKE-SETUP')
  const unnamed = await addToken(context, { provider: 'claude', kind: 'setup_token', accessToken, actor: 'browser' })
  const account = await complete(await shown(await begin({ accountId: unnamed.id })))
  expect(account).toMatchObject({ id: unnamed.id, email: 'ada@example.com', custody: 'dashboard' })
})

describe('consent', () => {
  test('is asked for once, before anything begins, and not for the provider’s own CLI', async () => {
    await world.close()
    world = await createTestContext()
    context = world.context
    for (const method of ['paste', 'callback'] as const) {
      await expect(begin({ method })).rejects.toMatchObject({ code: 'consent_needed' })
    }
    expect([
      await listPendingAuthorizations(context.database, context.clock.now()),
      context.callbackListeners.openPorts,
    ]).toEqual([[], []])
    expect((await begin({ method: 'cli_profile' })).method).toBe('cli_profile')
    // A program has no dialog to show: its author has read the notice, and a command shows it itself.
    expect((await begin({ method: 'paste', browser: null, actor: 'api' })).status).toBe('pending')
    await giveConsent(context, 'claude', 'browser')
    expect([await hasConsent(context, 'claude'), await hasConsent(context, 'codex')]).toEqual([true, true])
    expect((await begin({ method: 'paste' })).status).toBe('pending')
  })

  test.each([
    ['an unknown provider', { provider: 'nobody' }, 'unknown_provider'],
    ['a way that is not offered', { method: 'device' }, 'method_not_offered'],
  ] as const)('%s is refused', async (_, request, code) => {
    await expect(begin(request)).rejects.toMatchObject({ code })
  })
})

describe('the provider’s own CLI', () => {
  test('gets a directory and the exact line, and is done when the login appears there', async () => {
    const view = await begin({ method: 'cli_profile' })
    expect(view.profilePath).toContain(world.directory)
    expect(view.command).toContain(view.profilePath!)
    expect(view).toMatchObject({ authorizationUrl: '', status: 'pending' })
    await expect(complete('code', { authorizationId: view.id })).rejects.toMatchObject({ code: 'method_not_offered' })
    const other = await begin({ method: 'paste', browser: 'browser-two' })
    const account = await complete(await shown(other), { browser: 'browser-two' })
    await finishAuthorization(context, view.id, account.id)
    expect(await getAuthorization(context, view.id)).toMatchObject({
      status: 'complete',
      completedAccountId: account.id,
    })
  })
})
