/** Sign-outs at providers: asked for as long as it takes, and never lost. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { accounts, revocations } from '../db/schema.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { SingleFlight } from '../lib/single-flight.ts'
import { type ConnectedAccount, connectPerson } from '../testing/connected-account.ts'
import { settle } from '../testing/fake-clock.ts'
import type { Fault } from '../testing/fake-faults.ts'
import { fingerprint } from '../testing/fake-ledger.ts'
import { faultyStore } from '../testing/faulty-store.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { startJob } from '../workers/recurring-job.ts'
import { RECURRING_JOBS } from '../workers/recurring-work.ts'
import { accountHistory } from './account-history.ts'
import type { AccountsContext } from './context.ts'
import { forgetOldRecords } from './forget-old-records.ts'
import { refreshGrant } from './refresh-grant.ts'
import type { RefreshOutcome } from './refresh-outcome.ts'
import { removeAccount } from './remove-account.ts'
import { CLAIM_MS, GIVE_UP_MS, listRevocations, retryRevocations } from './revocations.ts'

const actor = 'browser' as const
let world: TestContext
let context: AccountsContext
let ada: ConnectedAccount

beforeEach(async () => {
  world = await createTestContext()
  context = world.context
  ada = await connectPerson(world)
})
afterEach(() => world.close())

const remove = (confirmCli = false) => removeAccount(context, ada.accountId, { revoke: true, confirmCli, actor })
const fails = (fault: Fault, times = 1) => world.fake.faults.add({ endpoint: 'claude.revoke', fault, times })
const asked = () => world.fake.ledger.count('claude.revoke')
const kinds = async () => (await accountHistory(context, ada.accountId)).map(({ kind }) => kind)
const only = async () => (await listRevocations(context))[0]!
/** Lets files and the database go on until something is so, however slow this machine is. */
const until = async (isSo: () => unknown) => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 1))
}
/** The end of work that waits on files, the database and the clock. */
const settled = async <T>(work: Promise<T>): Promise<T> => {
  let isOver = false
  const over = work.finally(() => {
    isOver = true
  })
  over.catch(() => {})
  await until(async () => {
    if (world.clock.pending() > 0) await world.clock.advance(500)
    return isOver
  })
  return over
}
/** Goes to the next try, and makes it. */
const goOn = async () => {
  world.clock.setWallClock((await only()).nextTryAt!)
  await retryRevocations(context)
}

