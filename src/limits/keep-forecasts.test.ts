/** Forecasts are kept when made, no oftener than they change, and scored by what was read; with the page's view of them. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AccountsContext } from '../accounts/context.ts'
import { getAccount } from '../accounts/list-accounts.ts'
import { countHeldBands, findLastForecast, insertForecast, listForecastRecords } from '../db/forecast-store.ts'
import { forecasts, usagePoints, usageWindows } from '../db/schema-usage.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../lib/clock.ts'
import { connectPerson } from '../testing/connected-account.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { startForecaster } from '../workers/forecaster.ts'
import { keepForecasts, outcomeOf, scorePastForecasts } from './keep-forecasts.ts'
import { accountsHistory, usageHistory } from './usage-history.ts'

const WEEK_MS = 7 * DAY_MS
let world: TestContext
let context: AccountsContext
let accountId: string
let key: { accountId: string; windowId: string }

beforeEach(async () => {
  world = await createTestContext()
  context = world.context
  accountId = (await connectPerson(world)).accountId
  key = { accountId, windowId: 'week' }
})
afterEach(() => world.close())

/** Five weeks with 2 % an hour from nine to five on every day, read each hour; the present one up to now. */
async function seed(resetsAt: number, scale = 1): Promise<number> {
  const now = world.clock.now()
  const rows = []
  let used = 0
  for (let at = resetsAt - 6 * WEEK_MS; at <= now; at += HOUR_MS) {
    if ((resetsAt - at) % WEEK_MS === 0) used = 0
    const hour = (at % DAY_MS) / HOUR_MS
    if (hour > 9 && hour <= 17) used = Math.min(1, used + 0.02 * scale)
    const reset = resetsAt - Math.floor((resetsAt - at - 1) / WEEK_MS) * WEEK_MS
    rows.push({ ...key, resolution: 'full', at, usedFraction: used, highestFraction: used, resetsAt: reset })
  }
  for (let from = 0; from < rows.length; from += 300) {
    await context.database
      .insert(usagePoints)
      .values(rows.slice(from, from + 300))
      .onConflictDoNothing()
  }
  await setWindow({ usedFraction: used, resetsAt })
  return used
}

async function setWindow(changes: Partial<typeof usageWindows.$inferInsert>): Promise<void> {
  const row = {
    ...{ ...key, position: 0, kind: 'weekly', label: null, scope: null, durationMs: WEEK_MS },
    ...{
      usedFraction: 0.5,
      resetsAt: world.clock.now() + DAY_MS,
      isActive: true,
      readAt: world.clock.now(),
      ...changes,
    },
  }
  await context.database
    .insert(usageWindows)
    .values(row)
    .onConflictDoUpdate({ target: [usageWindows.accountId, usageWindows.windowId], set: changes })
}

/** The next midnight in UTC, two days on. */
const reset = () => Math.ceil(world.clock.now() / DAY_MS) * DAY_MS + 2 * DAY_MS

describe('a forecast', () => {
  test('is made from history, kept, and in the summary', async () => {
    await seed(reset())
    await setWindow({ usedFraction: 0.9 })
    expect(await keepForecasts(context, accountId)).toBe(true)
    const kept = (await findLastForecast(context.database, key))!
    expect(kept.runsOutAt).toBeGreaterThan(world.clock.now())
    expect(kept.earliestAt).toBeLessThanOrEqual(kept.runsOutAt!)
    const { usage } = await getAccount(context, accountId)
    expect(usage.windows[0]!.forecast).toMatchObject({ kind: 'runs_out', at: kept.runsOutAt })
  })

  test('stands while little changes, and is made anew after a step or some hours', async () => {
    await seed(reset())
    await setWindow({ usedFraction: 0.5 })
    expect(await keepForecasts(context, accountId)).toBe(true)
    expect(await keepForecasts(context, accountId)).toBe(false)
    await setWindow({ usedFraction: 0.52 })
    expect(await keepForecasts(context, accountId)).toBe(false)
    await setWindow({ usedFraction: 0.56 })
    expect(await keepForecasts(context, accountId)).toBe(true)
    await world.clock.advance(3 * HOUR_MS)
    await setWindow({ usedFraction: 0.57 })
    expect(await keepForecasts(context, accountId)).toBe(true)
    await world.clock.advance(3 * HOUR_MS)
    expect(await keepForecasts(context, accountId)).toBe(false)
    await world.clock.advance(3 * HOUR_MS + 1)
    expect(await keepForecasts(context, accountId)).toBe(true)
  })

  test('of a reset that is rounded anew stays the forecast of that window', async () => {
    await seed(reset())
    await setWindow({ usedFraction: 0.5 })
    await keepForecasts(context, accountId)
    await setWindow({ resetsAt: reset() + 2000 })
    expect(await keepForecasts(context, accountId)).toBe(false)
    expect((await getAccount(context, accountId)).usage.windows[0]!.forecast).not.toBeNull()
  })

  test('is not made of what is unknown, over, used up, or hardly read', async () => {
    await setWindow({ usedFraction: 0.5 })
    expect(await keepForecasts(context, accountId)).toBe(false)
    await seed(reset())
    for (const changes of [{ usedFraction: 1 }, { usedFraction: null }, { usedFraction: 0.5, resetsAt: null }]) {
      await setWindow(changes)
      expect(await keepForecasts(context, accountId)).toBe(false)
    }
    await setWindow({ resetsAt: world.clock.now() })
    expect(await keepForecasts(context, accountId)).toBe(false)
  })

  test('follows each reading, also several at once, and a refusal of the store stops nothing', async () => {
    await seed(reset())
    const stop = startForecaster(context)
    context.events.publish({ type: 'usage.read', accountId: 'acc_gone' })
    context.events.publish({ type: 'usage.read', accountId })
    context.events.publish({ type: 'settings.changed' })
    await stop()
    context.events.publish({ type: 'usage.read', accountId })
    await stop()
    expect(world.log.lines.filter(({ level }) => level === 'error')).toEqual([])
  })
})

