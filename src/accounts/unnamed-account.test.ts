/** Logins that nobody named: a pasted pair whose access token is over, and accounts whose owner is told later. */

import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { Secret } from '../lib/secret.ts'
import { connectPerson, currentGrant } from '../testing/connected-account.ts'
import type { Fault } from '../testing/fake-faults.ts'
import { currentPair, type FakeFamily } from '../testing/fake-grants.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { startProfileReader } from '../workers/profile-reader.ts'
import { accountHistory } from './account-history.ts'
import { addToken } from './add-token.ts'
import type { AccountsContext } from './context.ts'
import { openTokens } from './grant-tokens.ts'
import { getAccount, listAccounts } from './list-accounts.ts'
import { readOldProfiles, readProfile } from './read-profile.ts'
import { refreshGrant } from './refresh-grant.ts'

let world: TestContext
let context: AccountsContext
let family: FakeFamily

/** Ada's pair as a person copied it; its access token is over since an hour. */
beforeEach(async () => {
  world = await createTestContext()
  context = world.context
  const ada = world.fake.person('ada')
  const provider = context.providers.get('claude')!
  family = world.fake.grants.signIn(ada, provider.clientId, [...provider.scopes]).family
  await world.clock.advance(9 * HOUR_MS)
})
afterEach(() => world.close())

const paste = ({ accessToken, refreshToken } = family.pairs[0]!, expiresAt?: number) =>
  addToken(context, {
    provider: 'claude',
    kind: 'token_pair',
    accessToken: new Secret(accessToken),
    refreshToken: new Secret(refreshToken!),
    expiresAt,
    actor: 'browser',
  })
const strike = (fault: Fault, endpoint: 'claude.refresh' | 'claude.profile' = 'claude.refresh', times = 1) =>
  world.fake.faults.add({ endpoint, fault, times })
const refreshes = () => world.fake.ledger.count('claude.refresh')
const kinds = async (id: string) => (await accountHistory(context, id)).map(({ kind }) => kind)
/** Work that waits, without the test waiting. */
async function whileTimeGoesOn<T>(work: Promise<T>, ms = 30 * SECOND_MS): Promise<T> {
  await Promise.all([world.clock.advance(ms), work.catch(() => {})])
  return work
}

test.each([
  ['says so', () => world.clock.now() - HOUR_MS, 0],
  ['is refused when it asks', () => undefined, 1],
])('a pair whose access token is over and %s is refreshed, and is then whose it is', async (_, expiresAt, asked) => {
  const stop = startProfileReader(context)
  const account = await paste(undefined, expiresAt())
  expect(account).toMatchObject({ email: 'ada@example.com', plan: 'max', subject: family.identity.subject })
  expect(world.fake.ledger.count('claude.profile', 'authentication_error')).toBe(asked)
  expect(refreshes()).toBe(1)
  expect(await kinds(account.id)).toContain('account.named')
  await stop()
  // The same person signs in as usual: it is the same account.
  expect((await connectPerson(world)).accountId).toBe(account.id)
  expect(await listAccounts(context)).toHaveLength(1)
})

test('a pair that the provider refuses to refresh is not kept', async () => {
  world.fake.grants.revoke(family.pairs[0]!.refreshToken!)
  await expect(paste()).rejects.toMatchObject({ code: 'token_refused', params: { failureCode: 'invalid_grant' } })
  expect(await listAccounts(context)).toEqual([])
})

test.each<[string, Fault, string]>([
  ['cannot be reached', { kind: 'drop_before' }, 'retrying'],
  ['loses its answer', { kind: 'drop_after' }, 'unknown_outcome'],
])(
  'while the provider %s, the pair is kept without a name, and nothing is spent twice by pasting again',
  async (_, fault, status) => {
    strike(fault)
    const account = await paste()
    expect(account).toMatchObject({ email: null, subject: expect.stringMatching(/^token:/), login: { status } })
    await expect(paste()).rejects.toMatchObject({ code: 'already_dashboard' })
    expect(refreshes()).toBe(1)
  },
)

