/** The chain of the history: whatever is done to it behind the program's back is found and named. */

import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { growChain, recordAuditEvent } from '../db/audit-store.ts'
import { readMeta } from '../db/meta-store.ts'
import { systemClock } from '../lib/clock.ts'
import { connectPerson } from '../testing/connected-account.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { AUDIT_HEAD_NAME } from '../vault/audit-head.ts'
import { beginAuditTrail, growAuditTrail, verifyAuditTrail } from './audit-trail.ts'
import { refreshGrant } from './refresh-grant.ts'
import { removeAccount } from './remove-account.ts'

const EVENTS = 30

let world: TestContext
beforeEach(async () => {
  world = await createTestContext()
  for (let n = 1; n <= EVENTS; n++) await record(n)
  await growAuditTrail(world.context)
})
afterEach(() => world.close())

function record(n: number) {
  const event = { at: n * 1_000, accountId: `acc_${n % 3}`, kind: 'token.issued', actor: 'api', details: { n } }
  return recordAuditEvent(world.context.database, event)
}

async function findings() {
  const { findings, isWhole } = await verifyAuditTrail(world.context)
  expect(isWhole).toBe(findings.length === 0)
  return findings.map(({ kind, firstId, lastId }) => `${kind} ${firstId}-${lastId}`)
}

const run = (text: string) => world.context.database.run(sql.raw(text))

describe('found and named', () => {
  const cases: [string, string[], string[]][] = [
    ['a detail changed', [`update audit_events set details = '{"n":70}' where id = 7`], ['changed 7-7']],
    ['a detail spelt otherwise', [`update audit_events set details = '{"n": 7}' where id = 7`], ['changed 7-7']],
    ['a time changed', ['update audit_events set at = at + 1 where id = 7'], ['changed 7-7']],
    ['an actor changed', [`update audit_events set actor = 'cli' where id = 7`], ['changed 7-7']],
    ['an account taken out', ['update audit_events set account_id = null where id = 7'], ['changed 7-7']],
    ['the first changed', [`update audit_events set kind = 'x' where id = 1`], ['changed 1-1']],
    ['the last changed', [`update audit_events set kind = 'x' where id = ${EVENTS}`], [`changed ${EVENTS}-${EVENTS}`]],
    ['a MAC changed', [`update audit_events set mac = 'x' where id = 7`], ['changed 7-7']],
    ['a MAC taken out', ['update audit_events set mac = null where id = 7'], ['not_linked 7-7']],
    ['one dropped', ['delete from audit_events where id = 7'], ['missing 7-7']],
    ['a stretch dropped', ['delete from audit_events where id between 7 and 9'], ['missing 7-9']],
    ['the beginning dropped', ['delete from audit_events where id <= 4'], ['missing 1-4']],
    ['the end cut off', ['delete from audit_events where id > 20'], ['cut_off 21-30']],
    ['everything dropped', ['delete from audit_events'], ['cut_off 1-30']],
    [
      'the end cut off, MACs and counter mended',
      ['delete from audit_events where id > 20', `update sqlite_sequence set seq = 20 where name = 'audit_events'`],
      ['cut_off 21-30'],
    ],
    [
      'one added at the end with a MAC of its own',
      [`insert into audit_events (at, kind, actor, details, mac) values (1, 'x', 'api', '{}', 'made-up')`],
      ['added 31-31'],
    ],
    [
      'the head taken away',
      [`delete from meta where name = 'audit_head'`, 'update audit_events set mac = null'],
      ['head_missing 0-0'],
    ],
    ['the head changed', [`update meta set value = value || 'A' where name = 'audit_head'`], ['head_changed 0-0']],
  ]

  test.each(cases)('%s', async (_, statements, expected) => {
    for (const statement of statements) await run(statement)
    // A start in between mends nothing.
    await beginAuditTrail(world.context)
    const found = await findings()
    expect(found.slice(0, expected.length)).toEqual(expected)
    // Whatever else is told follows from a head that nobody can open.
    expect(found.slice(expected.length).every((finding) => finding.startsWith('not_linked'))).toBe(true)
  })

  test('two that changed places', async () => {
    await run('update audit_events set id = 1000 where id = 7')
    await run('update audit_events set id = 7 where id = 8')
    await run('update audit_events set id = 8 where id = 1000')
    const found = await findings()
    expect(found).toEqual(expect.arrayContaining(['changed 7-7', 'changed 8-8']))
  })

  test('an old head with the events after it cut off is a head that knows of fewer: new events do not hide it', async () => {
    const { value } = (await world.context.database.get<{ value: string }>(
      sql`select value from meta where name = 'audit_head'`,
    ))!
    for (let n = 31; n <= 40; n++) await record(n)
    await growAuditTrail(world.context)
    await run('delete from audit_events where id between 31 and 39')
    await world.context.database.run(sql`update meta set value = ${value} where name = 'audit_head'`)
    expect(await findings()).toEqual(['added 40-40'])
  })

  test('after the end was cut off, what happens next is linked, and the gap stays visible', async () => {
    await run('delete from audit_events where id > 20')
    await record(31)
    expect(await findings()).toEqual(['missing 21-30'])
  })
})

