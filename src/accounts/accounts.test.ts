/** Accounts as they are listed, found, changed, read and removed. */

import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { saveCredentialFile } from '../db/credential-file-store.ts'
import { keepCopies } from '../db/grant-copy-store.ts'
import { attempts, grants, inbox } from '../db/schema.ts'
import { DAY_MS, HOUR_MS } from '../lib/clock.ts'
import { Secret } from '../lib/secret.ts'
import { aCopy } from '../testing/a-copy.ts'
import { type ConnectedAccount, connectPerson, currentGrant } from '../testing/connected-account.ts'
import { settle } from '../testing/fake-clock.ts'
import { currentPair } from '../testing/fake-grants.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { accountHistory } from './account-history.ts'
import { addToken } from './add-token.ts'
import type { AccountsContext } from './context.ts'
import { forgetOldRecords } from './forget-old-records.ts'
import { findAccount, getAccount, listAccounts } from './list-accounts.ts'
import { thisMachineId } from './machines.ts'
import { readOldProfiles, readProfile } from './read-profile.ts'
import { refreshGrant } from './refresh-grant.ts'
import { removeAccount } from './remove-account.ts'
import { updateAccount } from './update-account.ts'

let world: TestContext
let context: AccountsContext
let ada: ConnectedAccount

beforeEach(async () => {
  world = await createTestContext()
  context = world.context
  ada = await connectPerson(world)
})
afterEach(() => world.close())

const observe = async (accountId: string, changes: object = {}) => {
  const grant = await currentGrant(context, accountId)
  const { subject, organization, provider } = await getAccount(context, accountId)
  const file = {
    machineId: thisMachineId(context),
    path: '/home/ada/.claude/.credentials.json',
    provider,
    kind: 'default',
    accountId,
    state: 'live',
    observedAt: world.clock.now(),
    modifiedAt: null,
    subject,
    organizationId: organization?.id ?? null,
    email: null,
    refreshTokenFingerprint: grant.refreshTokenFingerprint,
    accessTokenExpiresAt: null,
    ...changes,
  }
  const { refreshTokenFingerprint } = file
  await saveCredentialFile(context.database, file, [aCopy({ accountId, refreshTokenFingerprint })])
}

describe('listAccounts', () => {
  test('takes the same number of queries for one account and for many, and reads nothing sealed', async () => {
    const statements: string[] = []
    type Statement = string | { sql: string }
    const { $client: client } = context.database as unknown as { $client: { execute: (query: Statement) => unknown } }
    const execute = client.execute.bind(client)
    client.execute = (query) => {
      statements.push(typeof query === 'string' ? query : query.sql)
      return execute(query)
    }
    await listAccounts(context)
    const one = statements.splice(0)
    await connectPerson(world, 'brook')
    await connectPerson(world, 'grace')
    statements.length = 0
    expect(await listAccounts(context)).toHaveLength(3)
    expect(statements).toEqual(one)
    expect(one).toHaveLength(3)
    expect(one.join()).not.toContain('sealed')
  })

  test('a summary holds no token and no envelope', async () => {
    const text = JSON.stringify(await listAccounts(context))
    const grant = await currentGrant(context, ada.accountId)
    for (const secret of [
      grant.accessTokenSealed,
      grant.refreshTokenFingerprint!,
      currentPair(ada.family).accessToken,
    ]) {
      expect(text).not.toContain(secret)
    }
  })

  test('says where the account is active, and that a file still holds a copy', async () => {
    await observe(ada.accountId)
    expect(await getAccount(context, ada.accountId)).toMatchObject({
      activeIn: ['claude'],
      ownership: { status: 'conflict', reason: { params: { cli: 'claude' } } },
      mainAction: 'resolve',
    })
    await observe(ada.accountId, { kind: 'profile', refreshTokenFingerprint: 'another' })
    expect(await getAccount(context, ada.accountId)).toMatchObject({ activeIn: [], ownership: { status: 'dashboard' } })
  })

  test('shows that a refresh is under way', async () => {
    world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'delay', ms: 1_000 } })
    const pending = refreshGrant(context, ada.accountId, { purpose: 'requested', actor: 'browser' })
    await settle()
    expect((await getAccount(context, ada.accountId)).isRefreshing).toBe(true)
    await world.clock.advance(1_000)
    await pending
    expect((await getAccount(context, ada.accountId)).isRefreshing).toBe(false)
  })
})

