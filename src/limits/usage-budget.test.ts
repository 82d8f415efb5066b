/** The budget of an identity under every interleaving of two processes, their schedules, tabs and buttons. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readBudget } from '../db/usage-budget-store.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { connectPerson } from '../testing/connected-account.ts'
import { createTestContext } from '../testing/test-context.ts'
import { readUsage } from './read-usage.ts'
import { budgetIdentity, budgetRefusal, CALLS_PER_HOUR } from './usage-budget.ts'

const STEP = fc.oneof(
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 4 * MINUTE_MS }) }),
  fc.record({
    kind: fc.constant('ask' as const),
    process: fc.nat(1),
    actor: fc.constantFrom('scheduler' as const, 'browser' as const, 'cli' as const),
    atOnce: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({
    kind: fc.constant('fault' as const),
    status: fc.constantFrom(429, 401, 500, 403),
    retryAfter: fc.constantFrom(null, '0', '40', '3600'),
  }),
)

test('never more than 24 calls in any hour, nor two within a minute but for a token that was renewed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(STEP, { minLength: 30, maxLength: 120 }), async (steps) => {
      const world = await createTestContext()
      try {
        const { accountId } = await connectPerson(world)
        const processes = [world.context, { ...world.context, owner: 'another-process' }]
        for (const step of steps) {
          if (step.kind === 'wait') await world.clock.advance(step.ms)
          else if (step.kind === 'fault') {
            const headers: Record<string, string> = step.retryAfter === null ? {} : { 'retry-after': step.retryAfter }
            world.fake.faults.add({ endpoint: 'claude.usage', fault: { kind: 'status', status: step.status, headers } })
          } else {
            const context = processes[step.process]!
            const reads = Array.from({ length: step.atOnce }, () =>
              readUsage(context, accountId, { actor: step.actor }),
            )
            await Promise.all(reads)
          }
        }
        const calls = world.fake.ledger.of('claude.usage')
        for (const [index, { at, status }] of calls.entries()) {
          expect(calls.filter((call) => call.at > at - HOUR_MS && call.at <= at).length).toBeLessThanOrEqual(
            CALLS_PER_HOUR,
          )
          const before = calls[index - 1]
          if (before && before.status !== 401) expect(at - before.at).toBeGreaterThanOrEqual(MINUTE_MS)
          if (before?.status === 429) expect(at - before.at).toBeGreaterThanOrEqual(5 * MINUTE_MS)
          expect(status).toBeGreaterThan(0)
        }
      } finally {
        await world.close()
      }
    }),
    { numRuns: 25 },
  )
}, 60_000)

test.each([
  [{ heldUntil: 900 }, 'held', 400],
  [{ calls: 24, firstAt: 500 - HOUR_MS + 7 }, 'budget_spent', 7],
  [{ calls: 24, firstAt: null }, 'budget_spent', HOUR_MS],
  [{ calls: 24, firstAt: 500 - 2 * HOUR_MS }, 'budget_spent', 0],
  [{ lastAt: 490 }, 'too_soon', MINUTE_MS - 10],
  [{ lastAt: null }, 'too_soon', MINUTE_MS],
] as const)('the wait that a refusal names: %o', (changes, code, waitMs) => {
  const state = { now: 500, calls: 3, firstAt: 400, lastAt: 450, heldUntil: null, holdCode: null, ...changes }
  expect(budgetRefusal(state, CALLS_PER_HOUR)).toEqual({ code, waitMs })
})

test('two accounts of one identity, the second added after the first was removed, have one budget', async () => {
  const world = await createTestContext()
  const { context } = world
  const ada = { provider: 'claude', subject: 'ada', organizationId: 'works' }
  expect(budgetIdentity(context, { ...ada })).toBe(budgetIdentity(context, ada))
  expect(budgetIdentity(context, { ...ada, organizationId: 'home' })).not.toBe(budgetIdentity(context, ada))
  expect(budgetIdentity(context, ada)).not.toContain('ada')
  await world.close()
})

test('calls that a clock running far ahead wrote down hold nobody up for ever', async () => {
  const world = await createTestContext()
  const { context } = world
  const { accountId } = await connectPerson(world)
  await world.clock.advance(48 * HOUR_MS)
  await readUsage(context, accountId, { actor: 'browser' })
  const past = {
    ...context,
    clock: { ...context.clock, now: () => world.clock.now() - 40 * HOUR_MS } as typeof context.clock,
  }
  const identity = budgetIdentity(context, world.fake.person('ada'))
  expect(await readBudget(context.database, identity, past.clock.now())).toMatchObject({ calls: 0, heldUntil: null })
  expect(await readBudget(context.database, identity, world.clock.now() + SECOND_MS)).toMatchObject({ calls: 1 })
  await world.close()
})
