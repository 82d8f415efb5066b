/** What becomes of a refresh that does not go well: tried again, not known, refused, or not to be kept. */

import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listAttempts } from '../db/attempt-store.ts'
import { listAuditEvents } from '../db/audit-store.ts'
import { listAnswers } from '../db/inbox-store.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { type ConnectedAccount, connectPerson, currentGrant } from '../testing/connected-account.ts'
import { settle } from '../testing/fake-clock.ts'
import type { Fault } from '../testing/fake-faults.ts'
import { currentPair } from '../testing/fake-grants.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import type { AccountsContext } from './context.ts'
import { openTokens } from './grant-tokens.ts'
import { type RefreshPurpose, refreshGrant } from './refresh-grant.ts'

let world: TestContext
let context: AccountsContext
let ada: ConnectedAccount

beforeEach(async () => {
  world = await createTestContext()
  context = world.context
  ada = await connectPerson(world)
})
afterEach(() => world.close())

const refresh = (purpose: RefreshPurpose = 'requested') =>
  refreshGrant(context, ada.accountId, { purpose, actor: 'api' })
const grantNow = () => currentGrant(context, ada.accountId)
const strike = (fault: Fault, times = 1) => world.fake.faults.add({ endpoint: 'claude.refresh', fault, times })
const calls = () => world.fake.ledger.count('claude.refresh')
const isHeldPairCurrent = async () => {
  const tokens = openTokens(context.vault, await grantNow())
  const pair = currentPair(ada.family)
  return tokens.accessToken.equals(pair.accessToken) && tokens.refreshToken!.equals(pair.refreshToken!)
}

describe('failures that mend themselves', () => {
  test.each<[string, Fault, string]>([
    ['refused connection', { kind: 'drop_before' }, 'unreachable'],
    [
      'too many requests',
      { kind: 'status', status: 429, body: { error: { type: 'rate_limit_error' } } },
      'rate_limited',
    ],
    ['server error', { kind: 'status', status: 503, body: 'busy' }, 'server_error'],
    ['firewall', { kind: 'blocked' }, 'blocked'],
    ['sign-in page of a network', { kind: 'captive_portal' }, 'html_answer'],
    ['not found', { kind: 'status', status: 404, body: { error: { type: 'not_found_error' } } }, 'not_found'],
  ])('%s: nobody is asked to sign in', async (_, fault, failureCode) => {
    strike(fault)
    const outcome = await refresh()
    expect(outcome).toMatchObject({
      outcome: 'retry_scheduled',
      reason: { code: 'transient', params: { failureCode } },
    })
    const grant = await grantNow()
    expect(grant).toMatchObject({ refusedAt: null, uncertainAt: null, failures: 1, leaseOwner: null, generation: 1 })
    expect(grant.nextRefreshAt).toBeGreaterThan(world.clock.now())
    await world.clock.advance(grant.nextRefreshAt! - world.clock.now())
    expect((await refresh('scheduled')).outcome).toBe('refreshed')
    expect(await grantNow()).toMatchObject({ failures: 0, lastFailureCode: null })
    expect(world.fake.faults.unused()).toEqual([])
  })

  test('Retry-After is honoured, also when a person presses', async () => {
    strike({ kind: 'status', status: 429, headers: { 'retry-after': '3600' } })
    await refresh()
    const { nextRefreshAt } = await grantNow()
    expect(nextRefreshAt! - world.clock.now()).toBeGreaterThanOrEqual(HOUR_MS)
    for (const purpose of ['requested', 'token_needed', 'scheduled'] as const) await refresh(purpose)
    expect(calls()).toBe(1)
    expect(await refresh()).toMatchObject({ outcome: 'retry_scheduled', retryAt: nextRefreshAt })
  })

  test('a person may press through an ordinary back-off, a program may not', async () => {
    strike({ kind: 'status', status: 503 })
    await refresh()
    expect((await refresh('token_needed')).outcome).toBe('retry_scheduled')
    expect(calls()).toBe(1)
    expect((await refresh()).outcome).toBe('refreshed')
  })

  test('a 2xx that is no answer is kept under seal', async () => {
    strike({ kind: 'captive_portal' })
    await refresh()
    const [answer] = await listAnswers(context.database, ada.accountId)
    expect(answer).toMatchObject({ quarantineReason: 'html_answer', appliedAt: null })
  })

  test('a client that the provider does not know is a mistake of ours, not of the person', async () => {
    strike({ kind: 'status', status: 400, body: { error: 'invalid_client' } })
    expect(await refresh()).toMatchObject({ outcome: 'retry_scheduled', reason: { code: 'misconfigured' } })
    expect((await grantNow()).refusedAt).toBeNull()
  })

  test('a paused account is tried again by nobody', async () => {
    await context.database.run(sql`update accounts set paused_at = 1`)
    strike({ kind: 'status', status: 503 })
    await refresh()
    expect((await grantNow()).nextRefreshAt).toBeNull()
  })
})