describe('findAccount', () => {
  test('by id, label or e-mail, in any letter case', async () => {
    await updateAccount(context, ada.accountId, { label: 'Work' }, 'cli')
    for (const reference of [ada.accountId, 'work', ' WORK ', 'Ada@Example.com']) {
      expect((await findAccount(context, reference)).id).toBe(ada.accountId)
    }
  })

  test('refuses what is not there and what several have', async () => {
    await expect(findAccount(context, 'nobody')).rejects.toMatchObject({ code: 'account_not_found' })
    await expect(findAccount(context, '')).rejects.toMatchObject({ code: 'account_not_found' })
    await connectPerson(world, 'grace')
    const work = await connectPerson(world, 'grace-at-work')
    await expect(findAccount(context, 'grace@example.com')).rejects.toMatchObject({
      code: 'account_ambiguous',
      params: { account: 'grace@example.com', count: 2 },
    })
    await updateAccount(context, work.accountId, { label: 'grace@example.com' }, 'cli')
    expect((await findAccount(context, 'grace@example.com')).id).toBe(work.accountId)
  })
})

describe('updateAccount', () => {
  test.each([
    ['  Work\u202e  laptop ', 'Work laptop'],
    ['', null],
    [null, null],
  ])('label %j is kept as %j', async (typed, kept) => {
    await updateAccount(context, ada.accountId, { label: 'before' }, 'browser')
    expect((await updateAccount(context, ada.accountId, { label: typed }, 'browser')).label).toBe(kept)
  })

  test.each(['x'.repeat(81), 'a\0b'])('refuses the label %j', async (label) => {
    await expect(updateAccount(context, ada.accountId, { label }, 'browser')).rejects.toMatchObject({
      code: 'label_invalid',
    })
  })

  test('pausing takes it out of the schedule, resuming puts it back', async () => {
    const paused = await updateAccount(context, ada.accountId, { paused: true }, 'browser')
    expect(paused).toMatchObject({
      pausedAt: world.clock.now(),
      login: { nextRefreshAt: null, reason: { code: 'login_paused' } },
    })
    const resumed = await updateAccount(context, ada.accountId, { paused: false, position: 7 }, 'browser')
    expect(resumed).toMatchObject({ pausedAt: null, position: 7, login: { reason: { code: 'login_valid' } } })
    const kinds = (await accountHistory(context, ada.accountId)).map((entry) => entry.kind)
    expect(kinds).toEqual(['account.resumed', 'account.paused', 'account.connected'])
  })

  test('resuming while the outcome of a refresh is unknown means its one retry', async () => {
    await updateAccount(context, ada.accountId, { paused: true }, 'api')
    await context.database.run(sql`update grants set uncertain_at = 1`)
    await updateAccount(context, ada.accountId, { paused: false }, 'api')
    const { nextRefreshAt } = await currentGrant(context, ada.accountId)
    expect(nextRefreshAt! - world.clock.now()).toBeLessThanOrEqual(3_000)
  })

  test('nothing changed is nothing written, and an account that is gone says so', async () => {
    await updateAccount(context, ada.accountId, {}, 'browser')
    expect(await accountHistory(context, ada.accountId)).toHaveLength(1)
    await expect(updateAccount(context, 'acc_gone', {}, 'browser')).rejects.toMatchObject({ code: 'account_not_found' })
    await expect(accountHistory(context, 'acc_gone')).rejects.toMatchObject({ code: 'account_not_found' })
  })
})

