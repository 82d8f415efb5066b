/** Following the CLIs' files: what is adopted, what never is, and how a sign-in in a profile is noticed. */

import { mkdir, open, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { credentialPlaces } from '../cli-credentials/credential-places.ts'
import { listAuditEvents } from '../db/audit-store.ts'
import { findCredentialFile } from '../db/credential-file-store.ts'
import { findCurrentGrant } from '../db/grant-store.ts'
import { systemClock } from '../lib/clock.ts'
import type { FakeIssue } from '../testing/fake-grants.ts'
import {
  blankedClaudeCredentialsJson,
  claudeCredentialsJson,
  claudeJson,
  codexAuthJson,
  signInAs,
  tokenSetOf,
} from '../testing/fake-tokens.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { beginAuthorization, getAuthorization } from './authorizations.ts'
import { connectAccount } from './connect-account.ts'
import { giveConsent } from './consent.ts'
import type { AccountsContext } from './context.ts'
import { adoptFromFile, type CredentialFollower, createCredentialFollower } from './follow-credentials.ts'
import { openTokens } from './grant-tokens.ts'
import { linkAccount } from './link-account.ts'
import { getAccount, listAccounts } from './list-accounts.ts'
import { refreshGrant } from './refresh-grant.ts'
import { stopSignIns } from './sign-ins-under-way.ts'
import { takeOverAccount } from './take-over-account.ts'

let world: TestContext
let context: AccountsContext
let follower: CredentialFollower
let claudePath: string
let codexPath: string

beforeEach(async () => {
  world = await createTestContext()
  const places = { home: world.directory, claudeConfigDir: null, claudeSecureStorageConfigDir: null, codexHome: null }
  const { providers } = world.context
  context = { ...world.context, credentialPlaces: credentialPlaces({ ...places, providers: providers.values() }) }
  follower = createCredentialFollower(context)
  claudePath = join(world.directory, '.claude', '.credentials.json')
  codexPath = join(world.directory, '.codex', 'auth.json')
})

afterEach(async () => {
  await settled(follower.stop())
  await stopSignIns(context)
  await world.close()
})

const actor = 'browser' as const
const signIn = (name: string, lifetimes = {}) => signInAs(world.fake.grants, world.fake.person(name), lifetimes)
const codexText = (issue: FakeIssue) => codexAuthJson(issue, world.clock.now())

/** Replaces a file as Claude Code does: temporary file, then rename. */
async function put(path: string, text: string, at = world.clock.now()) {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.tmp`, text, { mode: 0o600 })
  await utimes(`${path}.tmp`, at / 1000, at / 1000)
  await rename(`${path}.tmp`, path)
}

/** The CLI refreshes its login and writes it. */
async function rotate(path: string, issue: FakeIssue): Promise<FakeIssue> {
  await world.clock.advance(60_000)
  const next = world.fake.grants.refresh(issue.pair.refreshToken!, issue.family.clientId)
  if (typeof next === 'string') throw new Error(next)
  await put(path, path === claudePath ? claudeCredentialsJson(next) : codexText(next))
  return next
}

/** Lets work that waits on the clock go on, without the test waiting. */
async function settled<T>(work: Promise<T>): Promise<T> {
  let isOver = false
  const over = work.finally(() => {
    isOver = true
  })
  over.catch(() => {})
  while (!isOver) {
    if (world.clock.pending() > 0) await world.clock.advance(300)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  return over
}

const check = () => settled(follower.check())

async function held(accountId: string) {
  const grant = (await findCurrentGrant(context.database, accountId))!
  const { accessToken, refreshToken } = openTokens(context.vault, grant)
  return { access: accessToken.reveal(), refresh: refreshToken?.reveal(), generation: grant.generation, grant }
}

test('what the CLI rotates is adopted, by rename and in place, and nothing is sent', async () => {
  let issue = signIn('grace')
  await put(codexPath, codexText(issue))
  const { id } = await linkAccount(context, { provider: 'codex', actor })
  for (let generation = 2; generation <= 4; generation++) {
    issue = await rotate(codexPath, issue)
    await check()
    expect(await held(id)).toMatchObject({
      access: issue.pair.accessToken,
      refresh: issue.pair.refreshToken,
      generation,
    })
  }
  expect(world.events.filter(({ type }) => type === 'grant.adopted')).toHaveLength(3)
  const account = await getAccount(context, id)
  expect(account).toMatchObject({ origin: 'link', custody: 'cli', login: { nextRefreshAt: null, status: 'valid' } })
  expect((await listAuditEvents(context.database, id, 9)).filter(({ kind }) => kind === 'grant.adopted')).toHaveLength(
    3,
  )
  expect(world.fake.ledger.entries).toEqual([])
})

test('another account in the file is never adopted, and it is said whose it is', async () => {
  const issue = signIn('ada')
  await put(claudePath, claudeCredentialsJson(issue))
  const { id } = await linkAccount(context, { provider: 'claude', actor })
  await world.clock.advance(60_000)
  await put(join(world.directory, '.claude.json'), claudeJson({ identity: world.fake.person('brook') }))
  await put(claudePath, claudeCredentialsJson(signIn('brook')))
  await check()
  expect((await held(id)).refresh).toBe(issue.pair.refreshToken!)
  expect(await settled(adoptFromFile(context, id))).toBe('other_account')
  const account = await getAccount(context, id)
  expect(account.login).toMatchObject({ status: 'sign_in_again', reason: { code: 'login_file_other_account' } })
  expect(account.login.reason.params).toMatchObject({ email: 'brook@example.com' })
  expect(account.activeIn).toEqual([])
})

test('a switch of the credential file alone, beside an old .claude.json, is not adopted', async () => {
  const withoutIds = (issue: FakeIssue) => {
    const file = JSON.parse(claudeCredentialsJson(issue))
    file.claudeAiOauth.accountUuid = file.claudeAiOauth.organizationUuid = undefined
    return JSON.stringify(file)
  }
  const issue = signIn('ada')
  await put(join(world.directory, '.claude.json'), claudeJson({ identity: world.fake.person('ada') }))
  await put(claudePath, withoutIds(issue))
  const { id } = await linkAccount(context, { provider: 'claude', actor })
  await world.clock.advance(60_000)
  await put(claudePath, withoutIds(signIn('brook')))
  await check()
  expect((await held(id)).refresh).toBe(issue.pair.refreshToken!)
  expect((await findCredentialFile(context.database, claudePath))?.subject).toBe(world.fake.person('brook').subject)
  await put(claudePath, withoutIds(issue))
  await check()
  await rotate(claudePath, issue)
  await put(claudePath, withoutIds({ family: issue.family, pair: issue.family.pairs.at(-1)! }))
  await check()
  expect((await held(id)).generation).toBe(2)
})

test.each<[string, (path: string) => Promise<unknown>, string, string]>([
  ['blanked', (path) => put(path, blankedClaudeCredentialsJson()), 'blanked', 'login_ended_cli'],
  ['removed', (path) => rm(path), 'missing', 'login_file_missing'],
  ['half written', (path) => put(path, '{"claudeAiOauth":{"accessToken":"sk-ant-oat'), 'torn', 'login_valid_cli'],
  ['emptied', (path) => put(path, ''), 'torn', 'login_valid_cli'],
])('a file that was %s takes nothing away from what is held', async (_, change, state, reason) => {
  const issue = signIn('ada')
  await put(claudePath, claudeCredentialsJson(issue))
  const { id } = await linkAccount(context, { provider: 'claude', actor })
  await world.clock.advance(60_000)
  await change(claudePath)
  await check()
  expect(await held(id)).toMatchObject({ refresh: issue.pair.refreshToken, generation: 1 })
  expect(await settled(adoptFromFile(context, id))).toBe('not_live')
  expect((await findCredentialFile(context.database, claudePath))?.state).toBe(state)
  expect((await getAccount(context, id)).login.reason.code).toBe(reason)
  await rotate(claudePath, issue)
  await check()
  expect(await held(id)).toMatchObject({ generation: 2 })
  expect((await getAccount(context, id)).login.reason.code).toBe('login_valid_cli')
})

test.each<[string, (login: Record<string, unknown>) => void]>([
  [
    'an empty refresh token',
    (login) => {
      login.refreshToken = ''
    },
  ],
  [
    'no refresh token',
    (login) => {
      delete login.refreshToken
    },
  ],
  [
    'an expiry of 0',
    (login) => {
      login.expiresAt = 0
    },
  ],
  [
    'no expiry',
    (login) => {
      delete login.expiresAt
    },
  ],
  [
    'an empty access token',
    (login) => {
      login.accessToken = ''
    },
  ],
])('%s is never newer', async (_, change) => {
  const issue = signIn('ada')
  await put(claudePath, claudeCredentialsJson(issue))
  const { id } = await linkAccount(context, { provider: 'claude', actor })
  await world.clock.advance(60_000)
  const file = JSON.parse(claudeCredentialsJson(signIn('ada')))
  change(file.claudeAiOauth)
  await put(claudePath, JSON.stringify(file))
  await check()
  expect(await held(id)).toMatchObject({ refresh: issue.pair.refreshToken, generation: 1 })
})

test('a grant taken over: a newer login of the CLI is adopted before anything is spent, a spent one never', async () => {
  const issue = signIn('ada')
  await put(claudePath, claudeCredentialsJson(issue))
  const { id } = await takeOverAccount(context, { provider: 'claude', actor })
  const byCli = await rotate(claudePath, issue)
  const adopted = await settled(refreshGrant(context, id, { purpose: 'requested', actor }))
  expect(adopted).toMatchObject({ outcome: 'refreshed', reason: { code: 'adopted' } })
  expect((await held(id)).refresh).toBe(byCli.pair.refreshToken!)
  expect(world.fake.ledger.entries).toEqual([])
  expect((await getAccount(context, id)).login.nextRefreshAt).toBeGreaterThan(world.clock.now())

  await world.clock.advance(10 * 60_000)
  expect(await settled(refreshGrant(context, id, { purpose: 'requested', actor }))).toMatchObject({
    outcome: 'refreshed',
  })
  const own = await held(id)
  expect(own.refresh).not.toBe(byCli.pair.refreshToken!)
  // The file is touched, and even claims to live longer, but it holds what was spent.
  const stale = JSON.parse(claudeCredentialsJson(byCli))
  stale.claudeAiOauth.expiresAt = world.clock.now() + 20 * 3_600_000
  await put(claudePath, JSON.stringify(stale))
  await check()
  expect(await settled(adoptFromFile(context, id))).toBe('unchanged')
  expect(await held(id)).toMatchObject({ refresh: own.refresh, generation: own.generation })
  expect(issue.family.revokedAt).toBeNull()
})

test('an account that ended comes back when the same person signs in with the CLI', async () => {
  await put(claudePath, claudeCredentialsJson(signIn('ada')))
  const { id } = await linkAccount(context, { provider: 'claude', actor })
  await world.clock.advance(60_000)
  await put(claudePath, blankedClaudeCredentialsJson())
  await check()
  await world.clock.advance(60_000)
  const again = signIn('ada')
  await put(claudePath, claudeCredentialsJson(again))
  await check()
  expect(await held(id)).toMatchObject({ refresh: again.pair.refreshToken })
  expect(await listAccounts(context)).toHaveLength(1)
})

test('200 interleavings of a CLI that rotates and lookers: nothing lost, nothing foreign, generations only grow', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('rotate', 'check', 'adopt', 'both', 'foreign', 'blank'), { maxLength: 6 }),
      async (steps) => {
        let issue = signIn('hopper')
        await put(codexPath, codexText(issue))
        const { accountId: id } = await connectAccount(context, {
          provider: context.providers.get('codex')!,
          tokens: tokenSetOf(issue),
          identity: { ...world.fake.person('hopper'), organizationName: null },
          custody: 'cli',
          origin: 'link',
          credentialPath: codexPath,
          actor,
        })
        let generation = 1
        for (const step of steps) {
          if (step === 'rotate') issue = await rotate(codexPath, issue)
          if (step === 'foreign') await put(codexPath, codexText(signIn('grace')))
          if (step === 'blank') await put(codexPath, '{}')
          if (step === 'check') await check()
          if (step === 'adopt') await settled(adoptFromFile(context, id))
          if (step === 'both') await Promise.all([check(), settled(adoptFromFile(context, id))])
          const now = await held(id)
          expect(now.generation).toBeGreaterThanOrEqual(generation)
          expect(issue.family.pairs.map((pair) => pair.refreshToken)).toContain(now.refresh)
          generation = now.generation
        }
        await put(codexPath, codexText(issue))
        await check()
        expect((await held(id)).refresh).toBe(issue.pair.refreshToken!)
      },
    ),
    { numRuns: 200 },
  )
}, 60_000)

test('a finished sign-in in a profile becomes an account in the CLI’s custody', async () => {
  await giveConsent(context, 'claude', actor)
  const begun = await beginAuthorization(context, {
    provider: 'claude',
    method: 'cli_profile',
    label: 'Side',
    browser: null,
    actor,
  })
  expect(begun.command).toBe(`CLAUDE_CONFIG_DIR='${begun.profilePath}' claude auth login`)
  await check()
  expect((await getAuthorization(context, begun.id)).status).toBe('pending')
  const path = join(begun.profilePath!, '.credentials.json')
  await put(path, claudeCredentialsJson(signIn('ada')))
  await put(join(begun.profilePath!, '.claude.json'), claudeJson({ identity: world.fake.person('ada') }))
  await check()
  const done = await getAuthorization(context, begun.id)
  expect(done.status).toBe('complete')
  expect(await getAccount(context, done.completedAccountId!)).toMatchObject({
    custody: 'cli',
    origin: 'cli_profile',
    label: 'Side',
    email: 'ada@example.com',
    credentialPath: path,
    activeIn: [],
  })
  await check()
  expect(await listAccounts(context)).toHaveLength(1)
})

test('signing in again through a profile refuses another person and names both', async () => {
  await giveConsent(context, 'claude', actor)
  await put(claudePath, claudeCredentialsJson(signIn('ada')))
  const { id } = await linkAccount(context, { provider: 'claude', actor })
  const begun = await beginAuthorization(context, {
    provider: 'claude',
    accountId: id,
    method: 'cli_profile',
    browser: null,
    actor,
  })
  await put(join(begun.profilePath!, '.credentials.json'), claudeCredentialsJson(signIn('brook')))
  await check()
  const ended = await getAuthorization(context, begun.id)
  expect(ended).toMatchObject({ status: 'failed', failure: { code: 'identity_mismatch' } })
  expect(await listAccounts(context)).toHaveLength(1)
})

test('an unchanged file costs no read and no write', async () => {
  const old = world.clock.now() - 3_600_000
  await put(codexPath, codexText(signIn('grace')), old)
  const { id } = await linkAccount(context, { provider: 'codex', actor })
  await check()
  const before = await findCredentialFile(context.database, codexPath)
  const events = world.events.length
  await world.clock.advance(3_600_000)
  await check()
  expect(await findCredentialFile(context.database, codexPath)).toEqual(before)
  expect(world.events.length).toBe(events)
  expect((await held(id)).generation).toBe(1)
})

test('a started follower hears of a replaced file by itself, also in a directory made later, and stops', async () => {
  const real = createCredentialFollower({ ...context, clock: { ...systemClock, now: () => world.clock.now() } })
  real.start()
  try {
    await mkdir(dirname(codexPath), { recursive: true })
    let issue = signIn('grace')
    await put(codexPath, codexText(issue))
    // Our own news make it look again, and find the directory that was not there at the start.
    const { id } = await linkAccount(context, { provider: 'codex', actor })
    const isSeen = async (token: string) => (await held(id)).refresh === token
    await systemClock.sleep(400)
    issue = await rotate(codexPath, issue)
    for (let tries = 0; tries < 100 && !(await isSeen(issue.pair.refreshToken!)); tries++) await systemClock.sleep(30)
    expect(await isSeen(issue.pair.refreshToken!)).toBe(true)
    // In place, as codex writes it: truncated first.
    await world.clock.advance(60_000)
    const next = world.fake.grants.refresh(issue.pair.refreshToken!, issue.family.clientId) as FakeIssue
    const handle = await open(codexPath, 'w', 0o600)
    await handle.write(codexText(next).slice(0, 50))
    await systemClock.sleep(200)
    await handle.write(codexText(next).slice(50))
    await handle.close()
    for (let tries = 0; tries < 100 && !(await isSeen(next.pair.refreshToken!)); tries++) await systemClock.sleep(30)
    expect(await isSeen(next.pair.refreshToken!)).toBe(true)
  } finally {
    await real.stop()
  }
})

test('looks by itself once a minute where nothing is heard', async () => {
  let issue = signIn('grace')
  await put(codexPath, codexText(issue))
  const { id } = await linkAccount(context, { provider: 'codex', actor })
  follower.start()
  follower.start()
  await settled(Promise.resolve())
  for (let turn = 0; turn < 50 && world.clock.pending() === 0; turn++) await systemClock.sleep(2)
  issue = await rotate(codexPath, issue)
  for (let turn = 0; turn < 200 && (await held(id)).generation === 1; turn++) {
    await world.clock.advance(1_000)
    await systemClock.sleep(2)
  }
  expect((await held(id)).refresh).toBe(issue.pair.refreshToken!)
})
