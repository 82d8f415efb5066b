/** Listing, linking and taking over the logins that the CLIs left in their files. */

import { mkdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { credentialPlaces } from '../cli-credentials/credential-places.ts'
import { listAuditEvents } from '../db/audit-store.ts'
import { findCurrentGrant } from '../db/grant-store.ts'
import { FAKE_IDENTITIES, type FakeIdentity } from '../testing/fake-identities.ts'
import { blankedClaudeCredentialsJson, claudeCredentialsJson, codexAuthJson, signInAs } from '../testing/fake-tokens.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import type { AccountsContext } from './context.ts'
import { AccountError } from './errors.ts'
import { openTokens } from './grant-tokens.ts'
import { listCandidates } from './import-candidates.ts'
import { linkAccount } from './link-account.ts'
import { listAccounts } from './list-accounts.ts'
import { refreshGrant } from './refresh-grant.ts'
import { takeOverAccount } from './take-over-account.ts'

let world: TestContext
let context: AccountsContext
let claudePath: string
let codexPath: string

beforeEach(async () => {
  world = await createTestContext()
  const places = { home: world.directory, claudeConfigDir: null, claudeSecureStorageConfigDir: null, codexHome: null }
  context = {
    ...world.context,
    credentialPlaces: credentialPlaces({ ...places, providers: world.context.providers.values() }),
  }
  claudePath = join(world.directory, '.claude', '.credentials.json')
  codexPath = join(world.directory, '.codex', 'auth.json')
})

afterEach(() => world.close())

const person = (name: string): FakeIdentity => FAKE_IDENTITIES.find((each) => each.name === name)!
const signIn = (name: string, lifetimes = {}) => signInAs(world.fake.grants, person(name), lifetimes)

async function put(path: string, text: string, at = world.clock.now()) {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text, { mode: 0o600 })
  await utimes(path, at / 1000, at / 1000)
}