describe('removeAccount', () => {
  const remove = (revoke: boolean, accountId = ada.accountId) =>
    removeAccount(context, accountId, { revoke, actor: 'browser' })

  test('forgets everything but the history, and asks nobody unless told', async () => {
    await refreshGrant(context, ada.accountId, { purpose: 'requested', actor: 'browser' })
    expect(await remove(false)).toMatchObject({ revocation: 'not_asked', provider: 'claude' })
    for (const table of [grants, attempts, inbox]) expect(await context.database.select().from(table)).toEqual([])
    expect((await accountHistory(context, ada.accountId))[0]!.kind).toBe('account.removed')
    expect(world.fake.ledger.count('claude.revoke')).toBe(0)
    await expect(remove(false)).rejects.toMatchObject({ code: 'account_not_found' })
  })

  test('revoked only when the provider said 200', async () => {
    expect(await remove(true)).toMatchObject({ revocation: 'confirmed', revocationCode: null })
    expect(ada.family.revokedAt).not.toBeNull()
  })

  test.each([
    [{ kind: 'status', status: 503 }, 'http_503'],
    [{ kind: 'drop_before' }, 'unreachable'],
  ] as const)('not confirmed yet: %j', async (fault, revocationCode) => {
    world.fake.faults.add({ endpoint: 'claude.revoke', fault })
    expect(await remove(true)).toMatchObject({ revocation: 'pending', revocationCode })
  })

  test('where there is no refresh token, the access token is ended', async () => {
    const { pair, family } = world.fake.grants.signIn(world.fake.person('brook'), 'any', ['user:inference'])
    const { id } = await addToken(context, {
      ...{ provider: 'claude', kind: 'access_token', accessToken: new Secret(pair.accessToken), actor: 'api' },
    })
    // A file without a refresh token is no copy of it.
    await observe(id, { refreshTokenFingerprint: null })
    expect(await remove(true, id)).toMatchObject({ revocation: 'confirmed' })
    expect(family.revokedAt).not.toBeNull()
  })

  test('a provider without revocation', async () => {
    const provider = { ...context.providers.get('claude')!, revocationUrl: null }
    context.providers = new Map([['claude', provider]])
    expect(await remove(true)).toMatchObject({ revocation: 'not_supported' })
  })

  test('a login that a CLI uses is not ended by one yes, and nothing is removed', async () => {
    const brook = await connectPerson(world, 'brook', {
      custody: 'cli',
      origin: 'link',
      request: { credentialPath: '/b' },
    })
    // A file of this machine would be looked at, and is not there.
    const { refreshTokenFingerprint } = await currentGrant(context, ada.accountId)
    await keepCopies(context.database, [
      aCopy({ accountId: ada.accountId, machineId: 'mac_laptop', refreshTokenFingerprint }),
    ])
    await expect(remove(true, brook.accountId)).rejects.toMatchObject({
      code: 'revoke_would_break_cli',
      params: { path: '/b' },
    })
    await expect(remove(true)).rejects.toMatchObject({ code: 'revoke_would_break_cli' })
    expect(world.fake.ledger.count('claude.revoke')).toBe(0)
    expect(await listAccounts(context)).toHaveLength(2)
    expect((await remove(false, brook.accountId)).revocation).toBe('not_asked')
  })

  test('waits for a refresh that is under way, and revokes what that brought', async () => {
    world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'delay', ms: 1_000 } })
    const pending = refreshGrant(context, ada.accountId, { purpose: 'requested', actor: 'browser' })
    await settle()
    const removal = remove(true)
    await world.clock.advance(1_000)
    expect((await pending).outcome).toBe('refreshed')
    expect((await removal).revocation).toBe('confirmed')
  })
})

