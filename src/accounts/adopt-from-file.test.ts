/** What of a CLI's file is adopted, and what never is. */

import { rm } from 'node:fs/promises'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { listAuditEvents } from '../db/audit-store.ts'
import { findCredentialFile } from '../db/credential-file-store.ts'
import { type CliMachine, createCliMachine } from '../testing/cli-files.ts'
import type { FakeIssue } from '../testing/fake-grants.ts'
import { blankedClaudeCredentialsJson, claudeCredentialsJson, claudeJson, tokenSetOf } from '../testing/fake-tokens.ts'
import { connectAccount } from './connect-account.ts'
import type { AccountsContext } from './context.ts'
import { adoptFromFile, type CredentialFollower, createCredentialFollower } from './follow-credentials.ts'
import { linkAccount } from './link-account.ts'
import { getAccount, listAccounts } from './list-accounts.ts'
import { refreshGrant } from './refresh-grant.ts'
import { takeOverAccount } from './take-over-account.ts'

let machine: CliMachine
let context: AccountsContext
let follower: CredentialFollower

beforeEach(async () => {
  machine = await createCliMachine()
  context = machine.context
  follower = createCredentialFollower(context)
})

afterEach(async () => {
  await machine.settled(follower.stop())
  await machine.close()
})

const actor = 'browser' as const
const check = () => machine.settled(follower.check())

test('what the CLI rotates is adopted, and nothing is sent', async () => {
  let issue = machine.signIn('grace')
  await machine.put(machine.codexPath, machine.codexText(issue))
  const { id } = await linkAccount(context, { provider: 'codex', actor })
  for (let generation = 2; generation <= 4; generation++) {
    issue = await machine.rotate(machine.codexPath, issue)
    await check()
    expect(await machine.held(id)).toMatchObject({
      access: issue.pair.accessToken,
      refresh: issue.pair.refreshToken,
      generation,
    })
  }
  expect(machine.world.events.filter(({ type }) => type === 'grant.adopted')).toHaveLength(3)
  const account = await getAccount(context, id)
  expect(account).toMatchObject({ origin: 'link', custody: 'cli', login: { nextRefreshAt: null, status: 'valid' } })
  expect((await listAuditEvents(context.database, id, 9)).filter(({ kind }) => kind === 'grant.adopted')).toHaveLength(
    3,
  )
  expect(machine.world.fake.ledger.entries).toEqual([])
})

test('another account in the file is never adopted, and it is said whose it is', async () => {
  const issue = machine.signIn('ada')
  await machine.put(machine.claudePath, claudeCredentialsJson(issue))
  const { id } = await linkAccount(context, { provider: 'claude', actor })
  await machine.world.clock.advance(60_000)
  await machine.put(machine.companionPath, claudeJson({ identity: machine.world.fake.person('brook') }))
  await machine.put(machine.claudePath, claudeCredentialsJson(machine.signIn('brook')))
  await check()
  expect((await machine.held(id)).refresh).toBe(issue.pair.refreshToken!)
  expect(await machine.settled(adoptFromFile(context, id))).toBe('other_account')
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
  const issue = machine.signIn('ada')
  await machine.put(machine.companionPath, claudeJson({ identity: machine.world.fake.person('ada') }))
  await machine.put(machine.claudePath, withoutIds(issue))
  const { id } = await linkAccount(context, { provider: 'claude', actor })
  await machine.world.clock.advance(60_000)
  await machine.put(machine.claudePath, withoutIds(machine.signIn('brook')))
  await check()
  expect((await machine.held(id)).refresh).toBe(issue.pair.refreshToken!)
  expect((await findCredentialFile(context.database, { machineId: 'here', path: machine.claudePath }))?.subject).toBe(
    machine.world.fake.person('brook').subject,
  )
  await machine.put(machine.claudePath, withoutIds(issue))
  await check()
  await machine.rotate(machine.claudePath, issue)
  await machine.put(machine.claudePath, withoutIds({ family: issue.family, pair: issue.family.pairs.at(-1)! }))
  await check()
  expect((await machine.held(id)).generation).toBe(2)
})

test.each<[string, (path: string) => Promise<unknown>, string, string]>([
  ['blanked', (path) => machine.put(path, blankedClaudeCredentialsJson()), 'blanked', 'login_ended_cli'],
  ['removed', (path) => rm(path), 'missing', 'login_file_missing'],
  [
    'half written',
    (path) => machine.put(path, '{"claudeAiOauth":{"accessToken":"sk-ant-oat'),
    'torn',
    'login_valid_cli',
  ],
  ['emptied', (path) => machine.put(path, ''), 'torn', 'login_valid_cli'],
])('a file that was %s takes nothing away from what is held', async (_, change, state, reason) => {
  const issue = machine.signIn('ada')
  await machine.put(machine.claudePath, claudeCredentialsJson(issue))
  const { id } = await linkAccount(context, { provider: 'claude', actor })
  await machine.world.clock.advance(60_000)
  await change(machine.claudePath)
  await check()
  expect(await machine.held(id)).toMatchObject({ refresh: issue.pair.refreshToken, generation: 1 })
  expect(await machine.settled(adoptFromFile(context, id))).toBe('not_live')
  expect((await findCredentialFile(context.database, { machineId: 'here', path: machine.claudePath }))?.state).toBe(
    state,
  )
  expect((await getAccount(context, id)).login.reason.code).toBe(reason)
  await machine.rotate(machine.claudePath, issue)
  await check()
  expect(await machine.held(id)).toMatchObject({ generation: 2 })
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
  const issue = machine.signIn('ada')
  await machine.put(machine.claudePath, claudeCredentialsJson(issue))
  const { id } = await linkAccount(context, { provider: 'claude', actor })
  await machine.world.clock.advance(60_000)
  const file = JSON.parse(claudeCredentialsJson(machine.signIn('ada')))
  change(file.claudeAiOauth)
  await machine.put(machine.claudePath, JSON.stringify(file))
  await check()
  expect(await machine.held(id)).toMatchObject({ refresh: issue.pair.refreshToken, generation: 1 })
})

