/** The record of calls: none is left out, none is told before it ended, and none stands between an answer and the disk. */

import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connectPerson, currentGrant } from '../testing/connected-account.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { startTrailKeeper } from '../workers/trail-keeper.ts'
import { callsOfDay, listCalls } from './call-ledger.ts'
import { forgetOldRecords } from './forget-old-records.ts'
import { readProfile } from './read-profile.ts'
import { refreshGrant } from './refresh-grant.ts'
import { removeAccount } from './remove-account.ts'

let world: TestContext
beforeEach(async () => {
  world = await createTestContext()
})
afterEach(() => world.close())

const ASKED = { purpose: 'requested', actor: 'browser' } as const
const DAY_MS = 86_400_000
const told = async () => (await listCalls(world.context, { limit: 50 })).toReversed()
const written = () => world.context.database.all(sql`select * from provider_calls`)

test('every kind of call is told: for whom, why, and what came of it', async () => {
  const { accountId } = await connectPerson(world)
  await world.clock.advance(DAY_MS / 3)
  await refreshGrant(world.context, accountId, { purpose: 'scheduled', actor: 'scheduler' })
  await readProfile(world.context, accountId)
  await world.clock.advance(DAY_MS / 3)
  world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'status', status: 503 } })
  await refreshGrant(world.context, accountId, ASKED)
  world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'drop_after' } })
  await world.clock.advance(600_000)
  await refreshGrant(world.context, accountId, ASKED)
  await removeAccount(world.context, accountId, { revoke: true, actor: 'browser' })
  const calls = await told()
  expect(calls.every((call) => call.accountId === accountId && call.provider === 'claude')).toBe(true)
  expect(calls.map(({ endpoint, why, outcome, httpStatus }) => [endpoint, why, outcome, httpStatus])).toEqual([
    ['token', 'scheduled', 'answered', 200],
    ['profile', 'profile', 'answered', 200],
    ['token', 'requested', 'answered', 503],
    ['token', 'requested', 'interrupted', null],
    ['revocation', 'removal', 'answered', expect.any(Number)],
  ])
  expect(await callsOfDay(world.context)).toEqual([
    { provider: 'claude', endpoint: 'profile', count: 1, failed: 0, lastAt: calls[1]!.at },
    { provider: 'claude', endpoint: 'revocation', count: 1, failed: 0, lastAt: calls[4]!.at },
    { provider: 'claude', endpoint: 'token', count: 3, failed: 2, lastAt: calls[3]!.at },
  ])
})

test('a call that was never sent is told as such', async () => {
  const { accountId } = await connectPerson(world)
  await world.clock.advance(DAY_MS / 3)
  world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'drop_before' } })
  await refreshGrant(world.context, accountId, ASKED)
  expect(await told()).toMatchObject([{ outcome: 'not_sent', httpStatus: null, code: 'unreachable' }])
})

test('when the new generation is durable, nothing has been written about the call yet', async () => {
  const { accountId } = await connectPerson(world)
  await world.clock.advance(DAY_MS / 3)
  await refreshGrant(world.context, accountId, ASKED)
  expect((await currentGrant(world.context, accountId)).generation).toBe(2)
  expect(await written()).toEqual([])
})

test('a database that takes no calls keeps no refresh from being saved, and they are written when it does', async () => {
  const { accountId } = await connectPerson(world)
  await world.clock.advance(DAY_MS / 3)
  await world.context.database.run(
    sql`create trigger no_calls before insert on provider_calls begin select raise(abort, 'no'); end`,
  )
  expect(await refreshGrant(world.context, accountId, ASKED)).toMatchObject({ outcome: 'refreshed' })
  await expect(world.context.calls.flush()).rejects.toMatchObject({ name: 'StoreError' })
  expect(await told()).toEqual([])
  await world.context.database.run(sql`drop trigger no_calls`)
  expect(await told()).toHaveLength(1)
})

test('the keeper writes calls and links events a second later, without being asked, and the last ones when it stops', async () => {
  const stop = startTrailKeeper(world.context)
  const { accountId } = await connectPerson(world)
  const unlinked = () => world.context.database.all(sql`select id from audit_events where mac is null`)
  expect(await unlinked()).toHaveLength(1)
  await world.clock.advance(1_000)
  expect(await unlinked()).toEqual([])
  await world.clock.advance(DAY_MS / 3)
  await refreshGrant(world.context, accountId, ASKED)
  expect(await written()).toEqual([])
  await stop()
  expect([(await written()).length, await unlinked()]).toEqual([1, []])
})

test('calls are forgotten after ninety days', async () => {
  const { accountId } = await connectPerson(world)
  await world.clock.advance(DAY_MS / 3)
  await refreshGrant(world.context, accountId, ASKED)
  await world.context.calls.flush()
  world.clock.setWallClock(world.clock.now() + 89 * DAY_MS)
  await forgetOldRecords(world.context)
  expect(await told()).toHaveLength(1)
  world.clock.setWallClock(world.clock.now() + 2 * DAY_MS)
  await forgetOldRecords(world.context)
  expect(await told()).toEqual([])
})

test('no token is in what is told', async () => {
  const { accountId } = await connectPerson(world)
  await world.clock.advance(DAY_MS / 3)
  await refreshGrant(world.context, accountId, ASKED)
  await world.context.calls.flush()
  expect(JSON.stringify(await written())).not.toMatch(/FAKE|sk-ant/)
})