describe('readProfile', () => {
  test('keeps plan, tier and organisation', async () => {
    expect((await getAccount(context, ada.accountId)).data.status).toBe('never_read')
    expect(await readProfile(context, ada.accountId)).toEqual({ outcome: 'read' })
    expect(await getAccount(context, ada.accountId)).toMatchObject({
      plan: 'max',
      rateLimitTier: 'default_claude_max_5x',
      organization: { name: 'Ada Works' },
      data: { status: 'fresh', readAt: world.clock.now() },
    })
  })

  test('from claims where the provider has no profile', async () => {
    const grace = await connectPerson(world, 'grace')
    expect(await readProfile(context, grace.accountId)).toEqual({ outcome: 'read' })
    expect((await getAccount(context, grace.accountId)).plan).toBe('plus')
  })

  test('an expired token is refreshed first; one that the provider rejects is refreshed once', async () => {
    await world.clock.advance(9 * HOUR_MS)
    await readProfile(context, ada.accountId)
    expect(world.fake.ledger.count('claude.refresh')).toBe(1)
    await world.clock.advance(HOUR_MS)
    world.fake.faults.add({ endpoint: 'claude.profile', fault: { kind: 'status', status: 401 } })
    expect(await readProfile(context, ada.accountId)).toEqual({ outcome: 'read' })
    expect(world.fake.ledger.count('claude.refresh')).toBe(2)
  })

  test('failures are facts, and what was known stays', async () => {
    await readProfile(context, ada.accountId)
    world.fake.faults.add({ endpoint: 'claude.profile', fault: { kind: 'status', status: 500 } })
    expect((await readProfile(context, ada.accountId)).outcome).toBe('not_read')
    expect(await getAccount(context, ada.accountId)).toMatchObject({ plan: 'max', data: { status: 'old' } })
    world.fake.faults.add({ endpoint: 'claude.profile', fault: { kind: 'status', status: 401 }, times: 9 })
    await world.clock.advance(HOUR_MS)
    expect(await readProfile(context, ada.accountId)).toEqual({ outcome: 'not_read', failure: 'rejected_token' })
  })

  test('a grant without the scope is not even tried', async () => {
    await context.database.run(sql`update grants set scopes = '["user:inference"]'`)
    expect(await readProfile(context, ada.accountId)).toEqual({ outcome: 'not_read', failure: 'not_permitted' })
    expect((await getAccount(context, ada.accountId)).data.status).toBe('not_permitted')
    expect(world.fake.ledger.count('claude.profile')).toBe(0)
  })

  test('the profile of somebody else changes nothing', async () => {
    const person = world.fake.identities.find(({ name }) => name === 'ada')!
    person.subject = '99999999-0000-4000-8000-000000000001'
    expect(await readProfile(context, ada.accountId)).toEqual({ outcome: 'not_read', failure: 'identity_changed' })
    expect((await getAccount(context, ada.accountId)).plan).toBeNull()
  })

  test('an account in custody of the CLI with an expired token says so', async () => {
    const brook = await connectPerson(world, 'brook', { custody: 'cli', origin: 'link' })
    await world.clock.advance(9 * HOUR_MS)
    expect(await readProfile(context, brook.accountId)).toEqual({ outcome: 'not_read', failure: 'not_custodian' })
  })

  test('readOldProfiles reads each once a day, and one failure stops none', async () => {
    const brook = await connectPerson(world, 'brook')
    await context.database.run(sql`update accounts set provider = 'nobody' where id = ${ada.accountId}`)
    await readOldProfiles(context)
    await readOldProfiles(context)
    expect(world.fake.ledger.count('claude.profile')).toBe(1)
    await world.clock.advance(DAY_MS)
    await readOldProfiles(context)
    expect(world.fake.ledger.count('claude.profile')).toBe(2)
    expect((await getAccount(context, brook.accountId)).data.status).toBe('fresh')
    const stopped = new AbortController()
    stopped.abort()
    await readOldProfiles(context, stopped.signal)
  })
})

test('forgetOldRecords: applied answers after a day, retired grants after thirty, spent tokens are long remembered', async () => {
  await refreshGrant(context, ada.accountId, { purpose: 'requested', actor: 'browser' })
  await connectPerson(world)
  await world.clock.advance(DAY_MS + 1)
  await forgetOldRecords(context)
  expect(await context.database.select().from(inbox)).toEqual([])
  expect(await context.database.select().from(grants)).toHaveLength(2)
  expect(await context.database.select().from(attempts)).toHaveLength(1)
  await world.clock.advance(30 * DAY_MS)
  await forgetOldRecords(context)
  expect(await context.database.select().from(grants)).toHaveLength(1)
})
