/** The scheduler against a fake clock: what is refreshed, when, how many at once, and how little it does otherwise. */

import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AccountsContext } from '../accounts/context.ts'
import { getAccount } from '../accounts/list-accounts.ts'
import { refreshGrant } from '../accounts/refresh-grant.ts'
import { updateAccount } from '../accounts/update-account.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { OAuthTransportError } from '../oauth/errors.ts'
import type { Transport } from '../oauth/transport.ts'
import { connectPerson, currentGrant } from '../testing/connected-account.ts'
import { buildFakeIdentity, FAKE_IDENTITIES, type FakeIdentity } from '../testing/fake-identities.ts'
import { createTestContext, type TestContext, type TestContextOptions } from '../testing/test-context.ts'
import { createRefreshScheduler, type RefreshScheduler } from './refresh-scheduler.ts'

let world: TestContext
let context: AccountsContext
let scheduler: RefreshScheduler

const open = async (options: TestContextOptions = {}) => {
  world = await createTestContext(options)
  context = world.context
  scheduler = createRefreshScheduler(context)
}
const reopen = async (options: TestContextOptions) => {
  await world.close()
  await open(options)
}
const people = (provider: FakeIdentity['provider'], count: number) =>
  Array.from({ length: count }, (_, number) => buildFakeIdentity(provider, `${provider}-${number}`, 100 + number))
const connectAll = async (identities: FakeIdentity[]) => {
  const connected = []
  for (const { name } of identities) connected.push(await connectPerson(world, name))
  return connected
}
const calls = (provider = 'claude') => world.fake.ledger.of(`${provider}.refresh` as 'claude.refresh')

/** Counts how many requests are in flight, and the most there ever were. */
function countInFlight(): { most: number } {
  const count = { now: 0, most: 0 }
  const { send } = context.transport
  const counted: Transport = {
    async send(request) {
      count.now += 1
      count.most = Math.max(count.most, count.now)
      try {
        return await send(request)
      } finally {
        count.now -= 1
      }
    },
  }
  context.transport = counted
  return count
}

beforeEach(() => open())
afterEach(async () => {
  const stopped = scheduler.stop()
  await world.clock.advance(MINUTE_MS)
  await stopped
  await world.close()
})

describe('when', () => {
  test('five minutes before the end, give or take the jitter, and again after that', async () => {
    const { accountId } = await connectPerson(world)
    const due = (await currentGrant(context, accountId)).nextRefreshAt! - world.clock.now()
    scheduler.start()
    await world.clock.advance(due - 1)
    expect(calls()).toHaveLength(0)
    await world.clock.advance(1)
    expect(calls()).toHaveLength(1)
    await world.clock.advance(8 * HOUR_MS)
    expect(calls()).toHaveLength(2)
    expect((await getAccount(context, accountId)).login.status).toBe('valid')
  })

  test('an account that is connected while it sleeps is not overslept', async () => {
    scheduler.start()
    await world.clock.advance(10 * SECOND_MS)
    await connectPerson(world, 'ada', { lifetimes: { accessTokenLifetimeMs: 10 * SECOND_MS } })
    await world.clock.advance(9 * SECOND_MS)
    expect(calls()).toHaveLength(1)
  })

  test('a lost answer: its one retry within three seconds, then nothing until a person signs in', async () => {
    world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'drop_after' } })
    const { accountId } = await connectPerson(world)
    scheduler.start()
    await world.clock.advance(8 * HOUR_MS)
    expect(calls()).toHaveLength(2)
    expect(calls()[1]!.at - calls()[0]!.at).toBeLessThanOrEqual(3 * SECOND_MS)
    await world.clock.advance(DAY_MS)
    expect(calls()).toHaveLength(2)
    expect((await getAccount(context, accountId)).login.reason.code).toBe('login_outcome_lost')
  })

  test('paused, refused and foreign grants are left alone', async () => {
    const ada = await connectPerson(world)
    await connectPerson(world, 'brook', { custody: 'cli', origin: 'link' })
    await connectPerson(world, 'carol', { custody: 'none', origin: 'access_token' })
    await updateAccount(context, ada.accountId, { paused: true }, 'browser')
    scheduler.start()
    await world.clock.advance(9 * HOUR_MS)
    expect(calls()).toHaveLength(0)
    await updateAccount(context, ada.accountId, { paused: false }, 'browser')
    await world.clock.advance(SECOND_MS)
    expect(calls()).toHaveLength(1)
  })
})

