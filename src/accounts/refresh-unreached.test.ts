/** A program needs a token whose provider could not be reached a while ago: it is looked for before it is waited for. */

import { afterEach, beforeEach, expect, test } from 'vitest'
import { HOUR_MS, SECOND_MS } from '../lib/clock.ts'
import { OAuthTransportError } from '../oauth/errors.ts'
import { connectPerson } from '../testing/connected-account.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import type { AccountsContext } from './context.ts'
import { type RefreshPurpose, refreshGrant } from './refresh-grant.ts'

let world: TestContext
let context: AccountsContext
let accountId: string
let isDown = true
let seen = false
let looks = 0
let tries = 0

beforeEach(async () => {
  world = await createTestContext()
  context = world.context
  ;({ accountId } = await connectPerson(world))
  const { send } = context.transport
  ;[isDown, seen, looks, tries] = [true, false, 0, 0]
  context.transport = {
    send(request) {
      tries += 1
      return isDown ? Promise.reject(new OAuthTransportError('unreachable', false, 'FAKE')) : send(request)
    },
  }
  context.reach = {
    async isThere() {
      looks += 1
      return seen
    },
  }
  await world.clock.advance(9 * HOUR_MS)
  for (let failures = 0; failures < 4; failures++) await ask('requested')
  ;[looks, tries] = [0, 0]
})
afterEach(() => world.close())

const ask = async (purpose: RefreshPurpose) =>
  (await refreshGrant(context, accountId, { purpose, actor: 'cli' })).reason.code

test('while nobody answers nothing is sent, however often it is asked for', async () => {
  await world.clock.advance(46 * SECOND_MS)
  for (let asked = 0; asked < 5; asked++) expect(await ask('token_needed')).toBe('transient')
  expect([looks, tries]).toEqual([5, 0])
})

test.each(['token_needed', 'rejected_token'] as const)(
  '%s: somebody answers again, so it is sent at once',
  async (purpose) => {
    ;[isDown, seen] = [false, true]
    await world.clock.advance(46 * SECOND_MS)
    expect(await ask(purpose)).toBe('refreshed')
  },
)

test('a look that was wrong is not repeated at once', async () => {
  seen = true
  await world.clock.advance(46 * SECOND_MS)
  for (let asked = 0; asked < 5; asked++) expect(await ask('token_needed')).toBe('transient')
  expect([looks, tries]).toEqual([1, 1])
})

test('the schedule looks by itself, and an answer of the provider is no reason to look', async () => {
  seen = true
  expect(await ask('scheduled')).toBe('still_fresh')
  isDown = false
  world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'status', status: 503 } })
  await ask('requested')
  await world.clock.advance(46 * SECOND_MS)
  expect(await ask('token_needed')).toBe('transient')
  expect(looks).toBe(0)
})

test('an answer that is not saved yet is not asked for again, whatever failed before it', async () => {
  ;[isDown, seen] = [false, true]
  await context.database.run(`create trigger no_answers before insert on inbox begin select raise(abort, 'x'); end`)
  const saving = ask('requested')
  await world.clock.advance(10 * SECOND_MS)
  await saving
  await world.clock.advance(46 * SECOND_MS)
  expect(await ask('token_needed')).toBe('not_saved')
  expect([looks, tries]).toEqual([0, 1])
  await context.database.run('drop trigger no_answers')
  await world.clock.advance(10 * SECOND_MS)
})
