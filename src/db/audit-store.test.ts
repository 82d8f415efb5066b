import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTestDatabase } from '../testing/test-database.ts'
import { auditIf, listAuditPage } from './audit-store.ts'
import type { OpenedDatabase } from './client.ts'

let opened: OpenedDatabase

beforeEach(async () => {
  opened = await openTestDatabase()
})
afterEach(() => opened.close())

test('an event of a change is written only where the change was made', async () => {
  const { database } = opened
  const event = {
    at: 5,
    accountId: null,
    kind: 'account.renamed',
    actor: 'cli',
    details: { label: "O'Hara", tries: 2 },
  }
  await auditIf(database, event, sql`1 = 0`)
  expect(await listAuditPage(database, { limit: 5 })).toEqual([])
  await auditIf(database, event, sql`1 = 1`)
  expect(await listAuditPage(database, { limit: 5 })).toMatchObject([event])
})