describe('an unknown outcome', () => {
  test('a lost answer: one retry after one to three seconds; a strict provider then ends it, once', async () => {
    strike({ kind: 'drop_after' })
    const outcome = await refresh()
    expect(outcome).toMatchObject({ outcome: 'outcome_unknown', reason: { code: 'unknown_outcome' } })
    const grant = await grantNow()
    expect(grant.nextRefreshAt! - world.clock.now()).toBeGreaterThanOrEqual(SECOND_MS)
    expect(grant.nextRefreshAt! - world.clock.now()).toBeLessThanOrEqual(3 * SECOND_MS)
    for (const purpose of ['requested', 'token_needed', 'rejected_token', 'scheduled'] as const) {
      expect((await refresh(purpose)).outcome).not.toBe('refreshed')
    }
    expect(calls()).toBe(1)
    await world.clock.advance(3 * SECOND_MS)
    const lost = await refresh('retry_after_unknown')
    expect(lost).toMatchObject({ outcome: 'reauthorization_required', reason: { code: 'outcome_lost' } })
    await world.clock.advance(24 * HOUR_MS)
    await refresh('scheduled')
    expect(await refresh()).toMatchObject({ reason: { code: 'outcome_lost' } })
    expect(calls()).toBe(2)
  })

  test('with a provider that repeats its answer the login lives on', async () => {
    await world.close()
    world = await createTestContext({ provider: { reuse: 30 * SECOND_MS } })
    context = world.context
    ada = await connectPerson(world)
    strike({ kind: 'drop_after' })
    await refresh()
    await world.clock.advance(3 * SECOND_MS)
    expect((await refresh('retry_after_unknown')).outcome).toBe('refreshed')
    expect(await isHeldPairCurrent()).toBe(true)
    expect(await grantNow()).toMatchObject({ uncertainAt: null, failures: 0 })
  })

  test('half an answer is kept under seal and counts as unknown', async () => {
    strike({ kind: 'truncated' })
    expect((await refresh()).outcome).toBe('outcome_unknown')
    const [answer] = await listAnswers(context.database, ada.accountId)
    expect(answer).toMatchObject({ quarantineReason: 'not_json', appliedAt: null })
  })

  test('two lost answers: then calm', async () => {
    strike({ kind: 'redirect', location: 'https://elsewhere.example/' }, 2)
    await refresh()
    await world.clock.advance(3 * SECOND_MS)
    expect((await refresh('retry_after_unknown')).outcome).toBe('outcome_unknown')
    await world.clock.advance(5 * MINUTE_MS)
    expect((await refresh('scheduled')).outcome).toBe('unchanged')
    expect(calls()).toBe(2)
  })

  test('still unknown after the retry: the calm schedule, and a failure that mends itself does not forget it', async () => {
    const send = context.transport.send
    const { OAuthTransportError } = await import('../oauth/errors.ts')
    context.transport = { send: () => Promise.reject(new OAuthTransportError('timed_out', true, 'late')) }
    await refresh()
    await world.clock.advance(3 * SECOND_MS)
    expect((await refresh('retry_after_unknown')).outcome).toBe('outcome_unknown')
    const { nextRefreshAt } = await grantNow()
    expect(nextRefreshAt! - world.clock.now()).toBeGreaterThan(7 * MINUTE_MS)
    context.transport = { send }
    strike({ kind: 'status', status: 503 })
    await world.clock.advance(10 * MINUTE_MS)
    await refresh('scheduled')
    expect((await grantNow()).uncertainAt).not.toBeNull()
  })
})

