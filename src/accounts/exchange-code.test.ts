/** The moment in which a code is spent: what can go wrong around it, and that nothing of worth is lost then. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../db/client.ts'
import { Secret } from '../lib/secret.ts'
import type { Provider } from '../oauth/provider.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { addToken } from './add-token.ts'
import { beginAuthorization, getAuthorization } from './authorizations.ts'
import { completeAuthorization } from './complete-authorization.ts'
import { giveConsent } from './consent.ts'
import type { AccountsContext } from './context.ts'
import { listAccounts } from './list-accounts.ts'
import { stopSignIns } from './sign-ins-under-way.ts'

let world: TestContext
let context: AccountsContext

beforeEach(async () => {
  world = await createTestContext()
  context = { ...world.context }
  await giveConsent(context, 'claude', 'browser')
})

afterEach(async () => {
  await stopSignIns(context)
  await world.close()
})

/** A sign-in with the `code#state` that the provider showed for it. */
async function signedIn(identity = 'ada', accountId?: string) {
  const view = await beginAuthorization(context, { provider: 'claude', accountId, browser: null, actor: 'cli' })
  return { view, shown: (await world.fake.consent(view.authorizationUrl, identity)).shown }
}

/** Completes while time passes. */
async function complete(response: string) {
  const completing = completeAuthorization(context, { response, browser: null, actor: 'cli' })
  completing.catch(() => {})
  for (let tries = 0; tries < 60; tries++) await world.clock.advance(1_000)
  return completing
}

/** A database whose writes of several statements fail `times` times. */
function troubled(database: Database, times: number): Database {
  let left = times
  return new Proxy(database, {
    get: (target, name) => {
      if (name === 'batch' && left-- > 0) throw Object.assign(new Error('busy'), { code: 'SQLITE_BUSY' })
      const value = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

describe('tokens that are here are kept', () => {
  test('through a database that is busy for a while', async () => {
    const { shown } = await signedIn()
    context.database = troubled(world.context.database, 3)
    expect(await complete(shown)).toMatchObject({ email: 'ada@example.com' })
  })

  test('and when it stays so, the sign-in ends and says that', async () => {
    const { view, shown } = await signedIn()
    context.database = troubled(world.context.database, 1_000)
    await expect(complete(shown)).rejects.toMatchObject({ code: 'store_failed' })
    expect((await getAuthorization(context, view.id)).failure).toMatchObject({ code: 'store_failed' })
  })
})

describe('an exchange that brings nothing', () => {
  test.each<[string, Parameters<TestContext['fake']['faults']['add']>[0]['fault'], object]>([
    [
      'a client that is not known',
      { kind: 'status', status: 401, body: { error: 'invalid_client' } },
      { code: 'provider_error', params: { failureCode: 'invalid_client' } },
    ],
    [
      'an answer without a token',
      { kind: 'status', status: 200, body: {} },
      { code: 'provider_error', params: { failureCode: 'access_token_missing' } },
    ],
    [
      'a page of the network',
      { kind: 'captive_portal' },
      { code: 'provider_error', params: { failureCode: 'html_answer' } },
    ],
    ['half an answer', { kind: 'truncated' }, { code: 'provider_error', params: { failureCode: 'not_json' } }],
    [
      'a redirect',
      { kind: 'redirect', location: 'https://evil.test/' },
      { code: 'provider_unreachable', params: { failureCode: 'redirected' } },
    ],
    [
      'asked to wait without saying how long',
      { kind: 'status', status: 429 },
      { code: 'provider_rate_limited', params: { retryAt: expect.any(Number) } },
    ],
  ])('%s', async (_, fault, refusal) => {
    const { view, shown } = await signedIn()
    world.fake.faults.add({ endpoint: 'claude.exchange', fault })
    await expect(complete(shown)).rejects.toMatchObject(refusal)
    // The code is burnt: a second paste is told how the first ended.
    await expect(complete(shown)).rejects.toMatchObject({ code: 'authorization_over', params: { status: 'failed' } })
    expect((await getAuthorization(context, view.id)).status).toBe('failed')
    expect(world.fake.ledger.entries.filter(({ endpoint }) => endpoint === 'claude.exchange')).toHaveLength(1)
    expect(await listAccounts(context)).toEqual([])
  })

  test('because the provider was never reached, three times', async () => {
    const { shown } = await signedIn()
    world.fake.faults.add({ endpoint: 'claude.exchange', fault: { kind: 'drop_before' }, times: 99 })
    await expect(complete(shown)).rejects.toMatchObject({
      code: 'provider_unreachable',
      params: { failureCode: 'unreachable' },
    })
  })

  test('because of a fault of our own: it is thrown on, and the sign-in does not hang', async () => {
    const broken: Provider = {
      ...context.providers.get('claude')!,
      readIdentity: () => {
        throw new RangeError('a surprise')
      },
    }
    const { view, shown } = await signedIn()
    context.providers = new Map([['claude', broken]])
    await expect(complete(shown)).rejects.toThrow('a surprise')
    expect((await getAuthorization(context, view.id)).failure).toMatchObject({
      code: 'provider_error',
      detail: 'unexpected',
    })
  })
})

describe('when nobody says whose the tokens are', () => {
  const nameless = () => {
    world.fake.faults.add({ endpoint: 'claude.profile', fault: { kind: 'status', status: 500 }, times: 99 })
    world.fake.faults.add({
      endpoint: 'claude.exchange',
      fault: { kind: 'change', fields: { account: undefined, organization: undefined } },
    })
  }

  test('a new sign-in is kept under a fingerprint', async () => {
    const { shown } = await signedIn()
    nameless()
    expect((await complete(shown)).subject).toMatch(/^token:[0-9a-f]{32}$/)
  })

  test('signing in again to somebody is refused, and what they had stays', async () => {
    const account = await complete((await signedIn()).shown)
    const { shown } = await signedIn('brook', account.id)
    nameless()
    await expect(complete(shown)).rejects.toMatchObject({ code: 'identity_unknown' })
    expect(await listAccounts(context)).toMatchObject([{ id: account.id, login: { status: 'valid' } }])
  })

  test('signing in again to an account that has no name either is believed', async () => {
    const accessToken = new Secret('sk-ant-oat01-FAKE-SETUP')
    const unnamed = await addToken(context, { provider: 'claude', kind: 'setup_token', accessToken, actor: 'api' })
    const { shown } = await signedIn('ada', unnamed.id)
    nameless()
    expect((await complete(shown)).id).toBe(unnamed.id)
  })
})
