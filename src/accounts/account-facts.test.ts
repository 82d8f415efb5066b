/** What a list is made of is read once, and again after anything was written; never where others may write too. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { copyAccounts } from '../../bench/programs/copy-accounts.ts'
import { type OpenedDatabase, openDatabase } from '../db/client.ts'
import { DAY_MS } from '../lib/clock.ts'
import { connectPerson } from '../testing/connected-account.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import type { AccountSummary } from './account-summary.ts'
import type { AccountsContext } from './context.ts'
import { keepStatusFile } from './keep-status-file.ts'
import { accountsInParts, listAccounts } from './list-accounts.ts'
import { updateAccount } from './update-account.ts'

let world: TestContext
let opened: OpenedDatabase
let context: AccountsContext
let ada: string

beforeEach(async () => {
  world = await createTestContext()
  opened = await openDatabase({ url: `file:${join(world.directory, 'deck.db')}` })
  context = { ...world.context, database: opened.database }
  ada = (await connectPerson(world, 'ada', { context })).accountId
})

afterEach(async () => {
  await opened.close()
  await world.close()
})

/** Counts the statements that reach the database from now on. */
function countStatements({ database }: AccountsContext): () => number {
  const { $client: client } = database as unknown as { $client: { execute: (...args: unknown[]) => unknown } }
  const execute = client.execute.bind(client)
  let count = 0
  client.execute = (...args) => {
    count++
    return execute(...args)
  }
  return () => count
}

test('a list that is asked for again takes no query, and knows what time it is', async () => {
  await listAccounts(context)
  const count = countStatements(context)
  expect((await listAccounts(context))[0]!.login.reason.code).toBe('login_valid')
  await world.clock.advance(7 * DAY_MS)
  expect((await listAccounts(context))[0]!.login.reason.code).toBe('login_due')
  expect(count()).toBe(0)
})

test.each<[string, () => Promise<unknown>]>([
  ['an act', () => updateAccount(context, ada, { label: 'changed' }, 'browser')],
  ['a statement', () => context.database.run(sql`update accounts set label = 'changed'`)],
  ['a batch', () => context.database.batch([context.database.run(sql`update accounts set label = 'changed'`)])],
  [
    'a write that gives rows',
    () => context.database.all(sql`update accounts set label = 'changed' returning id as "select"`),
  ],
  [
    'a write behind a table expression',
    () =>
      context.database.run(
        sql`with n as (select 'changed' as label) update accounts set label = (select label from n)`,
      ),
  ],
])('%s is seen by the next list', async (_, write) => {
  expect((await listAccounts(context))[0]!.label).toBeNull()
  await write()
  expect((await listAccounts(context))[0]!.label).toBe('changed')
  await connectPerson(world, 'brook', { context })
  expect(await listAccounts(context)).toHaveLength(2)
})

test('thousands are gone over in parts, each account once, and the file for prompts has them in their order', async () => {
  await copyAccounts(context.database, 600)
  await context.database.run(sql`update accounts set position = -position`)
  const whole = (await listAccounts(context)).map(({ id }) => id)
  expect(whole).toHaveLength(601)
  const parts: string[][] = []
  for await (const part of accountsInParts(context)) parts.push(part.map(({ id }) => id))
  expect(parts.map(({ length }) => length)).toEqual([250, 250, 101])
  expect(new Set(parts.flat())).toEqual(new Set(whole))
  const path = join(world.directory, 'status.json')
  await keepStatusFile(path, context)
  const { accounts } = JSON.parse(await readFile(path, 'utf8'))
  expect(accounts.map(({ id }: { id: string }) => id)).toEqual(whole)
})

test('few are one part, which is known to the next list', async () => {
  const parts: AccountSummary[][] = []
  for await (const part of accountsInParts(context)) parts.push(part)
  expect(parts.map(({ length }) => length)).toEqual([1])
  const count = countStatements(context)
  expect(await listAccounts(context)).toEqual(parts[0])
  for await (const part of accountsInParts(context)) expect(part).toEqual(parts[0])
  expect(count()).toBe(0)
})

test('what is written while a list is being read is not taken for known', async () => {
  const [before] = await Promise.all([
    listAccounts(context),
    context.database.run(sql`update accounts set label = 'changed'`),
  ])
  expect(before).toHaveLength(1)
  expect((await listAccounts(context))[0]!.label).toBe('changed')
})

/** Copies of the first account, in the opposite order of their ids. */
async function copyAccount(copies: number): Promise<void> {
  const numbers = sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${copies})`
  await context.database.run(sql`${numbers} insert into accounts (id, provider, subject, organization_id, position, created_at)
    select printf('acc_%05d', i), 'claude', 'copy-' || i, '', 1000 - i, 0 from n`)
  await context.database.run(sql`${numbers} insert into grants (id, account_id, custody, origin, generation, scopes,
      access_token_sealed, access_token_fingerprint, access_token_issued_at, created_at, failures, lease_epoch)
    select printf('grt_%05d', i), printf('acc_%05d', i), custody, origin, generation, scopes, access_token_sealed,
      'copy-' || i, access_token_issued_at, created_at, 0, 0 from n, (select * from grants limit 1)`)
}

test('a list of many is read each time', async () => {
  await copyAccount(200)
  expect(await listAccounts(context)).toHaveLength(201)
  const count = countStatements(context)
  await listAccounts(context)
  expect(count()).toBeGreaterThan(0)
})

test('a list that is read in parts is whole, in its order, and others get their turn', async () => {
  await copyAccount(999)
  let turns = 0
  const timer = setInterval(() => turns++, 0)
  const accounts = await listAccounts(context)
  clearInterval(timer)
  expect(accounts.map(({ position }) => position)).toEqual(
    accounts.map(({ position }) => position).sort((left, right) => left - right),
  )
  expect(new Set(accounts.map(({ id }) => id)).size).toBe(1_000)
  expect(turns).toBeGreaterThan(0)
})

test('where the database may be written by others, nothing is taken for known', async () => {
  await connectPerson(world)
  await listAccounts(world.context)
  const count = countStatements(world.context)
  await listAccounts(world.context)
  expect(count()).toBeGreaterThan(0)
})
