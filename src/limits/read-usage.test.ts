/** Readings against the fake provider: with which token, within which budget, and what is kept when they fail. */

import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AccountsContext } from '../accounts/context.ts'
import { getAccount } from '../accounts/list-accounts.ts'
import { changeAccount } from '../db/account-store.ts'
import { findUsageState } from '../db/usage-state-store.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { connectPerson, currentGrant } from '../testing/connected-account.ts'
import { fakeWindow } from '../testing/fake-usage.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { readUsage } from './read-usage.ts'
import { CALLS_PER_HOUR } from './usage-budget.ts'

let world: TestContext
let context: AccountsContext

beforeEach(async () => {
  world = await createTestContext()
  context = world.context
})
afterEach(() => world.close())

const press = (accountId: string) => readUsage(context, accountId, { actor: 'browser' })
const poll = (accountId: string) => readUsage(context, accountId, { actor: 'scheduler' })
const calls = (provider: 'claude' | 'codex' = 'claude') => world.fake.ledger.of(`${provider}.usage`)
const fault = (status: number, headers: Record<string, string> = {}, body: unknown = {}) =>
  world.fake.faults.add({ endpoint: 'claude.usage', fault: { kind: 'status', status, headers, body } })
const state = async (accountId: string) => (await findUsageState(context.database, accountId))!

