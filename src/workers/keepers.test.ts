/** Keepers whose work fails, or whose file is in the way: said by the kind of error, and done again. */

import { mkdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AccountsContext } from '../accounts/context.ts'
import { MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { connectPerson } from '../testing/connected-account.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { startAlertWatcher } from './alert-watcher.ts'
import { startForecaster } from './forecaster.ts'
import { startProfileReader } from './profile-reader.ts'
import { startStatusKeeper } from './status-keeper.ts'
import { startTrailKeeper } from './trail-keeper.ts'

let world: TestContext
let context: AccountsContext
let stop: (() => Promise<void>) | null = null

beforeEach(async () => {
  world = await createTestContext()
  context = world.context
})
afterEach(async () => {
  const stopped = stop?.()
  await world.clock.advance(MINUTE_MS)
  await stopped
  stop = null
  await world.close()
})

const logged = (event: string) => world.log.lines.filter((line) => line.event === event)

test('the status is kept a second after news and every minute; a directory in its place is said, and waited for', async () => {
  const statusFile = join(world.directory, 'status.json')
  mkdirSync(statusFile)
  stop = startStatusKeeper({ ...context, statusFile })
  await world.clock.advance(SECOND_MS)
  expect(logged('status.not_kept')).toHaveLength(1)
  expect(JSON.stringify(logged('status.not_kept'))).not.toContain(world.directory)
  rmdirSync(statusFile)
  await world.clock.advance(MINUTE_MS + SECOND_MS)
  expect(readFileSync(statusFile, 'utf8')).not.toContain('ada')
  await connectPerson(world)
  await world.clock.advance(2 * SECOND_MS)
  expect(readFileSync(statusFile, 'utf8')).toContain('ada')
})

test('without a place for the status nothing is kept', async () => {
  await startStatusKeeper(context)()
  expect(world.clock.pending()).toBe(0)
})

test.each<[string, string, (context: AccountsContext) => () => Promise<void>]>([
  ['alerts.not_watched', 'accounts', startAlertWatcher],
  ['trails.not_kept', 'audit_events', startTrailKeeper],
])('%s: told by its kind, and tried again', async (event, table, start) => {
  await context.database.run(sql.raw(`alter table ${table} rename to away`))
  stop = start(context)
  await world.clock.advance(SECOND_MS)
  expect(logged(event)).toHaveLength(1)
  expect(JSON.stringify(logged(event))).not.toMatch(/select|no such table/i)
  await context.database.run(sql.raw(`alter table away rename to ${table}`))
  await world.clock.advance(2 * MINUTE_MS)
  expect(logged(event)).toHaveLength(1)
})

test('the trails are kept a last time when it stops, and a failure then is said too', async () => {
  const end = startTrailKeeper(context)
  await world.clock.advance(SECOND_MS)
  await context.database.run(sql`alter table audit_events rename to away`)
  await end()
  expect(logged('trails.not_kept')).toHaveLength(1)
  await context.database.run(sql`alter table away rename to audit_events`)
})

test('a forecast or a profile that cannot be made is said by the kind of error', async () => {
  const ends = [startForecaster(context), startProfileReader(context)]
  stop = async () => void (await Promise.all(ends.map((end) => end())))
  await context.database.run(sql`alter table accounts rename to away`)
  await context.database.run(sql`alter table usage_windows rename to windows_away`)
  context.events.publish({ type: 'usage.read', accountId: 'acc_none' })
  context.events.publish({ type: 'account.connected', accountId: 'acc_none' })
  await world.clock.advance(SECOND_MS)
  expect([logged('forecast.not_kept').length, logged('profile.not_read').length]).toEqual([1, 1])
  await context.database.run(sql`alter table away rename to accounts`)
  await context.database.run(sql`alter table windows_away rename to usage_windows`)
})
