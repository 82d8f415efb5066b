/** Answers as files: what a disk that fails, a process that ends and a file of somebody else make of them. */

import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DAY_MS } from '../lib/clock.ts'
import { SingleFlight } from '../lib/single-flight.ts'
import { type ConnectedAccount, connectPerson, currentGrant } from '../testing/connected-account.ts'
import { settle } from '../testing/fake-clock.ts'
import { currentPair } from '../testing/fake-grants.ts'
import { type FaultyStore, faultyStore } from '../testing/faulty-store.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { AnswerSpool } from './answer-spool.ts'
import type { AccountsContext } from './context.ts'
import { openTokens } from './grant-tokens.ts'
import { prepareAccounts } from './prepare-accounts.ts'
import { refreshGrant } from './refresh-grant.ts'
import { replayAnswers } from './replay-answers.ts'

let world: TestContext
let context: AccountsContext
let directory: string
let store: FaultyStore
let ada: ConnectedAccount

beforeEach(async () => {
  world = await createTestContext()
  directory = join(world.directory, 'spool')
  context = { ...world.context, answerSpool: new AnswerSpool(directory) }
  ada = await connectPerson(world)
  store = faultyStore(context.database)
})
afterEach(() => world.close())

const refresh = (by = context) => refreshGrant(by, ada.accountId, { purpose: 'requested', actor: 'api' })
/** A refresh whose lease is taken and whose commit meets a full disk, for as long as it lasts. */
async function refreshIntoFullDisk() {
  // Two calls before the request: read, lease.
  store.strike(3, 'away')
  const pending = refresh()
  await settle()
  await world.clock.advance(5_000)
  return pending
}
const files = () => readdirSync(directory)
const calls = () => world.fake.ledger.count('claude.refresh')
const holdsCurrentPair = async () =>
  openTokens(context.vault, await currentGrant(context, ada.accountId)).refreshToken!.equals(
    currentPair(ada.family).refreshToken!,
  )
/** A later process of the same home. */
const restarted = (): AccountsContext => ({
  ...context,
  owner: 'later-process',
  isSoleOwner: true,
  refreshes: new SingleFlight(),
})

test('a full disk: the answer waits in a file for its owner alone, sealed, and a later process applies it once', async () => {
  expect(await refreshIntoFullDisk()).toMatchObject({ reason: { code: 'not_saved' } })
  const [name] = files()
  expect(files()).toHaveLength(1)
  expect(statSync(join(directory, name!)).mode & 0o777).toBe(0o600)
  expect(statSync(directory).mode & 0o777).toBe(0o700)
  expect(readFileSync(join(directory, name!), 'utf8')).not.toMatch(/FAKE/)
  store.heal()
  const later = restarted()
  expect(await refresh(later)).toMatchObject({ reason: { code: 'not_saved' } })
  expect(await prepareAccounts(later)).toMatchObject({ replayed: 1, waiting: 0, interrupted: 0 })
  expect(await holdsCurrentPair()).toBe(true)
  expect(files()).toEqual([])
  // The process that had it in memory comes by as well, and changes nothing.
  await world.clock.advance(60_000)
  expect(await currentGrant(context, ada.accountId)).toMatchObject({ generation: 2, leaseOwner: null })
  expect(calls()).toBe(1)
})

test('the process that lives on writes it itself, and takes the file away', async () => {
  await refreshIntoFullDisk()
  store.heal()
  await world.clock.advance(60_000)
  expect(await holdsCurrentPair()).toBe(true)
  expect(files()).toEqual([])
})

test('a spool that cannot be written leaves the answer in memory, and says so', async () => {
  writeFileSync(directory, 'a file where the directory should be')
  await refreshIntoFullDisk()
  expect(world.log.lines.some((line) => line.event === 'grant.answer_not_spooled')).toBe(true)
  rmSync(directory)
  store.heal()
  await world.clock.advance(60_000)
  expect(await holdsCurrentPair()).toBe(true)
})

test('a file of half an answer, of another key, of another account or with a changed seal is never applied', async () => {
  await refreshIntoFullDisk()
  store.heal()
  const [name] = files()
  const text = readFileSync(join(directory, name!), 'utf8')
  rmSync(directory, { recursive: true })
  mkdirSync(directory)
  const before = await currentGrant(context, ada.accountId)
  const forged = JSON.parse(text)
  forged.answer.sealed.answerSealed = forged.answer.sealed.answerSealed.slice(0, -4).concat('AAAA')
  const moved = JSON.parse(text)
  moved.answer.attempt.accountId = 'acc_other'
  writeFileSync(join(directory, `${ada.accountId}.ans_half.json`), text.slice(0, 200))
  writeFileSync(join(directory, `${ada.accountId}.ans_forged.json`), JSON.stringify(forged))
  writeFileSync(join(directory, 'acc_other.ans_moved.json'), JSON.stringify(moved))
  writeFileSync(join(directory, '..evil.json'), text)
  const later = restarted()
  expect(await replayAnswers(later)).toEqual({ applied: 0, superseded: 0, waiting: 2 })
  expect(await currentGrant(context, ada.accountId)).toEqual(before)
  // What cannot be judged is kept for a person to see.
  expect(files()).toHaveLength(4)
})

test('an answer of an account that is not here waits a month, and a draft an hour', async () => {
  await refreshIntoFullDisk()
  store.heal()
  const [name] = files()
  const elsewhere = await createTestContext()
  try {
    const other = { ...elsewhere.context, answerSpool: context.answerSpool! }
    const draft = join(directory, 'acc_x.ans_x.json.7.new')
    writeFileSync(draft, 'half')
    for (const path of [draft, join(directory, name!)]) utimesSync(path, TEST_SECONDS, TEST_SECONDS)
    await elsewhere.clock.advance(DAY_MS)
    expect(await replayAnswers(other)).toMatchObject({ waiting: 1 })
    expect(files()).toEqual([name])
    await elsewhere.clock.advance(31 * DAY_MS)
    await replayAnswers(other)
    expect(files()).toEqual([])
  } finally {
    await elsewhere.close()
  }
})

/** Where fake clocks start; seconds. */
const TEST_SECONDS = Date.UTC(2026, 10, 22, 9) / 1000

test('a directory that others could read is made narrow before anything is in it', async () => {
  mkdirSync(directory, { mode: 0o755 })
  chmodSync(directory, 0o755)
  await refreshIntoFullDisk()
  expect(statSync(directory).mode & 0o777).toBe(0o700)
})