describe('a good reading', () => {
  test('is in the summary, tightest first, with plan, age and proof', async () => {
    const { accountId } = await connectPerson(world)
    expect(await poll(accountId)).toMatchObject({ outcome: 'read', readAt: world.clock.now() })
    const account = await getAccount(context, accountId)
    expect(account.usage.windows.map(({ id, usedFraction }) => [id, usedFraction])).toEqual([
      ['weekly_all', 0.41],
      ['session', 0.23],
    ])
    expect(account.usage.windows[1]!.evenPaceFraction).toBeCloseTo(0.4, 5)
    expect(account.data).toMatchObject({ status: 'fresh', readAt: world.clock.now() })
    expect(account.login.lastProofAt).toBe(world.clock.now())
    expect(world.events.map(({ type }) => type)).toContain('usage.read')
  })

  test('of Codex names its workspace and tells the plan of now', async () => {
    const { accountId } = await connectPerson(world, 'grace')
    expect(await poll(accountId)).toMatchObject({ outcome: 'read' })
    const { usage, plan } = await getAccount(context, accountId)
    expect(usage.windows.map(({ id, kind }) => [id, kind])).toEqual([
      ['weekly', 'weekly'],
      ['session', 'session'],
    ])
    expect(plan).toBe(world.fake.person('grace').plan)
    expect(usage.credits).toEqual({ hasCredits: false, isUnlimited: false, balance: '0' })
  })

  test('is noted among the calls with what is left of the budget, and says honestly who asks', async () => {
    const { accountId } = await connectPerson(world)
    await poll(accountId)
    await context.calls.flush()
    const [call] = await context.database.all<{ budget_left: number; why: string }>(
      sql`select budget_left, why from provider_calls where endpoint = 'usage'`,
    )
    expect(call).toEqual({ budget_left: CALLS_PER_HOUR - 1, why: 'limits' })
    expect(calls()[0]!.userAgent).toMatch(/^tokendeck\//)
  })

  test('of a window whose span is over is not known any more', async () => {
    const { accountId } = await connectPerson(world)
    await poll(accountId)
    await world.clock.advance(3 * HOUR_MS + MINUTE_MS)
    const { usage, data } = await getAccount(context, accountId)
    expect(usage.windows.find(({ id }) => id === 'session')).toMatchObject({ usedFraction: null, resetsAt: null })
    expect(usage.windows.find(({ id }) => id === 'weekly_all')!.usedFraction).toBe(0.41)
    expect(data.status).toBe('old')
  })

  test('without a window that was there before takes that window away', async () => {
    const { accountId } = await connectPerson(world)
    await poll(accountId)
    world.fake.usage.set('ada', [fakeWindow('session', 23, world.clock.now() + HOUR_MS)])
    await world.clock.advance(10 * MINUTE_MS)
    await poll(accountId)
    expect((await getAccount(context, accountId)).usage.windows.map(({ id }) => id)).toEqual(['session'])
  })
})

describe('nobody is asked', () => {
  test('with a token that lacks the scope, nor ever again by itself', async () => {
    const { accountId } = await connectPerson(world)
    await changeAccount(context.database, accountId, { grant: { scopes: ['user:inference'] } })
    expect(await poll(accountId)).toEqual({ outcome: 'not_read', code: 'not_permitted', retryAt: null })
    expect(calls()).toHaveLength(0)
    expect((await getAccount(context, accountId)).data.status).toBe('not_permitted')
  })

  test('with a login that the provider refused', async () => {
    const { accountId } = await connectPerson(world)
    await changeAccount(context.database, accountId, { grant: { refusedAt: 1, refusalCode: 'invalid_grant' } })
    expect(await poll(accountId)).toMatchObject({ code: 'reauthorization_required', retryAt: null })
    expect(calls()).toHaveLength(0)
  })

  test('with a CLI’s token that has expired, or that its file does not hold any more', async () => {
    const request = { credentialPath: '/home/ada/.claude/.credentials.json' }
    const { accountId } = await connectPerson(world, 'ada', { custody: 'cli', origin: 'link', request })
    expect(await poll(accountId)).toMatchObject({ outcome: 'read' })
    await context.database.run(sql`insert into credential_files
      (machine_id, path, provider, kind, account_id, state, observed_at)
      values ('here', ${request.credentialPath}, 'claude', 'default', null, 'blanked', 0)`)
    await world.clock.advance(10 * MINUTE_MS)
    expect(await poll(accountId)).toMatchObject({ code: 'stale_token' })
    await context.database.run(sql`delete from credential_files`)
    await world.clock.advance(24 * HOUR_MS)
    expect(await poll(accountId)).toMatchObject({ code: 'stale_token' })
    expect(calls()).toHaveLength(1)
    expect(world.fake.ledger.of('claude.refresh')).toHaveLength(0)
  })

  test('with a CLI’s login whose file is on another machine, or nowhere', async () => {
    const request = { credentialPath: '/home/ada/.claude/.credentials.json' }
    const { accountId } = await connectPerson(world, 'ada', { custody: 'cli', origin: 'link', request })
    await changeAccount(context.database, accountId, { grant: { credentialMachineId: 'mac_elsewhere' } })
    expect(await press(accountId)).toMatchObject({ code: 'stale_token' })
    await changeAccount(context.database, accountId, { grant: { credentialMachineId: null, credentialPath: null } })
    expect(await press(accountId)).toMatchObject({ code: 'stale_token' })
    expect(calls()).toHaveLength(0)
  })

  test('where nobody knows how to read the answer', async () => {
    const { accountId } = await connectPerson(world)
    const claude = { ...context.providers.get('claude')!, usageFormat: null }
    for (const providers of [new Map([['claude', claude]]), new Map()]) {
      const outcome = await readUsage({ ...context, providers }, accountId, { actor: 'scheduler' })
      expect(outcome).toEqual({ outcome: 'not_read', code: 'no_usage', retryAt: null })
    }
    expect(calls()).toHaveLength(0)
  })

  test('while its login has to be refreshed and that does not succeed', async () => {
    const { accountId } = await connectPerson(world)
    await world.clock.advance(24 * HOUR_MS)
    world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'status', status: 503 } })
    expect(await poll(accountId)).toMatchObject({ code: 'try_again_later' })
    expect(calls()).toHaveLength(0)
  })

  test('about an account that is not there, or while the database refuses', async () => {
    await expect(press('acc_nobody')).rejects.toMatchObject({ code: 'account_not_found' })
    const { accountId } = await connectPerson(world)
    await context.database.run(sql`drop table usage_calls`)
    await expect(press(accountId)).rejects.toMatchObject({ code: 'store_failed' })
    expect(calls()).toHaveLength(0)
  })

  test('twice within a minute, whoever presses', async () => {
    const { accountId } = await connectPerson(world)
    await Promise.all([press(accountId), press(accountId), poll(accountId)])
    await world.clock.advance(59 * SECOND_MS)
    expect(await press(accountId)).toMatchObject({ code: 'too_soon', retryAt: world.clock.now() + SECOND_MS })
    expect(calls()).toHaveLength(1)
    await world.clock.advance(SECOND_MS)
    expect(await press(accountId)).toMatchObject({ outcome: 'read' })
  })

  test('more than 24 times in an hour; the schedule leaves some to people', async () => {
    const { accountId } = await connectPerson(world)
    for (let minute = 0; minute < 40; minute++) {
      await poll(accountId)
      await world.clock.advance(MINUTE_MS)
    }
    expect(calls()).toHaveLength(20)
    for (let presses = 0; presses < 10; presses++) {
      await press(accountId)
      await world.clock.advance(MINUTE_MS)
    }
    expect(calls()).toHaveLength(CALLS_PER_HOUR)
    expect(await press(accountId)).toMatchObject({ code: 'budget_spent' })
  })
})

describe('tokens', () => {
  test('one that is due is refreshed first', async () => {
    const { accountId } = await connectPerson(world)
    await world.clock.advance(24 * HOUR_MS)
    expect(await poll(accountId)).toMatchObject({ outcome: 'read' })
    expect(world.fake.ledger.of('claude.refresh')).toHaveLength(1)
  })

  test('one that is rejected brings one refresh; the new one, rejected as well, brings none', async () => {
    const { accountId } = await connectPerson(world)
    world.fake.faults.add({
      endpoint: 'claude.usage',
      fault: { kind: 'status', status: 401 },
      times: Number.POSITIVE_INFINITY,
    })
    for (let hour = 0; hour < 5; hour++) {
      expect(await poll(accountId)).toMatchObject({ code: 'rejected_token' })
      await world.clock.advance(HOUR_MS)
    }
    expect(world.fake.ledger.of('claude.refresh')).toHaveLength(1)
    expect(calls()).toHaveLength(6)
  })
})

