/** Commits that are shared: whole for each, and nobody pays for another's mistake. */

import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openTestDatabase } from '../testing/test-database.ts'
import type { Database, OpenedDatabase } from './client.ts'
import { commitWithOthers } from './group-commit.ts'
import { keptQuery } from './kept-query.ts'
import { readMeta } from './meta-store.ts'
import { query } from './query.ts'
import { meta } from './schema.ts'

let opened: OpenedDatabase
let database: Database

beforeEach(async () => {
  opened = await openTestDatabase()
  database = opened.database
})

afterEach(() => opened.close())

const INSERT = keptQuery<{ name: string; value: string }>((on, given) =>
  on
    .insert(meta)
    .values({ name: given('name'), value: given('value') })
    .returning({ name: meta.name }),
)
const CHANGE = keptQuery<{ name: string; value: string }>((on, given) =>
  on
    .update(meta)
    .set({ value: given('value') })
    .where(eq(meta.name, given('name'))),
)

test('what is asked for together is written together, and each gets its own answer', async () => {
  const batch = vi.spyOn(database, 'batch')
  const [first, second] = await Promise.all([
    commitWithOthers(database, [INSERT(database, { name: 'a', value: '1' })]),
    commitWithOthers(database, [
      INSERT(database, { name: 'b', value: '2' }),
      CHANGE(database, { name: 'b', value: '3' }),
    ]),
  ])
  expect(batch).toHaveBeenCalledTimes(1)
  expect(first.map(({ rows }) => rows.map((row) => row[0]))).toEqual([['a']])
  expect(second.map(({ rows, rowsAffected }) => [rows.length, rowsAffected])).toEqual([
    [1, 0],
    [0, 1],
  ])
  expect(await readMeta(database, 'b')).toBe('3')
  await commitWithOthers(database, [CHANGE(database, { name: 'a', value: '4' })])
  expect(batch).toHaveBeenCalledTimes(2)
})

test('a part that contradicts another row fails alone, and leaves nothing of itself', async () => {
  const part = (...names: string[]) =>
    query(() =>
      commitWithOthers(
        database,
        names.map((name) => INSERT(database, { name, value: '' })),
      ),
    )
  await part('taken')
  const fates = await Promise.allSettled([part('a'), part('b', 'taken'), part('c')])
  expect(fates.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(fates[1]).toMatchObject({ reason: { name: 'StoreError', code: 'constraint' } })
  const names = (await database.select().from(meta)).map(({ name }) => name)
  expect(names.sort()).toEqual(['a', 'c', 'taken'])
})

test('a database that refuses refuses all of them, and is asked once', async () => {
  const batch = vi
    .spyOn(database, 'batch')
    .mockRejectedValueOnce(Object.assign(new Error('secret parameters'), { code: 'SQLITE_FULL' }))
  const part = (name: string) => query(() => commitWithOthers(database, [INSERT(database, { name, value: '' })]))
  const fates = await Promise.allSettled([part('a'), part('b')])
  for (const fate of fates) expect(fate).toMatchObject({ reason: { name: 'StoreError', code: 'full' } })
  expect(batch).toHaveBeenCalledTimes(1)
  expect(await readMeta(database, 'a')).toBeNull()
})
