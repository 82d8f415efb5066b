/** Two processes on one database, dead holders, paused holders, and what a start finds of them. */

import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listAttempts } from '../db/attempt-store.ts'
import { listAnswers } from '../db/inbox-store.ts'
import { inbox } from '../db/schema.ts'
import { SECOND_MS } from '../lib/clock.ts'
import { Secret } from '../lib/secret.ts'
import { SingleFlight } from '../lib/single-flight.ts'
import { type ConnectedAccount, connectPerson, currentGrant } from '../testing/connected-account.ts'
import { settle } from '../testing/fake-clock.ts'
import { currentPair } from '../testing/fake-grants.ts'
import { faultyStore } from '../testing/faulty-store.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import type { AccountsContext } from './context.ts'
import { answerPlace, openTokens } from './grant-tokens.ts'
import { recoverAbandoned, recoverAttempts } from './recover-attempts.ts'
import { refreshGrant } from './refresh-grant.ts'

let world: TestContext
let one: AccountsContext
let other: AccountsContext
let ada: ConnectedAccount

beforeEach(async () => {
  world = await createTestContext()
  one = world.context
  other = { ...one, owner: 'other-process', refreshes: new SingleFlight() }
  ada = await connectPerson(world)
})
afterEach(() => world.close())

const refresh = (context: AccountsContext, purpose: 'requested' | 'token_needed' | 'scheduled' = 'requested') =>
  refreshGrant(context, ada.accountId, { purpose, actor: 'api' })
const delay = (ms: number, after = false) =>
  world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'delay', ms, after } })
const calls = () => world.fake.ledger.count('claude.refresh')
const grantNow = () => currentGrant(one, ada.accountId)
const holdsCurrentPair = async () =>
  openTokens(one.vault, await grantNow()).refreshToken!.equals(currentPair(ada.family).refreshToken!)
const endLease = () => one.database.run(sql`update grants set lease_until = 1`)
/** The access token is nearly over, so that nothing speaks for waiting longer. */
const ageAccessToken = () => one.database.run(sql`update grants set access_token_expires_at = 1`)

describe('two processes', () => {
  test('one request; the other waits, looks again and finds it done', async () => {
    delay(5 * SECOND_MS)
    const first = refresh(one)
    await settle()
    const second = refresh(other)
    await world.clock.advance(8 * SECOND_MS)
    expect((await first).outcome).toBe('refreshed')
    expect(await second).toMatchObject({ outcome: 'unchanged', reason: { code: 'still_fresh' } })
    expect(calls()).toBe(1)
    expect(ada.family.revokedAt).toBeNull()
  })

  test('sixteen of them, fifty rounds: fifty requests', async () => {
    const processes = Array.from({ length: 16 }, (_, number) => ({
      ...one,
      owner: `process-${number}`,
      refreshes: new SingleFlight() as AccountsContext['refreshes'],
    }))
    for (let round = 0; round < 50; round++) {
      await world.clock.advance(6 * 60 * SECOND_MS)
      const all = Promise.all(processes.map((process) => refresh(process, 'token_needed')))
      await world.clock.advance(SECOND_MS)
      const outcomes = await all
      expect(outcomes.filter((outcome) => outcome.outcome === 'refreshed')).toHaveLength(1)
    }
    expect(calls()).toBe(50)
    expect(world.fake.ledger.count('claude.refresh', 'granted')).toBe(50)
  })

  test('whoever cannot have the lease does not refresh, and says so in the end', async () => {
    await one.database.run(
      sql`update grants set lease_owner = 'elsewhere', lease_epoch = 7, lease_until = unixepoch() * 1000 + 60000`,
    )
    const pending = refresh(one)
    await world.clock.advance(40 * SECOND_MS)
    expect(await pending).toMatchObject({ outcome: 'retry_scheduled', reason: { code: 'lease_held' } })
    expect(calls()).toBe(0)
  })
})

