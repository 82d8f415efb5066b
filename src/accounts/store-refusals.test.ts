/** A database that refuses: every act says so in one word, with nothing of the statement in it. */

import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { StoreError } from '../db/query.ts'
import { SECOND_MS } from '../lib/clock.ts'
import { type ConnectedAccount, connectPerson, currentGrant } from '../testing/connected-account.ts'
import { settle } from '../testing/fake-clock.ts'
import { currentPair } from '../testing/fake-grants.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { accountHistory } from './account-history.ts'
import type { AccountsContext } from './context.ts'
import { findAccountId } from './find-account.ts'
import { openTokens } from './grant-tokens.ts'
import { issueToken } from './issue-token.ts'
import { listAccounts } from './list-accounts.ts'
import { readOldProfiles, readProfile } from './read-profile.ts'
import { recoverAttempts } from './recover-attempts.ts'
import { refreshGrant } from './refresh-grant.ts'
import { removeAccount } from './remove-account.ts'
import { updateAccount } from './update-account.ts'

let world: TestContext
let broken: AccountsContext
let ada: ConnectedAccount

beforeEach(async () => {
  world = await createTestContext()
  ada = await connectPerson(world)
  const refuse = () => {
    throw Object.assign(new Error('SQLITE_FULL: secret parameters'), { code: 'SQLITE_FULL' })
  }
  const database = { select: refuse, insert: refuse, update: refuse, delete: refuse, batch: refuse, run: refuse }
  broken = { ...world.context, database: database as never }
})
afterEach(() => world.close())

const actor = 'browser' as const

test.each<[string, () => Promise<unknown>]>([
  ['listAccounts', () => listAccounts(broken)],
  ['findAccountId', () => findAccountId(broken, 'ada')],
  ['accountHistory', () => accountHistory(broken, ada.accountId)],
  ['updateAccount', () => updateAccount(broken, ada.accountId, { label: 'x' }, actor)],
  ['removeAccount', () => removeAccount(broken, ada.accountId, { revoke: true, actor })],
  ['refreshGrant', () => refreshGrant(broken, ada.accountId, { purpose: 'requested', actor })],
  ['issueToken', () => issueToken(broken, ada.accountId, { actor })],
])('%s', async (_, act) => {
  const error = await act().catch((reason: unknown) => reason)
  expect(error).toMatchObject({ name: 'AccountError', code: 'store_failed' })
  expect(String((error as Error).stack)).not.toContain('secret parameters')
})

test.each<[string, () => Promise<unknown>]>([
  ['readProfile', () => readProfile(broken, ada.accountId)],
  ['readOldProfiles', () => readOldProfiles(broken)],
  ['recoverAttempts', () => recoverAttempts(broken)],
])('%s, which only workers call, throws on', async (_, act) => {
  await expect(act()).rejects.toBeInstanceOf(StoreError)
})

test('what is no refusal but a bug is not hidden', async () => {
  const bug = () => {
    throw new TypeError('a bug')
  }
  const context = { ...world.context, transport: { send: bug } as never }
  await expect(refreshGrant(context, ada.accountId, { purpose: 'requested', actor })).rejects.toBeInstanceOf(TypeError)
  const providers = new Map()
  const unknown = refreshGrant({ ...world.context, providers }, ada.accountId, { purpose: 'requested', actor })
  await expect(unknown).rejects.toMatchObject({ code: 'unknown_provider' })
  await expect(readProfile({ ...world.context, providers }, ada.accountId)).rejects.toMatchObject({
    code: 'unknown_provider',
  })
  await expect(readProfile(world.context, 'acc_none')).rejects.toMatchObject({ code: 'account_not_found' })
  await expect(removeAccount(context, ada.accountId, { revoke: true, actor })).rejects.toBeInstanceOf(TypeError)
})

test('an answer that the database contradicts while the account is there is kept, whatever else it does not answer', async () => {
  await world.context.database.run(
    sql`create trigger no_answers before insert on inbox begin select raise(abort, 'no'); end`,
  )
  const { select } = world.context.database
  let asked = 0
  const pending = refreshGrant(world.context, ada.accountId, { purpose: 'requested', actor })
  await settle()
  world.context.database.select = (() => {
    asked++
    throw Object.assign(new Error('SQLITE_BUSY'), { code: 'SQLITE_BUSY' })
  }) as never
  await world.clock.advance(5 * SECOND_MS)
  expect((await pending).reason.code).toBe('not_saved')
  expect(asked).toBeGreaterThan(3)
  // A minute of it, and the program waits for it before it ends.
  await world.clock.advance(60 * SECOND_MS)
  expect(world.context.refreshes.isRunning(`saving ${ada.accountId}`)).toBe(true)
  world.context.database.select = select
  await world.context.database.run(sql`drop trigger no_answers`)
  await world.clock.advance(10 * SECOND_MS)
  await world.context.refreshes.settled()
  const { refreshToken } = openTokens(world.context.vault, await currentGrant(world.context, ada.accountId))
  expect(refreshToken!.equals(currentPair(ada.family).refreshToken!)).toBe(true)
})

test('an answer for an account that was removed meanwhile is not written for ever', async () => {
  world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'delay', ms: 10 * SECOND_MS, after: true } })
  const pending = refreshGrant(world.context, ada.accountId, { purpose: 'requested', actor })
  await settle()
  // As another process would: it cannot know of this refresh.
  await removeAccount({ ...world.context, refreshes: { isRunning: () => false } as never }, ada.accountId, {
    ...{ revoke: false, actor },
  })
  await world.clock.advance(20 * SECOND_MS)
  expect((await pending).outcome).toBe('unchanged')
  await world.context.refreshes.settled()
  expect(world.log.text()).toContain('grant.answer_without_account')
})