describe('a refusal', () => {
  test.each([
    [400, { error: 'invalid_grant' }, 'invalid_grant'],
    [401, { error: { code: 'refresh_token_reused', message: 'used' } }, 'refresh_token_reused'],
    [401, { error: { code: 'refresh_token_expired' } }, 'refresh_token_expired'],
    [401, 'Unauthorized', 'unauthorized'],
  ])('%i %j: only a person can mend it, and nothing is sent again', async (status, body, refusalCode) => {
    strike({ kind: 'status', status, body })
    expect(await refresh()).toMatchObject({
      outcome: 'reauthorization_required',
      reason: { code: 'refused', params: { refusalCode } },
    })
    expect(await grantNow()).toMatchObject({ refusalCode, nextRefreshAt: null, leaseOwner: null })
    for (const purpose of ['requested', 'scheduled', 'token_needed'] as const) await refresh(purpose)
    expect(calls()).toBe(1)
    expect((await listAuditEvents(context.database, ada.accountId, 1))[0]!.kind).toBe('grant.refused')
  })

  test('a newer grant that came meanwhile is not condemned', async () => {
    world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'delay', ms: 5_000 } })
    const pending = refresh()
    await settle()
    world.fake.grants.revoke(currentPair(ada.family).refreshToken!)
    const again = await connectPerson(world)
    await world.clock.advance(6_000)
    expect((await pending).outcome).toBe('unchanged')
    expect(again.accountId).toBe(ada.accountId)
    expect((await grantNow()).refusedAt).toBeNull()
  })

  test('an answer for somebody else is kept apart and attached to nobody', async () => {
    strike({ kind: 'other_identity', identity: 'brook' })
    const before = await grantNow()
    expect(await refresh()).toMatchObject({ outcome: 'reauthorization_required', reason: { code: 'identity_changed' } })
    const after = await grantNow()
    expect(after.accessTokenSealed).toBe(before.accessTokenSealed)
    expect((await listAnswers(context.database, ada.accountId))[0]).toMatchObject({
      quarantineReason: 'identity_changed',
    })
    expect((await listAttempts(context.database, after.id))[0]).toMatchObject({ outcome: 'quarantined' })
  })
})

describe('a database that cannot take the answer', () => {
  const block = () =>
    context.database.run(sql`create trigger no_answers before insert on inbox begin select raise(abort, 'full'); end`)
  const unblock = () => context.database.run(sql`drop trigger no_answers`)

  test('callers are told, nothing is spent again, and the answer is written when it can be', async () => {
    await block()
    const pending = refresh()
    await world.clock.advance(5 * SECOND_MS)
    expect(await pending).toMatchObject({ outcome: 'retry_scheduled', reason: { code: 'not_saved' } })
    expect(world.events.map((event) => event.type)).not.toContain('grant.refreshed')
    expect((await refresh()).reason.code).toBe('not_saved')
    await world.clock.advance(10 * MINUTE_MS)
    expect((await refresh('scheduled')).reason.code).toBe('not_saved')
    expect(calls()).toBe(1)
    expect(world.log.text()).toContain('grant.answer_not_saved')
    await unblock()
    const settled = context.refreshes.settled()
    await world.clock.advance(10 * SECOND_MS)
    await settled
    expect(await isHeldPairCurrent()).toBe(true)
    expect(world.events.map((event) => event.type)).toContain('grant.refreshed')
  })

  test('a short trouble is not even noticed', async () => {
    await block()
    const pending = refresh()
    await world.clock.advance(100)
    await unblock()
    await world.clock.advance(2 * SECOND_MS)
    expect((await pending).outcome).toBe('refreshed')
    expect(await isHeldPairCurrent()).toBe(true)
  })

  test('a failure that cannot be written leaves the attempt open, which counts as unknown next time', async () => {
    strike({ kind: 'drop_after' })
    await context.database.run(
      sql`create trigger no_ends before update on attempts begin select raise(abort, 'full'); end`,
    )
    const pending = refresh()
    await world.clock.advance(5 * SECOND_MS)
    expect((await pending).outcome).toBe('outcome_unknown')
    await context.database.run(sql`drop trigger no_ends`)
    expect((await refresh()).reason.code).toBe('outcome_lost')
    const attempts = await listAttempts(context.database, (await grantNow()).id)
    expect(attempts.map((attempt) => attempt.outcome)).toEqual(['unknown', 'refused'])
  })
})
