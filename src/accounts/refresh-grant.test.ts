/** One refresh against a strict provider: what is sent, what is kept, how often, and for whom. Beside it: refresh-failures.test.ts. */

import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listAttempts } from '../db/attempt-store.ts'
import { listAuditEvents } from '../db/audit-store.ts'
import { listAnswers } from '../db/inbox-store.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { type ConnectedAccount, connectPerson, currentGrant } from '../testing/connected-account.ts'
import type { Fault } from '../testing/fake-faults.ts'
import { currentPair } from '../testing/fake-grants.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import type { AccountsContext } from './context.ts'
import { answerPlace, openTokens } from './grant-tokens.ts'
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

describe('a good answer', () => {
  test('becomes the next generation, sealed for it, with its attempt, its raw answer and its history', async () => {
    const outcome = await refresh()
    expect(outcome).toMatchObject({ outcome: 'refreshed', reason: { code: 'refreshed' } })
    expect(await isHeldPairCurrent()).toBe(true)
    const grant = await grantNow()
    expect(grant).toMatchObject({ generation: 2, leaseOwner: null, leaseUntil: null, failures: 0, uncertainAt: null })
    const [attempt] = await listAttempts(context.database, grant.id)
    expect(attempt).toMatchObject({ outcome: 'done', purpose: 'requested', httpStatus: 200, owner: 'test-process' })
    const [answer] = await listAnswers(context.database, ada.accountId)
    expect(answer).toMatchObject({ quarantinedAt: null, generation: 1 })
    expect(answer!.appliedAt).not.toBeNull()
    const raw = context.vault.open(answerPlace(ada.accountId, 1), answer!.answerSealed).reveal()
    expect(JSON.parse(raw)).toMatchObject({ access_token: currentPair(ada.family).accessToken })
    expect((await listAuditEvents(context.database, ada.accountId, 9))[0]).toMatchObject({
      kind: 'grant.refreshed',
      actor: 'api',
    })
  })

  test('is told only when it is durable', async () => {
    const told: (string | null)[] = []
    context.events.subscribe(async (event) => {
      if (event.type === 'grant.refreshed') told.push(event.type)
    })
    const original = context.database.batch.bind(context.database)
    const order: string[] = []
    context.events.subscribe((event) => order.push(event.type))
    context.database.batch = (async (statements: never) => {
      const result = await original(statements)
      order.push('committed')
      return result
    }) as never
    await refresh()
    expect(order).toEqual(['committed', 'grant.refresh_started', 'committed', 'grant.refreshed'])
    expect(told).toHaveLength(1)
  })

  test('without a refresh token keeps the old one, sealed anew', async () => {
    strike({ kind: 'change', fields: { refresh_token: undefined } })
    const before = await grantNow()
    await refresh()
    const after = await grantNow()
    expect(after.refreshTokenFingerprint).toBe(before.refreshTokenFingerprint)
    expect(openTokens(context.vault, after).refreshToken!.equals(openTokens(context.vault, before).refreshToken!)).toBe(
      true,
    )
  })

  test('without rotation still counts as a new generation', async () => {
    await world.close()
    world = await createTestContext({ provider: { rotates: false } })
    context = world.context
    ada = await connectPerson(world)
    await refresh()
    await world.clock.advance(3 * SECOND_MS)
    expect((await refresh()).outcome).toBe('refreshed')
    expect((await grantNow()).generation).toBe(3)
  })

  test('a hundred rotations in a row never spend a token twice', async () => {
    for (let turn = 0; turn < 100; turn++) {
      await world.clock.advance(3 * SECOND_MS)
      expect((await refresh()).outcome).toBe('refreshed')
    }
    expect(ada.family.revokedAt).toBeNull()
    expect(calls()).toBe(100)
  })

  test.each([
    ['a new scope', { scope: 'user:profile' }],
    ['no expiry', { expires_in: undefined }],
    ['an expiry in words', { expires_in: '28800' }],
    ['fields that nobody knows', { surprise: { deep: true } }],
    ['neither scope nor end of the login', { scope: undefined, refresh_token_expires_in: undefined }],
  ])('with %s is kept', async (_, fields) => {
    strike({ kind: 'change', fields })
    const before = await grantNow()
    expect((await refresh()).outcome).toBe('refreshed')
    expect(await isHeldPairCurrent()).toBe(true)
    const after = await grantNow()
    if (!('scope' in fields)) expect(after.scopes).toEqual(before.scopes)
    expect(after.loginExpiresAt).toBe(before.loginExpiresAt)
  })
})

