import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { openTestDatabase } from '../testing/test-database.ts'
import { query, StoreError } from './query.ts'
import { accounts, grants, meta } from './schema.ts'

const CANARY = 'rt_FAKE_CANARY_0001'

async function thrownBy(run: () => Promise<unknown>): Promise<StoreError> {
  const error = await query(run).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(StoreError)
  return error as StoreError
}

function everythingIn(error: Error): string {
  return [Bun.inspect(error), JSON.stringify(error), error.message, error.stack, String(error.cause)].join('\n')
}

test('a failed query says which way it failed, and nothing of its statement or its parameters', async () => {
  const { database, close } = await openTestDatabase()
  await database.insert(meta).values({ name: CANARY, value: '' })
  const failures: [string, () => Promise<unknown>][] = [
    ['constraint', () => database.insert(meta).values({ name: CANARY, value: CANARY })],
    ['constraint', () => database.batch([database.insert(meta).values({ name: CANARY, value: CANARY })])],
    ['constraint', () => database.insert(grants).values({ accountId: CANARY } as never)],
    ['failed', () => database.all(sql`select ${CANARY} from no_such_table`)],
    ['failed', () => database.insert(accounts).values({ id: CANARY, subject: undefined } as never)],
    ['failed', () => Promise.reject(new TypeError(CANARY))],
    ['failed', () => Promise.reject(CANARY)],
  ]
  for (const [code, run] of failures) {
    const error = await thrownBy(run)
    expect(everythingIn(error)).not.toContain(CANARY)
    expect(everythingIn(error)).not.toContain('insert into')
    expect(['constraint', 'failed']).toContain(error.code)
    if (code === 'constraint') expect(error.code).toBe('constraint')
  }
  await close()
})

test('a full disk is told as one, and the next write after space returned succeeds', async () => {
  const { database, close } = await openTestDatabase()
  const pages = (await database.all<{ page_count: number }>(sql`PRAGMA page_count`))[0]!.page_count
  await database.run(sql.raw(`PRAGMA max_page_count = ${pages}`))
  const fill = () => database.insert(meta).values({ name: 'big', value: 'x'.repeat(100_000) })
  expect((await thrownBy(fill)).code).toBe('full')
  await database.run(sql.raw('PRAGMA max_page_count = 1000000'))
  await query(fill)
  await close()
})