describe('how many', () => {
  test.each([
    ['claude', 4],
    ['codex', 1],
  ] as const)('of %s at most %i at once, and all in the end', async (provider, most) => {
    const identities = people(provider, 12)
    await reopen({ provider: { identities } })
    await connectAll(identities)
    const inFlight = countInFlight()
    world.fake.faults.add({ endpoint: `${provider}.refresh`, fault: { kind: 'delay', ms: SECOND_MS }, times: 12 })
    await world.clock.advance(DAY_MS)
    scheduler.start()
    await world.clock.advance(2 * MINUTE_MS)
    expect(calls(provider)).toHaveLength(12)
    expect(inFlight.most).toBe(most)
  })

  test('a slow account of one provider delays no other provider', async () => {
    const identities = [...people('codex', 3), ...people('claude', 3)]
    await reopen({ provider: { identities } })
    await connectAll(identities)
    world.fake.faults.add({ endpoint: 'codex.refresh', fault: { kind: 'delay', ms: 20 * SECOND_MS }, times: 3 })
    await world.clock.advance(30 * DAY_MS - HOUR_MS)
    scheduler.start()
    await world.clock.advance(5 * SECOND_MS)
    expect(calls('claude')).toHaveLength(3)
    await world.clock.advance(MINUTE_MS)
    expect(calls('codex')).toHaveLength(3)
  })

  describe('a thousand accounts', { timeout: 120_000 }, () => {
    const COUNT = 1_000
    let inFlight: { most: number }
    beforeEach(async () => {
      const identities = people('claude', COUNT)
      await reopen({ provider: { identities } })
      await connectAll(identities)
      inFlight = countInFlight()
      // The first answers take so long that others must wait for a place; the rest, so little that all could come at once.
      const slow = (ms: number, times: number) =>
        world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'delay', ms }, times })
      slow(SECOND_MS, 40)
      slow(50, COUNT - 40)
    }, 120_000)

    test.each<[string, () => Promise<void>]>([
      [
        'due at the start',
        async () => {
          await world.clock.advance(DAY_MS)
          scheduler.start()
        },
      ],
      [
        'due after a sleep of the machine',
        async () => {
          scheduler.start()
          await world.clock.advance(SECOND_MS)
          world.clock.setWallClock(world.clock.now() + DAY_MS)
          await world.clock.advance(30 * SECOND_MS)
          // Until the clock is looked at, nobody knows that it went on.
          expect(calls().length).toBeLessThan(COUNT / 2)
        },
      ],
    ])('%s: spread over a minute, four at once, each once, none refused', async (_, fallDue) => {
      await fallDue()
      await world.clock.advance(105 * SECOND_MS)
      expect(calls()).toHaveLength(COUNT)
      expect(new Set(calls().map(({ identity }) => identity)).size).toBe(COUNT)
      const [first, last] = [calls()[0]!.at, calls().at(-1)!.at]
      expect(last - first).toBeGreaterThan(45 * SECOND_MS)
      expect(inFlight.most).toBe(4)
      expect(calls().every(({ outcome }) => outcome === 'granted')).toBe(true)
    })
  })
})