describe('a holder that does not come back', () => {
  test('its lease is respected longer while the access token works', async () => {
    delay(24 * 3_600 * SECOND_MS)
    void refresh(one)
    await settle()
    await one.database.run(sql`update grants set lease_until = unixepoch() * 1000 - 1000,
      access_token_expires_at = unixepoch() * 1000 + 3600000`)
    const pending = refresh(other)
    await world.clock.advance(40 * SECOND_MS)
    expect((await pending).reason.code).toBe('lease_held')
    expect(calls()).toBe(1)
  })

  test('whoever takes over treats the refresh as of unknown outcome, and a refusal as an answer that was lost', async () => {
    world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'delay', ms: 600_000, after: true } })
    void refresh(one)
    await settle()
    await ageAccessToken()
    await endLease()
    expect(await refresh(other)).toMatchObject({
      outcome: 'reauthorization_required',
      reason: { code: 'outcome_lost' },
    })
    const attempts = await listAttempts(one.database, (await grantNow()).id)
    expect(attempts.map(({ outcome, owner }) => [outcome, owner])).toEqual([
      ['unknown', 'test-process'],
      ['refused', 'other-process'],
    ])
  })

  test('a paused holder that wakes with a good answer still saves it: nobody discards it', async () => {
    delay(120 * SECOND_MS, true)
    const paused = refresh(one)
    await settle()
    await endLease()
    await world.clock.advance(121 * SECOND_MS)
    expect((await paused).outcome).toBe('refreshed')
    expect(await holdsCurrentPair()).toBe(true)
  })

  test('a good answer that comes after the grant moved on is kept apart, and the newer grant stays', async () => {
    delay(30 * SECOND_MS, true)
    const late = refresh(one)
    await settle()
    const again = await connectPerson(world)
    await world.clock.advance(31 * SECOND_MS)
    expect((await late).outcome).toBe('unchanged')
    const [answer] = await listAnswers(one.database, ada.accountId)
    expect(answer).toMatchObject({ quarantineReason: 'superseded', appliedAt: null })
    const tokens = openTokens(one.vault, await grantNow())
    expect(tokens.refreshToken!.equals(currentPair(again.family).refreshToken!)).toBe(true)
    expect(await grantNow()).toMatchObject({ generation: 1 })
  })

  test.each([
    ['its refresh token was replaced', sql`update grants set generation = 2, refresh_token_fingerprint = 'newer'`],
    ['it moved on although its refresh token stayed', sql`update grants set generation = 2`],
  ])('a good answer never overwrites a grant that is newer: %s', async (_, moveOn) => {
    delay(30 * SECOND_MS, true)
    const late = refresh(one)
    await settle()
    await one.database.run(moveOn)
    const newer = await grantNow()
    await world.clock.advance(31 * SECOND_MS)
    expect((await late).outcome).toBe('unchanged')
    expect(await grantNow()).toEqual({ ...newer, leaseOwner: null, leaseUntil: null })
    expect((await listAnswers(one.database, ada.accountId))[0]).toMatchObject({ quarantineReason: 'superseded' })
    expect((await listAttempts(one.database, newer.id))[0]).toMatchObject({ outcome: 'quarantined' })
  })

  test('a machine that slept between lease and request looks at everything again', async () => {
    let isFirst = true
    one.events.subscribe((event) => {
      if (event.type !== 'grant.refresh_started' || !isFirst) return
      isFirst = false
      world.clock.setWallClock(world.clock.now() + 45 * SECOND_MS)
    })
    const pending = refresh(one)
    await world.clock.advance(2 * SECOND_MS)
    expect((await pending).outcome).toBe('refreshed')
    const attempts = await listAttempts(one.database, (await grantNow()).id)
    expect(attempts.map(({ outcome, code }) => [outcome, code])).toEqual([
      ['not_sent', 'slept'],
      ['done', null],
    ])
  })
})

test('a process that is stopped while it takes the lease sends nothing when it goes on', async () => {
  const store = faultyStore(one.database)
  // 1 reads, 2 takes the lease: its answer is heard 45 s later.
  store.watch({ after: (call) => call === 2 && world.clock.setWallClock(world.clock.now() + 45 * SECOND_MS) })
  const pending = refresh(one)
  await world.clock.advance(2 * SECOND_MS)
  expect((await pending).outcome).toBe('refreshed')
  const attempts = await listAttempts(one.database, (await grantNow()).id)
  expect(attempts.map(({ outcome, code }) => [outcome, code])).toEqual([
    ['not_sent', 'slept'],
    ['done', null],
  ])
})

describe('recoverAbandoned', () => {
  const leaveOpen = async (context: AccountsContext) => {
    world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'delay', ms: 1e12 } })
    void refresh(context)
    await settle()
  }

  test('a refresh whose process died elsewhere is told before its grant is due again', async () => {
    await leaveOpen(other)
    await recoverAbandoned(one)
    expect((await grantNow()).uncertainAt).toBeNull()
    await ageAccessToken()
    await endLease()
    await recoverAbandoned(one)
    expect(await grantNow()).toMatchObject({ uncertainAt: world.clock.now(), leaseOwner: null })
  })

  test('its own refresh under way is left alone, also when its lease has ended', async () => {
    await leaveOpen(one)
    await ageAccessToken()
    await endLease()
    await recoverAbandoned(one)
    expect((await grantNow()).uncertainAt).toBeNull()
    one.refreshes = new SingleFlight()
    await recoverAbandoned(one)
    expect((await grantNow()).uncertainAt).not.toBeNull()
  })
})

