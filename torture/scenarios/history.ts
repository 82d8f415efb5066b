/**
 * T14: somebody who can write to the database changes the history. Whatever is flipped, dropped, moved or cut off, wherever:
 * the check finds it, names the place, and takes no longer than a person waits.
 */

import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { percentile } from '../../bench/statistics.ts'
import {
  type AuditVerification,
  beginAuditTrail,
  growAuditTrail,
  verifyAuditTrail,
} from '../../src/accounts/audit-trail.ts'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { silentLog } from '../../src/lib/log.ts'
import { systemRandom } from '../../src/lib/random.ts'
import { SingleFlight } from '../../src/lib/single-flight.ts'
import { fakeVault } from '../../src/testing/fake-vault.ts'
import { type Finding, finding, type Scenario, timedFinding } from '../finding.ts'

const LIMIT_MS = 2_000
/** Of a short run, which has a tenth of the events and shares the machine with whatever else it does. */
const TOLERABLE_MS = 10_000

export const history: Scenario = {
  faults: ['T14', 'AUDIT'],
  title: 'a history that somebody changed',
  isTimed: true,
  async run({ directory, isShort }) {
    const events = isShort ? 10_000 : 100_000
    const places = isShort ? 3 : 25
    const file = join(mkdtempSync(join(directory, 'history-')), 'history.db')
    const { database, close } = await openDatabase({ url: `file:${file}` })
    const vault = fakeVault(systemRandom)
    const context = { clock: systemClock, database, log: silentLog, refreshes: new SingleFlight<never>(), vault }
    await beginAuditTrail(context)
    await write(database, events)
    const first = await timed(async () => {
      await growAuditTrail(context)
      return await verifyAuditTrail(context)
    })
    if (!first.result.isWhole || first.result.events !== events)
      throw new Error('a history that nobody changed is broken')
    const times: number[] = []
    const findings: Finding[] = []
    for (const [what, change] of Object.entries(CHANGES)) {
      const tally = { found: 0, named: 0 }
      for (let count = 0; count < places; count++) {
        const { place, undo } = await change(database, events)
        const { result, ms } = await timed(() => verifyAuditTrail(context))
        times.push(ms)
        if (!result.isWhole) tally.found += 1
        if (isNamed(result, place)) tally.named += 1
        await undo()
      }
      findings.push(
        finding('T14', `${what} of ${words(events)} events, at ${places} random places`, {
          measured: `${tally.found} of ${places} found, ${tally.named} at their place`,
          goal: 'all found, at their place',
          isMet: tally.found === places && tally.named === places,
        }),
      )
    }
    const last = await verifyAuditTrail(context)
    await close()
    if (!last.isWhole) throw new Error('a history that was put back as it had been is broken')
    const slowest = Math.max(...times)
    const links = `${words(events)} events that no process had linked yet: linked and checked in ${first.ms.toFixed(0)} ms`
    return [
      ...findings,
      timedFinding(isShort, 'T14', `each of these ${times.length} checks`, {
        measured: `p50 ${percentile(times, 0.5).toFixed(0)} ms, slowest ${slowest.toFixed(0)} ms; ${links}`,
        goal: `each < ${words(LIMIT_MS)} ms`,
        isMet: slowest < LIMIT_MS,
        isTolerable: slowest < TOLERABLE_MS,
      }),
    ]
  },
}

/** A change behind the program's back: the id of the event by which it must be named, and the way back. */
type Change = (database: Database, events: number) => Promise<{ place: number; undo: () => Promise<unknown> }>

const CHANGES: Record<string, Change> = {
  'one bit flipped in one': flip,
  'one dropped': drop,
  'two that changed places': swap,
  'the end cut off, from a random one on,': cutOff,
}

async function flip(database: Database, events: number) {
  const place = anyOf(events)
  const columns = ['at', 'account_id', 'kind', 'actor', 'details', 'mac']
  const column = sql.raw(columns[anyOf(columns.length) - 1]!)
  const [row] = await database.all<{ value: string | number }>(
    sql`select ${column} as value from audit_events where id = ${place}`,
  )
  const set = (value: string | number) =>
    database.run(sql`update audit_events set ${column} = ${value} where id = ${place}`)
  await set(withOneBitFlipped(row!.value))
  return { place, undo: () => set(row!.value) }
}

/** Text stays text that SQLite can give back: seven bits, and not the end of a string. */
function withOneBitFlipped(value: string | number): string | number {
  if (typeof value === 'number') return Number(BigInt(value) ^ (1n << BigInt(anyOf(40) - 1)))
  const bytes = Buffer.from(value)
  const index = anyOf(bytes.length) - 1
  const flipped = bytes[index]! ^ (1 << (anyOf(7) - 1))
  if (flipped === 0) return withOneBitFlipped(value)
  bytes[index] = flipped
  return bytes.toString()
}

async function drop(database: Database, events: number) {
  const place = anyOf(events)
  return { place, undo: await without(database, sql`id = ${place}`) }
}

async function cutOff(database: Database, events: number) {
  const place = anyOf(events)
  const undo = await without(database, sql`id >= ${place}`)
  // Whoever does this mends the counter too.
  await database.run(sql`update sqlite_sequence set seq = ${place - 1} where name = 'audit_events'`)
  return { place, undo }
}

/** Keeps the rows aside. */
async function without(database: Database, condition: ReturnType<typeof sql>) {
  await database.run(sql`create table kept as select * from audit_events where ${condition}`)
  await database.run(sql`delete from audit_events where ${condition}`)
  return async () => {
    await database.run(sql`insert into audit_events select * from kept`)
    await database.run(sql`drop table kept`)
  }
}

async function swap(database: Database, events: number) {
  const one = anyOf(events)
  const other = ((one + anyOf(events - 1) - 1) % events) + 1
  const exchange = async () => {
    await database.run(sql`update audit_events set id = -1 where id = ${one}`)
    await database.run(sql`update audit_events set id = ${one} where id = ${other}`)
    await database.run(sql`update audit_events set id = ${other} where id = -1`)
  }
  await exchange()
  return { place: Math.min(one, other), undo: exchange }
}

/** From 1 to `count`. */
function anyOf(count: number): number {
  return 1 + Math.floor(Math.random() * count)
}

function isNamed({ findings }: AuditVerification, place: number): boolean {
  return findings.some(({ firstId, lastId }) => firstId <= place && place <= lastId)
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; ms: number }> {
  const startedAt = performance.now()
  const result = await work()
  return { result, ms: performance.now() - startedAt }
}

async function write(database: Database, events: number): Promise<void> {
  await database.run(sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${events})
    insert into audit_events (at, account_id, kind, actor, details)
    select 1790000000000 + i * 1000, 'acc_' || (i % 20), 'grant.refreshed', 'scheduler',
      '{"generation":' || i || ',"expiresAt":1790000000000,"purpose":"scheduled"}' from n`)
}

const words = (count: number) => count.toLocaleString('en')
