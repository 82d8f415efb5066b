/** Files that do not say themselves whose login they hold, a provider that cannot be asked, a database that refuses. */

import { mkdir, rm, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { credentialPlaces } from '../cli-credentials/credential-places.ts'
import { findCurrentGrant } from '../db/grant-store.ts'
import { HOUR_MS, MINUTE_MS } from '../lib/clock.ts'
import type { FakeIssue } from '../testing/fake-grants.ts'
import { claudeCredentialsJson, claudeJson, codexAuthJson, signInAs } from '../testing/fake-tokens.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { beginAuthorization, getAuthorization } from './authorizations.ts'
import { giveConsent } from './consent.ts'
import type { AccountsContext } from './context.ts'
import { adoptFromFile, createCredentialFollower } from './follow-credentials.ts'
import { listCandidates } from './import-candidates.ts'
import { linkAccount } from './link-account.ts'
import { getAccount, listAccounts } from './list-accounts.ts'
import { stopSignIns } from './sign-ins-under-way.ts'
import { takeOverAccount } from './take-over-account.ts'

let world: TestContext
let context: AccountsContext
let claudePath: string
let companionPath: string

beforeEach(async () => {
  world = await createTestContext()
  const places = { home: world.directory, claudeConfigDir: null, claudeSecureStorageConfigDir: null, codexHome: null }
  const { providers } = world.context
  context = { ...world.context, credentialPlaces: credentialPlaces({ ...places, providers: providers.values() }) }
  claudePath = join(world.directory, '.claude', '.credentials.json')
  companionPath = join(world.directory, '.claude.json')
})

afterEach(async () => {
  await stopSignIns(context)
  await world.close()
})

const actor = 'cli' as const
const signIn = (name: string, lifetimes = {}) => signInAs(world.fake.grants, world.fake.person(name), lifetimes)
const asks = () => world.fake.ledger.entries.filter(({ endpoint }) => endpoint === 'claude.profile').length
const down = (times: number) =>
  world.fake.faults.add({ endpoint: 'claude.profile', fault: { kind: 'status', status: 500 }, times })

async function put(path: string, text: string) {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text, { mode: 0o600 })
  await utimes(path, world.clock.now() / 1000, world.clock.now() / 1000)
}

/** As older versions of Claude Code wrote it: without ids. */
function anonymous(issue: FakeIssue, changes: object = {}): string {
  const { claudeAiOauth } = JSON.parse(claudeCredentialsJson(issue))
  return JSON.stringify({
    claudeAiOauth: { ...claudeAiOauth, accountUuid: undefined, organizationUuid: undefined, ...changes },
  })
}

const companionOf = (name: string) => put(companionPath, claudeJson({ identity: world.fake.person(name) }))
const generationOf = async (id: string) => (await findCurrentGrant(context.database, id))!.generation

test('a rotation whose owner is not certain waits until the provider can be asked, and asks with patience', async () => {
  const first = signIn('ada')
  await companionOf('ada')
  await put(claudePath, anonymous(first))
  const { id } = await linkAccount(context, { provider: 'claude', actor })
  const follower = createCredentialFollower(context)
  await world.clock.advance(MINUTE_MS)
  await put(claudePath, anonymous(signIn('ada')))
  await world.clock.advance(MINUTE_MS)
  down(1)
  const before = asks()
  await follower.check()
  await follower.check()
  expect(asks()).toBe(before + 1)
  expect(await generationOf(id)).toBe(1)
  await world.clock.advance(11 * MINUTE_MS)
  await follower.check()
  expect(await generationOf(id)).toBe(2)
})

test('an expired token is not sent to ask who it belongs to', async () => {
  const issue = signIn('ada')
  await companionOf('ada')
  await put(claudePath, anonymous(issue, { expiresAt: world.clock.now() - HOUR_MS }))
  const account = await linkAccount(context, { provider: 'claude', actor })
  expect(account).toMatchObject({ email: 'ada@example.com', login: { reason: { code: 'login_expired_cli' } } })
  expect(asks()).toBe(0)
})

test('where the scope does not let anybody ask, the neighbouring file is believed', async () => {
  await companionOf('ada')
  await put(claudePath, anonymous(signIn('ada'), { scopes: ['user:inference'] }))
  expect(await linkAccount(context, { provider: 'claude', actor })).toMatchObject({ email: 'ada@example.com' })
  expect(asks()).toBe(0)
})

