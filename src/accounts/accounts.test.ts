/** Accounts as they are listed, found and read. */

import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { attempts, grants, inbox } from '../db/schema.ts'
import { DAY_MS, HOUR_MS } from '../lib/clock.ts'
import { type ConnectedAccount, connectPerson, currentGrant } from '../testing/connected-account.ts'
import { settle } from '../testing/fake-clock.ts'
import { currentPair } from '../testing/fake-grants.ts'
import { observeFileOf } from '../testing/observed-file.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import type { AccountsContext } from './context.ts'
import { findAccountId } from './find-account.ts'
import { forgetOldRecords } from './forget-old-records.ts'
import { getAccount, listAccounts } from './list-accounts.ts'
import { readOldProfiles, readProfile } from './read-profile.ts'
import { refreshGrant } from './refresh-grant.ts'
import { updateAccount } from './update-account.ts'

let world: TestContext
let context: AccountsContext
let ada: ConnectedAccount

beforeEach(async () => {
  world = await createTestContext()
  context = world.context
  ada = await connectPerson(world)
})
afterEach(() => world.close())

describe('listAccounts', () => {
  test('takes the same number of queries for one account and for many, and reads nothing sealed', async () => {
    const statements: string[] = []
    type Statement = string | { sql: string }
    const { $client: client } = context.database as unknown as { $client: { execute: (query: Statement) => unknown } }
    const execute = client.execute.bind(client)
    client.execute = (query) => {
      statements.push(typeof query === 'string' ? query : query.sql)
      return execute(query)
    }
    await listAccounts(context)
    const one = statements.splice(0)
    await connectPerson(world, 'brook')
    await connectPerson(world, 'grace')
    statements.length = 0
    expect(await listAccounts(context)).toHaveLength(3)
    expect(statements).toEqual(one)
    expect(one).toHaveLength(3)
    expect(one.join()).not.toContain('sealed')
  })

  test('a summary holds no token and no envelope', async () => {
    const text = JSON.stringify(await listAccounts(context))
    const grant = await currentGrant(context, ada.accountId)
    for (const secret of [
      grant.accessTokenSealed,
      grant.refreshTokenFingerprint!,
      currentPair(ada.family).accessToken,
    ]) {
      expect(text).not.toContain(secret)
    }
  })

  test('says where the account is active, and that a file still holds a copy', async () => {
    await observeFileOf(context, ada.accountId)
    expect(await getAccount(context, ada.accountId)).toMatchObject({
      activeIn: ['claude'],
      ownership: { status: 'conflict', reason: { params: { cli: 'claude' } } },
      mainAction: 'resolve',
    })
    await observeFileOf(context, ada.accountId, { kind: 'profile', refreshTokenFingerprint: 'another' })
    expect(await getAccount(context, ada.accountId)).toMatchObject({ activeIn: [], ownership: { status: 'dashboard' } })
  })

  test('shows that a refresh is under way', async () => {
    world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'delay', ms: 1_000 } })
    const pending = refreshGrant(context, ada.accountId, { purpose: 'requested', actor: 'browser' })
    await settle()
    expect((await getAccount(context, ada.accountId)).isRefreshing).toBe(true)
    await world.clock.advance(1_000)
    await pending
    expect((await getAccount(context, ada.accountId)).isRefreshing).toBe(false)
  })

  test('never for a login that its CLI refreshes: nobody is told when a look at that one ends', async () => {
    const { accountId } = await connectPerson(world, 'brook', { custody: 'cli', origin: 'link' })
    const { promise, resolve } = Promise.withResolvers<never>()
    const pending = context.refreshes.run(accountId, () => promise)
    expect((await getAccount(context, accountId)).isRefreshing).toBe(false)
    resolve(undefined as never)
    await pending
  })
})

describe('findAccount', () => {
  test('by id, label or e-mail, in any letter case', async () => {
    await updateAccount(context, ada.accountId, { label: 'Work' }, 'cli')
    for (const reference of [ada.accountId, 'work', ' WORK ', 'Ada@Example.com']) {
      expect(await findAccountId(context, reference)).toBe(ada.accountId)
    }
  })

  test('refuses what is not there and what several have', async () => {
    await expect(findAccountId(context, 'nobody')).rejects.toMatchObject({ code: 'account_not_found' })
    await expect(findAccountId(context, '')).rejects.toMatchObject({ code: 'account_not_found' })
    await connectPerson(world, 'grace')
    const work = await connectPerson(world, 'grace-at-work')
    await expect(findAccountId(context, 'grace@example.com')).rejects.toMatchObject({
      code: 'account_ambiguous',
      params: { account: 'grace@example.com', count: 2 },
    })
    await updateAccount(context, work.accountId, { label: 'grace@example.com' }, 'cli')
    expect(await findAccountId(context, 'grace@example.com')).toBe(work.accountId)
  })
})

