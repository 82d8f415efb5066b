/** Profiles that say less than usual, or nothing; and readings that come too late. */

import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DAY_MS } from '../lib/clock.ts'
import { type ConnectedAccount, connectPerson } from '../testing/connected-account.ts'
import type { Fault } from '../testing/fake-faults.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { getAccount } from './list-accounts.ts'
import { readOldProfiles, readProfile } from './read-profile.ts'

let world: TestContext
let ada: ConnectedAccount

beforeEach(async () => {
  world = await createTestContext()
  ada = await connectPerson(world)
})
afterEach(() => world.close())

const strike = (fault: Fault) => world.fake.faults.add({ endpoint: 'claude.profile', fault })
const read = () => readProfile(world.context, ada.accountId)

test('a profile that names nobody is no profile', async () => {
  strike({ kind: 'change', fields: { account: {} } })
  expect(await read()).toEqual({ outcome: 'not_read', failure: 'unreadable' })
})

test('what a profile leaves out is not forgotten', async () => {
  await read()
  const { subject, organizationId } = world.fake.person('ada')
  strike({ kind: 'change', fields: { account: { uuid: subject }, organization: { uuid: organizationId } } })
  expect(await read()).toEqual({ outcome: 'read' })
  expect(await getAccount(world.context, ada.accountId)).toMatchObject({
    email: 'ada@example.com',
    displayName: expect.any(String),
    plan: 'max',
    rateLimitTier: expect.any(String),
    organization: { name: expect.any(String) },
  })
})

test('an account that is removed while its profile is read comes to nothing', async () => {
  world.fake.faults.add({ endpoint: 'claude.profile', fault: { kind: 'delay', ms: 1_000 } })
  const reading = read()
  await world.clock.advance(500)
  await world.context.database.run(sql`delete from accounts`)
  await world.clock.advance(1_000)
  expect(await reading).toEqual({ outcome: 'not_read', failure: 'unreadable' })
})

test('a stop between two profiles is heeded', async () => {
  await connectPerson(world, 'brook')
  await world.clock.advance(2 * DAY_MS)
  const stopping = new AbortController()
  const unsubscribe = world.context.events.subscribe((event) => {
    if (event.type === 'account.changed') stopping.abort()
  })
  await readOldProfiles(world.context, stopping.signal)
  unsubscribe()
  expect(world.fake.ledger.count('claude.profile')).toBe(1)
})
