/** When an alert is told, again, later, or not at all. */

import { afterEach, beforeEach, expect, test } from 'vitest'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { readUsage } from '../limits/read-usage.ts'
import { type AlertWorld, createAlertWorld, type Sent } from '../testing/alert-world.ts'
import { fakeWindow } from '../testing/fake-usage.ts'
import { listAlertChannels, setChannelPaused } from './alert-channels.ts'
import { listAlerts, setAccountSnooze, snooze } from './alert-list.ts'
import { changeAlertRules } from './alert-rules.ts'
import { deliverAlerts, MOST_TRIES } from './deliver-alerts.ts'
import { watchAccounts } from './watch-accounts.ts'

let alerts: AlertWorld
let world: AlertWorld['world']
let sent: Sent[]
let add: AlertWorld['add']
let cross: AlertWorld['cross']

beforeEach(async () => {
  alerts = await createAlertWorld()
  ;({ world, sent, add, cross } = alerts)
})
afterEach(() => world.close())

test('a receiver that fails is asked again with growing pauses, and given up where it shows', async () => {
  await add()
  alerts.answer = () => new Response('no', { status: 500 })
  await cross(85)
  const waits: number[] = []
  for (let tries = 1; tries <= MOST_TRIES; tries++) {
    expect(await deliverAlerts(world.context)).toBe(0)
    const [channel] = await listAlertChannels(world.context)
    expect(channel!.last).toMatchObject({ tries, failureCode: 'http_500' })
    if (channel!.last!.nextTryAt === null) break
    waits.push(channel!.last!.nextTryAt - world.clock.now())
    await world.clock.advance(waits[waits.length - 1]!)
  }
  expect(sent).toHaveLength(MOST_TRIES)
  expect(new Set(sent.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  expect(waits[0]).toBeLessThanOrEqual(30 * SECOND_MS)
  expect(waits[6]).toBeGreaterThan(4 * HOUR_MS)
  const [channel] = await listAlertChannels(world.context)
  expect(channel!.last!.gaveUpAt).toBe(world.clock.now())
  expect((await listAlerts(world.context))[0]!.notToldTo).toEqual([channel!.id])
  await world.clock.advance(48 * HOUR_MS)
  await deliverAlerts(world.context)
  expect(sent).toHaveLength(MOST_TRIES)
})

test('who says "gone" is paused; a paused channel is told nothing', async () => {
  const { id } = await add()
  alerts.answer = () => new Response('', { status: 410 })
  await cross(85)
  await deliverAlerts(world.context)
  const [channel] = await listAlertChannels(world.context)
  expect(channel).toMatchObject({ pausedAt: world.clock.now(), last: { failureCode: 'http_410' } })
  await cross(96)
  await deliverAlerts(world.context)
  expect(sent).toHaveLength(1)
  await setChannelPaused(world.context, id, false, 'browser')
  await cross(100)
  alerts.answer = () => new Response('')
  expect(await deliverAlerts(world.context)).toBe(1)
  await setChannelPaused(world.context, id, true, 'browser')
  await expect(setChannelPaused(world.context, 'chn_none', true, 'browser')).rejects.toMatchObject({
    problem: 'not_found',
  })
})

test('two processes tell once, and one that died in the middle is taken over', async () => {
  await add()
  await cross(85)
  const told = await Promise.all([deliverAlerts(world.context), deliverAlerts(world.context)])
  expect(told.toSorted()).toEqual([0, 1])
  await cross(96)
  const stopping = new AbortController()
  alerts.answer = () => {
    stopping.abort()
    throw new Error('cut')
  }
  expect(await deliverAlerts(world.context, stopping.signal)).toBe(0)
  expect(await deliverAlerts(world.context, stopping.signal)).toBe(0)
  alerts.answer = () => new Response('')
  expect(await deliverAlerts(world.context)).toBe(0)
  await world.clock.advance(3 * MINUTE_MS)
  expect(await deliverAlerts(world.context)).toBe(1)
})

test('quiet hours put it off; what is over by then is not told', async () => {
  await add()
  const hour = Math.floor((world.clock.now() % (24 * HOUR_MS)) / HOUR_MS)
  await changeAlertRules(
    world.context,
    { quietHours: { from: ((hour + 23) % 24) * 60, until: ((hour + 2) % 24) * 60 } },
    'api',
  )
  await cross(85)
  expect(await deliverAlerts(world.context)).toBe(0)
  await world.clock.advance(3 * HOUR_MS)
  expect(await deliverAlerts(world.context)).toBe(1)
  await world.clock.advance(22 * HOUR_MS)
  await changeAlertRules(world.context, { quietHours: null }, 'api')
  await cross(96)
  await changeAlertRules(world.context, { quietHours: { from: 0, until: 23 * 60 + 59 } }, 'api')
  expect(await deliverAlerts(world.context)).toBe(0)
  world.fake.usage.set('grace', [fakeWindow('weekly', 2, world.clock.now() + 168 * HOUR_MS)])
  await world.clock.advance(2 * MINUTE_MS)
  await readUsage(world.context, alerts.grace, { actor: 'scheduler' })
  expect((await watchAccounts(world.context, alerts.memory)).cleared).toBeGreaterThan(0)
  await changeAlertRules(world.context, { quietHours: null }, 'api')
  await world.clock.advance(24 * HOUR_MS)
  expect(await deliverAlerts(world.context)).toBe(0)
  expect(sent).toHaveLength(1)
})

test('an account that is snoozed, and an alert that is put off', async () => {
  await add()
  await setAccountSnooze(world.context, alerts.grace, 'hour')
  await cross(85)
  expect(await deliverAlerts(world.context)).toBe(0)
  await world.clock.advance(HOUR_MS)
  expect(await deliverAlerts(world.context)).toBe(1)
  const [alert] = await listAlerts(world.context)
  await snooze(world.context, alert!.id, 'hour')
  expect(await deliverAlerts(world.context)).toBe(0)
  await world.clock.advance(HOUR_MS)
  expect(await deliverAlerts(world.context)).toBe(1)
  await cross(96)
  await setAccountSnooze(world.context, alerts.grace, 'day')
  expect(await deliverAlerts(world.context)).toBe(0)
  await setAccountSnooze(world.context, alerts.grace, null)
  await world.clock.advance(24 * HOUR_MS)
  expect(await deliverAlerts(world.context)).toBe(1)
})
