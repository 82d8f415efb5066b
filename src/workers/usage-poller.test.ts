/** The poller against a fake clock: who is read, when, by which process, and how little it asks otherwise. */

import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { listAccounts } from '../accounts/list-accounts.ts'
import { updateAccount } from '../accounts/update-account.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { CALLS_PER_HOUR } from '../limits/usage-budget.ts'
import { connectPerson } from '../testing/connected-account.ts'
import { buildFakeIdentity } from '../testing/fake-identities.ts'
import { fakeWindow } from '../testing/fake-usage.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { createUsagePoller, type UsagePoller } from './usage-poller.ts'

const PEOPLE = [
  ...Array.from({ length: 6 }, (_, index) => buildFakeIdentity('claude', `claude-${index}`, 200 + index)),
  ...Array.from({ length: 4 }, (_, index) => buildFakeIdentity('codex', `codex-${index}`, 300 + index)),
]

let world: TestContext
let pollers: UsagePoller[]

beforeEach(async () => {
  world = await createTestContext({ provider: { identities: PEOPLE } })
  pollers = []
})
afterEach(async () => {
  const stops = pollers.map((poller) => poller.stop())
  await world.clock.advance(MINUTE_MS)
  await Promise.all(stops)
  await world.close()
})

const start = (owner = 'test-process') => {
  const poller = createUsagePoller({ ...world.context, owner })
  pollers.push(poller)
  poller.start()
}
const connectAll = async () => {
  for (const { name } of PEOPLE) await connectPerson(world, name)
}
const calls = (name?: string) => [
  ...world.fake.ledger.of('claude.usage', name),
  ...world.fake.ledger.of('codex.usage', name),
]

test('everybody is read within the first seconds, and then about every ten minutes', async () => {
  await connectAll()
  start()
  await world.clock.advance(45 * SECOND_MS)
  expect(new Set(calls().map(({ identity }) => identity)).size).toBe(PEOPLE.length)
  await world.clock.advance(HOUR_MS)
  for (const { name } of PEOPLE) {
    expect(calls(name).length).toBeGreaterThanOrEqual(6)
    expect(calls(name).length).toBeLessThanOrEqual(8)
  }
})

test('two processes that share the database read no more than one does', async () => {
  await connectAll()
  start('one')
  start('two')
  await world.clock.advance(2 * HOUR_MS)
  for (const { name } of PEOPLE) {
    const at = calls(name).map((call) => call.at)
    for (const instant of at) {
      expect(at.filter((other) => other > instant - HOUR_MS && other <= instant).length).toBeLessThanOrEqual(10)
    }
    expect(Math.min(...at.slice(1).map((instant, index) => instant - at[index]!))).toBeGreaterThanOrEqual(MINUTE_MS)
  }
})

test('near a limit it looks more often, and never spends the whole budget', async () => {
  await connectPerson(world, 'claude-0')
  world.fake.usage.set('claude-0', [fakeWindow('session', 90, world.clock.now() + 4 * HOUR_MS)])
  start()
  await world.clock.advance(HOUR_MS)
  expect(calls('claude-0').length).toBeGreaterThanOrEqual(11)
  expect(calls('claude-0').length).toBeLessThan(CALLS_PER_HOUR - 4)
})

test('a reset is seen within a few minutes', async () => {
  const { accountId } = await connectPerson(world, 'claude-0')
  world.fake.usage.set('claude-0', [fakeWindow('weekly', 70, world.clock.now() + 34 * MINUTE_MS)])
  start()
  await world.clock.advance(36 * MINUTE_MS)
  const account = (await listAccounts(world.context)).find(({ id }) => id === accountId)!
  expect(account.usage.windows[0]!.usedFraction).toBe(0)
})

test('accounts that come later are read at once, paused ones not at all', async () => {
  start()
  await world.clock.advance(MINUTE_MS)
  const { accountId } = await connectPerson(world, 'claude-0')
  await world.clock.advance(SECOND_MS)
  expect(calls('claude-0')).toHaveLength(1)
  await updateAccount(world.context, accountId, { paused: true }, 'browser')
  await world.clock.advance(2 * HOUR_MS)
  expect(calls('claude-0')).toHaveLength(1)
  await updateAccount(world.context, accountId, { paused: false }, 'browser')
  await world.clock.advance(MINUTE_MS)
  expect(calls('claude-0')).toHaveLength(2)
})

test('an idle tick is one walk along an index, however many accounts there are', async () => {
  await connectAll()
  const plan = await world.context.database.all<{ detail: string }>(sql`explain query plan
    select s.account_id, a.provider, s.next_read_at from usage_states s cross join accounts a cross join grants g
    where s.next_read_at is not null and a.id = s.account_id and a.paused_at is null
      and g.account_id = s.account_id and g.retired_at is null order by s.next_read_at limit 64`)
  expect(plan.map(({ detail }) => detail).join()).toMatch(/usage_states_due/)
  expect(plan.map(({ detail }) => detail).join()).not.toMatch(/TEMP B-TREE|SCAN/)
})

test('a database that refuses is waited for', async () => {
  await connectPerson(world, 'claude-0')
  await world.context.database.run(sql`alter table usage_states rename to hidden_states`)
  start()
  await world.clock.advance(15 * SECOND_MS)
  expect(world.log.text()).toContain('usage.schedule_not_read')
  await world.context.database.run(sql`alter table hidden_states rename to usage_states`)
  await world.clock.advance(MINUTE_MS)
  expect(calls('claude-0')).toHaveLength(1)
})
