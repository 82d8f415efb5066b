/** Several machines and processes with one database: no refresh token is spent twice, and everybody has the new one. */

import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listAnswers } from '../db/inbox-store.ts'
import { MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { type ConnectedAccount, connectPerson, currentGrant } from '../testing/connected-account.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { currentPair } from '../testing/fake-grants.ts'
import { createRemoteWorld, type RemoteMachine, type RemoteWorld } from '../testing/remote-world.ts'
import type { AccountsContext } from './context.ts'
import { openTokens } from './grant-tokens.ts'
import { listAccounts } from './list-accounts.ts'
import { noteThisMachine } from './machines.ts'
import { prepareAccounts } from './prepare-accounts.ts'
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

describe('two machines and a network that splits', () => {
  test('no refresh token is spent twice', { timeout: 120_000 }, async () => {
    const chance = dice(25)
    let splits = 0
    let spooled = 0
    while (splits < 100) {
      await world.clock.advance(6 * MINUTE_MS)
      for (const { network } of [laptop, desktop]) {
        if (chance() < 0.4) continue
        // In the middle of whatever this machine is doing, for the rest of the round.
        let left = Math.floor(chance() * 6)
        splits += 1
        network.plan = () => {
          if (left-- <= 0) network.isSplit = true
          return { fault: null }
        }
      }
      await world.drive(Promise.all([refresh(laptop.context), refresh(desktop.context)]))
      heal()
      for (const { context } of [laptop, desktop]) spooled += (await replayAnswers(context)).applied
    }
    const refusals = world.fake.ledger.of('claude.refresh').filter(({ outcome }) => outcome !== 'granted')
    expect(refusals).toEqual([])
    // Some splits came between the provider's answer and its commit.
    expect(spooled).toBeGreaterThan(3)
    expect(ada.family.revokedAt).toBeNull()
    expect((await grantNow()).generation).toBe(1 + granted())
    expect(await holdsCurrentPair()).toBe(true)
  })
})

test('a machine that starts while another one cannot bring its answer leaves the grant alone', async () => {
  world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'delay', ms: SECOND_MS, after: true } })
  const held = refresh(laptop.context, 'requested')
  for (let turns = 0; calls() === 0 && turns < 500; turns++) await new Promise((resolve) => setImmediate(resolve))
  laptop.network.isSplit = true
  await world.drive(held)
  // The lease is over, and the access token still speaks for patience.
  await world.clock.advance(3 * MINUTE_MS)
  expect(await prepareAccounts(desktop.process('just-started'))).toMatchObject({ interrupted: 0 })
  expect(await world.drive(refresh(desktop.context))).toMatchObject({ reason: { code: 'lease_held' } })
  heal()
  expect(await prepareAccounts(laptop.process('laptop-again'))).toMatchObject({ replayed: 1, interrupted: 0 })
  expect(await holdsCurrentPair()).toBe(true)
  expect(calls()).toBe(1)
})

describe('many processes on several machines', () => {
  test('sixteen of them: one request a round, and everybody has the new token', { timeout: 60_000 }, async () => {
    const processes = Array.from({ length: 16 }, (_, number) =>
      (number % 2 === 0 ? laptop : desktop).process(`process-${number}`),
    )
    const rounds = 50
    for (let round = 0; round < rounds; round++) {
      await world.clock.advance(6 * MINUTE_MS)
      const outcomes = await world.drive(Promise.all(processes.map((process) => refresh(process))))
      expect(outcomes.filter(({ outcome }) => outcome === 'refreshed')).toHaveLength(1)
      expect(outcomes.filter(({ outcome }) => outcome === 'unchanged')).toHaveLength(15)
    }
    expect([calls(), granted()]).toEqual([rounds, rounds])
    expect(ada.family.revokedAt).toBeNull()
  })

  test('a holder that stands still for two minutes before its answer: nobody spends, its answer is kept', async () => {
    const ownClock = new FakeClock(world.clock.now())
    let resume = () => {}
    const held = new Promise<void>((resolve) => {
      resume = resolve
    })
    const { transport } = laptop.context
    const paused: AccountsContext = {
      ...laptop.process('paused'),
      clock: ownClock,
      transport: {
        send: async (request) => {
          const answer = await transport.send(request)
          await held
          return answer
        },
      },
    }
    const { accessTokenExpiresAt } = await grantNow()
    // When the scheduler would come: five minutes before the end.
    await world.clock.advance(accessTokenExpiresAt! - world.clock.now() - 5 * MINUTE_MS)
    const first = refresh(paused)
    for (let turns = 0; calls() === 0 && turns < 500; turns++) await new Promise((resolve) => setImmediate(resolve))
    const until = world.clock.now() + 2 * MINUTE_MS
    while (world.clock.now() < until) {
      expect(await world.drive(refresh(desktop.context))).toMatchObject({ reason: { code: 'lease_held' } })
    }
    expect(calls()).toBe(1)
    resume()
    expect(await world.drive(first)).toMatchObject({ outcome: 'refreshed' })
    expect(ada.family.revokedAt).toBeNull()
    expect(await holdsCurrentPair()).toBe(true)
    expect(await listAnswers(laptop.context.database, ada.accountId)).toMatchObject([{ quarantinedAt: null }])
  })
})

describe('a machine whose logins were moved away', () => {
  const retire = () =>
    laptop.context.database.run(sql`update machines set retired_at = 5 where id = ${laptop.context.machine!.id}`)

  test('refreshes nothing and says why; the other machine goes on', async () => {
    await noteThisMachine(laptop.context)
    await noteThisMachine(desktop.context)
    await retire()
    expect(await world.drive(refresh(laptop.context, 'requested'))).toMatchObject({
      outcome: 'not_custodian',
      reason: { code: 'machine_retired' },
    })
    expect(calls()).toBe(0)
    const [account] = await world.drive(listAccounts(laptop.context))
    expect(account).toMatchObject({
      login: { status: 'sign_in_again', reason: { code: 'login_machine_retired', params: { retiredAt: 5 } } },
      mainAction: 'sign_in_again',
    })
    const [elsewhere] = await world.drive(listAccounts(desktop.context))
    expect(elsewhere!.login.status).toBe('valid')
    expect(await world.drive(refresh(desktop.context, 'requested'))).toMatchObject({ outcome: 'refreshed' })
  })

  test('that signs in again refreshes again', async () => {
    await noteThisMachine(laptop.context)
    await retire()
    await connectPerson(world, 'ada', { context: laptop.context })
    expect(await world.drive(refresh(laptop.context, 'requested'))).toMatchObject({ outcome: 'refreshed' })
  })
})