test('an untouched chain is whole, however the events came into it', async () => {
  const { accountId } = await connectPerson(world)
  await world.clock.advance(3_600_000)
  await Promise.all([growAuditTrail(world.context), refreshGrant(world.context, accountId, ASKED)])
  await removeAccount(world.context, accountId, { revoke: false, actor: 'browser' })
  await Promise.all([growAuditTrail(world.context), growAuditTrail(world.context), verifyAuditTrail(world.context)])
  const result = await verifyAuditTrail(world.context)
  expect(result).toMatchObject({ isWhole: true, findings: [], pending: 0 })
  expect(result.events).toBeGreaterThanOrEqual(EVENTS + 3)
})

const ASKED = { purpose: 'requested', actor: 'browser' } as const

test('two processes that link at once fork nothing', async () => {
  for (let n = 31; n <= 60; n++) await record(n)
  const { database } = world.context
  const processes = [1, 2, 3].map(() => ({ ...world.context, database: Object.create(database) as typeof database }))
  await Promise.all(processes.map((context) => growAuditTrail(context)))
  expect(await verifyAuditTrail(world.context)).toMatchObject({ isWhole: true, events: 60, pending: 0 })
})

test('whoever read a head that was moved meanwhile writes neither links nor head', async () => {
  const { database } = world.context
  const headBefore = (await readMeta(database, AUDIT_HEAD_NAME))!
  await record(31)
  await growAuditTrail(world.context)
  await record(32)
  const late = { headName: AUDIT_HEAD_NAME, headBefore, headAfter: headBefore, links: [{ id: 32, mac: 'late' }] }
  expect(await growChain(database, late)).toBe(false)
  expect(await verifyAuditTrail(world.context)).toMatchObject({ isWhole: true, events: 32 })
})

test('events that a former process left unlinked are linked by the next', async () => {
  await record(31)
  expect((await world.context.database.all(sql`select id from audit_events where mac is null`)).length).toBe(1)
  await growAuditTrail(world.context)
  expect((await world.context.database.all(sql`select id from audit_events where mac is null`)).length).toBe(0)
})

test('a chain made with another key is not taken for whole', async () => {
  const other = { ...world.context.vault, chain: (mac: string, text: string) => `${mac.length}.${text.length}` }
  const { isWhole, findingCount } = await verifyAuditTrail({ ...world.context, vault: other })
  expect([isWhole, findingCount]).toEqual([false, EVENTS])
})

test('few are linked at once while a refresh is under way, so that its answer waits for little', async () => {
  const { database, refreshes } = world.context
  const links = async () => {
    await run(`with recursive n(i) as (select 1 union all select i + 1 from n where i < 900)
      insert into audit_events (at, kind, actor, details) select i, 'grant.refreshed', 'scheduler', '{}' from n`)
    const batch = vi.spyOn(database, 'batch')
    await growAuditTrail(world.context)
    const commits = batch.mock.calls.length
    batch.mockRestore()
    return commits
  }
  expect(await links()).toBe(1)
  const { promise, resolve } = Promise.withResolvers<never>()
  void refreshes.run('acc_1', () => promise)
  expect(await links()).toBe(5)
  resolve(undefined as never)
  await refreshes.settled()
  expect(await verifyAuditTrail(world.context)).toMatchObject({ isWhole: true, pending: 0 })
})

test('ten thousand events are checked within a second', async () => {
  await run(`with recursive n(i) as (select 31 union all select i + 1 from n where i < 10000)
    insert into audit_events (at, account_id, kind, actor, details) select i, 'acc_1', 'grant.refreshed', 'scheduler', '{"n":1}' from n`)
  await growAuditTrail(world.context)
  await run('delete from audit_events where id = 9000')
  const result = await verifyAuditTrail({ ...world.context, clock: systemClock })
  expect(result).toMatchObject({ isWhole: false, events: 9_999, findings: [{ kind: 'missing', firstId: 9_000 }] })
  expect(result.durationMs).toBeLessThan(1_000)
})