describe('readProfile', () => {
  test('keeps plan, tier and organisation', async () => {
    expect((await getAccount(context, ada.accountId)).data.status).toBe('never_read')
    expect(await readProfile(context, ada.accountId)).toEqual({ outcome: 'read' })
    expect(await getAccount(context, ada.accountId)).toMatchObject({
      plan: 'max',
      rateLimitTier: 'default_claude_max_5x',
      organization: { name: 'Ada Works' },
      data: { status: 'fresh', readAt: world.clock.now() },
    })
  })

  test('from claims where the provider has no profile', async () => {
    const grace = await connectPerson(world, 'grace')
    expect(await readProfile(context, grace.accountId)).toEqual({ outcome: 'read' })
    expect((await getAccount(context, grace.accountId)).plan).toBe('plus')
  })

  test('an expired token is refreshed first; one that the provider rejects is refreshed once', async () => {
    await world.clock.advance(9 * HOUR_MS)
    await readProfile(context, ada.accountId)
    expect(world.fake.ledger.count('claude.refresh')).toBe(1)
    await world.clock.advance(HOUR_MS)
    world.fake.faults.add({ endpoint: 'claude.profile', fault: { kind: 'status', status: 401 } })
    expect(await readProfile(context, ada.accountId)).toEqual({ outcome: 'read' })
    expect(world.fake.ledger.count('claude.refresh')).toBe(2)
  })

  test('failures are facts, and what was known stays', async () => {
    await readProfile(context, ada.accountId)
    world.fake.faults.add({ endpoint: 'claude.profile', fault: { kind: 'status', status: 500 } })
    expect((await readProfile(context, ada.accountId)).outcome).toBe('not_read')
    expect(await getAccount(context, ada.accountId)).toMatchObject({ plan: 'max', data: { status: 'old' } })
    world.fake.faults.add({ endpoint: 'claude.profile', fault: { kind: 'status', status: 401 }, times: 9 })
    await world.clock.advance(HOUR_MS)
    expect(await readProfile(context, ada.accountId)).toEqual({ outcome: 'not_read', failure: 'rejected_token' })
  })

  test('a grant without the scope is not even tried', async () => {
    await context.database.run(sql`update grants set scopes = '["user:inference"]'`)
    expect(await readProfile(context, ada.accountId)).toEqual({ outcome: 'not_read', failure: 'not_permitted' })
    expect((await getAccount(context, ada.accountId)).data.status).toBe('not_permitted')
    expect(world.fake.ledger.count('claude.profile')).toBe(0)
  })

  test('the profile of somebody else changes nothing', async () => {
    const person = world.fake.identities.find(({ name }) => name === 'ada')!
    person.subject = '99999999-0000-4000-8000-000000000001'
    expect(await readProfile(context, ada.accountId)).toEqual({ outcome: 'not_read', failure: 'identity_changed' })
    expect((await getAccount(context, ada.accountId)).plan).toBeNull()
  })

  test('an account in custody of the CLI with an expired token says so', async () => {
    const brook = await connectPerson(world, 'brook', { custody: 'cli', origin: 'link' })
    await world.clock.advance(9 * HOUR_MS)
    expect(await readProfile(context, brook.accountId)).toEqual({ outcome: 'not_read', failure: 'not_custodian' })
  })

  test('readOldProfiles reads each once a day, and one failure stops none', async () => {
    const brook = await connectPerson(world, 'brook')
    await context.database.run(sql`update accounts set provider = 'nobody' where id = ${ada.accountId}`)
    await readOldProfiles(context)
    await readOldProfiles(context)
    expect(world.fake.ledger.count('claude.profile')).toBe(1)
    await world.clock.advance(DAY_MS)
    await readOldProfiles(context)
    expect(world.fake.ledger.count('claude.profile')).toBe(2)
    expect((await getAccount(context, brook.accountId)).data.status).toBe('fresh')
    const stopped = new AbortController()
    stopped.abort()
    await readOldProfiles(context, stopped.signal)
  })
})

test('forgetOldRecords: applied answers after a day, retired grants after thirty, spent tokens are long remembered', async () => {
  await refreshGrant(context, ada.accountId, { purpose: 'requested', actor: 'browser' })
  await connectPerson(world)
  await world.clock.advance(DAY_MS + 1)
  await forgetOldRecords(context)
  expect(await context.database.select().from(inbox)).toEqual([])
  expect(await context.database.select().from(grants)).toHaveLength(2)
  expect(await context.database.select().from(attempts)).toHaveLength(1)
  await world.clock.advance(30 * DAY_MS)
  await forgetOldRecords(context)
  expect(await context.database.select().from(grants)).toHaveLength(1)
})