describe('scores', () => {
  const made = (changes: object) => ({
    ...{ ...key, madeAt: world.clock.now() - 2 * DAY_MS, resetsAt: world.clock.now() - MINUTE_MS, usedFraction: 0.5 },
    ...{ runsOutAt: null, earliestAt: null, latestAt: null, linearAt: null, ...changes },
  })
  const point = (at: number, usedFraction: number, resetsAt = world.clock.now() - MINUTE_MS) => ({
    ...{ ...key, resolution: 'full', at, usedFraction, highestFraction: usedFraction, resetsAt },
  })

  test('by what was read: in the band, beside it, and how far off', async () => {
    const now = world.clock.now()
    const ranOut = now - DAY_MS
    await context.database
      .insert(usagePoints)
      .values([point(ranOut - HOUR_MS / 2, 0.97), point(ranOut + HOUR_MS / 2, 1)])
    const runsOutAt = ranOut + HOUR_MS
    await insertForecast(
      context.database,
      made({ runsOutAt, earliestAt: ranOut - HOUR_MS, latestAt: ranOut + 2 * HOUR_MS }),
    )
    await insertForecast(context.database, made({ runsOutAt, earliestAt: ranOut + 1, latestAt: null }))
    await insertForecast(context.database, made({}))
    await scorePastForecasts(context)
    await scorePastForecasts(context)
    const rows = await context.database.select().from(forecasts)
    expect(rows.map(({ isInBand, ranOutAt }) => [isInBand, ranOutAt])).toEqual([
      [true, ranOut],
      [false, ranOut],
      [null, ranOut],
    ])
    expect(await countHeldBands(context.database, key, 10)).toEqual({ scored: 2, inBand: 1 })
    const [record] = await listForecastRecords(context.database, accountId)
    expect(record).toMatchObject({ scored: 3, bands: 2, held: 1, linearErrorMs: DAY_MS - MINUTE_MS })
  })

  test('a window whose end nobody saw is not judged', async () => {
    await context.database.insert(usagePoints).values([point(world.clock.now() - DAY_MS, 0.6)])
    await insertForecast(context.database, made({}))
    await scorePastForecasts(context)
    expect(await context.database.select().from(forecasts)).toEqual([])
  })

  test('what lasted is known from a last reading; a jump over hours says not when', () => {
    const resetsAt = world.clock.now()
    const forecast = { madeAt: resetsAt - 10 * HOUR_MS, resetsAt }
    expect(outcomeOf([point(resetsAt - 20 * MINUTE_MS, 0.8, resetsAt)], forecast)).toEqual({ ranOutAt: null, resetsAt })
    const jump = [point(resetsAt - 9 * HOUR_MS, 0.5, resetsAt), point(resetsAt - 4 * HOUR_MS, 1, resetsAt)]
    expect(outcomeOf(jump, forecast)).toBeNull()
    expect(outcomeOf([], forecast)).toBeNull()
  })
})

describe('the history on a page', () => {
  test('has lines, resets, spans with their highest use, and what was foretold of them', async () => {
    await seed(reset(), 1.4)
    const span = reset() - WEEK_MS
    const row = { ...key, madeAt: span - 3 * DAY_MS, resetsAt: span, usedFraction: 0.5, linearAt: null }
    await insertForecast(context.database, { ...row, runsOutAt: null, earliestAt: null, latestAt: null })
    await insertForecast(context.database, { ...row, runsOutAt: span - 1, earliestAt: span - 2, latestAt: null })
    await scorePastForecasts(context)
    const { windows } = await usageHistory(context, accountId)
    const [week] = windows
    expect(week!.lines).toHaveLength(6)
    expect(week!.resets).toHaveLength(5)
    expect(week!.spans).toHaveLength(6)
    expect(week!.spans[1]!.highestFraction).toBe(1)
    expect(week!.spans[1]!.forecast).toMatchObject({ runsOutAt: span - 1 })
    expect(week!.record).toMatchObject({ scored: 2 })
    expect(week!.unexplained).toEqual({ kind: 'cannot_tell', why: 'no_transcripts' })
  })

  test('of all accounts takes as many queries as of one', async () => {
    await seed(reset())
    const together = await accountsHistory(context, [accountId])
    expect(together.windows.map(({ accountId: id, windowId }) => [id, windowId])).toEqual([[accountId, 'week']])
  })
})
