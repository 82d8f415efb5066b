/** Which grants may replace which, and what stays of an account when it signs in again. */

import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listAuditEvents } from '../db/audit-store.ts'
import { grants } from '../db/schema.ts'
import { MINUTE_MS } from '../lib/clock.ts'
import { connectPerson, currentGrant } from '../testing/connected-account.ts'
import { currentPair } from '../testing/fake-grants.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import type { AccountsContext } from './context.ts'
import { openTokens } from './grant-tokens.ts'
import { getAccount, listAccounts } from './list-accounts.ts'
import { updateAccount } from './update-account.ts'

let world: TestContext
let context: AccountsContext

beforeEach(async () => {
  world = await createTestContext()
  context = world.context
})
afterEach(() => world.close())

const kinds = async (accountId: string) =>
  (await listAuditEvents(context.database, accountId, 20)).map((event) => event.kind).reverse()

describe('refused', () => {
  test('another identity when an account signs in again, naming both', async () => {
    const ada = await connectPerson(world, 'ada')
    const before = await currentGrant(context, ada.accountId)
    await expect(
      connectPerson(world, 'brook', { request: { expectedAccountId: ada.accountId } }),
    ).rejects.toMatchObject({
      code: 'identity_mismatch',
      params: { expected: 'ada@example.com (Ada Works)', actual: 'brook@example.com (Brook Works)' },
    })
    expect(await currentGrant(context, ada.accountId)).toEqual(before)
    expect(await listAccounts(context)).toHaveLength(1)
  })

  test('the same e-mail in another workspace is another identity', async () => {
    const grace = await connectPerson(world, 'grace')
    await expect(
      connectPerson(world, 'grace-at-work', { request: { expectedAccountId: grace.accountId } }),
    ).rejects.toMatchObject({ code: 'identity_mismatch' })
    await connectPerson(world, 'grace-at-work')
    expect((await listAccounts(context)).map((account) => account.email)).toEqual(Array(2).fill('grace@example.com'))
  })

  test('an account that is gone', async () => {
    await expect(connectPerson(world, 'ada', { request: { expectedAccountId: 'acc_gone' } })).rejects.toMatchObject({
      code: 'account_not_found',
    })
  })

  test.each(['cli', 'none'] as const)(
    'a grant in custody %s in the place of a live one of our own',
    async (custody) => {
      const { accountId } = await connectPerson(world)
      const before = await currentGrant(context, accountId)
      await expect(connectPerson(world, 'ada', { custody, origin: 'link' })).rejects.toMatchObject({
        code: 'already_dashboard',
      })
      expect(await currentGrant(context, accountId)).toEqual(before)
    },
  )

  test('a database that refuses leaves the old grant in place', async () => {
    const { accountId } = await connectPerson(world)
    const before = await currentGrant(context, accountId)
    await context.database.run(
      sql`create trigger no_news before insert on audit_events begin select raise(abort, 'x'); end`,
    )
    await expect(connectPerson(world)).rejects.toMatchObject({ name: 'StoreError' })
    expect(await currentGrant(context, accountId)).toEqual(before)
  })
})

describe('signing in again', () => {
  test('keeps account, label, place and history, and retires the old grant', async () => {
    const first = await connectPerson(world)
    await connectPerson(world, 'brook')
    await updateAccount(context, first.accountId, { label: 'Work' }, 'browser')
    await world.clock.advance(MINUTE_MS)
    const again = await connectPerson(world, 'ada', { request: { expectedAccountId: first.accountId } })
    expect(again.accountId).toBe(first.accountId)
    expect(await getAccount(context, first.accountId)).toMatchObject({ label: 'Work', position: 1, generation: 1 })
    const rows = await context.database.select().from(grants)
    expect(rows.filter((row) => row.accountId === first.accountId && row.retiredAt === null)).toHaveLength(1)
    const tokens = openTokens(context.vault, await currentGrant(context, first.accountId))
    expect(tokens.accessToken.equals(currentPair(again.family).accessToken)).toBe(true)
    expect(await kinds(first.accountId)).toEqual(['account.connected', 'account.renamed', 'account.reconnected'])
  })

  test('brings a refused account back, with a clean slate', async () => {
    const { accountId } = await connectPerson(world)
    await context.database.run(sql`update grants set refused_at = 1, refusal_code = 'invalid_grant', uncertain_at = 1,
      failures = 3, next_refresh_at = null`)
    await connectPerson(world)
    expect((await getAccount(context, accountId)).login.status).toBe('valid')
    expect((await currentGrant(context, accountId)).nextRefreshAt).not.toBeNull()
  })

  test('a link may take the place of a login of ours that is over', async () => {
    const { accountId } = await connectPerson(world)
    await context.database.run(sql`update grants set refused_at = 1`)
    await connectPerson(world, 'ada', { custody: 'cli', origin: 'link', request: { credentialPath: '/x' } })
    expect(await getAccount(context, accountId)).toMatchObject({ custody: 'cli', credentialPath: '/x' })
  })

  test('a paused account stays paused', async () => {
    const { accountId } = await connectPerson(world)
    await updateAccount(context, accountId, { paused: true }, 'browser')
    await connectPerson(world)
    expect((await currentGrant(context, accountId)).nextRefreshAt).toBeNull()
  })
})

