/** Crossings against a real database, a clock that obeys and the fake provider: what is told, once, and what is not. */

import { afterEach, beforeEach, expect, test } from 'vitest'
import { changeSettings } from '../accounts/settings.ts'
import { insertForecast } from '../db/forecast-store.ts'
import { listUsageWindows } from '../db/usage-state-store.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../lib/clock.ts'
import { readUsage } from '../limits/read-usage.ts'
import { connectPerson } from '../testing/connected-account.ts'
import { fakeWindow } from '../testing/fake-usage.ts'
import { updateGrant } from '../testing/grant-changes.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { accountSnoozes, listAlerts, listUnseen, markSeen, newsToTell, setAccountSnooze, snooze } from './alert-list.ts'
import { changeAlertRules, DEFAULT_RULES } from './alert-rules.ts'
import { type AlertMemory, alertsMarkOf, forgetOldAlerts, newAlertMemory, watchAccounts } from './watch-accounts.ts'

let world: TestContext
let memory: AlertMemory
let grace: string

beforeEach(async () => {
  world = await createTestContext({ provider: { accessTokenLifetimeMs: 100 * DAY_MS } })
  memory = newAlertMemory()
  grace = (await connectPerson(world, 'grace')).accountId
})
afterEach(() => world.close())

/** Grace's windows become so, are read, and looked at. */
async function used(session: number, weekly = 10): Promise<string[]> {
  const now = world.clock.now()
  const [before] = world.fake.usage.of('grace')
  const resetsAt = before?.resetsAt && before.resetsAt > now ? before.resetsAt : now + 3 * HOUR_MS
  world.fake.usage.set('grace', [
    fakeWindow('session', session, resetsAt),
    fakeWindow('weekly', weekly, now + 4 * DAY_MS),
  ])
  return await look()
}

async function look(): Promise<string[]> {
  await world.clock.advance(2 * MINUTE_MS)
  await readUsage(world.context, grace, { actor: 'scheduler' })
  return await told()
}

async function told(): Promise<string[]> {
  const { raised } = await watchAccounts(world.context, memory)
  const alerts = await listAlerts(world.context)
  return raised.map((id) => {
    const found = alerts.find((alert) => alert.id === id)!
    return [found.kind, found.windowId, found.threshold].filter((part) => part !== null).join(' ')
  })
}

test('what stands so at the first look is no news; what changes is, once', async () => {
  expect(await used(85)).toEqual([])
  expect(await listAlerts(world.context)).toEqual([])
  expect(await used(96)).toEqual([expect.stringMatching(/^usage .* 95$/)])
  expect(await used(97)).toEqual([])
  expect(await used(100)).toEqual([expect.stringMatching(/ 100$/)])
  expect((await listUnseen(world.context)).length).toBe(2)
})

test('within one span a number that falls and rises again is told once', async () => {
  await used(10)
  expect(await used(81)).toHaveLength(1)
  expect(await used(40)).toEqual([])
  expect(await used(82)).toEqual([])
})

test('several thresholds at once: only the highest is told', async () => {
  await used(10)
  expect(await used(97)).toEqual([expect.stringMatching(/ 95$/)])
  expect(await used(99)).toEqual([])
})

test('a reset arms the rules again', async () => {
  await used(10)
  expect(await used(90)).toHaveLength(1)
  await world.clock.advance(4 * HOUR_MS)
  expect(await used(5)).toEqual([])
  expect(await used(90)).toHaveLength(1)
  const [newest, first] = await listAlerts(world.context)
  expect([newest!.clearedAt, first!.clearedAt !== null]).toEqual([null, true])
})

test('a reset that the provider gives early arms them too', async () => {
  await used(10)
  expect(await used(90)).toHaveLength(1)
  world.fake.usage.set('grace', [
    fakeWindow('session', 3, world.clock.now() + 5 * HOUR_MS),
    fakeWindow('weekly', 10, world.clock.now() + 4 * DAY_MS),
  ])
  expect(await look()).toEqual([])
  expect(await used(90)).toHaveLength(1)
})

