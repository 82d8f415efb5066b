/** The history of use on pages: an account's panel, all accounts together in a fixed number of queries, and the switch. */

import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { transcriptHours, usagePoints, usageWindows } from '../db/schema-usage.ts'
import { DAY_MS, HOUR_MS } from '../lib/clock.ts'
import { areTranscriptsCounted } from '../limits/count-transcripts.ts'
import { readUsage } from '../limits/read-usage.ts'
import { accountsHistory, pastOf, usageHistory } from '../limits/usage-history.ts'
import { connectPerson } from '../testing/connected-account.ts'
import { createTestApp, type TestApp } from '../testing/test-app.ts'

let site: TestApp
let id: string

beforeEach(async () => {
  site = await createTestApp()
  id = (await connectPerson(site)).accountId
  await readUsage(site.context, id, { actor: 'scheduler' })
})
afterEach(() => site.close())

const text = async (path: string) => await (await site.browse(path)).text()

test('an account’s page has a chart of every window, and a table of the same', async () => {
  const page = await text(`/accounts/${id}`)
  expect(page).toContain('Use in 90 days')
  expect(page.match(/class="chart__plot"/g)).toHaveLength(2)
  expect(page.match(/<summary>/g)!.length).toBeGreaterThanOrEqual(2)
  expect(page).toContain('No forecast has come due yet.')
  expect(page).toContain('no CLI has noted anything')
})

test('all accounts stand together, also those that were never read', async () => {
  await connectPerson(site, 'grace')
  const page = await text('/usage')
  expect(page).toContain('Use of all accounts')
  expect(page.match(/class="chart__plot"/g)).toHaveLength(2)
})

test('pages take as many queries with twelve accounts as with one', async () => {
  const { database } = site.context
  const { client } = (database as unknown as { session: { client: Record<'execute' | 'batch', unknown> } }).session
  let queries = 0
  for (const way of ['execute', 'batch'] as const) {
    const run = (client[way] as (...args: unknown[]) => unknown).bind(client)
    client[way] = (...args: unknown[]) => {
      queries += 1
      return run(...args)
    }
  }
  const count = async (path: string) => {
    const before = queries
    expect((await site.browse(path)).status).toBe(200)
    return queries - before
  }
  const paths = ['/', '/usage', '/timeline', `/accounts/${id}`]
  const counts = async () => {
    const found: number[] = []
    for (const path of paths) found.push(await count(path))
    return found
  }
  // The first look asks some things that are then remembered.
  const counted = async () => {
    await counts()
    return await counts()
  }
  const alone = await counted()
  for (const { name } of site.fake.identities.filter((each) => each.name !== 'ada').slice(0, 11)) {
    const { accountId } = await connectPerson(site, name)
    await readUsage(site.context, accountId, { actor: 'scheduler' })
  }
  expect(await counted()).toEqual(alone)
  expect(Math.max(...alone)).toBeLessThan(40)
})

test('peaks of 90 days come in order and once each, over every edge at which a query ends', async () => {
  const now = site.clock.now()
  const points = Array.from({ length: 720 }, (_, index) => ({
    ...{ accountId: id, windowId: 'weekly_all', resolution: 'hour', at: now - (720 - index) * 3 * HOUR_MS },
    ...{ usedFraction: index / 1000, highestFraction: index / 1000, resetsAt: null },
  }))
  for (let from = 0; from < points.length; from += 100) {
    await site.context.database.insert(usagePoints).values(points.slice(from, from + 100))
  }
  const { windows } = await accountsHistory(site.context, [id])
  const peaks = windows.find(({ windowId }) => windowId === 'weekly_all')!.peaks.map(({ at }) => at)
  expect(peaks.length).toBeGreaterThan(178)
  expect(peaks.length).toBeLessThan(184)
  expect(new Set(peaks.map((at) => Math.floor(at / (12 * HOUR_MS)))).size).toBe(peaks.length)
  expect(peaks).toEqual([...peaks].sort((left, right) => left - right))
})

test('a page without accounts says that nothing was read', async () => {
  const empty = await createTestApp()
  try {
    expect(await (await empty.browse('/usage')).text()).toContain('Nothing has been read yet.')
  } finally {
    await empty.close()
  }
})