describe('recoverAttempts', () => {
  const leaveOpen = async (context: AccountsContext) => {
    world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'delay', ms: 1e12 } })
    void refresh(context)
    await settle()
  }

  test('leaves a living process its attempt', async () => {
    await leaveOpen(other)
    expect(await recoverAttempts(one)).toEqual({ interrupted: 0, applied: 0, quarantined: 0 })
    expect((await grantNow()).uncertainAt).toBeNull()
  })

  test.each([
    ['its lease has ended', false],
    ['no other process can be there', true],
  ])('declares an attempt interrupted when %s, and lets it be tried once, soon', async (_, isSoleOwner) => {
    await leaveOpen(other)
    if (!isSoleOwner) await endLease()
    expect((await recoverAttempts({ ...one, isSoleOwner })).interrupted).toBe(1)
    const grant = await grantNow()
    expect(grant).toMatchObject({ uncertainAt: world.clock.now(), leaseOwner: null, lastFailureCode: 'interrupted' })
    expect(grant.nextRefreshAt! - world.clock.now()).toBeLessThanOrEqual(3 * SECOND_MS)
    expect((await recoverAttempts({ ...one, isSoleOwner })).interrupted).toBe(0)
    await world.clock.advance(3 * SECOND_MS)
    expect((await refresh(one, 'scheduled')).outcome).toBe('refreshed')
  })

  test('an attempt whose grant was replaced says nothing about the new one', async () => {
    await leaveOpen(other)
    await connectPerson(world)
    await recoverAttempts({ ...one, isSoleOwner: true })
    expect((await grantNow()).uncertainAt).toBeNull()
  })

  const leaveAnswer = async (body: unknown, changes: Partial<typeof inbox.$inferInsert> = {}) => {
    const grant = await grantNow()
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    await one.database.insert(inbox).values({
      id: 'ans_left',
      accountId: ada.accountId,
      grantId: grant.id,
      generation: 1,
      parentFingerprint: grant.refreshTokenFingerprint!,
      answerSealed: one.vault.seal(answerPlace(ada.accountId, 1), new Secret(text)),
      receivedAt: world.clock.now(),
      ...changes,
    })
  }
  const good = { access_token: 'sk-ant-oat01-FAKE-KEPT', refresh_token: 'sk-ant-ort01-FAKE-KEPT', expires_in: 3_600 }

  test('applies an answer that was kept but not applied', async () => {
    await leaveAnswer(good)
    expect(await recoverAttempts(one)).toMatchObject({ applied: 1 })
    expect(openTokens(one.vault, await grantNow()).refreshToken!.equals('sk-ant-ort01-FAKE-KEPT')).toBe(true)
    expect((await listAnswers(one.database, ada.accountId))[0]!.appliedAt).not.toBeNull()
    expect(await recoverAttempts(one)).toEqual({ interrupted: 0, applied: 0, quarantined: 0 })
  })

  test('of a provider that is not configured just now it is left for the start at which it is', async () => {
    await leaveAnswer(good)
    expect(await recoverAttempts({ ...one, providers: new Map() })).toMatchObject({ applied: 0, quarantined: 0 })
    expect(await recoverAttempts(one)).toMatchObject({ applied: 1 })
  })

  test('keeps the refresh token that such an answer leaves out', async () => {
    const before = openTokens(one.vault, await grantNow()).refreshToken!
    await leaveAnswer({ access_token: 'sk-ant-oat01-FAKE-KEPT' })
    await recoverAttempts(one)
    expect(openTokens(one.vault, await grantNow()).refreshToken!.equals(before)).toBe(true)
  })

  test.each([
    ['half an answer', '{"access_tok', {}, 'unreadable'],
    ['the answer for a token that is no longer stored', good, { parentFingerprint: 'older' }, 'superseded'],
  ])('puts %s in quarantine', async (_, body, changes, reason) => {
    await leaveAnswer(body, changes)
    expect(await recoverAttempts(one)).toMatchObject({ applied: 0, quarantined: 1 })
    expect((await listAnswers(one.database, ada.accountId))[0]).toMatchObject({ quarantineReason: reason })
    expect((await grantNow()).generation).toBe(1)
  })
})
