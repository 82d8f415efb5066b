/** Rounds, naps and news, on a clock that obeys. */

import { beforeEach, expect, test } from 'vitest'
import { FakeClock, settle } from '../testing/fake-clock.ts'
import { createNappingLoop, type NappingLoop } from './napping-loop.ts'

let clock: FakeClock
let rounds: number[]
let failures: string[]
let act: () => unknown

beforeEach(() => {
  clock = new FakeClock()
  rounds = []
  failures = []
  act = () => {}
})

const loopOf = (gatherMs?: (tookMs: number) => number): NappingLoop =>
  createNappingLoop({
    clock,
    async round() {
      rounds.push(clock.monotonic())
      await act()
      return 100
    },
    onFailure: (error) => failures.push(error),
    restMs: 10,
    gatherMs,
  })

test('at once, then after each nap, and never again after it was stopped', async () => {
  const loop = loopOf()
  loop.start()
  loop.start()
  await clock.advance(250)
  expect(rounds).toEqual([0, 100, 200])
  await loop.stop()
  await clock.advance(1_000)
  expect(rounds).toHaveLength(3)
  loop.start()
  await settle()
  expect(rounds).toHaveLength(4)
  await loop.stop()
})

test('news end a nap; news during a round are another round, and only one', async () => {
  const loop = loopOf()
  act = () => clock.sleep(5)
  loop.start()
  await clock.advance(30)
  loop.wake()
  await clock.advance(2)
  loop.wake()
  loop.wake()
  await clock.advance(60)
  expect(rounds).toEqual([0, 30, 35])
  await loop.stop()
})

test('a crowd of news is one round, whether it comes in a nap or in a round', async () => {
  const loop = loopOf((tookMs) => 20 + tookMs)
  act = () => clock.sleep(5)
  loop.start()
  await clock.advance(2)
  loop.wake()
  await clock.advance(27)
  expect(rounds).toEqual([0])
  await clock.advance(1)
  expect(rounds).toEqual([0, 30])
  await clock.advance(10)
  for (let news = 0; news < 9; news++) {
    loop.wake()
    await clock.advance(1)
  }
  await clock.advance(100)
  expect(rounds).toEqual([0, 30, 65])
  const stopped = loop.stop()
  await clock.advance(100)
  await stopped
})

test('a round that fails is told by its name, and rests, though it made news itself', async () => {
  const loop = loopOf()
  act = () => {
    loop.wake()
    throw new TypeError('FAKE-secret')
  }
  loop.start()
  await clock.advance(9)
  expect([rounds, failures]).toEqual([[0], ['TypeError']])
  await clock.advance(1)
  expect(rounds).toEqual([0, 10])
  await loop.stop()
})

test('stopping waits for the round that runs, and for no nap', async () => {
  const loop = loopOf(() => 1_000)
  act = () => clock.sleep(50)
  loop.start()
  await settle()
  let isStopped = false
  const stopped = loop.stop().then(() => {
    isStopped = true
  })
  await clock.advance(49)
  expect(isStopped).toBe(false)
  await clock.advance(1)
  await stopped
  expect([rounds, clock.pending()]).toEqual([[0], 0])
})
