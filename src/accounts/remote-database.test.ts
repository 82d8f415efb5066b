/** One database for several machines, far away: slow, cut, broken in the middle, read from an old copy. */

import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listAttempts } from '../db/attempt-store.ts'
import { openDatabase } from '../db/client.ts'
import { listAnswers } from '../db/inbox-store.ts'
import { MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { Secret } from '../lib/secret.ts'
import { type ConnectedAccount, connectPerson, currentGrant } from '../testing/connected-account.ts'
import { currentPair } from '../testing/fake-grants.ts'
import { NETWORK_FAULTS, type NetworkFault } from '../testing/faulty-network.ts'
import { createHranaDouble } from '../testing/hrana-double.ts'
import { createRemoteWorld, PRIMARY, type RemoteMachine, type RemoteWorld } from '../testing/remote-world.ts'
import type { AccountsContext } from './context.ts'
import { openTokens } from './grant-tokens.ts'
import { recoverAttempts } from './recover-attempts.ts'
import { type RefreshPurpose, refreshGrant } from './refresh-grant.ts'
import { replayAnswers } from './replay-answers.ts'

let world: RemoteWorld
let laptop: RemoteMachine
let desktop: RemoteMachine
let ada: ConnectedAccount

beforeEach(async () => {
  world = await createRemoteWorld()
  laptop = await world.machine('laptop')
  desktop = await world.machine('desktop')
  ada = await connectPerson(world, 'ada', { context: laptop.context })
})
afterEach(() => world.close())

const refresh = (context: AccountsContext, purpose: RefreshPurpose = 'token_needed') =>
  refreshGrant(context, ada.accountId, { purpose, actor: 'api' }).catch((error) => ({ outcome: String(error.code) }))
const granted = () => world.fake.ledger.count('claude.refresh', 'granted')
const calls = () => world.fake.ledger.count('claude.refresh')
const grantNow = () => currentGrant(laptop.context, ada.accountId)
const holdsCurrentPair = async () =>
  openTokens(laptop.context.vault, await grantNow()).refreshToken!.equals(currentPair(ada.family).refreshToken!)
const toldRefreshes = async () => {
  const rows = await laptop.context.database.all<{ n: number }>(
    sql`select count(*) as n from audit_events where kind = 'grant.refreshed'`,
  )
  return Number(rows[0]!.n)
}
const heal = () => {
  for (const { network } of [laptop, desktop]) {
    network.isSplit = false
    network.plan = () => ({ fault: null })
  }
}
/** Chance that is the same in every run. */
const dice = (seed: number) => () => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
  return seed / 2_147_483_648
}