test('a grant taken over: a newer login of the CLI is adopted before anything is spent, a spent one never', async () => {
  const issue = machine.signIn('ada')
  await machine.put(machine.claudePath, claudeCredentialsJson(issue))
  const { id } = await takeOverAccount(context, { provider: 'claude', actor })
  const byCli = await machine.rotate(machine.claudePath, issue)
  const adopted = await machine.settled(refreshGrant(context, id, { purpose: 'requested', actor }))
  expect(adopted).toMatchObject({ outcome: 'refreshed', reason: { code: 'adopted' } })
  expect((await machine.held(id)).refresh).toBe(byCli.pair.refreshToken!)
  expect(machine.world.fake.ledger.entries).toEqual([])
  expect((await getAccount(context, id)).login.nextRefreshAt).toBeGreaterThan(machine.world.clock.now())

  await machine.world.clock.advance(10 * 60_000)
  expect(await machine.settled(refreshGrant(context, id, { purpose: 'requested', actor }))).toMatchObject({
    outcome: 'refreshed',
  })
  const own = await machine.held(id)
  expect(own.refresh).not.toBe(byCli.pair.refreshToken!)
  // The file is touched, and even claims to live longer, but it holds what was spent.
  const stale = JSON.parse(claudeCredentialsJson(byCli))
  stale.claudeAiOauth.expiresAt = machine.world.clock.now() + 20 * 3_600_000
  await machine.put(machine.claudePath, JSON.stringify(stale))
  await check()
  expect(await machine.settled(adoptFromFile(context, id))).toBe('unchanged')
  expect(await machine.held(id)).toMatchObject({ refresh: own.refresh, generation: own.generation })
  expect(issue.family.revokedAt).toBeNull()
})

test('an account that ended comes back when the same person signs in with the CLI', async () => {
  await machine.put(machine.claudePath, claudeCredentialsJson(machine.signIn('ada')))
  const { id } = await linkAccount(context, { provider: 'claude', actor })
  await machine.world.clock.advance(60_000)
  await machine.put(machine.claudePath, blankedClaudeCredentialsJson())
  await check()
  await machine.world.clock.advance(60_000)
  const again = machine.signIn('ada')
  await machine.put(machine.claudePath, claudeCredentialsJson(again))
  await check()
  expect(await machine.held(id)).toMatchObject({ refresh: again.pair.refreshToken })
  expect(await listAccounts(context)).toHaveLength(1)
})

test('200 interleavings of a CLI that rotates and lookers: nothing lost, nothing foreign, generations only grow', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('rotate', 'check', 'adopt', 'both', 'foreign', 'blank'), { maxLength: 6 }),
      async (steps) => {
        let issue = machine.signIn('hopper')
        await machine.put(machine.codexPath, machine.codexText(issue))
        const { accountId: id } = await connectAccount(context, {
          provider: context.providers.get('codex')!,
          tokens: tokenSetOf(issue),
          identity: { ...machine.world.fake.person('hopper'), organizationName: null },
          custody: 'cli',
          origin: 'link',
          credentialPath: machine.codexPath,
          actor,
        })
        let generation = 1
        for (const step of steps) {
          if (step === 'rotate') issue = await machine.rotate(machine.codexPath, issue)
          if (step === 'foreign') await machine.put(machine.codexPath, machine.codexText(machine.signIn('grace')))
          if (step === 'blank') await machine.put(machine.codexPath, '{}')
          if (step === 'check') await check()
          if (step === 'adopt') await machine.settled(adoptFromFile(context, id))
          if (step === 'both') await Promise.all([check(), machine.settled(adoptFromFile(context, id))])
          const now = await machine.held(id)
          expect(now.generation).toBeGreaterThanOrEqual(generation)
          expect(issue.family.pairs.map((pair) => pair.refreshToken)).toContain(now.refresh)
          generation = now.generation
        }
        await machine.put(machine.codexPath, machine.codexText(issue))
        await check()
        expect((await machine.held(id)).refresh).toBe(issue.pair.refreshToken!)
      },
    ),
    { numRuns: 200 },
  )
}, 60_000)
