/** Everything that recurs, started and stopped as one: recovery first, nothing lost at the end. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AnswerSpool } from '../accounts/answer-spool.ts'
import type { AccountsContext } from '../accounts/context.ts'
import { getAccount } from '../accounts/list-accounts.ts'
import { refreshGrant } from '../accounts/refresh-grant.ts'
import { MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { SingleFlight } from '../lib/single-flight.ts'
import { connectPerson, currentGrant } from '../testing/connected-account.ts'
import { settle } from '../testing/fake-clock.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { startWorkers, type Workers } from './index.ts'
import { startJob } from './recurring-job.ts'
import { KEEPERS, RECURRING_JOBS } from './recurring-work.ts'

let world: TestContext
let context: AccountsContext
let workers: Workers | null = null

beforeEach(async () => {
  world = await createTestContext()
  context = world.context
})
afterEach(async () => {
  const stopped = workers?.stop()
  await world.clock.advance(MINUTE_MS)
  await stopped
  workers = null
  await world.close()
})

test('what a dead process left is recovered before anything is refreshed, and tried once, soon', async () => {
  const { accountId } = await connectPerson(world)
  const dead = { ...context, owner: 'dead-process', refreshes: new SingleFlight() as AccountsContext['refreshes'] }
  world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'delay', ms: 1e12 } })
  void refreshGrant(dead, accountId, { purpose: 'requested', actor: 'browser' })
  await settle()
  workers = startWorkers({ ...context, isSoleOwner: true })
  await workers.ready
  expect((await getAccount(context, accountId)).login.status).toBe('unknown_outcome')
  await world.clock.advance(4 * SECOND_MS)
  expect((await currentGrant(context, accountId)).generation).toBe(2)
})

test('a recovery that fails is tried again, and nothing starts without it', async () => {
  await connectPerson(world)
  await context.database.run(sql`alter table inbox rename to inbox_away`)
  workers = startWorkers(context)
  await world.clock.advance(4 * SECOND_MS)
  expect(world.log.text()).toContain('workers.recovery_failed')
  await context.database.run(sql`alter table inbox_away rename to inbox`)
  await world.clock.advance(2 * SECOND_MS)
  await workers.ready
})

test('the profile of a new account is read at once', async () => {
  workers = startWorkers(context)
  await workers.ready
  const { accountId } = await connectPerson(world)
  await settle(40)
  expect((await getAccount(context, accountId)).plan).toBe('max')
})

test('stopping waits for a refresh that somebody else began', async () => {
  const { accountId } = await connectPerson(world)
  workers = startWorkers(context)
  await workers.ready
  world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'delay', ms: 10 * SECOND_MS } })
  void refreshGrant(context, accountId, { purpose: 'requested', actor: 'browser' })
  await settle()
  const stopped = workers.stop()
  await world.clock.advance(11 * SECOND_MS)
  await stopped
  expect((await currentGrant(context, accountId)).generation).toBe(2)
})

test('stopping at once, before anything started', async () => {
  workers = startWorkers(context)
  const stopped = workers.stop()
  await world.clock.advance(MINUTE_MS)
  await stopped
})

test('the list says name, cadence and reason of each, and has everything of this room that is started', () => {
  const all = [...KEEPERS, ...RECURRING_JOBS]
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
  for (const { reason } of all) expect(reason).toMatch(/\.$/)
  for (const { cadence } of KEEPERS) expect(cadence).not.toBe('')
  const listed = readFileSync(join(import.meta.dirname, 'recurring-work.ts'), 'utf8')
  const files = readdirSync(import.meta.dirname).filter((name) =>
    /-(scheduler|poller|reader|keeper|watcher)\.ts$|^forecaster\.ts$/.test(name),
  )
  expect(files).toHaveLength(8)
  for (const file of files) expect(listed).toContain(`'./${file}'`)
  for (const job of RECURRING_JOBS) {
    expect(job.cadenceMs).toBeGreaterThanOrEqual(30 * SECOND_MS)
  }
})

test('a job that fails is logged and comes again', async () => {
  await context.database.run(sql`alter table authorizations rename to authorizations_away`)
  workers = startWorkers(context)
  await workers.ready
  await world.clock.advance(SECOND_MS)
  expect(world.log.text()).toContain('job.failed')
  await context.database.run(sql`alter table authorizations_away rename to authorizations`)
  const failures = world.log.lines.filter(({ event }) => event === 'job.failed').length
  await world.clock.advance(2 * MINUTE_MS)
  expect(world.log.lines.filter(({ event }) => event === 'job.failed')).toHaveLength(failures)
})

test('while an answer waits it is brought every five seconds, else once a minute, and stopping does not wait for it', async () => {
  let isWaiting = true
  let looks = 0
  const answer = { attempt: { id: 'att_1', accountId: 'acc_1', generation: 1 }, sealed: { answerSealed: 'FAKE' } }
  const spool = {
    list: () => {
      looks += 1
      return { answers: isWaiting ? [{ answer, writtenAt: world.clock.now() }] : [], unreadable: [] }
    },
    removeDrafts: () => {},
  } as unknown as AnswerSpool
  const job = RECURRING_JOBS.find(({ name }) => name === 'replay answers')!
  const stop = startJob({ ...context, answerSpool: spool }, job)
  await world.clock.advance(29 * SECOND_MS)
  expect(looks).toBe(6)
  isWaiting = false
  await world.clock.advance(3 * MINUTE_MS)
  expect(looks).toBe(9)
  isWaiting = true
  await world.clock.advance(MINUTE_MS)
  const before = looks
  await stop()
  expect([looks, world.clock.pending()]).toEqual([before, 0])
})