test('an old reading tells nothing, after a long stop only what is still so', async () => {
  await used(10)
  world.fake.usage.set('grace', [fakeWindow('session', 99, world.clock.now() + 4 * HOUR_MS)])
  await world.clock.advance(2 * MINUTE_MS)
  await readUsage(world.context, grace, { actor: 'scheduler' })
  await world.clock.advance(HOUR_MS)
  expect(await told()).toEqual([])
  await world.clock.advance(9 * DAY_MS)
  expect(await told()).toEqual([])
  expect(await used(50)).toEqual([])
})

test('two processes tell once', async () => {
  await used(10)
  const other = newAlertMemory()
  await watchAccounts(world.context, other)
  world.fake.usage.set('grace', [fakeWindow('session', 90, world.clock.now() + 2 * HOUR_MS)])
  await world.clock.advance(2 * MINUTE_MS)
  await readUsage(world.context, grace, { actor: 'scheduler' })
  const looks = await Promise.all([watchAccounts(world.context, memory), watchAccounts(world.context, other)])
  expect(looks.flatMap(({ raised }) => raised)).toHaveLength(1)
  expect(world.events.filter(({ type }) => type === 'alert.raised')).toHaveLength(1)
})

test('a new threshold learns first how things stand; one that went and came back does so again', async () => {
  await used(75)
  await changeAlertRules(world.context, { usageThresholds: [70, 80] }, 'api')
  expect(await told()).toEqual([])
  expect(await used(85)).toEqual([expect.stringMatching(/ 80$/)])
  await changeAlertRules(world.context, { usageThresholds: [50] }, 'api')
  await told()
  await changeAlertRules(world.context, { usageThresholds: [80] }, 'api')
  expect(await told()).toEqual([])
  expect(await used(86)).toEqual([])
})

test('a rule that is off tells nothing', async () => {
  await used(10)
  await changeAlertRules(world.context, { kinds: { ...DEFAULT_RULES.kinds, usage: false, forecast: false } }, 'api')
  expect(await used(90)).toEqual([])
})

test('a forecast is told when its whole band lies before the reset, and once', async () => {
  await used(30)
  const window = (await listUsageWindows(world.context.database, grace)).find(({ kind }) => kind === 'session')!
  const now = world.clock.now()
  const foretold = (latestAt: number | null) =>
    insertForecast(world.context.database, {
      ...{ accountId: grace, windowId: window.windowId, madeAt: world.clock.now(), resetsAt: window.resetsAt! },
      ...{ usedFraction: 0.3, runsOutAt: now + HOUR_MS, earliestAt: now + HOUR_MS / 2, latestAt, linearAt: null },
    })
  await foretold(null)
  expect(await told()).toEqual([])
  await foretold(window.resetsAt! + MINUTE_MS)
  expect(await told()).toEqual([])
  await foretold(now + 1.5 * HOUR_MS)
  expect(await told()).toEqual([expect.stringMatching(/^forecast /)])
  await foretold(null)
  expect(await told()).toEqual([])
  await foretold(now + 1.4 * HOUR_MS)
  expect(await told()).toEqual([])
})

test('a login that ends: seven days before, two days before, then signing in is needed', async () => {
  await told()
  const endsAt = world.clock.now() + 8 * DAY_MS
  await updateGrant(world.context, grace, { loginExpiresAt: endsAt })
  const after = async (ms: number) => {
    await world.clock.advance(ms)
    await told()
    await world.clock.advance(2 * MINUTE_MS)
    return await told()
  }
  expect(await after(0)).toEqual([])
  expect(await after(DAY_MS + HOUR_MS)).toEqual(['login_ends_soon 7'])
  expect(await after(HOUR_MS)).toEqual([])
  expect(await after(5 * DAY_MS)).toEqual(['login_ends_soon 2'])
  expect(await after(2 * DAY_MS)).toEqual(['sign_in_needed'])
  await updateGrant(world.context, grace, { loginExpiresAt: world.clock.now() + 30 * DAY_MS })
  expect(await after(0)).toEqual([])
  expect((await listAlerts(world.context)).every(({ clearedAt }) => clearedAt !== null)).toBe(true)
  await updateGrant(world.context, grace, { refusedAt: world.clock.now(), refusalCode: 'invalid_grant' })
  expect(await after(0)).toEqual(['sign_in_needed'])
})

