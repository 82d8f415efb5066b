/** The mark follows what happened, a moment later, and never in the way. */

import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { HighWaterMark, type Mark } from '../accounts/high-water-file.ts'
import { refreshGrant } from '../accounts/refresh-grant.ts'
import { newestEvent } from '../db/high-water-store.ts'
import { readMeta } from '../db/meta-store.ts'
import { MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { connectPerson } from '../testing/connected-account.ts'
import { settle } from '../testing/fake-clock.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { startMarkKeeper } from './mark-keeper.ts'

let world: TestContext
let highWaterMark: HighWaterMark
let stop: () => Promise<void>

beforeEach(async () => {
  world = await createTestContext()
  highWaterMark = new HighWaterMark({ home: join(world.directory, 'home', 'high-water.json') })
  stop = startMarkKeeper({ ...world.context, highWaterMark })
})
afterEach(async () => {
  await stop()
  await world.close()
})

const mark = async (): Promise<Mark | null> => {
  const id = await readMeta(world.context.database, 'database_id')
  return id === null ? null : highWaterMark.read(id)
}

test('a second after a sign-in and after a refresh it is where the history is', async () => {
  const { accountId } = await connectPerson(world)
  expect(await mark()).toBeNull()
  await world.clock.advance(SECOND_MS)
  await settle()
  const first = await mark()
  expect(first).toEqual(await newestEvent(world.context.database))
  await world.clock.advance(6 * MINUTE_MS)
  await refreshGrant(world.context, accountId, { purpose: 'requested', actor: 'api' })
  expect(await mark()).toEqual(first)
  await world.clock.advance(SECOND_MS)
  await settle()
  expect((await mark())!.sequence).toBeGreaterThan(first!.sequence)
})

test('a mark that cannot be written is told, and stops nothing', async () => {
  highWaterMark.write = () => {
    throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
  }
  const { accountId } = await connectPerson(world)
  await world.clock.advance(SECOND_MS)
  await settle()
  expect(world.log.text()).toContain('database.mark_not_kept')
  expect(await refreshGrant(world.context, accountId, { purpose: 'requested', actor: 'api' })).toMatchObject({
    outcome: 'refreshed',
  })
})