describe('one at a time', () => {
  test('fifty callers at once are one request, and a caller that goes away stops nothing', async () => {
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => refresh('token_needed')))
    expect(calls()).toBe(1)
    expect(new Set(outcomes.map((outcome) => outcome.outcome))).toEqual(new Set(['refreshed']))
  })

  test('a second wish right after the first is the same wish; later it is a new one', async () => {
    await refresh()
    expect(await refresh()).toMatchObject({ outcome: 'unchanged', reason: { code: 'still_fresh' } })
    await world.clock.advance(2 * SECOND_MS)
    expect((await refresh()).outcome).toBe('refreshed')
    expect(calls()).toBe(2)
  })

  test.each(['token_needed', 'rejected_token', 'scheduled'] as const)(
    'no machine asks twice within five minutes (%s), whatever the expiry says',
    async (purpose) => {
      strike({ kind: 'change', fields: { expires_in: 1 } }, 9)
      await refresh()
      await world.clock.advance(5 * MINUTE_MS - 2)
      expect((await refresh(purpose)).outcome).toBe('unchanged')
      expect(calls()).toBe(1)
      await world.clock.advance(MINUTE_MS)
      expect((await refresh(purpose)).outcome).toBe('refreshed')
    },
  )

  test('not even when the wall clock jumps a day ahead', async () => {
    await refresh()
    world.clock.setWallClock(world.clock.now() + 24 * HOUR_MS)
    expect((await refresh('scheduled')).outcome).toBe('unchanged')
    expect((await refresh('token_needed')).outcome).toBe('unchanged')
    expect(calls()).toBe(1)
  })

  test('the schedule is not ahead of itself', async () => {
    expect((await refresh('scheduled')).outcome).toBe('unchanged')
    expect(calls()).toBe(0)
  })
})

describe('who may not', () => {
  test.each([
    ['cli', 'cli_refreshes'],
    ['none', 'nobody_refreshes'],
  ] as const)('custody %s is never refreshed', async (custody, code) => {
    const brook = await connectPerson(world, 'brook', { custody, origin: custody === 'cli' ? 'link' : 'access_token' })
    const outcome = await refreshGrant(context, brook.accountId, { purpose: 'requested', actor: 'browser' })
    expect(outcome).toMatchObject({ outcome: 'not_custodian', reason: { code } })
    expect(calls()).toBe(0)
  })

  test('a grant without a refresh token says so', async () => {
    await context.database.run(sql`update grants set refresh_token_sealed = null, refresh_token_fingerprint = null`)
    expect(await refresh()).toMatchObject({ outcome: 'not_custodian', reason: { code: 'no_refresh_token' } })
  })

  test('an account that is not there', async () => {
    await expect(refreshGrant(context, 'acc_none', { purpose: 'requested', actor: 'api' })).rejects.toMatchObject({
      code: 'account_not_found',
    })
  })

  test('a database that refuses: nothing is sent', async () => {
    await context.database.run(
      sql`create trigger no_attempts before insert on attempts begin select raise(abort, 'no'); end`,
    )
    await expect(refresh()).rejects.toMatchObject({ code: 'store_failed' })
    expect(calls()).toBe(0)
    expect((await grantNow()).leaseOwner).toBeNull()
  })
})