/** Lets a reader that waits for a writer wait, without the test waiting. */
async function settled<T>(work: Promise<T>): Promise<T> {
  let isOver = false
  const over = work.finally(() => {
    isOver = true
  })
  over.catch(() => {})
  while (!isOver) {
    if (world.clock.pending() > 0) await world.clock.advance(500)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  return over
}

const refusalOf = async (work: Promise<unknown>) =>
  settled(work).then(
    () => 'no refusal',
    (error) => (error instanceof AccountError ? `${error.code} ${JSON.stringify(error.params)}` : error),
  )
const actor = 'browser' as const

/** Claude's file without ids of its own, as older versions wrote it. */
function withoutIds(text: string): string {
  const file = JSON.parse(text)
  delete file.claudeAiOauth.accountUuid
  delete file.claudeAiOauth.organizationUuid
  return JSON.stringify(file)
}

test.each<[string, () => Promise<unknown>, string]>([
  ['no file', async () => {}, 'file_missing'],
  ['half a file', () => put(claudePath, '{"claudeAiOauth":{"acc'), 'file_torn'],
  ['a login that the CLI ended', () => put(claudePath, blankedClaudeCredentialsJson()), 'file_blanked'],
  ['a directory', () => mkdir(claudePath, { recursive: true }), 'file_foreign'],
  [
    'a symlink',
    () =>
      put(join(world.directory, 'real'), '{}')
        .then(() => mkdir(dirname(claudePath)))
        .then(() => symlink(join(world.directory, 'real'), claudePath)),
    'file_foreign',
  ],
  [
    'a file that anybody can write',
    () =>
      put(claudePath, '{}')
        .then(() => import('node:fs/promises'))
        .then((fs) => fs.chmod(claudePath, 0o666)),
    'file_not_permitted',
  ],
])('neither links nor takes over %s, and names the file', async (_, arrange, code) => {
  await arrange()
  for (const request of [
    { provider: 'claude', actor },
    { path: claudePath, actor },
  ]) {
    for (const act of [linkAccount, takeOverAccount]) {
      const refusal = await refusalOf(act(context, request))
      expect(refusal).toContain(`${code} `)
      expect(refusal).toContain(claudePath)
    }
  }
  expect(await listAccounts(context)).toEqual([])
})

test('names a keyring, an API key and a file of nobody', async () => {
  await put(join(world.directory, '.codex', 'config.toml'), 'cli_auth_credentials_store = "keyring"')
  expect(await refusalOf(linkAccount(context, { provider: 'codex', actor }))).toBe(
    `file_keyring ${JSON.stringify({ path: codexPath, cli: 'codex' })}`,
  )
  await put(codexPath, '{"OPENAI_API_KEY":"sk-FAKE"}')
  expect(await refusalOf(linkAccount(context, { provider: 'codex', actor }))).toContain('file_api_key')
  const other = join(world.directory, 'notes.json')
  await put(other, '{"hello":1}')
  expect(await refusalOf(linkAccount(context, { path: other, actor }))).toContain('file_unknown_provider')
  expect(await refusalOf(linkAccount(context, { path: `${other}.gone`, actor }))).toContain('file_missing')
  expect(await refusalOf(linkAccount(context, { provider: 'nobody', actor }))).toContain('unknown_provider')
})

test('a linked account is in the CLI’s custody: read, never refreshed, its file untouched', async () => {
  const login = signIn('grace')
  await put(codexPath, codexAuthJson(login, world.clock.now()))
  const before = await readFile(codexPath, 'utf8')
  const account = await linkAccount(context, { provider: 'codex', label: ' Mine\n', actor })
  expect(account).toMatchObject({
    custody: 'cli',
    origin: 'link',
    label: 'Mine',
    email: 'grace@example.com',
    credentialPath: codexPath,
    activeIn: ['codex'],
    login: { status: 'valid', reason: { code: 'login_valid_cli' }, nextRefreshAt: null },
    ownership: { status: 'cli' },
  })
  const outcome = await refreshGrant(context, account.id, { purpose: 'requested', actor })
  expect(outcome.outcome).toBe('not_custodian')
  expect(world.fake.ledger.entries).toEqual([])
  expect(await readFile(codexPath, 'utf8')).toBe(before)
  expect(await refusalOf(linkAccount(context, { provider: 'codex', actor }))).toContain('already_linked')
})

test('two workspaces with one e-mail are two accounts', async () => {
  await put(codexPath, codexAuthJson(signIn('grace'), world.clock.now()))
  const other = join(world.directory, 'work', 'auth.json')
  await put(other, codexAuthJson(signIn('grace-at-work'), world.clock.now()))
  await linkAccount(context, { path: codexPath, actor })
  await linkAccount(context, { path: other, actor })
  const accounts = await listAccounts(context)
  expect(accounts.map(({ email }) => email)).toEqual(['grace@example.com', 'grace@example.com'])
  expect(new Set(accounts.map(({ organization }) => organization?.id)).size).toBe(2)
})

test('a file without ids is believed only after the provider was asked who it is', async () => {
  await put(claudePath, withoutIds(claudeCredentialsJson(signIn('ada'))))
  const brook = person('brook')
  const stale = { accountUuid: brook.subject, organizationUuid: brook.organizationId, emailAddress: brook.email }
  await put(join(world.directory, '.claude.json'), JSON.stringify({ oauthAccount: stale }))
  const account = await linkAccount(context, { provider: 'claude', actor })
  expect(account).toMatchObject({ subject: person('ada').subject, email: 'ada@example.com' })
})

test('a login that nobody can name is not linked', async () => {
  const file = JSON.parse(withoutIds(claudeCredentialsJson(signIn('ada'))))
  file.claudeAiOauth.scopes = ['user:inference']
  await put(claudePath, JSON.stringify(file))
  expect(await refusalOf(linkAccount(context, { provider: 'claude', actor }))).toContain('identity_unknown')
})

test('taking over moves custody, keeps the account and leaves the file, which is then a conflict', async () => {
  const login = signIn('ada')
  await put(claudePath, claudeCredentialsJson(login))
  const before = [await readFile(claudePath, 'utf8'), (await stat(claudePath)).mtimeMs]
  const linked = await linkAccount(context, { provider: 'claude', label: 'Ada', actor })
  const taken = await takeOverAccount(context, { provider: 'claude', actor })
  expect(taken).toMatchObject({ id: linked.id, label: 'Ada', custody: 'dashboard', origin: 'take_over' })
  expect(taken).toMatchObject({ credentialPath: claudePath, ownership: { status: 'conflict' } })
  expect(taken.login.nextRefreshAt).toBeGreaterThan(world.clock.now())
  expect([await readFile(claudePath, 'utf8'), (await stat(claudePath)).mtimeMs]).toEqual(before)
  const history = await listAuditEvents(context.database, taken.id, 20)
  expect(history).toContainEqual(
    expect.objectContaining({
      kind: 'custody.changed',
      details: expect.objectContaining({ from: 'cli', to: 'dashboard' }),
    }),
  )
  expect(await refusalOf(takeOverAccount(context, { provider: 'claude', actor }))).toContain('already_dashboard')
  expect(await refusalOf(linkAccount(context, { provider: 'claude', actor }))).toContain('already_dashboard')

  world.clock.setWallClock(world.clock.now() + 60_000)
  const outcome = await refreshGrant(context, taken.id, { purpose: 'requested', actor })
  expect(outcome.outcome).toBe('refreshed')
  // The file now holds a spent token: it is no longer a copy, and never adopted again.
  await refreshGrant(context, taken.id, { purpose: 'requested', actor })
  const grant = (await findCurrentGrant(context.database, taken.id))!
  expect(openTokens(context.vault, grant).refreshToken!.reveal()).not.toBe(login.pair.refreshToken)
  expect(login.family.revokedAt).toBeNull()
})

test('a login that could not be refreshed is not taken over', async () => {
  const ended = signIn('ada', { loginLifetimeMs: -1_000 })
  await put(claudePath, claudeCredentialsJson(ended))
  expect(await refusalOf(takeOverAccount(context, { provider: 'claude', actor }))).toContain('reauthorization_required')
  const file = JSON.parse(codexAuthJson(signIn('grace'), world.clock.now()))
  file.tokens.refresh_token = ''
  await put(codexPath, JSON.stringify(file))
  expect(await refusalOf(takeOverAccount(context, { provider: 'codex', actor }))).toContain('no_refresh_token')
})

test('candidates say what was found and what can be done, and hold no token', async () => {
  expect(await listCandidates(context)).toEqual([])
  const login = signIn('ada')
  await put(claudePath, claudeCredentialsJson(login))
  await put(codexPath, '{"OPENAI_API_KEY":"sk-FAKE"}')
  const [claude, codex] = await listCandidates(context)
  expect(claude).toMatchObject({
    path: claudePath,
    state: 'live',
    advice: 'link',
    accountId: null,
    canLink: true,
    canTakeOver: true,
  })
  expect(claude!.identity).toMatchObject({ subject: person('ada').subject })
  expect(codex).toMatchObject({
    state: 'api_key',
    advice: 'api_key',
    canLink: false,
    canTakeOver: false,
    identity: null,
  })
  expect(JSON.stringify([claude, codex])).not.toMatch(/FAKE-|sk-|ort01|oat01/)

  const linked = await linkAccount(context, { provider: 'claude', actor })
  expect((await listCandidates(context))[0]).toMatchObject({
    advice: 'linked',
    accountId: linked.id,
    canLink: false,
    canTakeOver: true,
  })
  await takeOverAccount(context, { provider: 'claude', actor })
  expect((await listCandidates(context))[0]).toMatchObject({ advice: 'conflict', canLink: false, canTakeOver: false })
  await put(claudePath, claudeCredentialsJson(signIn('ada')))
  // It took the place of a copy: renewed by the CLI or signed in anew, nobody can tell.
  expect((await listCandidates(context))[0]).toMatchObject({ advice: 'conflict', canLink: false })
  await put(claudePath, blankedClaudeCredentialsJson())
  expect((await listCandidates(context))[0]).toMatchObject({ advice: 'blanked', accountId: linked.id })
})
