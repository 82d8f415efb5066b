/** A database that was put back from an older copy: what it takes for true, and what it does with it. */

import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase } from '../db/client.ts'
import { newestEvent } from '../db/high-water-store.ts'
import { readMeta } from '../db/meta-store.ts'
import { HOUR_MS, MINUTE_MS } from '../lib/clock.ts'
import { SingleFlight } from '../lib/single-flight.ts'
import { connectPerson, currentGrant } from '../testing/connected-account.ts'
import { currentPair, type FakeFamily } from '../testing/fake-grants.ts'
import { claudeCredentialsJson } from '../testing/fake-tokens.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import type { AccountsContext } from './context.ts'
import { HighWaterMark } from './high-water-file.ts'
import { raiseMark, suspectRestoredDatabase } from './high-water-mark.ts'
import { getAccount } from './list-accounts.ts'
import { prepareAccounts } from './prepare-accounts.ts'
import { refreshGrant } from './refresh-grant.ts'
import { listSchedule } from './refresh-schedule.ts'

let world: TestContext
let context: AccountsContext
let close: () => Promise<void>
let families: Record<string, { accountId: string; family: FakeFamily }>

const home = () => join(world.directory, 'home')
const file = () => join(home(), 'tokendeck.db')
const copy = () => join(world.directory, 'copy.db')
const marks = () => join(home(), 'high-water.json')
const outside = () => join(world.directory, 'config')

/** Opens the database as a start of the program does, and as another process than before. */
async function start(): Promise<void> {
  const opened = await openDatabase({ url: pathToFileURL(file()).href })
  close = () => opened.close()
  context = {
    ...world.context,
    database: opened.database,
    isSoleOwner: true,
    refreshes: new SingleFlight(),
    highWaterMark: new HighWaterMark({ home: marks(), outside: outside(), databaseFile: file() }),
  }
}
async function stop(): Promise<void> {
  await raiseMark(context)
  await close()
}
const restore = () => {
  for (const suffix of ['-wal', '-shm']) rmSync(file() + suffix, { force: true })
  copyFileSync(copy(), file())
}
const refresh = (name: string) =>
  refreshGrant(context, families[name]!.accountId, { purpose: 'token_needed', actor: 'api' })
const later = (ms: number) => world.clock.advance(ms)
const calls = () => world.fake.ledger.count('claude.refresh')
const loginOf = async (name: string) => (await getAccount(context, families[name]!.accountId)).login

beforeEach(async () => {
  world = await createTestContext()
  await start()
  families = {}
  for (const name of ['ada', 'brook']) families[name] = await connectPerson({ ...world, context }, name)
  await stop()
  copyFileSync(file(), copy())
  await start()
})
afterEach(async () => {
  await close()
  await world.close()
})

test('a database that went on, was stopped, killed or is new is under no suspicion', async () => {
  expect(await suspectRestoredDatabase(context)).toBe(0)
  await later(8 * HOUR_MS)
  await refresh('ada')
  // Killed: the mark is older than the database.
  await close()
  await start()
  expect(await suspectRestoredDatabase(context)).toBe(0)
  await stop()
  writeFileSync(marks(), 'not a mark')
  await start()
  expect(await suspectRestoredDatabase(context)).toBe(0)
  await stop()
  // Begun anew on purpose, without what tells of the former one.
  for (const path of [file(), `${file()}-closed`]) rmSync(path)
  await start()
  expect(await suspectRestoredDatabase(context)).toBe(0)
})

test('a database that is missing although the mark or the note of its close tells of one is never made anew', async () => {
  await stop()
  const closed = `${file()}-closed`
  for (const [path, told] of [
    [file(), [closed, marks()]],
    [closed, [marks()]],
  ] as const) {
    rmSync(path)
    const notes = context.highWaterMark!.notes()
    const refusal = await openDatabase({ url: pathToFileURL(file()).href, notes }).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ name: 'DatabaseRefusal', code: 'missing', exitCode: 78 })
    expect((refusal as Error).message).toBe(
      `The database ${file()} is missing, although there was one: ${told.join(' and ')} says so. Nothing was made in its place. Put it back, or restore an export with \`tokendeck restore FILE\`. To begin anew without it, remove ${told.join(' and ')} and start again.`,
    )
    expect(existsSync(file())).toBe(false)
  }
  // Another place had none; a home that was moved had one.
  const at = (databaseFile: string) => new HighWaterMark({ home: marks(), databaseFile })
  expect(at(join(home(), 'other.db')).notes()).toEqual([])
  expect(new HighWaterMark({ home: marks() }).notes()).toEqual([])
  renameSync(home(), join(world.directory, 'moved'))
  const moved = join(world.directory, 'moved', 'high-water.json')
  const movedMark = new HighWaterMark({ home: moved, databaseFile: join(world.directory, 'moved', 'tokendeck.db') })
  expect(movedMark.notes()).toEqual([moved])
  renameSync(join(world.directory, 'moved'), home())
  // A mark of an earlier version does not name its file.
  writeFileSync(marks(), JSON.stringify({ name: { sequence: 1, at: 1 }, far: { sequence: 1, at: 1, file: null } }))
  expect(at(file()).notes()).toEqual([marks()])
  rmSync(marks())
  await start()
})