describe('an outage', () => {
  /** No request arrives while `isDown`, and whoever looks is told what `seen` says. */
  function breakNetwork() {
    const network = { isDown: true, seen: () => !network.isDown, looks: 0, tries: [] as (string | null)[] }
    const { send } = context.transport
    context.transport = {
      send(request) {
        if (request.purpose.endpoint === 'token') network.tries.push(request.purpose.accountId)
        if (network.isDown) return Promise.reject(new OAuthTransportError('unreachable', false, 'FAKE'))
        return send(request)
      },
    }
    context.reach = {
      async isThere(address) {
        expect(address).toBe(context.providers.get('claude')!.tokenUrl)
        network.looks += 1
        return network.seen()
      },
    }
    return network
  }
  const statuses = async (accounts: { accountId: string }[]) =>
    Promise.all(accounts.map(async ({ accountId }) => (await getAccount(context, accountId)).login.status))

  test.each([1, 5, 30])(
    'of an hour, %i accounts: nobody is flagged, at most twelve tries of each, and it is over within a minute of its end',
    async (count) => {
      const identities = people('claude', count)
      await reopen({ provider: { identities } })
      const accounts = await connectAll(identities)
      const network = breakNetwork()
      await world.clock.advance(9 * HOUR_MS)
      scheduler.start()
      await world.clock.advance(HOUR_MS)
      for (const { accountId } of accounts) {
        expect(network.tries.filter((id) => id === accountId).length).toBeLessThanOrEqual(12)
      }
      // One after another finds out for all of them.
      expect(network.tries.length).toBeLessThanOrEqual(12)
      expect(network.tries.length).toBeGreaterThan(8)
      expect(network.looks).toBeGreaterThan(110)
      const { attempts } = await context.database.get<{ attempts: number }>(sql`select count(*) attempts from attempts`)
      expect(attempts).toBe(network.tries.length)
      expect(new Set(await statuses(accounts))).not.toContain('sign_in_again')
      network.isDown = false
      await world.clock.advance(MINUTE_MS)
      expect(new Set(await statuses(accounts))).toEqual(new Set(['valid']))
      expect(calls()).toHaveLength(count)
      const events = world.log.lines.map(({ event }) => event).filter((event) => event.startsWith('provider.'))
      expect(events).toEqual(['provider.out_of_reach', 'provider.reached_again'])
    },
  )

  test('at whose door somebody answers who takes no request: still at most twelve tries, and over within ten minutes', async () => {
    const { accountId } = await connectPerson(world)
    const network = breakNetwork()
    network.seen = () => true
    await world.clock.advance(9 * HOUR_MS)
    scheduler.start()
    await world.clock.advance(HOUR_MS)
    expect(network.tries.length).toBeLessThanOrEqual(12)
    network.isDown = false
    await world.clock.advance(10 * MINUTE_MS)
    expect(await statuses([{ accountId }])).toEqual(['valid'])
  })

  test('that a former process saw: looked for from the start, and over within a minute of its end', async () => {
    const identities = people('claude', 3)
    await reopen({ provider: { identities } })
    const accounts = await connectAll(identities)
    const network = breakNetwork()
    await world.clock.advance(9 * HOUR_MS)
    for (const { accountId } of accounts) {
      for (let tries = 0; tries < 4; tries++) {
        await refreshGrant(context, accountId, { purpose: 'requested', actor: 'browser' })
      }
    }
    network.tries.length = 0
    scheduler.start()
    await world.clock.advance(2 * MINUTE_MS)
    expect([network.tries.length, network.looks]).toEqual([0, 4])
    network.isDown = false
    await world.clock.advance(MINUTE_MS)
    expect(new Set(await statuses(accounts))).toEqual(new Set(['valid']))
  })

  test('does not keep the one retry after a lost answer waiting', async () => {
    const identities = people('claude', 2)
    await reopen({ provider: { identities } })
    const { accountId: unreached } = await connectPerson(world, identities[0]!.name)
    await world.clock.advance(9 * HOUR_MS)
    const { accountId } = await connectPerson(world, identities[1]!.name)
    const { send } = context.transport
    context.transport = {
      send: (request) =>
        request.purpose.accountId === unreached
          ? Promise.reject(new OAuthTransportError('unreachable', false, 'FAKE'))
          : send(request),
    }
    context.reach = { isThere: async () => false }
    scheduler.start()
    await world.clock.advance(30 * MINUTE_MS)
    world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'drop_after' } })
    const { outcome } = await refreshGrant(context, accountId, { purpose: 'requested', actor: 'browser' })
    expect([outcome, calls().length]).toEqual(['outcome_unknown', 1])
    await world.clock.advance(4 * SECOND_MS)
    expect(calls()).toHaveLength(2)
  })

  test('that ends while a person asks: answered at once, and nobody else waits longer', async () => {
    const identities = people('claude', 2)
    await reopen({ provider: { identities } })
    const accounts = await connectAll(identities)
    const network = breakNetwork()
    await world.clock.advance(9 * HOUR_MS)
    scheduler.start()
    await world.clock.advance(30 * MINUTE_MS)
    const wish = () => refreshGrant(context, accounts[0]!.accountId, { purpose: 'requested', actor: 'browser' })
    const before = network.tries.length
    expect((await wish()).reason.params.failureCode).toBe('unreachable')
    expect(network.tries).toHaveLength(before + 1)
    network.isDown = false
    expect((await wish()).outcome).toBe('refreshed')
    await world.clock.advance(MINUTE_MS)
    expect(new Set(await statuses(accounts))).toEqual(new Set(['valid']))
  })

  test('that is looked at when the program stops: the look ends, and nothing is tried any more', async () => {
    await connectPerson(world)
    const network = breakNetwork()
    context.reach = {
      isThere: (_, signal) =>
        new Promise((resolve) => {
          network.looks += 1
          signal.addEventListener('abort', () => resolve(true))
        }),
    }
    await world.clock.advance(9 * HOUR_MS)
    scheduler.start()
    await world.clock.advance(MINUTE_MS)
    const before = network.tries.length
    expect(network.looks).toBeGreaterThan(0)
    await scheduler.stop()
    await world.clock.advance(HOUR_MS)
    expect(network.tries).toHaveLength(before)
  })

  test('with errors of the server: at most twelve requests an hour', async () => {
    await connectPerson(world)
    world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'status', status: 503 }, times: 99 })
    scheduler.start()
    await world.clock.advance(8 * HOUR_MS)
    const since = calls()[0]!.at
    await world.clock.advance(since + HOUR_MS - world.clock.now())
    expect(calls().length).toBeLessThanOrEqual(12)
    expect(calls().length).toBeGreaterThan(8)
  })
})