describe('a provider that cannot do it yet', () => {
  test('503 twice, then 200: asked three times, at growing distances, and ended once', async () => {
    fails({ kind: 'status', status: 503 }, 2)
    expect(await remove()).toMatchObject({ revocation: 'pending', revocationCode: 'http_503' })
    expect(ada.family.revokedAt).toBeNull()
    const first = await only()
    expect(first).toMatchObject({
      status: 'pending',
      tries: 1,
      failureCode: 'http_503',
      accountName: 'ada@example.com',
    })
    expect(first.nextTryAt! - world.clock.now()).toBeLessThanOrEqual(30 * SECOND_MS)

    world.clock.setWallClock(first.nextTryAt! - 1)
    await retryRevocations(context)
    expect(asked()).toBe(1)
    await goOn()
    const second = await only()
    expect(second).toMatchObject({ status: 'pending', tries: 2 })
    expect(second.nextTryAt! - world.clock.now()).toBeGreaterThan(30 * SECOND_MS)
    await goOn()
    expect(await only()).toMatchObject({ status: 'confirmed', tries: 3, failureCode: null, nextTryAt: null })
    expect([asked(), world.fake.ledger.count('claude.revoke', 'revoked')]).toEqual([3, 1])
    expect(ada.family.revokedAt).not.toBeNull()
    expect(await kinds()).toEqual([
      'revocation.confirmed',
      'revocation.postponed',
      'account.removed',
      'account.connected',
    ])
    await world.clock.advance(DAY_MS)
    await retryRevocations(context)
    expect(asked()).toBe(3)
  })

  test.each<[Fault, string]>([
    [{ kind: 'status', status: 500 }, 'http_500'],
    [{ kind: 'status', status: 429, headers: { 'retry-after': '7200' } }, 'http_429'],
    [{ kind: 'drop_before' }, 'unreachable'],
    [{ kind: 'captive_portal' }, 'html_answer'],
    [{ kind: 'blocked' }, 'html_answer'],
    [{ kind: 'status', status: 200, body: { error: 'temporarily_unavailable' } }, 'error_answer'],
  ])('%j stays pending, and the token stays sealed', async (fault, code) => {
    fails(fault)
    expect(await remove()).toMatchObject({ revocation: 'pending', revocationCode: code })
    const [row] = await context.database.select().from(revocations)
    expect(row!.tokenSealed).not.toBe('')
    if (code === 'http_429') expect(row!.nextTryAt! - world.clock.now()).toBe(2 * HOUR_MS)
    await goOn()
    expect([(await only()).status, ada.family.revokedAt]).toEqual(['confirmed', expect.any(Number)])
  })

  test('an answer that is late or lost is asked for again, and an unknown token counts as ended', async () => {
    fails({ kind: 'drop_after' })
    expect((await remove()).revocation).toBe('pending')
    expect(ada.family.revokedAt).not.toBeNull()
    await goOn()
    expect((await only()).status).toBe('confirmed')
    expect(asked()).toBe(2)
  })

  test('a provider that says no is not asked again', async () => {
    fails({ kind: 'status', status: 400, body: { error: 'unsupported_token_type' } })
    expect(await remove()).toMatchObject({ revocation: 'not_confirmed', revocationCode: 'http_400' })
    expect(await only()).toMatchObject({ status: 'not_confirmed', nextTryAt: null })
    await world.clock.advance(DAY_MS)
    await retryRevocations(context)
    expect(asked()).toBe(1)
  })

  test('after seven days it is given up, and told so for two weeks', async () => {
    fails({ kind: 'status', status: 503 }, Number.POSITIVE_INFINITY)
    await remove()
    const { requestedAt } = await only()
    while ((await only()).status === 'pending') await goOn()
    const { endedAt, tries } = await only()
    expect(endedAt! - requestedAt).toBe(GIVE_UP_MS)
    // Once an hour at most.
    expect([tries, asked()]).toEqual([tries, tries])
    expect(tries).toBeLessThan(240)
    expect((await kinds())[0]).toBe('revocation.given_up')
    expect((await kinds()).filter((kind) => kind === 'revocation.postponed')).toHaveLength(1)
    const [row] = await context.database.select().from(revocations)
    expect(row!.tokenSealed).toBe('')
    await world.clock.advance(15 * DAY_MS)
    expect(await listRevocations(context)).toEqual([])
    await world.clock.advance(20 * DAY_MS)
    await forgetOldRecords(context)
    expect(await context.database.select().from(revocations)).toEqual([])
  })

  test('a machine that was off for weeks asks once more before it gives up', async () => {
    fails({ kind: 'drop_before' })
    await remove()
    world.clock.setWallClock(world.clock.now() + 30 * DAY_MS)
    await retryRevocations(context)
    expect((await only()).status).toBe('confirmed')
  })

  test('a clock that ran years ahead does not put the next try there', async () => {
    const now = world.clock.now()
    world.clock.setWallClock(now + 1_000 * DAY_MS)
    fails({ kind: 'drop_before' })
    await remove()
    world.clock.setWallClock(now)
    await retryRevocations(context)
    expect((await only()).status).toBe('confirmed')
  })
})

