/** The parts that other tests stand on: the way out is shut, the clock obeys, the context is whole. */

import { homedir } from 'node:os'
import { expect, test } from 'vitest'
import { Secret } from '../lib/secret.ts'
import { FakeClock } from './fake-clock.ts'
import { createTestContext } from './test-context.ts'

test('a request to another machine throws and names no path', async () => {
  await expect(fetch('https://example.com/secret')).rejects.toThrow('A test tried to reach example.com')
})

test('no home directory of a person is in sight', () => {
  expect(homedir()).toContain('tokendeck-test-home-')
  expect(process.env.HOME).toBe(homedir())
})

test('sleepers wake in the order of their deadlines, at their own instants', async () => {
  const clock = new FakeClock(1_000)
  const woken: [string, number][] = []
  const sleep = async (name: string, ms: number) => {
    await clock.sleep(ms)
    woken.push([name, clock.now()])
    if (name === 'first') await sleep('second, begun on the way', 5)
  }
  void sleep('third', 30)
  void sleep('first', 10)
  expect(clock.pending()).toBe(2)
  await clock.advance(29)
  expect(woken).toEqual([
    ['first', 1_010],
    ['second, begun on the way', 1_015],
  ])
  await clock.advance(1)
  expect(woken.at(-1)).toEqual(['third', 1_030])
})

test('a jump of the wall clock wakes nobody, an abort wakes at once', async () => {
  const clock = new FakeClock(1_000)
  const controller = new AbortController()
  let isAwake = false
  const sleeping = clock.sleep(10, controller.signal).then(() => {
    isAwake = true
  })
  clock.setWallClock(9_000_000)
  await clock.advance(9)
  expect([isAwake, clock.now(), clock.monotonic()]).toEqual([false, 9_000_009, 9])
  controller.abort()
  await sleeping
  expect([isAwake, clock.pending()]).toEqual([true, 0])
})

test('a context has a database, a vault that opens what it seals, and a way to the fake provider only', async () => {
  const { context, fake, close } = await createTestContext()
  const place = { table: 'grants', column: 'refresh_token_sealed', owner: 'acc_1', generation: 1 }
  expect(context.vault.open(place, context.vault.seal(place, new Secret('rt_FAKE_0001'))).reveal()).toBe('rt_FAKE_0001')
  const answer = await context.transport.send({
    url: context.providers.get('codex')!.tokenUrl,
    method: 'POST',
    headers: {},
    body: { format: 'json', fields: { grant_type: 'refresh_token', refresh_token: new Secret('rt_FAKE_unknown') } },
    deadlineMs: 1_000,
    purpose: { provider: 'codex', endpoint: 'token', why: 'refresh', accountId: null },
  })
  expect(answer.status).toBe(400)
  expect(fake.ledger.count('codex.refresh', 'unknown')).toBe(1)
  expect(await context.database.query.accounts.findMany()).toEqual([])
  await close()
})