test('every move of custody is in the history', async () => {
  const { accountId } = await connectPerson(world, 'ada', {
    custody: 'cli',
    origin: 'link',
    request: { credentialPath: '/x' },
  })
  await connectPerson(world, 'ada', { origin: 'take_over', request: { credentialPath: '/x' } })
  expect(await kinds(accountId)).toEqual(['account.connected', 'account.reconnected', 'custody.changed'])
  const [moved] = await listAuditEvents(context.database, accountId, 1)
  expect(moved!.details).toEqual({ from: 'cli', to: 'dashboard', origin: 'take_over', path: '/x' })
})

test('two that connect one identity at once make one account with one current grant', async () => {
  const connected = await Promise.all([connectPerson(world), connectPerson(world), connectPerson(world)])
  expect(new Set(connected.map(({ accountId }) => accountId)).size).toBe(1)
  const rows = await context.database.select().from(grants)
  expect(rows.filter((row) => row.retiredAt === null)).toHaveLength(1)
})

test('no token lies in the clear, and an envelope opens only in its own place', async () => {
  const { accountId, family } = await connectPerson(world)
  const grant = await currentGrant(context, accountId)
  expect(JSON.stringify(grant)).not.toContain(currentPair(family).accessToken)
  expect(() => openTokens(context.vault, { ...grant, generation: 2 })).toThrow()
  expect(() => openTokens(context.vault, { ...grant, accountId: 'acc_other' })).toThrow()
  expect(() => openTokens(context.vault, { ...grant, refreshTokenSealed: grant.accessTokenSealed })).toThrow()
})

test.each([
  ['e-mails differ', { email: 'eve@example.com' }, 'ada@example.com (Ada Works)', 'eve@example.com (Ada Works)'],
  [
    'only the workspace differs',
    { organizationId: 'ws-2' },
    'ada@example.com (Ada Works), ORG',
    'ada@example.com (Ada Works), ws-2',
  ],
  [
    'one has no workspace',
    { subject: 'eve', organizationId: '' },
    'ada@example.com (Ada Works), ORG',
    'ada@example.com (Ada Works), eve',
  ],
])('a refused identity is told apart from the expected one when %s', async (_, changes, expected, actual) => {
  const ada = world.fake.person('ada')
  const own = { ...ada, organizationName: 'Ada Works', plan: null, rateLimitTier: null }
  const first = await connectPerson(world, 'ada', { request: { identity: own } })
  const identity = { ...own, subject: 'somebody', ...changes }
  const again = connectPerson(world, 'ada', { request: { identity, expectedAccountId: first.accountId } })
  const params = { expected: expected.replace('ORG', ada.organizationId), actual }
  await expect(again).rejects.toMatchObject({ code: 'identity_mismatch', params })
})

test('of two without a workspace the persons are told apart, and a name without an e-mail is its id', async () => {
  const nobody = { organizationId: '', organizationName: null, displayName: null, plan: null, rateLimitTier: null }
  const one = { ...nobody, subject: 'user-1', email: 'shared@example.com' }
  const first = await connectPerson(world, 'ada', { request: { identity: one } })
  const signIn = (identity: typeof one | (Omit<typeof one, 'email'> & { email: null })) =>
    connectPerson(world, 'ada', { request: { identity, expectedAccountId: first.accountId } })
  await expect(signIn({ ...one, subject: 'user-2' })).rejects.toMatchObject({
    params: { expected: 'shared@example.com, user-1', actual: 'shared@example.com, user-2' },
  })
  await expect(signIn({ ...one, subject: 'user-2', email: null })).rejects.toMatchObject({
    params: { expected: 'shared@example.com', actual: 'user-2' },
  })
})