describe('patience', () => {
  test.each([
    ['0', 5 * MINUTE_MS],
    [null, 5 * MINUTE_MS],
    ['3600', HOUR_MS],
  ])('Retry-After %s is kept, for the button and for a new start', async (retryAfter, waitMs) => {
    const { accountId } = await connectPerson(world)
    await poll(accountId)
    await world.clock.advance(10 * MINUTE_MS)
    fault(429, retryAfter === null ? {} : { 'retry-after': retryAfter })
    const outcome = await poll(accountId)
    expect(outcome).toMatchObject({ outcome: 'not_read', code: 'rate_limited' })
    const restarted = { ...context, owner: 'another-process' }
    await world.clock.advance(waitMs - SECOND_MS)
    expect(await readUsage(restarted, accountId, { actor: 'browser' })).toMatchObject({ code: 'held' })
    expect(calls()).toHaveLength(2)
    const { usage } = await getAccount(context, accountId)
    expect(usage.windows.find(({ id }) => id === 'weekly_all')!.usedFraction).toBe(0.41)
    await world.clock.advance(MINUTE_MS)
    expect(await readUsage(restarted, accountId, { actor: 'browser' })).toMatchObject({ outcome: 'read' })
  })

  test('goes by the clock of a database that is elsewhere', async () => {
    const { accountId } = await connectPerson(world)
    const remote = { ...context, isDatabaseRemote: true }
    for (const retryAfter of ['7200', null]) {
      await context.database.run(sql`delete from usage_calls`)
      await context.database.run(sql`delete from usage_holds`)
      fault(429, retryAfter === null ? {} : { 'retry-after': retryAfter })
      const outcome = (await readUsage(remote, accountId, { actor: 'browser' })) as { retryAt: number }
      expect(outcome).toMatchObject({ code: 'rate_limited' })
      expect(outcome.retryAt - world.clock.now()).toBe(retryAfter === null ? 5 * MINUTE_MS : 2 * HOUR_MS)
      expect(await readUsage(remote, accountId, { actor: 'browser' })).toMatchObject({ code: 'held' })
    }
    const [call] = await context.database.all<{ at: number }>(sql`select at from usage_calls`)
    expect(Math.abs(call!.at - Date.now())).toBeLessThan(MINUTE_MS)
  })

  test('grows to an hour while the provider keeps asking for it, and begins anew after an answer', async () => {
    const { accountId } = await connectPerson(world)
    const waits: number[] = []
    for (let round = 0; round < 6; round++) {
      fault(429)
      const outcome = await press(accountId)
      const waitMs = (outcome as { retryAt: number }).retryAt - world.clock.now()
      waits.push(Math.round(waitMs / MINUTE_MS))
      await world.clock.advance(waitMs + SECOND_MS)
    }
    expect(waits.map((wait) => Math.floor(wait / 5) * 5)).toEqual([5, 10, 20, 40, 60, 60])
    expect(await press(accountId)).toMatchObject({ outcome: 'read' })
    await world.clock.advance(MINUTE_MS)
    fault(429)
    const again = (await press(accountId)) as { retryAt: number }
    expect(again.retryAt - world.clock.now()).toBeLessThan(6 * MINUTE_MS)
  })
})

describe('what goes wrong', () => {
  test.each([
    [403, '<html>blocked</html>', 'blocked'],
    [403, { error: { message: 'Unknown workspace' } }, 'forbidden'],
    [403, { error: { message: 'OAuth token does not meet scope requirement user:profile' } }, 'not_permitted'],
    [200, { surprise: true }, 'not_a_reading'],
    [200, '<html>sign in to the network</html>', 'not_a_reading'],
    [503, {}, 'server_error'],
    [404, {}, 'http_404'],
  ])('%s %j is %s, and the last reading stays with its age', async (status, body, code) => {
    const { accountId } = await connectPerson(world)
    await poll(accountId)
    const readAt = world.clock.now()
    await world.clock.advance(10 * MINUTE_MS)
    fault(status, {}, body)
    expect(await poll(accountId)).toMatchObject({ outcome: 'not_read', code })
    const { usage } = await getAccount(context, accountId)
    expect(usage).toMatchObject({ readAt, failure: code })
    expect(usage.windows).toHaveLength(2)
    expect((await state(accountId)).failures).toBe(1)
  })

  test('a connection that breaks is no reading either', async () => {
    const { accountId } = await connectPerson(world)
    world.fake.faults.add({ endpoint: 'claude.usage', fault: { kind: 'drop_before' } })
    expect(await poll(accountId)).toMatchObject({ code: 'unreachable' })
    expect((await currentGrant(context, accountId)).failures).toBe(0)
  })
})
