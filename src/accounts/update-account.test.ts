/** What a person decides about an account. */

import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ConnectedAccount, connectPerson, currentGrant } from '../testing/connected-account.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { accountHistory } from './account-history.ts'
import type { AccountsContext } from './context.ts'
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

describe('updateAccount', () => {
  test.each([
    ['  Work\u202e  laptop ', 'Work laptop'],
    ['', null],
    [null, null],
  ])('label %j is kept as %j', async (typed, kept) => {
    await updateAccount(context, ada.accountId, { label: 'before' }, 'browser')
    expect((await updateAccount(context, ada.accountId, { label: typed }, 'browser')).label).toBe(kept)
  })

  test.each(['x'.repeat(81), 'a\0b'])('refuses the label %j', async (label) => {
    await expect(updateAccount(context, ada.accountId, { label }, 'browser')).rejects.toMatchObject({
      code: 'label_invalid',
    })
  })

  test('pausing takes it out of the schedule, resuming puts it back', async () => {
    const paused = await updateAccount(context, ada.accountId, { paused: true }, 'browser')
    expect(paused).toMatchObject({
      pausedAt: world.clock.now(),
      login: { nextRefreshAt: null, reason: { code: 'login_paused' } },
    })
    const resumed = await updateAccount(context, ada.accountId, { paused: false, position: 7 }, 'browser')
    expect(resumed).toMatchObject({ pausedAt: null, position: 7, login: { reason: { code: 'login_valid' } } })
    const kinds = (await accountHistory(context, ada.accountId)).map((entry) => entry.kind)
    expect(kinds).toEqual(['account.resumed', 'account.paused', 'account.connected'])
  })

  test('resuming while the outcome of a refresh is unknown means its one retry', async () => {
    await updateAccount(context, ada.accountId, { paused: true }, 'api')
    await context.database.run(sql`update grants set uncertain_at = 1`)
    await updateAccount(context, ada.accountId, { paused: false }, 'api')
    const { nextRefreshAt } = await currentGrant(context, ada.accountId)
    expect(nextRefreshAt! - world.clock.now()).toBeLessThanOrEqual(3_000)
  })

  test('nothing changed is nothing written, and an account that is gone says so', async () => {
    await updateAccount(context, ada.accountId, {}, 'browser')
    expect(await accountHistory(context, ada.accountId)).toHaveLength(1)
    await expect(updateAccount(context, 'acc_gone', {}, 'browser')).rejects.toMatchObject({ code: 'account_not_found' })
    await expect(accountHistory(context, 'acc_gone')).rejects.toMatchObject({ code: 'account_not_found' })
  })
})