describe('clocks', () => {
  const jumps: [string, number][] = [
    ['a day ahead', DAY_MS],
    ['a day back', -DAY_MS],
    ['five years ahead', 5 * 365 * DAY_MS],
    ['five years back', -5 * 365 * DAY_MS],
  ]

  test.each(jumps)('%s, also in flight, and back: never two requests within five minutes', async (_, jump) => {
    await connectPerson(world, 'ada', { lifetimes: { accessTokenLifetimeMs: HOUR_MS, loginLifetimeMs: null } })
    const at: number[] = []
    const { send } = context.transport
    context.transport = {
      async send(request) {
        at.push(world.clock.monotonic())
        const answer = await send(request)
        if (at.length === 1) world.clock.setWallClock(world.clock.now() + jump)
        return answer
      },
    }
    scheduler.start()
    await world.clock.advance(2 * HOUR_MS)
    world.clock.setWallClock(world.clock.now() - jump)
    await world.clock.advance(12 * HOUR_MS)
    const gaps = at.slice(1).map((time, number) => time - at[number]!)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(5 * MINUTE_MS)
    expect(at.length).toBeLessThanOrEqual(6)
    expect(at.length).toBeGreaterThanOrEqual(2)
  })

  test('a failure that a clock a day ahead wrote down is tried again within minutes of the right time', async () => {
    await connectPerson(world, 'ada', { lifetimes: { accessTokenLifetimeMs: HOUR_MS, loginLifetimeMs: null } })
    world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'status', status: 503 }, times: Infinity })
    world.clock.setWallClock(world.clock.now() + DAY_MS)
    scheduler.start()
    await world.clock.advance(MINUTE_MS)
    world.fake.faults.clear()
    await scheduler.stop()
    world.clock.setWallClock(world.clock.now() - DAY_MS)
    scheduler.start()
    await world.clock.advance(10 * MINUTE_MS)
    expect(world.fake.ledger.count('claude.refresh', 'granted')).toBe(1)
  })

  test.each([0, 1])('answers that expire in %i s: one request in five minutes', async (seconds) => {
    await connectPerson(world)
    world.fake.faults.add({
      endpoint: 'claude.refresh',
      fault: { kind: 'change', fields: { expires_in: seconds } },
      times: 99,
    })
    scheduler.start()
    await world.clock.advance(9 * HOUR_MS)
    const gaps = calls().map(({ at }, number) => at - (calls()[number - 1]?.at ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(5 * MINUTE_MS)
  })
})

describe('stopping', () => {
  test('takes no new work, waits for what is in flight, and its answer is kept', async () => {
    const { accountId } = await connectPerson(world)
    world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'delay', ms: 10 * SECOND_MS } })
    await world.clock.advance(8 * HOUR_MS)
    scheduler.start()
    await world.clock.advance(SECOND_MS)
    let isStopped = false
    const stopped = scheduler.stop().then(() => {
      isStopped = true
    })
    await world.clock.advance(5 * SECOND_MS)
    expect(isStopped).toBe(false)
    await world.clock.advance(5 * SECOND_MS)
    await stopped
    expect((await currentGrant(context, accountId)).generation).toBe(2)
    await world.clock.advance(DAY_MS)
    expect(calls()).toHaveLength(1)
  })
})

