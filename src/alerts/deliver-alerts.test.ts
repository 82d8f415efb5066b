/** When an alert is told, again, later, or not at all. */

import { afterEach, beforeEach, expect, test } from 'vitest'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import type { Telling } from '../lib/telling.ts'
import { readUsage } from '../limits/read-usage.ts'
import { alertWords } from '../messages/alert-words.ts'
import { connectPerson } from '../testing/connected-account.ts'
import { fakeWindow } from '../testing/fake-usage.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { addChannel, type ChannelRequest, listAlertChannels, setChannelPaused } from './alert-channels.ts'
import { listAlerts, setAccountSnooze, snooze } from './alert-list.ts'
import { changeAlertRules } from './alert-rules.ts'
import { deliverAlerts, MOST_TRIES } from './deliver-alerts.ts'
import { newAlertMemory, watchAccounts } from './watch-accounts.ts'

interface Sent {
  url: string
  headers: Record<string, string>
  body: string
  init: BunFetchRequestInit
}

let world: TestContext
let sent: Sent[]
let answer: () => Response | Promise<Response>
let grace: string
const memory = newAlertMemory()

const telling: Telling = {
  fetch: async (url, init) => {
    sent.push({ url, headers: { ...(init.headers as Record<string, string>) }, body: String(init.body), init })
    return await answer()
  },
  resolve: async (host) => (host === 'inside.example' ? ['10.0.0.7'] : ['93.184.216.34']),
  userAgent: 'tokendeck/0.0.0-test',
  words: alertWords,
}

beforeEach(async () => {
  world = await createTestContext({ overrides: { telling } })
  sent = []
  answer = () => new Response('ok')
  grace = (await connectPerson(world, 'grace')).accountId
  await cross(10)
})
afterEach(() => world.close())

const hook = (changes: Partial<ChannelRequest> = {}): ChannelRequest => ({
  ...{ kind: 'webhook', name: 'Hook', target: 'https://hook.example/secret-path?key=FAKE' },
  ...{ isPrivateAllowed: false, includesNames: false, actor: 'browser', ...changes },
})
const add = (changes?: Partial<ChannelRequest>) => addChannel(world.context, hook(changes))

async function cross(percent: number): Promise<void> {
  world.fake.usage.set('grace', [fakeWindow('weekly', percent, world.clock.now() + 96 * HOUR_MS)])
  await world.clock.advance(2 * MINUTE_MS)
  await readUsage(world.context, grace, { actor: 'scheduler' })
  await watchAccounts(world.context, memory)
}

test('a receiver that fails is asked again with growing pauses, and given up where it shows', async () => {
  await add()
  answer = () => new Response('no', { status: 500 })
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
  answer = () => new Response('', { status: 410 })
  await cross(85)
  await deliverAlerts(world.context)
  const [channel] = await listAlertChannels(world.context)
  expect(channel).toMatchObject({ pausedAt: world.clock.now(), last: { failureCode: 'http_410' } })
  await cross(96)
  await deliverAlerts(world.context)
  expect(sent).toHaveLength(1)
  await setChannelPaused(world.context, id, false, 'browser')
  await cross(100)
  answer = () => new Response('')
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
  answer = () => {
    stopping.abort()
    throw new Error('cut')
  }
  expect(await deliverAlerts(world.context, stopping.signal)).toBe(0)
  expect(await deliverAlerts(world.context, stopping.signal)).toBe(0)
  answer = () => new Response('')
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
  await readUsage(world.context, grace, { actor: 'scheduler' })
  expect((await watchAccounts(world.context, memory)).cleared).toBeGreaterThan(0)
  await changeAlertRules(world.context, { quietHours: null }, 'api')
  await world.clock.advance(24 * HOUR_MS)
  expect(await deliverAlerts(world.context)).toBe(0)
  expect(sent).toHaveLength(1)
})

test('an account that is snoozed, and an alert that is put off', async () => {
  await add()
  await setAccountSnooze(world.context, grace, 'hour')
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
  await setAccountSnooze(world.context, grace, 'day')
  expect(await deliverAlerts(world.context)).toBe(0)
  await setAccountSnooze(world.context, grace, null)
  await world.clock.advance(24 * HOUR_MS)
  expect(await deliverAlerts(world.context)).toBe(1)
})
