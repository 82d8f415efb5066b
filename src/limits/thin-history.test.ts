/** The history gets coarser as it ages, loses nothing that forecasts learn from, and its size is bounded. */

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AccountsContext } from '../accounts/context.ts'
import { openDatabase } from '../db/client.ts'
import { usagePoints } from '../db/schema-usage.ts'
import { listUsagePoints } from '../db/usage-point-store.ts'
import type { UsagePoint } from '../forecast/forecast.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../lib/clock.ts'
import { connectPerson } from '../testing/connected-account.ts'
import { inventHistory } from '../testing/replay/invented-history.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { writeYearOfHistory } from '../testing/year-of-history.ts'
import { thinHistory } from './thin-history.ts'
import { lastOfEach, thinned, withoutRepeats } from './thin-points.ts'

let world: TestContext
let context: AccountsContext

beforeEach(async () => {
  world = await createTestContext()
  context = world.context
})
afterEach(() => world.close())

async function write(accountId: string, points: readonly UsagePoint[], windowId = 'week', resolution = 'full') {
  const rows = points.map((point) => ({ accountId, windowId, resolution, ...point }))
  for (let from = 0; from < rows.length; from += 400) {
    await context.database.insert(usagePoints).values(rows.slice(from, from + 400))
  }
}

const point = (at: number, usedFraction: number, highestFraction = usedFraction): UsagePoint => ({
  ...{ at, usedFraction, highestFraction, resetsAt: null },
})

test('two weeks stay in full, 90 days as the last of each hour, two years as the last of each day, the rest goes', async () => {
  const { accountId } = await connectPerson(world)
  const now = world.clock.now()
  const days = (count: number) => Math.floor((now - count * DAY_MS) / DAY_MS) * DAY_MS
  await write(accountId, [
    point(days(13), 0.1),
    point(days(13) + MINUTE_MS, 0.2),
    point(days(20), 0.1),
    point(days(20) + 10 * MINUTE_MS, 0.9),
    point(days(20) + 50 * MINUTE_MS, 0.05),
    point(days(20) + HOUR_MS, 0.06),
  ])
  await write(accountId, [point(days(100), 0.3), point(days(100) + 5 * HOUR_MS, 0.2)], 'week', 'hour')
  await write(accountId, [point(days(700), 0.3), point(days(740), 0.2)], 'week', 'day')
  await thinHistory(context)
  const rows = await listUsagePoints(context.database, { accountId, windowId: 'week' }, 0)
  expect(rows.map(({ at, usedFraction, highestFraction }) => [now - at > 0, usedFraction, highestFraction])).toEqual([
    [true, 0.3, 0.3],
    [true, 0.2, 0.3],
    [true, 0.05, 0.9],
    [true, 0.06, 0.06],
    [true, 0.1, 0.1],
    [true, 0.2, 0.2],
  ])
  await thinHistory(context)
  expect(await listUsagePoints(context.database, { accountId, windowId: 'week' }, 0)).toEqual(rows)
})

test('a stop leaves the rest for the next time, and history that is all old is thinned as a whole', async () => {
  const { accountId } = await connectPerson(world)
  const old = world.clock.now() - 20 * DAY_MS
  const points = [point(old, 0.1), point(old + MINUTE_MS, 0.2)]
  await write(accountId, points)
  const kept = async () => await listUsagePoints(context.database, { accountId, windowId: 'week' }, 0)
  await thinHistory(context, AbortSignal.abort())
  expect(await kept()).toHaveLength(2)
  await thinHistory(context)
  expect(await kept()).toHaveLength(1)
  expect(thinned(points, world.clock.now())).toHaveLength(1)
})

test('points that repeat their neighbours go, those at the edges stay', async () => {
  const { accountId } = await connectPerson(world)
  const now = world.clock.now()
  const at = (minutes: number) => now - 5 * HOUR_MS + minutes * MINUTE_MS
  await write(accountId, [
    point(at(0), 0.1),
    point(at(10), 0.1),
    point(at(20), 0.1),
    point(at(30), 0.2),
    point(at(40), 0.2),
  ])
  await thinHistory(context)
  const rows = await listUsagePoints(context.database, { accountId, windowId: 'week' }, 0)
  expect(rows.map((row) => (row.at - at(0)) / MINUTE_MS)).toEqual([0, 20, 30, 40])
})

test('the table is thinned as the replay thins', async () => {
  const { accountId } = await connectPerson(world)
  const now = Math.floor(world.clock.now() / DAY_MS) * DAY_MS
  const [window] = inventHistory(3, { startAt: now - 40 * DAY_MS, dayCount: 40 })
  await write(accountId, window!.points)
  await thinHistory(context)
  const kept = await listUsagePoints(context.database, { accountId, windowId: 'week' }, 0)
  const sum = (points: readonly UsagePoint[]) =>
    points.reduce((total, { usedFraction }) => Math.max(total, usedFraction), 0)
  expect(sum(kept)).toBe(sum(thinned(window!.points, now)))
  expect(kept.length).toBeLessThan(window!.points.length / 2)
})

test('the pure rules: the last of each span with its highest, and no repeats', () => {
  expect(lastOfEach([point(0, 0.5), point(10, 0.1), point(100, 0.2)], 100)).toEqual([
    point(10, 0.1, 0.5),
    point(100, 0.2),
  ])
  expect(withoutRepeats([point(0, 1), point(1, 1), point(2, 1), point(3, 0)])).toEqual([
    point(0, 1),
    point(2, 1),
    point(3, 0),
  ])
})

test('a year of an account with three windows stays below a megabyte', async () => {
  const path = join(world.directory, 'year.db')
  const opened = await openDatabase({ url: `file:${path}` })
  try {
    context = { ...context, database: opened.database }
    const { accountId } = await connectPerson(world, 'ada', { context })
    const size = async () => {
      await opened.database.run(sql`vacuum`)
      await opened.database.run(sql`pragma wal_checkpoint(truncate)`)
      return statSync(path).size
    }
    const empty = await size()
    const now = world.clock.now()
    await writeYearOfHistory(opened.database, { accountId, seed: 3, now })
    await thinHistory(context)
    const bytes = (await size()) - empty
    console.info(`history: ${bytes} bytes for an account with three windows and a year`)
    expect(bytes).toBeLessThan(1_000_000)
  } finally {
    await opened.close()
  }
})