test('a state that passes within a moment is not told', async () => {
  await told()
  await updateGrant(world.context, grace, { refusedAt: world.clock.now(), refusalCode: 'invalid_grant' })
  expect(await told()).toEqual([])
  await updateGrant(world.context, grace, { refusedAt: null, refusalCode: null })
  await world.clock.advance(2 * MINUTE_MS)
  expect(await told()).toEqual([])
  await world.clock.advance(2 * MINUTE_MS)
  expect(await told()).toEqual([])
})

test('a provider in trouble: several accounts that go on failing', async () => {
  const hopper = (await connectPerson(world, 'hopper')).accountId
  await told()
  world.fake.faults.add({
    endpoint: 'codex.usage',
    fault: { kind: 'status', status: 503 },
    times: Number.POSITIVE_INFINITY,
  })
  await readUsage(world.context, grace, { actor: 'scheduler' })
  expect(await told()).toEqual([])
  await readUsage(world.context, hopper, { actor: 'scheduler' })
  expect(await told()).toEqual([])
  await world.clock.advance(16 * MINUTE_MS)
  expect(await told()).toEqual(['provider_trouble'])
  const [alert] = await listAlerts(world.context)
  expect(alert).toMatchObject({
    provider: 'codex',
    accountId: null,
    details: { failing: 2, accounts: 2, code: 'server_error' },
  })
  expect(await told()).toEqual([])
})

test('what was seen, put off and forgotten', async () => {
  await used(10)
  await used(85)
  const [alert] = await listUnseen(world.context)
  expect((await newsToTell(world.context))!.id).toBe(alert!.id)
  await markSeen(world.context, alert!.id)
  expect(await listUnseen(world.context)).toEqual([])
  await expect(markSeen(world.context, 'alr_none')).rejects.toMatchObject({ problem: 'not_found' })
  await expect(snooze(world.context, 'alr_none', 'day')).rejects.toMatchObject({ problem: 'not_found' })
  await snooze(world.context, alert!.id, 'hour')
  expect(await listUnseen(world.context)).toEqual([])
  await world.clock.advance(HOUR_MS + 1)
  expect(await listUnseen(world.context)).toHaveLength(1)
  await markSeen(world.context)
  expect(await listUnseen(world.context)).toEqual([])
  const mark = await alertsMarkOf(world.context)
  await setAccountSnooze(world.context, grace, 'week')
  expect([...(await accountSnoozes(world.context)).keys()]).toEqual([grace])
  expect(await used(96)).toHaveLength(1)
  expect(await listUnseen(world.context)).toEqual([])
  expect(await alertsMarkOf(world.context)).not.toBe(mark)
  await setAccountSnooze(world.context, grace, null)
  expect(await accountSnoozes(world.context)).toEqual(new Map())
  expect(await listUnseen(world.context)).toHaveLength(1)
  await expect(setAccountSnooze(world.context, 'acc_none', 'day')).rejects.toMatchObject({ code: 'account_not_found' })
  await world.clock.advance(100 * DAY_MS)
  await told()
  await world.clock.advance(100 * DAY_MS)
  await forgetOldAlerts(world.context)
  expect((await listAlerts(world.context)).filter(({ kind }) => kind === 'usage')).toEqual([])
})

test('in quiet hours nothing is told at once, and a paused account tells nothing', async () => {
  await used(10)
  await used(85)
  await changeAlertRules(world.context, { quietHours: { from: 0, until: 23 * 60 + 59 } }, 'api')
  expect(await newsToTell(world.context)).toBeNull()
  await changeAlertRules(world.context, { quietHours: null }, 'api')
  expect(await newsToTell(world.context)).not.toBeNull()
  await changeSettings(world.context, { language: 'ja' }, 'api')
})