describe('restored from a copy that is older than the last refresh', () => {
  beforeEach(async () => {
    await later(8 * HOUR_MS)
    expect(await refresh('ada')).toMatchObject({ outcome: 'refreshed' })
    await stop()
    restore()
    await start()
    expect(await prepareAccounts(context)).toMatchObject({ suspects: 2 })
  })

  test('every login is a suspect and says so; nobody refreshes them in haste, nor all at once', async () => {
    expect(await loginOf('ada')).toMatchObject({ status: 'unknown_outcome', reason: { code: 'login_suspect' } })
    expect(await loginOf('brook')).toMatchObject({ reason: { code: 'login_suspect' } })
    const schedule = await listSchedule(context, { providers: ['claude', 'codex'], uncertainOf: [] })
    expect(schedule).toHaveLength(2)
    for (const { nextRefreshAt } of schedule) {
      expect(nextRefreshAt - world.clock.now()).toBeGreaterThanOrEqual(15 * MINUTE_MS)
      expect(nextRefreshAt - world.clock.now()).toBeLessThanOrEqual(7 * HOUR_MS)
    }
    expect(schedule[0]!.nextRefreshAt).not.toBe(schedule[1]!.nextRefreshAt)
  })

  test('the one whose token was spent since: one request, then the reason, and no second', async () => {
    const before = calls()
    expect(await refresh('ada')).toMatchObject({
      outcome: 'reauthorization_required',
      reason: { code: 'restored' },
    })
    expect(await loginOf('ada')).toMatchObject({
      status: 'sign_in_again',
      reason: { code: 'login_suspect_refused' },
    })
    await refresh('ada')
    await later(24 * HOUR_MS)
    await refresh('ada')
    expect(calls() - before).toBe(1)
  })

  test('the one whose token was not: it goes on, and the suspicion ends', async () => {
    expect(await refresh('brook')).toMatchObject({ outcome: 'refreshed' })
    expect(await loginOf('brook')).toMatchObject({ status: 'valid', reason: { code: 'login_valid' } })
    expect(await currentGrant(context, families.brook!.accountId)).toMatchObject({ suspectAt: null })
  })

  test('it is noticed once: the next start finds the restored database to be the one that was left', async () => {
    await refresh('brook')
    await stop()
    await start()
    expect(await prepareAccounts(context)).toMatchObject({ suspects: 0 })
    expect(await currentGrant(context, families.brook!.accountId)).toMatchObject({ suspectAt: null })
    expect((await loginOf('ada')).reason.code).toBe('login_suspect')
  })
})

test('a CLI file that holds a newer login is adopted first: nothing of the copy is spent, and the suspicion ends', async () => {
  mkdirSync(join(world.directory, '.claude'))
  const path = join(world.directory, '.claude', '.credentials.json')
  const taken = await connectPerson({ ...world, context }, 'ada', {
    origin: 'take_over',
    request: { credentialPath: path },
  })
  await stop()
  copyFileSync(file(), copy())
  await start()
  await later(8 * HOUR_MS)
  await refreshGrant(context, taken.accountId, { purpose: 'token_needed', actor: 'api' })
  await stop()
  restore()
  await start()
  await prepareAccounts(context)
  // Meanwhile the CLI has the present login.
  world.fake.grants.refresh(currentPair(taken.family).refreshToken!, taken.family.clientId)
  const text = claudeCredentialsJson({ family: taken.family, pair: currentPair(taken.family) })
  writeFileSync(path, text, { mode: 0o600 })
  const before = calls()
  const outcome = await refreshGrant(context, taken.accountId, { purpose: 'requested', actor: 'api' })
  expect(outcome).toMatchObject({ reason: { code: 'adopted' } })
  expect(calls()).toBe(before)
  expect(await currentGrant(context, taken.accountId)).toMatchObject({ suspectAt: null })
})

