/** What is known of providers out of reach, on a clock that obeys and with a look that answers as told. */

import { beforeEach, expect, test } from 'vitest'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { claude } from '../oauth/providers/claude.ts'
import { FakeClock, settle, TEST_NOW } from '../testing/fake-clock.ts'
import { steadyRandom } from '../testing/fake-random.ts'
import { recordingLog } from '../testing/recording-log.ts'
import { Outages } from './outages.ts'

let clock: FakeClock
let outages: Outages
let looks: string[]
let returns: string[]
let isThere: boolean

beforeEach(() => {
  clock = new FakeClock()
  ;[looks, returns, isThere] = [[], [], false]
  const reach = {
    async isThere(address: string) {
      looks.push(address)
      return isThere
    },
  }
  const providers = new Map([['claude', claude]])
  const context = { clock, random: steadyRandom(0), log: recordingLog(), reach, providers }
  outages = new Outages(context, async (provider) => void returns.push(provider))
})

const row = (lastFailureAt: number | null = TEST_NOW, nextRefreshAt = TEST_NOW + 8 * MINUTE_MS) => ({
  ...{ provider: 'claude', failures: 9 },
  ...{ lastFailureAt, nextRefreshAt },
})
const lookAround = async () => {
  const ms = outages.look()
  await settle()
  return ms
}

test('nothing is known, nothing is looked for, and nobody is held', async () => {
  expect(await lookAround()).toBe(Number.POSITIVE_INFINITY)
  expect([outages.has('claude'), outages.isHeld('claude'), looks]).toEqual([false, false, []])
})

test('twelve tries in an hour are enough, though somebody seems to be there', async () => {
  for (let tries = 0; tries < 12; tries++) outages.noteFailure('claude')
  await clock.advance(30 * SECOND_MS)
  isThere = true
  await lookAround()
  expect([looks, returns]).toEqual([[claude.tokenUrl], ['claude']])
  expect(outages.isHeld('claude')).toBe(true)
  await clock.advance(HOUR_MS - 31 * SECOND_MS)
  expect(outages.isHeld('claude')).toBe(true)
  await clock.advance(SECOND_MS)
  expect(outages.isHeld('claude')).toBe(false)
})

test('a row tells of an outage only where nobody has reached the provider since', () => {
  outages.noteReach('claude')
  outages.noteRow(row(null))
  outages.noteRow(row(TEST_NOW))
  expect(outages.has('claude')).toBe(false)
  outages.noteRow(row(TEST_NOW + 1))
  expect([outages.has('claude'), outages.isHeld('claude')]).toEqual([true, true])
})

test('a row that is due, or that a clock far ahead wrote, holds nobody longer than the schedule would', async () => {
  outages.noteRow(row(TEST_NOW, TEST_NOW - 1))
  expect(outages.isHeld('claude')).toBe(false)
  outages.noteReach('claude')
  outages.noteRow(row(TEST_NOW + 1, TEST_NOW + 99 * HOUR_MS))
  await clock.advance(10 * MINUTE_MS)
  expect(outages.isHeld('claude')).toBe(false)
})

test('what a refresh finds out while somebody looks counts more than the look', async () => {
  outages.noteFailure('claude')
  await clock.advance(30 * SECOND_MS)
  isThere = true
  outages.look()
  outages.noteReach('claude')
  await settle()
  expect([returns, outages.has('claude')]).toEqual([[], false])
})

test('a provider that is not configured any more is no address to look at', async () => {
  outages.noteFailure('gone')
  await clock.advance(30 * SECOND_MS)
  await lookAround()
  expect(looks).toEqual([''])
  await outages.stop()
})