test('an unreachable provider does not stop a person from linking what the files name', async () => {
  await companionOf('ada')
  await put(claudePath, anonymous(signIn('ada')))
  down(1)
  expect(await linkAccount(context, { provider: 'claude', actor })).toMatchObject({ email: 'ada@example.com' })
})

test('a file that nobody can name is a candidate without an identity', async () => {
  await put(claudePath, anonymous(signIn('ada')))
  expect(await listCandidates(context)).toMatchObject([{ advice: 'identity_unknown', identity: null, canLink: true }])
  down(2)
  await expect(linkAccount(context, { provider: 'claude', actor })).rejects.toMatchObject({ code: 'identity_unknown' })
  await expect(takeOverAccount(context, { provider: 'claude', actor })).rejects.toMatchObject({
    code: 'identity_unknown',
  })
})

test.each<[string, object, object]>([
  [
    'the end of the login has passed',
    { refreshTokenExpiresAt: Date.UTC(2026, 0, 1) },
    { advice: 'login_over', canTakeOver: false },
  ],
  ['the access token has expired', { expiresAt: Date.UTC(2026, 0, 1) }, { advice: 'expired', canTakeOver: true }],
  ['there is no refresh token', { refreshToken: '' }, { advice: 'no_refresh_token', canTakeOver: false }],
])('a candidate says so when %s', async (_, changes, expected) => {
  await companionOf('ada')
  await put(claudePath, anonymous(signIn('ada'), changes))
  expect(await listCandidates(context)).toMatchObject([{ state: 'live', canLink: true, ...expected }])
})

test('names of the neighbouring file fill what is not known, later too, and replace nothing', async () => {
  const issue = signIn('ada')
  await put(claudePath, claudeCredentialsJson(issue))
  const { id, email } = await linkAccount(context, { provider: 'claude', actor })
  expect(email).toBeNull()
  await world.clock.advance(MINUTE_MS)
  await companionOf('ada')
  await createCredentialFollower(context).check()
  expect(await getAccount(context, id)).toMatchObject({
    email: 'ada@example.com',
    displayName: 'Ada Example',
    plan: 'max',
  })
})

test('a sign-in in a profile waits while nobody can say whose it is', async () => {
  await giveConsent(context, 'claude', actor)
  const begun = await beginAuthorization(context, { provider: 'claude', method: 'cli_profile', browser: null, actor })
  await put(join(begun.profilePath!, '.credentials.json'), anonymous(signIn('ada')))
  down(1)
  const follower = createCredentialFollower(context)
  await follower.check()
  expect((await getAuthorization(context, begun.id)).status).toBe('pending')
  await follower.check()
  expect((await getAuthorization(context, begun.id)).status).toBe('complete')
})

test('without a path and a provider, the first live login is meant', async () => {
  await expect(linkAccount(context, { actor })).rejects.toMatchObject({
    code: 'file_missing',
    params: { path: claudePath },
  })
  await put(join(world.directory, '.codex', 'auth.json'), codexAuthJson(signIn('grace'), world.clock.now()))
  expect(await linkAccount(context, { actor })).toMatchObject({ provider: 'codex' })
  const homeless = { ...context, credentialPlaces: [] }
  await expect(linkAccount(homeless, { actor })).rejects.toMatchObject({ code: 'file_unknown_provider' })
})

test('a provider without a CLI has no credential files', async () => {
  const acme = { ...context.providers.get('codex')!, id: 'acme', cli: null }
  const only = { ...context, providers: new Map([['acme', acme]]) }
  const path = join(world.directory, 'auth.json')
  await put(path, codexAuthJson(signIn('grace'), world.clock.now()))
  for (const request of [{ provider: 'acme', path }, { path }, {}]) {
    await expect(linkAccount(only, { ...request, actor })).rejects.toMatchObject({ code: 'file_unknown_provider' })
  }
  await createCredentialFollower(only).check()
})