test('an older copy that others have written to since, until it had as many events, is found out all the same', async () => {
  await later(8 * HOUR_MS)
  await refresh('ada')
  await stop()
  restore()
  await start()
  await later(1)
  await refresh('brook')
  await refreshGrant(context, families.brook!.accountId, { purpose: 'requested', actor: 'api' })
  await later(HOUR_MS)
  await refreshGrant(context, families.brook!.accountId, { purpose: 'requested', actor: 'api' })
  expect(await suspectRestoredDatabase(context)).toBe(2)
})

describe('a home that is put back as a whole, with the mark in it', () => {
  const keepHome = async (way: (from: string, to: string) => void) => {
    await stop()
    way(home(), join(world.directory, 'kept home'))
    await start()
    await later(8 * HOUR_MS)
    expect(await refresh('ada')).toMatchObject({ outcome: 'refreshed' })
    await stop()
  }
  const putBack = async () => {
    rmSync(home(), { recursive: true })
    renameSync(join(world.directory, 'kept home'), home())
    await start()
  }
  const copied = (from: string, to: string) => cpSync(from, to, { recursive: true, preserveTimestamps: true })

  test('is known by the mark beside the key: one careful try, and the next start is calm again', async () => {
    await keepHome(copied)
    await putBack()
    expect(await prepareAccounts(context)).toMatchObject({ suspects: 2 })
    expect(world.log.text()).toContain('mark_beside_key')
    expect(await refresh('ada')).toMatchObject({ outcome: 'reauthorization_required', reason: { code: 'restored' } })
    expect(await refresh('brook')).toMatchObject({ outcome: 'refreshed' })
    await stop()
    await start()
    expect(await prepareAccounts(context)).toMatchObject({ suspects: 0 })
  })

  test('is known by its file too, where the directory of the key came back with it', async () => {
    copied(outside(), join(world.directory, 'kept config'))
    await keepHome(copied)
    rmSync(outside(), { recursive: true })
    renameSync(join(world.directory, 'kept config'), outside())
    await putBack()
    expect(await prepareAccounts(context)).toMatchObject({ suspects: 2 })
    expect(world.log.text()).toContain('another_file')
    await stop()
    await start()
    expect(await prepareAccounts(context)).toMatchObject({ suspects: 0 })
  })

  test('a home that was moved, or whose database was made anew in its file, is under no suspicion', async () => {
    await stop()
    renameSync(home(), join(world.directory, 'moved'))
    renameSync(join(world.directory, 'moved'), home())
    await start()
    await context.database.run(sql`vacuum`)
    expect(await suspectRestoredDatabase(context)).toBe(0)
    await stop()
    await start()
    expect(await suspectRestoredDatabase(context)).toBe(0)
  })

  test('a mark beside the key that is no mark, or of an earlier version in the home, says nothing', async () => {
    await stop()
    for (const name of readdirSync(outside())) writeFileSync(join(outside(), name), 'null')
    const kept = JSON.parse(readFileSync(marks(), 'utf8')) as Record<string, { file?: unknown }>
    for (const mark of Object.values(kept)) delete mark.file
    writeFileSync(marks(), JSON.stringify(kept))
    copied(home(), join(world.directory, 'kept home'))
    await putBack()
    expect(await suspectRestoredDatabase(context)).toBe(0)
  })

  test('where nothing can be kept beside the key, the mark in the home is kept', async () => {
    const mark = new HighWaterMark({ home: marks(), outside: join(file(), 'below a file'), databaseFile: file() })
    const shut = { ...context, highWaterMark: mark }
    await later(8 * HOUR_MS)
    await refresh('ada')
    await expect(raiseMark(shut)).rejects.toThrow()
    const id = (await readMeta(context.database, 'database_id'))!
    expect(mark.read(id)).toEqual(await newestEvent(context.database))
  })
})

test('the mark is for its owner alone and names no account; forgotten events are no suspicion', async () => {
  expect(existsSync(marks())).toBe(true)
  const beside = readdirSync(outside()).map((name) => join(outside(), name))
  expect(beside).toHaveLength(1)
  for (const path of [marks(), ...beside]) {
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8')).not.toMatch(/acc_|ada|FAKE/)
  }
  await connectPerson({ ...world, context }, 'ada', { request: {} })
  await context.database.run(sql`delete from audit_events where id < (select max(id) from audit_events)`)
  expect(await suspectRestoredDatabase(context)).toBe(0)
})