test('counting is switched off by an unticked box, and on again; what was counted is forgotten', async () => {
  const count = async () => (await site.context.database.select().from(transcriptHours)).length
  const row = { machineId: 'here', provider: 'claude', directory: '/d', accountId: id, at: 0, messages: 1 }
  await site.context.database
    .insert(transcriptHours)
    .values({ ...row, inputTokens: 1, cachedTokens: 1, outputTokens: 1 })
  expect((await site.submit('/settings/transcripts')).status).toBe(303)
  expect(await areTranscriptsCounted(site.context)).toBe(false)
  expect(await count()).toBe(0)
  expect(await text(`/accounts/${id}`)).not.toContain('no CLI has noted anything')
  await site.submit('/settings/transcripts', { transcripts: 'on' })
  expect(await areTranscriptsCounted(site.context)).toBe(true)
})

test('transcripts of the account are set against its use', async () => {
  const now = site.clock.now()
  const hour = Math.floor(now / HOUR_MS) * HOUR_MS
  const row = { machineId: 'here', provider: 'claude', directory: '/d', accountId: id, at: hour, messages: 1 }
  await site.context.database
    .insert(transcriptHours)
    .values({ ...row, inputTokens: 1, cachedTokens: 1, outputTokens: 1 })
  const { windows } = await usageHistory(site.context, id)
  expect(windows.map(({ unexplained }) => unexplained)).toEqual([
    { kind: 'cannot_tell', why: 'nothing_used' },
    { kind: 'cannot_tell', why: 'nothing_used' },
  ])
})

test('use elsewhere is told of windows that count everything and still run, from the first hour that was counted', async () => {
  const at = Math.floor(site.clock.now() / HOUR_MS) * HOUR_MS
  const { database } = site.context
  const told = async () => (await usageHistory(site.context, id)).windows.map(({ unexplained }) => unexplained !== null)
  expect(await told()).toEqual([true, true])
  await database.update(usageWindows).set({ scope: 'model' }).where(eq(usageWindows.windowId, 'session'))
  expect((await told()).filter(Boolean)).toHaveLength(1)
  await database.update(usageWindows).set({ scope: null, resetsAt: at - HOUR_MS })
  expect(await told()).toEqual([false, false])
  await database.update(usageWindows).set({ resetsAt: at + HOUR_MS })
  await database.delete(usagePoints)
  expect((await usageHistory(site.context, id)).windows.map(({ unexplained }) => unexplained)).toEqual([
    { kind: 'cannot_tell', why: 'no_transcripts' },
    { kind: 'cannot_tell', why: 'no_transcripts' },
  ])
})

test('points of a window that is gone stay out of the account’s page, and harm nothing', async () => {
  const at = site.clock.now() - DAY_MS
  const row = { accountId: id, resolution: 'full', at, usedFraction: 0.2, highestFraction: 0.3, resetsAt: null }
  await site.context.database.insert(usagePoints).values({ ...row, windowId: 'gone' })
  expect((await usageHistory(site.context, id)).windows.map(({ windowId }) => windowId)).not.toContain('gone')
  expect((await accountsHistory(site.context, [id])).windows.map(({ windowId }) => windowId)).toContain('gone')
})

test('a line goes on to the reset where use is known until then: used up, or read not long before', () => {
  const key = { accountId: 'a', windowId: 'w' }
  const point = (at: number, fraction: number, resetsAt: number | null) => ({
    ...{ ...key, at, usedFraction: fraction, highestFraction: fraction, resetsAt },
  })
  const week = 7 * DAY_MS
  const after = point(9 * DAY_MS, 0.1, 2 * week)
  const ends = (fraction: number, at: number) => pastOf([point(at, fraction, week), after], [], week).lines[0]
  expect(ends(1, DAY_MS)!.at(-1)).toEqual({ at: week, fraction: 1 })
  expect(ends(0.4, DAY_MS)).toHaveLength(1)
  expect(ends(0.4, week - HOUR_MS)!.at(-1)).toEqual({ at: week, fraction: 0.4 })
  const first = pastOf([point(0, 0, null), point(DAY_MS, 0.2, week)], [], week)
  expect(first.spans).toHaveLength(1)
  expect(first.lines).toHaveLength(2)
  expect(pastOf([], [], null)).toEqual({ lines: [], peaks: [], resets: [], spans: [] })
})
