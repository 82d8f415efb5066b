/** A login that lies in a whole copy of the database is known to lie there, for as long as the copy does. */

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type OpenedDatabase, openDatabase } from '../db/client.ts'
import { copyDatabase } from '../db/database-copy.ts'
import { endCopiesOfBackups } from '../db/grant-copy-store.ts'
import { MINUTE_MS } from '../lib/clock.ts'
import { connectPerson } from '../testing/connected-account.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import type { AccountsContext } from './context.ts'
import { custodyMap } from './custody-map.ts'
import { noteDatabaseCopies } from './database-copies.ts'
import { refreshGrant } from './refresh-grant.ts'

let directory: string
let copiesDirectory: string
let opened: OpenedDatabase
let world: TestContext
let context: AccountsContext

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tokendeck-copies-'))
  copiesDirectory = join(directory, 'backups')
  opened = await openDatabase({ url: `file:${directory}/tokendeck.db` })
  world = await createTestContext()
  const machine = { id: 'mac_here', name: 'desk' }
  context = { ...world.context, database: opened.database, copiesDirectory, machine }
})
afterEach(async () => {
  await world.close()
  await opened.close()
  rmSync(directory, { recursive: true, force: true })
})

const copiesOf = async (accountId: string) => {
  const { copies, gone } = await custodyMap(context, accountId)
  const told = ({ kind, place, holds, mayRefresh }: (typeof copies)[number]) => ({ kind, place, holds, mayRefresh })
  return { copies: copies.map(told), gone: gone.map(told) }
}

test('where there are no copies, or nothing that can be read as one, nothing is noted', async () => {
  const { accountId } = await connectPerson({ ...world, context }, 'ada')
  await noteDatabaseCopies({ ...context, copiesDirectory: undefined })
  await noteDatabaseCopies({ ...context, machine: undefined })
  await noteDatabaseCopies(context)
  const log = await copyDatabase(opened.database, copiesDirectory, 'with-a-log')
  writeFileSync(`${log}-wal`, 'as it lay there')
  writeFileSync(join(copiesDirectory, 'tokendeck-damaged.db'), 'no database')
  await copyDatabase(opened.database, copiesDirectory, 'for-export-abc')
  await noteDatabaseCopies(context)
  expect(await copiesOf(accountId)).toEqual({ copies: [], gone: [] })
})

test('a copy is on the map with what it holds; it grows old there, and is gone when its file is', async () => {
  const { accountId } = await connectPerson({ ...world, context }, 'ada')
  const place = await copyDatabase(opened.database, copiesDirectory, '0000')
  await connectPerson({ ...world, context }, 'brook')
  const before = readdirSync(copiesDirectory)
  await noteDatabaseCopies(context)
  await noteDatabaseCopies(context)
  expect(readdirSync(copiesDirectory)).toEqual(before)
  const copy = { kind: 'backup', place, holds: 'current', mayRefresh: false }
  expect(await copiesOf(accountId)).toEqual({ copies: [copy], gone: [] })

  await world.clock.advance(6 * MINUTE_MS)
  await refreshGrant(context, accountId, { purpose: 'requested', actor: 'api' })
  // What ends copies in the backups of switches does not end these.
  await endCopiesOfBackups(opened.database, world.clock.now())
  expect(await copiesOf(accountId)).toEqual({ copies: [{ ...copy, holds: 'older' }], gone: [] })

  rmSync(place)
  await noteDatabaseCopies(context)
  expect(await copiesOf(accountId)).toMatchObject({ copies: [], gone: [{ kind: 'backup', place }] })
})

test('a copy of another installation holds none of our logins', async () => {
  const { accountId } = await connectPerson({ ...world, context }, 'ada')
  const other = await openDatabase({ url: `file:${directory}/other.db` })
  await connectPerson({ ...world, context: { ...context, database: other.database } }, 'brook')
  await copyDatabase(other.database, copiesDirectory, 'before-restore-1')
  await other.close()
  await noteDatabaseCopies(context)
  expect(await copiesOf(accountId)).toEqual({ copies: [], gone: [] })
})
