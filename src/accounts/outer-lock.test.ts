/** While a CLI may be renewing a copy of a login, it is not renewed here: real locks in a temporary home. */

import { mkdir, readdir, rm, rmdir, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CredentialError } from '../cli-credentials/credential-error.ts'
import { profilePlace } from '../cli-credentials/credential-places.ts'
import { listAttempts } from '../db/attempt-store.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { type ConnectedAccount, connectPerson, currentGrant } from '../testing/connected-account.ts'
import { currentPair } from '../testing/fake-grants.ts'
import { claudeCredentialsJson } from '../testing/fake-tokens.ts'
import { realLocks } from '../testing/shared-login-races.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { adoptFromFile } from './adopt-from-file.ts'
import type { AccountsContext } from './context.ts'
import { lookForCopies } from './custody-map.ts'
import { getAccount } from './list-accounts.ts'
import { refreshGrant } from './refresh-grant.ts'

let world: TestContext
let context: AccountsContext
let ada: ConnectedAccount
let path: string

beforeEach(async () => {
  world = await createTestContext()
  const directory = join(world.directory, '.claude')
  await mkdir(directory)
  path = join(directory, '.credentials.json')
  const credentialPlaces = [profilePlace('claude', 'claude', directory)]
  context = { ...world.context, credentialPlaces, credentialLocks: realLocks(world.context) }
  ada = await connectPerson(world, 'ada', { origin: 'take_over', request: { credentialPath: path }, context })
  await put()
  await world.clock.advance(HOUR_MS)
})
afterEach(() => world.close())

const put = () =>
  writeFile(path, claudeCredentialsJson({ family: ada.family, pair: currentPair(ada.family) }), { mode: 0o600 })
const rotateByCli = async () => {
  world.fake.grants.refresh(currentPair(ada.family).refreshToken!, ada.family.clientId)
  await put()
}
const lockNames = ['.oauth_refresh.lock', '../.claude.lock']
const lockPaths = () => lockNames.map((name) => join(dirname(path), name))
async function holdAsCli(aheadMs = 0): Promise<void> {
  const seconds = (world.clock.now() + aheadMs) / 1_000
  for (const lock of lockPaths()) {
    await mkdir(lock)
    await utimes(lock, seconds, seconds)
  }
}
const letGoAsCli = async () => {
  for (const lock of lockPaths()) await rmdir(lock)
}
async function waited<T>(work: Promise<T>, meanwhile?: () => Promise<void>): Promise<T> {
  let isOver = false
  const over = work.finally(() => {
    isOver = true
  })
  over.catch(() => {})
  for (let looks = 0; !isOver; looks++) {
    // Files take real time, which the clock of the test must not run ahead of.
    await new Promise((resolve) => setTimeout(resolve, 2))
    if (looks === 3) await meanwhile?.()
    if (!isOver && world.clock.pending() > 0) await world.clock.advance(100)
  }
  return over
}
const refresh = (meanwhile?: () => Promise<void>) =>
  waited(refreshGrant(context, ada.accountId, { purpose: 'requested', actor: 'browser' }), meanwhile)
const calls = () => world.fake.ledger.count('claude.refresh')
const locksLeft = async () =>
  [...(await readdir(dirname(path))), ...(await readdir(world.directory))].filter((name) => name.endsWith('.lock'))

test('while the CLI holds its locks nothing is spent, and it is tried again by itself', async () => {
  await holdAsCli()
  const before = world.clock.monotonic()
  expect(await refresh()).toMatchObject({
    outcome: 'retry_scheduled',
    reason: { code: 'cli_lock_busy', params: { path: lockPaths()[0] } },
  })
  expect(world.clock.monotonic() - before).toBeGreaterThanOrEqual(10 * SECOND_MS)
  expect(world.clock.monotonic() - before).toBeLessThan(20 * SECOND_MS)
  expect(calls()).toBe(0)
  const grant = await currentGrant(context, ada.accountId)
  expect(grant).toMatchObject({ leaseOwner: null, lastFailureCode: 'cli_lock_busy', uncertainAt: null })
  expect(grant.nextRefreshAt! - world.clock.now()).toBeLessThan(MINUTE_MS)
  expect((await listAttempts(context.database, grant.id))[0]).toMatchObject({ code: 'cli_lock_busy' })
  const { login } = await getAccount(context, ada.accountId)
  expect(login).toMatchObject({ status: 'retrying', reason: { code: 'login_cli_busy' } })
  await letGoAsCli()
  expect((await refresh()).reason.code).toBe('refreshed')
  expect(await locksLeft()).toEqual([])
})

test('what the CLI renews while we wait for its locks is adopted, and nothing is spent', async () => {
  await holdAsCli()
  const outcome = await refresh(async () => {
    await rotateByCli()
    await letGoAsCli()
  })
  expect(outcome.reason.code).toBe('adopted')
  expect([calls(), ada.family.revokedAt, await locksLeft()]).toEqual([0, null, []])
})

