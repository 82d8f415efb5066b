/** Sign-ins by a code typed elsewhere, in OpenAI's shape and in the RFC's, driven by a clock that obeys. */

import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { connectPerson } from '../testing/connected-account.ts'
import { settle } from '../testing/fake-clock.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { beginAuthorization, cancelAuthorization, getAuthorization, resumeAuthorizations } from './authorizations.ts'
import type { AccountsContext } from './context.ts'
import { listAccounts } from './list-accounts.ts'
import { stopSignIns } from './sign-ins-under-way.ts'

let world: TestContext
let context: AccountsContext

beforeEach(async () => {
  world = await createTestContext()
  context = world.context
})

afterEach(async () => {
  await stopSignIns(context)
  await world.close()
})

const begin = (provider = 'codex') =>
  beginAuthorization(context, { provider, method: 'device', browser: 'browser-one', actor: 'browser' })

const polls = () => world.fake.ledger.entries.filter((entry) => entry.endpoint === 'codex.device.poll').length
const view = (id: string) => getAuthorization(context, id)

/** Time passes in steps small enough for what happens at each. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += SECOND_MS) {
    await world.clock.advance(Math.min(SECOND_MS, ms - passed))
    await settle(30)
  }
}

test.each<[string, Parameters<TestContext['fake']['faults']['add']>[0]['fault'], string]>([
  ['switched off for the account', { kind: 'status', status: 404 }, 'device_not_enabled'],
  ['not reachable', { kind: 'drop_before' }, 'provider_unreachable'],
  ['asked to wait', { kind: 'status', status: 429, headers: { 'retry-after': '60' } }, 'provider_rate_limited'],
  ['in trouble', { kind: 'status', status: 500 }, 'provider_error'],
])('a provider that is %s begins nothing', async (_, fault, code) => {
  world.fake.faults.add({ endpoint: 'codex.device.usercode', fault })
  await expect(begin()).rejects.toMatchObject({ code })
})

describe('a code', () => {
  test('is asked about by the interval until it is typed, and signs in', async () => {
    const begun = await begin()
    expect(begun).toMatchObject({ userCode: expect.stringMatching(/^[0-9A-F]{4}-[0-9A-F]{4}$/), stage: 'waiting' })
    expect(begun.verificationUri).toBe('https://auth.openai.com/codex/device')
    await pass(3 * SECOND_MS)
    expect([polls(), (await view(begun.id)).status]).toEqual([3, 'pending'])
    await world.fake.approveDevice(begun.userCode!, 'grace')
    await pass(SECOND_MS)
    const [account] = await listAccounts(context)
    expect(account).toMatchObject({ email: 'grace@example.com', origin: 'device', custody: 'dashboard' })
    expect(await view(begun.id)).toMatchObject({ status: 'complete', completedAccountId: account!.id })
    await pass(10 * SECOND_MS)
    expect(polls()).toBe(4)
  })

  test('that is cancelled is not asked about, and typing it then signs nobody in', async () => {
    const begun = await begin()
    await cancelAuthorization(context, begun.id)
    await world.fake.approveDevice(begun.userCode!, 'grace')
    await pass(5 * SECOND_MS)
    expect([polls(), await listAccounts(context)]).toEqual([0, []])
  })

  test('survives questions that fail, more slowly', async () => {
    const begun = await begin()
    world.fake.faults.add({ endpoint: 'codex.device.poll', fault: { kind: 'drop_before' }, times: 2 })
    world.fake.faults.add({ endpoint: 'codex.device.poll', fault: { kind: 'status', status: 500 }, times: 1 })
    await pass(40 * SECOND_MS)
    await world.fake.approveDevice(begun.userCode!, 'grace')
    await pass(2 * SECOND_MS)
    expect((await view(begun.id)).status).toBe('complete')
  })

  test.each([
    ['removed', sql`delete from authorizations`],
    ['cancelled', sql`update authorizations set cancelled_at = 1`],
    ['being finished', sql`update authorizations set exchanging_at = 1`],
  ])('that is %s by another process is not asked about any more', async (_, change) => {
    await begin()
    await pass(2 * SECOND_MS)
    await context.database.run(change)
    await pass(10 * SECOND_MS)
    expect(polls()).toBe(2)
  })

  test('survives a connection that nobody answers', async () => {
    const begun = await begin()
    world.fake.faults.add({ endpoint: 'codex.device.poll', fault: { kind: 'drop_before' } })
    await pass(SECOND_MS)
    expect(world.log.text()).toContain('authorization.poll_failed')
    expect((await view(begun.id)).status).toBe('pending')
  })

  test('of an older version, without an interval, is asked about every five seconds', async () => {
    await begin()
    await stopSignIns(context)
    await context.database.run(sql`update authorizations set poll_interval_ms = null`)
    context = { ...context }
    await resumeAuthorizations(context)
    await pass(11 * SECOND_MS)
    expect(polls()).toBe(2)
  })

  test('typed by somebody else than the account that signs in again changes nothing of it', async () => {
    const grace = await connectPerson(world, 'grace')
    const request = { provider: 'codex', method: 'device', browser: null, actor: 'browser' } as const
    const begun = await beginAuthorization(context, { ...request, accountId: grace.accountId })
    await world.fake.approveDevice(begun.userCode!, 'hopper')
    await pass(2 * SECOND_MS)
    expect(await view(begun.id)).toMatchObject({ status: 'failed', failure: { code: 'identity_mismatch' } })
    expect(await listAccounts(context)).toMatchObject([{ id: grace.accountId, origin: 'callback' }])
  })

  test('survives a restart of the process', async () => {
    const begun = await begin()
    await pass(2 * SECOND_MS)
    await stopSignIns(context)
    await pass(5 * SECOND_MS)
    expect(polls()).toBe(2)
    context = { ...context }
    await resumeAuthorizations(context)
    await world.fake.approveDevice(begun.userCode!, 'grace')
    await pass(SECOND_MS)
    expect((await view(begun.id)).status).toBe('complete')
  })
})

describe('by RFC 8628', () => {
  const config = `[providers.acme]
name = "Acme"
grant = "device_code"
client_id = "acme-client"
token_url = "https://auth.openai.com/acme/token"
device_authorization_url = "https://auth.openai.com/acme/device"
device_verification_uri = "https://auth.openai.com/acme"
scopes = ["openid"]
`
  let answers: [number, object][]
  let asked: number[]
  let interval: number

  beforeEach(async () => {
    await world.close()
    answers = []
    asked = []
    interval = 5
    world = await createTestContext({
      config,
      fetch: async (url) => {
        if (url.endsWith('/acme/device')) {
          return Response.json({
            device_code: 'FAKE-DEVICE',
            user_code: 'ABCD',
            verification_uri: 'https://auth.openai.com/acme',
            expires_in: 900,
            interval,
          })
        }
        asked.push(context.clock.now())
        const [status, body] = answers.shift() ?? [400, { error: 'authorization_pending' }]
        return Response.json(body, { status })
      },
    })
    context = world.context
  })

  test('slow_down lengthens every later wait by five seconds', async () => {
    await begin('acme')
    answers = [[400, { error: 'slow_down' }]]
    await pass(30 * SECOND_MS)
    expect(asked.slice(1).map((at, index) => at - asked[index]!)).toEqual([10 * SECOND_MS, 10 * SECOND_MS])
  })

  test('a code that nobody types is over after fifteen minutes, and nobody asks any more', async () => {
    interval = 60
    const begun = await begin('acme')
    for (let minutes = 0; minutes < 14; minutes++) await world.clock.advance(MINUTE_MS)
    expect([(await view(begun.id)).status, asked.length]).toEqual(['pending', 14])
    for (let minutes = 0; minutes < 3; minutes++) await world.clock.advance(MINUTE_MS)
    expect([(await view(begun.id)).status, asked.length]).toEqual(['expired', 14])
  })

  test.each([
    ['access_denied', 'sign_in_denied'],
    ['expired_token', 'authorization_over'],
    ['invalid_grant', 'code_rejected'],
  ])('%s ends the sign-in', async (error, code) => {
    const begun = await begin('acme')
    answers = [[400, { error }]]
    await pass(6 * SECOND_MS)
    expect(await view(begun.id)).toMatchObject({ status: 'failed', failure: { code } })
  })

  test('a granted token of a provider that names nobody is kept all the same', async () => {
    const begun = await begin('acme')
    answers = [[200, { access_token: 'FAKE-acme-access', refresh_token: 'FAKE-acme-refresh', expires_in: 3600 }]]
    await pass(6 * SECOND_MS)
    expect((await view(begun.id)).status).toBe('complete')
    expect((await listAccounts(context))[0]!.subject).toMatch(/^token:[0-9a-f]{32}$/)
  })
})