describe('cost', () => {
  const plan = async (query: ReturnType<typeof sql>) =>
    JSON.stringify(await context.database.all(sql`explain query plan ${query}`))

  test('what is due is found along the index, at any size', async () => {
    const queries: string[] = []
    const session = (context.database as unknown as { session: { prepareQuery: (query: { sql: string }) => unknown } })
      .session
    const prepare = session.prepareQuery
    session.prepareQuery = function (this: unknown, query: { sql: string }, ...rest: unknown[]) {
      queries.push(query.sql)
      return (prepare as (...all: unknown[]) => unknown).call(this, query, ...rest)
    } as never
    await connectAll(FAKE_IDENTITIES.filter(({ provider }) => provider === 'claude') as FakeIdentity[])
    await world.clock.advance(SECOND_MS)
    queries.length = 0
    scheduler.start()
    await world.clock.advance(10 * MINUTE_MS)
    session.prepareQuery = prepare
    const ofSchedule = queries.filter((query) => query.startsWith('select "grants"."account_id"'))
    // One every 30 s, and beside it only the look around at the start.
    expect(ofSchedule.length).toBeLessThanOrEqual(21)
    expect(queries.length - ofSchedule.length).toBeLessThanOrEqual(2)
    const explained = await plan(sql.raw(ofSchedule[0]!.replaceAll('?', '64')))
    expect(explained).toContain('USING INDEX grants_due')
    expect(explained).not.toContain('TEMP B-TREE')
    expect(explained).not.toMatch(/SCAN accounts/)
  })

  test('a database that refuses is asked again calmly', async () => {
    const { accountId } = await connectPerson(world)
    await context.database.run(
      sql`create trigger no_attempts before insert on attempts begin select raise(abort, 'x'); end`,
    )
    await world.clock.advance(8 * HOUR_MS)
    scheduler.start()
    await world.clock.advance(MINUTE_MS)
    expect(world.log.lines.filter(({ event }) => event === 'scheduler.refresh_failed').length).toBeLessThanOrEqual(13)
    expect(calls()).toHaveLength(0)
    await context.database.run(sql`drop trigger no_attempts`)
    await world.clock.advance(MINUTE_MS)
    expect((await currentGrant(context, accountId)).generation).toBe(2)
  })

  test('an answer that waits for the disk makes no haste, and is not forgotten', async () => {
    const { accountId } = await connectPerson(world)
    await context.database.run(
      sql`create trigger no_answers before insert on inbox begin select raise(abort, 'x'); end`,
    )
    await world.clock.advance(8 * HOUR_MS)
    let begun = 0
    context.events.subscribe((event) => {
      if (event.type === 'grant.refresh_started') begun += 1
    })
    scheduler.start()
    await world.clock.advance(10 * MINUTE_MS)
    expect([calls().length, begun]).toEqual([1, 1])
    await context.database.run(sql`drop trigger no_answers`)
    await world.clock.advance(10 * SECOND_MS)
    expect((await currentGrant(context, accountId)).generation).toBe(2)
  })

  test("accounts of a provider that is no longer configured stand in nobody's way", async () => {
    const { accountId } = await connectPerson(world)
    await connectPerson(world, 'brook')
    await context.database.run(sql`update accounts set provider = 'gone' where id = ${accountId}`)
    await world.clock.advance(8 * HOUR_MS)
    scheduler.start()
    await world.clock.advance(MINUTE_MS)
    expect(calls()).toHaveLength(1)
  })

  test('a person who refreshes meanwhile is joined, not doubled', async () => {
    const { accountId } = await connectPerson(world)
    await world.clock.advance(8 * HOUR_MS)
    const wish = refreshGrant(context, accountId, { purpose: 'requested', actor: 'browser' })
    scheduler.start()
    await world.clock.advance(MINUTE_MS)
    expect((await wish).outcome).toBe('refreshed')
    expect(calls()).toHaveLength(1)
  })
})