test('what somebody else adopted while we wait for its locks is not spent over', async () => {
  await holdAsCli()
  const outcome = await refresh(async () => {
    await rotateByCli()
    expect(await adoptFromFile(context, ada.accountId)).toBe('adopted')
    await letGoAsCli()
  })
  expect(outcome.reason.code).toBe('adopted')
  expect([calls(), ada.family.revokedAt, await locksLeft()]).toEqual([0, null, []])
})

test('the locks are held from before the look at the file until the answer is saved', async () => {
  const seen: unknown[] = []
  const { send } = context.transport
  context.transport = {
    async send(request) {
      seen.push(await locksLeft())
      return send(request)
    },
  }
  expect((await refresh()).reason.code).toBe('refreshed')
  expect(seen).toEqual([['.oauth_refresh.lock', '.claude.lock']])
  expect(await locksLeft()).toEqual([])
})

describe.each([
  ['now', 0],
  ['a little ahead', 59 * SECOND_MS],
  ['a day ahead', DAY_MS],
])('a dead CLI’s locks, dated %s, are freed within ninety seconds', (_, aheadMs) => {
  test('for a person who asks again and again', async () => {
    await holdAsCli(aheadMs)
    const began = world.clock.monotonic()
    for (let tries = 0; (await refresh()).reason.code !== 'refreshed'; tries++) {
      expect(tries).toBeLessThan(9)
    }
    expect(world.clock.monotonic() - began).toBeLessThan(90 * SECOND_MS)
  })

  test.each([0, 0.5, 0.999])('by the schedule, with %f of its jitter', async (fraction) => {
    context = { ...context, random: { ...context.random, fraction: () => fraction } }
    const scheduled = () =>
      waited(refreshGrant(context, ada.accountId, { purpose: 'scheduled', actor: 'scheduler' })).then(
        ({ reason }) => reason.code,
      )
    await world.clock.advance(8 * HOUR_MS)
    await holdAsCli(aheadMs)
    const due = world.clock.monotonic()
    while ((await scheduled()) !== 'refreshed') {
      const { nextRefreshAt } = await currentGrant(context, ada.accountId)
      await world.clock.advance(nextRefreshAt! - world.clock.now())
      expect(world.clock.monotonic() - due).toBeLessThan(90 * SECOND_MS)
    }
    expect(world.clock.monotonic() - due).toBeLessThan(90 * SECOND_MS)
  })
})

test.each([
  ['cannot be taken', new CredentialError('not_permitted', '/x.lock', 'EROFS'), 'cli_lock_refused', 0],
  ['are not of this system', new CredentialError('lock_unsupported', '/x.lock', 'no flock'), 'refreshed', 1],
])('locks that %s', async (_, error, code, sent) => {
  context.credentialLocks = { take: () => Promise.reject(error) }
  expect((await refresh()).reason.code).toBe(code)
  expect(calls()).toBe(sent)
})

test('another fault of the locks is not hidden, and nothing is sent', async () => {
  context.credentialLocks = { take: () => Promise.reject(new TypeError('FAKE')) }
  await expect(refresh()).rejects.toThrow('FAKE')
  expect(calls()).toBe(0)
})

test('a lock that somebody took from us is taken again before anything is sent', async () => {
  const { take } = context.credentialLocks!
  let takes = 0
  context.credentialLocks = {
    async take(place, waitMs) {
      const lock = await take(place, waitMs)
      return ++takes === 1 ? { ...lock, stillHeld: async () => false } : lock
    },
  }
  expect((await refresh()).reason.code).toBe('refreshed')
  expect([takes, calls()]).toEqual([2, 1])
})

test('a directory that is gone, and one that cannot be looked into', async () => {
  await rm(dirname(path), { recursive: true })
  expect((await refresh()).reason.code).toBe('refreshed')
  expect(await readdir(world.directory)).not.toContain('.claude')
  await symlink(dirname(path), dirname(path))
  await world.clock.advance(MINUTE_MS)
  expect((await refresh()).reason.code).toBe('cli_lock_refused')
})

test('two ways to one directory are one lock; a copy elsewhere is locked as well', async () => {
  await rm(path)
  const other = join(world.directory, 'other')
  await mkdir(other)
  await symlink(other, join(world.directory, 'alias'))
  path = join(other, '.credentials.json')
  await put()
  const places = ['other', 'alias'].map((name) => profilePlace('claude', 'claude', join(world.directory, name)))
  context.credentialPlaces = [...context.credentialPlaces, ...places]
  await waited(lookForCopies(context, ada.accountId))
  const { send } = context.transport
  let held: string[] = []
  context.transport = {
    async send(request) {
      held = (await readdir(world.directory)).filter((name) => name.endsWith('.lock'))
      return send(request)
    },
  }
  expect((await refresh()).reason.code).toBe('refreshed')
  expect(held).toEqual(['.claude.lock', 'other.lock'])
})

test('a login of which nobody holds a copy asks for no lock', async () => {
  const brook = await connectPerson(world, 'brook', { context })
  context.credentialLocks = { take: () => Promise.reject(new TypeError('FAKE')) }
  const asked = refreshGrant(context, brook.accountId, { purpose: 'requested', actor: 'browser' })
  expect((await waited(asked)).reason.code).toBe('refreshed')
})