describe('the database is away', () => {
  test('with a wrong token it is refused as that, which waiting does not mend', async () => {
    const guarded = createHranaDouble(join(world.directory, 'guarded.db'), { authToken: 'FAKE-database-token' })
    const open = (token: string) =>
      openDatabase({ url: PRIMARY, authToken: new Secret(token), fetch: (request) => guarded.handle(request) })
    await expect(open('FAKE-other')).rejects.toMatchObject({ code: 'unauthorized', exitCode: 78 })
    await (await open('FAKE-database-token')).close()
    guarded.close()
  })

  test.each([
    ['cut off', () => Promise.reject(Object.assign(new TypeError('closed'), { code: 'ECONNRESET' }))],
    ['not found', () => Promise.reject(Object.assign(new TypeError('no such host'), { code: 'ENOTFOUND' }))],
    ['behind a broken gateway', () => Promise.resolve(new Response('<h1>502</h1>', { status: 502 }))],
    [
      'behind a page of the hotel',
      () => Promise.resolve(new Response('<h1>Hi</h1>', { headers: { 'content-type': 'text/html' } })),
    ],
  ])('at a start, %s: one line, a code that says “try again”, and nothing made up', async (_, fetch) => {
    await expect(openDatabase({ url: `${PRIMARY}/?authToken=FAKE-token`, fetch })).rejects.toMatchObject({
      code: 'unreachable',
      exitCode: 75,
      message: `The database ${PRIMARY} does not answer. Nothing was changed. Check the address and the network, and start again.`,
    })
  })

  test('who cannot have the lease does not refresh', async () => {
    laptop.network.isSplit = true
    expect(await world.drive(refresh(laptop.context, 'requested'))).toEqual({ outcome: 'store_failed' })
    expect(calls()).toBe(0)
  })

  test.each(NETWORK_FAULTS)('a lease request that meets %s spends nothing, and the next try works', async (fault) => {
    let requests = 0
    // The first request reads; the second asks for the lease.
    laptop.network.plan = () => ({ fault: ++requests === 2 ? fault : null })
    expect(await world.drive(refresh(laptop.context, 'requested'))).toEqual({ outcome: 'store_failed' })
    expect(calls()).toBe(0)
    heal()
    expect(await world.drive(refresh(laptop.context, 'requested'))).toMatchObject({ outcome: 'refreshed' })
    expect(calls()).toBe(1)
  })

  test('an answer that cannot be stored lies in the spool, nothing else is sent, and it is applied once', async () => {
    world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'delay', ms: SECOND_MS, after: true } })
    const first = refresh(laptop.context, 'requested')
    for (let turns = 0; calls() === 0 && turns < 500; turns++) await new Promise((resolve) => setImmediate(resolve))
    laptop.network.isSplit = true
    expect(await world.drive(first)).toMatchObject({ outcome: 'retry_scheduled', reason: { code: 'not_saved' } })
    // Nothing runs in this process any more: it may end.
    await laptop.context.refreshes.settled()
    const { answers } = laptop.context.answerSpool!.list()
    expect(answers).toHaveLength(1)
    expect(JSON.stringify(answers)).not.toMatch(/FAKE/)
    // The other machine waits for the lease; another process of this one sees the file.
    expect(await world.drive(refresh(desktop.context))).toMatchObject({ reason: { code: 'lease_held' } })
    heal()
    const later = laptop.process('laptop-later')
    expect(await world.drive(refresh(later, 'requested'))).toMatchObject({ reason: { code: 'not_saved' } })
    expect(await replayAnswers(later)).toEqual({ applied: 1, superseded: 0, waiting: 0 })
    expect(await replayAnswers(later)).toEqual({ applied: 0, superseded: 0, waiting: 0 })
    expect(calls()).toBe(1)
    expect(await toldRefreshes()).toBe(1)
    expect(await holdsCurrentPair()).toBe(true)
    expect(await grantNow()).toMatchObject({ generation: 2, leaseOwner: null, uncertainAt: null })
  })

  test('many refreshes through a bad network: none lost, each applied once', { timeout: 120_000 }, async () => {
    const chance = dice(24)
    const fault = (): NetworkFault | null =>
      chance() < 0.3 ? NETWORK_FAULTS[Math.floor(chance() * NETWORK_FAULTS.length)]! : null
    for (let asked = 0; granted() < 500 && asked < 2_000; asked++) {
      await world.clock.advance(6 * MINUTE_MS)
      laptop.network.plan = () => ({ fault: fault(), delayMs: chance() < 0.1 ? 2 : 0 })
      await world.drive(refresh(laptop.context, 'requested'))
      await replayAnswers(laptop.context)
      if (chance() < 0.5) heal()
      await replayAnswers(laptop.context)
    }
    heal()
    await replayAnswers(laptop.context)
    expect(laptop.network.struck).toBeGreaterThan(200)
    expect(calls()).toBe(granted())
    expect(granted()).toBe(500)
    const attempts = await listAttempts(laptop.context.database, (await grantNow()).id)
    expect(attempts.filter(({ outcome }) => outcome === 'done')).toHaveLength(granted())
    expect((await grantNow()).generation).toBe(1 + granted())
    expect(await toldRefreshes()).toBe(granted())
    expect((await listAnswers(laptop.context.database, ada.accountId)).filter((row) => row.appliedAt)).toHaveLength(
      granted(),
    )
    expect(await holdsCurrentPair()).toBe(true)
  })
})

describe('where it is asked', () => {
  test('every request of a refresh goes to the one address that was given', async () => {
    await world.drive(refresh(laptop.context, 'requested'))
    await recoverAttempts(desktop.context)
    expect(world.server.trace.length).toBeGreaterThan(4)
    expect(new Set(world.server.trace.map(({ origin }) => origin))).toEqual(new Set([PRIMARY]))
    expect(world.server.trace.some(({ statements }) => statements.some((text) => /lease_epoch/.test(text)))).toBe(true)
    expect(world.server.openStreams()).toBe(0)
  })

  test('a read from an old copy spends nothing: the lease is asked with the token that was read', async () => {
    await laptop.context.database.run(sql`pragma wal_checkpoint(truncate)`)
    copyFileSync(join(world.directory, 'server.db'), join(world.directory, 'replica.db'))
    const replica = createHranaDouble(join(world.directory, 'replica.db'), { now: () => world.clock.now() })
    try {
      await world.drive(refresh(laptop.context, 'requested'))
      expect(calls()).toBe(1)
      // Something between answers reads of the desktop from the copy, and sends on only what writes.
      const astray = await world.machine('astray')
      const real = astray.network.fetch
      const opened = await openDatabase({
        url: PRIMARY,
        fetch: async (request: Request) => {
          const body = await request.clone().text()
          return /"sql":"(insert|update|delete|BEGIN)/i.test(body) ? real(request) : replica.handle(request)
        },
      })
      await world.clock.advance(6 * MINUTE_MS)
      const outcome = await world.drive(refresh({ ...astray.context, database: opened.database }, 'requested'))
      expect(outcome).toMatchObject({ reason: { code: 'lease_held' } })
      expect(calls()).toBe(1)
      await opened.close()
    } finally {
      replica.close()
    }
  })
})