describe('a process that ends in the middle', () => {
  /** Kills the act at a call of its database: whatever would come after never happens. */
  const killAt = async (call: number, when: 'before' | 'after') => {
    const store = faultyStore(context.database)
    let isDead = false
    const die = (at: number) => {
      if (at === call) isDead = true
      if (isDead) throw new Error('killed')
    }
    store.watch({ [when]: die, ...(when === 'after' ? { before: () => isDead && die(0) } : {}) })
    const ending = await remove().then(
      () => 'done',
      () => 'killed',
    )
    store.watch({})
    return ending
  }

  test('at every call: the account is there as before, or its sign-out is known and done after the next start', async () => {
    for (let call = 1, isOver = false; !isOver; call++) {
      for (const when of ['before', 'after'] as const) {
        await world.close()
        world = await createTestContext()
        context = world.context
        ada = await connectPerson(world)
        const ending = await settled(killAt(call, when))
        if (ending === 'done' && when === 'before') isOver = true
        const [account] = await context.database.select().from(accounts)
        const before = asked()
        if (account) {
          expect([before, await listRevocations(context)]).toEqual([0, []])
          expect(ada.family.revokedAt).toBeNull()
          continue
        }
        world.clock.setWallClock(world.clock.now() + CLAIM_MS)
        await retryRevocations(context)
        expect([(await only()).status, ada.family.revokedAt]).toEqual(['confirmed', expect.any(Number)])
        expect(asked()).toBeLessThanOrEqual(2)
      }
      expect(call).toBeLessThan(40)
    }
  })

  test('what is to be ended is durable before the provider hears of it', async () => {
    fails({ kind: 'delay', ms: 5 * SECOND_MS })
    const pending = remove()
    await until(() => world.clock.pending() > 0)
    expect(await context.database.select().from(accounts)).toEqual([])
    expect(await only()).toMatchObject({ status: 'pending', tries: 1 })
    // Nobody else asks meanwhile, and after that the first who comes.
    await retryRevocations(context)
    expect(world.fake.ledger.count('claude.revoke', 'revoked')).toBe(0)
    await world.clock.advance(5 * SECOND_MS)
    expect((await pending).revocation).toBe('confirmed')
    expect(asked()).toBe(1)
  })

  test('two processes that find it due ask once', async () => {
    fails({ kind: 'status', status: 503 })
    await remove()
    world.clock.setWallClock((await only()).nextTryAt!)
    await Promise.all([retryRevocations(context), retryRevocations({ ...context, owner: 'other' })])
    expect(asked()).toBe(2)
  })

  test('a database that refuses to record the end is believed later', async () => {
    const store = faultyStore(context.database)
    fails({ kind: 'delay', ms: SECOND_MS })
    const pending = remove()
    await until(() => world.clock.pending() > 0)
    store.strike(1, 'away')
    expect((await settled(pending)).revocation).toBe('confirmed')
    store.heal()
    expect((await only()).status).toBe('pending')
    await world.clock.advance(CLAIM_MS)
    await retryRevocations(context)
    expect((await only()).status).toBe('confirmed')
  })
})

test('the recurring job does it by itself, and sends nothing while nothing is due', async () => {
  const job = RECURRING_JOBS.find(({ run }) => run === retryRevocations)!
  const stop = startJob(context, job)
  await world.clock.advance(HOUR_MS)
  expect(world.fake.ledger.entries).toEqual([])
  fails({ kind: 'status', status: 503 }, 2)
  await remove()
  await world.clock.advance(5 * MINUTE_MS)
  expect([(await only()).status, asked()]).toEqual(['confirmed', 3])
  const stopped = stop()
  await world.clock.advance(0)
  await stopped
})

test('the token is sealed to its own row: it opens nowhere else, and no listing has it', async () => {
  fails({ kind: 'drop_before' })
  await remove()
  const before = asked()
  await context.database.update(revocations).set({ id: 'rev_moved' })
  await goOn()
  expect(await only()).toMatchObject({ status: 'pending', failureCode: 'sealed_elsewhere' })
  expect(asked()).toBe(before)
  expect(JSON.stringify(await listRevocations(context))).not.toContain('v1.')
})

test('what a refresh in another process brings is what is ended', async () => {
  const other = { ...context, owner: 'other-process', refreshes: new SingleFlight<RefreshOutcome>() }
  world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'delay', ms: 3 * SECOND_MS } })
  const refresh = refreshGrant(other, ada.accountId, { purpose: 'requested', actor })
  await settle()
  await until(() => world.clock.pending() > 0)
  const removal = remove()
  await until(() => world.clock.pending() > 1)
  expect(asked()).toBe(0)
  await world.clock.advance(3 * SECOND_MS)
  expect((await refresh).outcome).toBe('refreshed')
  expect((await settled(removal)).revocation).toBe('confirmed')
  const newest = ada.family.pairs.at(-1)!.refreshToken!
  expect(world.fake.ledger.of('claude.revoke')[0]!.fields.token).toBe(fingerprint(newest))
})
