/** A token endpoint that answers 404, which says nothing certain: asked ever more rarely, and in the end told as it is. */

import { afterEach, beforeEach, expect, test } from 'vitest'
import { DAY_MS, HOUR_MS } from '../lib/clock.ts'
import { reasonText } from '../messages/reasons.ts'
import { type ConnectedAccount, connectPerson, currentGrant } from '../testing/connected-account.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { getAccount } from './list-accounts.ts'
import { refreshGrant } from './refresh-grant.ts'

let world: TestContext
let ada: ConnectedAccount
let stop404: () => void

beforeEach(async () => {
  world = await createTestContext()
  ada = await connectPerson(world)
  stop404 = answer404()
})
afterEach(() => world.close())

function answer404(): () => void {
  const fault = { kind: 'status', status: 404, body: { type: 'error', error: { type: 'not_found_error' } } } as const
  return world.fake.faults.add({ endpoint: 'claude.refresh', fault, times: Number.POSITIVE_INFINITY })
}
const requests = () => world.fake.ledger.of('claude.refresh').map(({ at }) => at)
const account = () => getAccount(world.context, ada.accountId)
const schedule = async () => (await currentGrant(world.context, ada.accountId)).nextRefreshAt! - world.clock.now()
const refresh = (purpose: 'scheduled' | 'requested') =>
  refreshGrant(world.context, ada.accountId, { purpose, actor: 'scheduler' })

/** What the scheduler does, for so long. */
async function run(ms: number): Promise<void> {
  const until = world.clock.now() + ms
  for (let wait = await schedule(); world.clock.now() + wait <= until; wait = await schedule()) {
    await world.clock.advance(wait)
    await refresh('scheduled')
  }
  await world.clock.advance(until - world.clock.now())
}

test('a day of it: rarer and rarer, retrying as long as it is young, then a person is asked and it is still tried', async () => {
  await run(7.99 * HOUR_MS)
  expect((await account()).login).toMatchObject({
    status: 'retrying',
    reason: { code: 'login_retrying', params: { lastFailureCode: 'not_found' } },
  })
  await run(5 * HOUR_MS)
  expect((await account()).login.status).toBe('retrying')
  await run(1.5 * DAY_MS)
  const { login, mainAction } = await account()
  expect([login.status, login.reason.code, mainAction]).toEqual(['sign_in_again', 'login_not_found', 'sign_in_again'])
  for (const language of ['en', 'ja', 'zh', 'ko'] as const) {
    const words = reasonText(language, login.reason, world.clock.now())
    expect(Object.values(words).join()).not.toMatch(/[{}]/)
    expect(words.seen).toContain('404')
  }
  const [begin] = requests()
  const inDay = (day: number) =>
    requests().filter((at) => at >= begin! + day * DAY_MS && at < begin! + (day + 1) * DAY_MS).length
  expect(inDay(0)).toBeLessThanOrEqual(14)
  await run(10 * DAY_MS)
  expect(inDay(5)).toBeGreaterThanOrEqual(3)
  expect(inDay(5)).toBeLessThanOrEqual(6)
  // The address was the trouble, not the login.
  stop404()
  await run(6 * HOUR_MS)
  expect((await account()).login).toMatchObject({ status: 'valid', reason: { code: 'login_valid' } })
  expect(ada.family.revokedAt).toBeNull()
})

test('a long outage that ends with one such answer does not end the login', async () => {
  stop404()
  const away = world.fake.faults.add({
    endpoint: 'claude.refresh',
    fault: { kind: 'status', status: 503 },
    times: Number.POSITIVE_INFINITY,
  })
  await run(3 * DAY_MS)
  expect((await currentGrant(world.context, ada.accountId)).failures).toBeGreaterThan(100)
  away()
  stop404 = answer404()
  await run(HOUR_MS / 2)
  expect((await account()).login.reason).toMatchObject({
    code: 'login_retrying',
    params: { lastFailureCode: 'not_found' },
  })
  expect((await currentGrant(world.context, ada.accountId)).failures).toBeLessThan(10)
})

test('a person may still press, and is told what came back', async () => {
  await run(3 * DAY_MS)
  expect(await refresh('requested')).toMatchObject({
    outcome: 'retry_scheduled',
    reason: { code: 'transient', params: { failureCode: 'not_found' } },
  })
  stop404()
  expect((await refresh('requested')).outcome).toBe('refreshed')
})