test('a pair that was spent here is not spent again, which would end the login', async () => {
  const [copied] = family.pairs
  const account = await paste(copied)
  await expect(paste(copied)).rejects.toMatchObject({
    code: 'token_refused',
    params: { failureCode: 'refresh_token_reused' },
  })
  expect([refreshes(), family.revokedAt]).toEqual([1, null])
  // The pair that is in use now is this account’s own already.
  await expect(paste(currentPair(family))).rejects.toMatchObject({
    code: 'already_dashboard',
    params: { account: 'ada@example.com' },
  })
  expect(await getAccount(context, account.id)).toMatchObject({ login: { status: 'valid' } })
})

test('a pair whose login was given up is tried once more for the same account, and stays when it is refused', async () => {
  strike({ kind: 'drop_before' })
  const { id } = await paste()
  world.fake.grants.revoke(family.pairs[0]!.refreshToken!)
  expect((await refreshGrant(context, id, { purpose: 'requested', actor: 'api' })).outcome).toBe(
    'reauthorization_required',
  )
  await expect(paste()).rejects.toMatchObject({ code: 'token_refused' })
  expect(await listAccounts(context)).toMatchObject([{ id, login: { status: 'sign_in_again' } }])
})

test('an account without a name takes the one that a later reading tells', async () => {
  strike({ kind: 'drop_before' }, 'claude.profile', 9)
  const fresh = world.fake.grants.signIn(family.identity, family.clientId, family.scopes).pair
  const { id, subject } = await whileTimeGoesOn(paste(fresh, fresh.accessTokenExpiresAt))
  expect(subject).toMatch(/^token:/)
  world.fake.faults.clear()
  await readOldProfiles(context)
  expect(await getAccount(context, id)).toMatchObject({
    subject: family.identity.subject,
    organization: { id: family.identity.organizationId },
    email: 'ada@example.com',
    data: { status: 'fresh' },
  })
  // Its tokens are bound to the account, not to its name.
  const tokens = openTokens(context.vault, await currentGrant(context, id))
  expect(tokens.refreshToken!.equals(fresh.refreshToken!)).toBe(true)
  expect((await kinds(id)).filter((kind) => kind === 'account.named')).toHaveLength(1)
})

test('whose account is here already: nothing is merged, and both say so', async () => {
  const known = await connectPerson(world)
  const account = await paste()
  expect(account).toMatchObject({
    subject: expect.stringMatching(/^token:/),
    email: null,
    login: { status: 'valid' },
    data: { reason: { code: 'data_other_account' } },
  })
  const [told] = (await accountHistory(context, account.id)).filter(({ kind }) => kind === 'account.identity_taken')
  expect(told!.details).toMatchObject({ account: known.accountId, email: 'ada@example.com' })
  await readProfile(context, account.id)
  expect((await kinds(account.id)).filter((kind) => kind === 'account.identity_taken')).toHaveLength(1)
  expect(await getAccount(context, known.accountId)).toMatchObject({ login: { status: 'valid' } })
  // The other one goes: at the next reading this one is the account.
  await context.database.run(sql`delete from accounts where id = ${known.accountId}`)
  await readProfile(context, account.id)
  expect(await getAccount(context, account.id)).toMatchObject({ email: 'ada@example.com', data: { status: 'fresh' } })
})

test('two readers at once name it once; an account that is somebody else by then stays that', async () => {
  strike({ kind: 'drop_before' })
  const { id } = await paste()
  await world.clock.advance(MINUTE_MS)
  await refreshGrant(context, id, { purpose: 'requested', actor: 'api' })
  const readings = await Promise.all([readProfile(context, id), readProfile(context, id)])
  expect(readings).toEqual([{ outcome: 'read' }, { outcome: 'read' }])
  expect((await kinds(id)).filter((kind) => kind === 'account.named')).toHaveLength(1)
  strike({ kind: 'other_identity', identity: 'brook' }, 'claude.profile')
  await context.database.run(sql`update accounts set subject = 'somebody-else'`)
  expect(await readProfile(context, id)).toEqual({ outcome: 'not_read', failure: 'identity_changed' })
})

test('a database that refuses while the name is learned costs nothing', async () => {
  await context.database.run(
    sql`create trigger no_attempts before insert on attempts begin select raise(abort, 'no'); end`,
  )
  const { id } = await paste()
  expect(refreshes()).toBe(0)
  await context.database.run(sql`drop trigger no_attempts`)
  await readOldProfiles(context)
  expect(await getAccount(context, id)).toMatchObject({ email: 'ada@example.com' })
})