test('a database that refuses is named, nothing is half done, and the follower goes on', async () => {
  await put(claudePath, claudeCredentialsJson(signIn('ada')))
  const follower = createCredentialFollower(context)
  await context.database.run(sql`alter table grants rename to grants_away`)
  await expect(takeOverAccount(context, { provider: 'claude', actor })).rejects.toMatchObject({ code: 'store_failed' })
  await expect(linkAccount(context, { provider: 'claude', actor })).rejects.toMatchObject({ code: 'store_failed' })
  follower.start()
  for (let turn = 0; turn < 100 && world.clock.pending() === 0; turn++) await new Promise((go) => setTimeout(go, 2))
  expect(world.log.lines.map(({ event }) => event)).toContain('credentials.check_failed')
  await follower.stop()
  await context.database.run(sql`alter table grants_away rename to grants`)
  await linkAccount(context, { provider: 'claude', actor })
  expect(await listAccounts(context)).toHaveLength(1)
})

const scopes = ['user:profile', 'user:inference']

test('a provider that does not let this login ask leaves only the neighbouring file to believe', async () => {
  await companionOf('ada')
  await put(claudePath, anonymous(signIn('ada'), { scopes }))
  world.fake.faults.add({ endpoint: 'claude.profile', fault: { kind: 'status', status: 403, body: { error: {} } } })
  expect(await linkAccount(context, { provider: 'claude', actor })).toMatchObject({ email: 'ada@example.com' })
  await put(claudePath, anonymous(signIn('ada'), { scopes: ['user:inference'] }))
  await rm(companionPath)
  await expect(linkAccount(context, { provider: 'claude', actor })).rejects.toMatchObject({ code: 'identity_unknown' })
})

test('the account’s own tokens stay its own when the neighbouring file names somebody else', async () => {
  await put(claudePath, anonymous(signIn('ada')))
  await companionOf('ada')
  const { id } = await linkAccount(context, { provider: 'claude', actor })
  await world.clock.advance(MINUTE_MS)
  await companionOf('brook')
  await createCredentialFollower(context).check()
  expect(await getAccount(context, id)).toMatchObject({ email: 'ada@example.com', login: { status: 'valid' } })
})

test('a rotation that nobody can name waits, and is adopted when somebody can', async () => {
  await put(claudePath, claudeCredentialsJson(signIn('ada')))
  const { id } = await linkAccount(context, { provider: 'claude', actor })
  await world.clock.advance(MINUTE_MS)
  await put(claudePath, anonymous(signIn('ada')))
  down(1)
  const follower = createCredentialFollower(context)
  await follower.check()
  expect(await generationOf(id)).toBe(1)
  await world.clock.advance(11 * MINUTE_MS)
  await follower.check()
  expect(await generationOf(id)).toBe(2)
})

test('a followed file of a provider that is no longer configured, or of no account, is left alone', async () => {
  await put(claudePath, claudeCredentialsJson(signIn('ada')))
  const { id } = await linkAccount(context, { provider: 'claude', actor })
  await world.clock.advance(MINUTE_MS)
  await put(claudePath, claudeCredentialsJson(signIn('ada')))
  const providers = new Map([...context.providers].filter(([name]) => name !== 'claude'))
  expect(await adoptFromFile({ ...context, providers }, id)).toBe('unchanged')
  await createCredentialFollower({ ...context, providers }).check()
  expect(await adoptFromFile(context, 'acc_none')).toBe('unchanged')
  expect(await generationOf(id)).toBe(1)
  expect(await adoptFromFile(context, id)).toBe('adopted')
})

test.each<[string, object, 'adopted' | 'unchanged']>([
  ['without an end, where the old one has one', { expiresAt: undefined }, 'unchanged'],
  ['with an earlier end, written later', { expiresAt: Date.UTC(2026, 10, 22, 9, 30) }, 'adopted'],
  ['without scopes', { scopes: undefined }, 'adopted'],
])('a rotation %s is %s', async (_, changes, adoption) => {
  await put(claudePath, claudeCredentialsJson(signIn('ada')))
  const { id } = await linkAccount(context, { provider: 'claude', actor })
  const { scopes: before } = await getAccount(context, id)
  await world.clock.advance(MINUTE_MS)
  const { claudeAiOauth } = JSON.parse(claudeCredentialsJson(signIn('ada')))
  await put(claudePath, JSON.stringify({ claudeAiOauth: { ...claudeAiOauth, ...changes } }))
  expect(await adoptFromFile(context, id)).toBe(adoption)
  expect((await getAccount(context, id)).scopes).toEqual(before)
})
