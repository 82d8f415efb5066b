/** What a switch refuses, and what it leaves as it was then: foreign logins, busy grants, files that cannot be written, and what nobody can tell. */

import { readFileSync, rmdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connectAccount } from '../accounts/connect-account.ts'
import type { AccountsContext } from '../accounts/context.ts'
import { AccountError } from '../accounts/errors.ts'
import { machineOf } from '../accounts/file-login.ts'
import { linkAccount } from '../accounts/link-account.ts'
import { getAccount, listAccounts } from '../accounts/list-accounts.ts'
import { thisMachineId } from '../accounts/machines.ts'
import { takeOverAccount } from '../accounts/take-over-account.ts'
import { readPlaceFiles } from '../cli-credentials/place-files.ts'
import { planLogin } from '../cli-credentials/plan-login.ts'
import { findActivation, listOpenActivations } from '../db/activation-store.ts'
import { findCurrentGrant } from '../db/grant-store.ts'
import { grants } from '../db/schema.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../lib/clock.ts'
import { type CliMachine, createCliMachine } from '../testing/cli-files.ts'
import type { FakeIssue } from '../testing/fake-grants.ts'
import { scriptedPrograms } from '../testing/fake-programs.ts'
import { claudeCredentialsJson, claudeJson, identityOf, tokenSetOf } from '../testing/fake-tokens.ts'
import { undoLast } from '../testing/undo-last.ts'
import { activateAccount } from './activate-account.ts'
import { clearDirectory, clearPlace, deactivateAccount } from './clear-place.ts'
import { choosePlace } from './cli-place.ts'
import { takeBack } from './custody.ts'
import { planActivation } from './plan-activation.ts'
import { recoverSwitches } from './recover-switches.ts'
import { restoreBackup } from './restore-backup.ts'
import { runningNow } from './running-now.ts'
import { holdsLogin, switchPlace } from './switch-place.ts'
import { aftercareEnded } from './under-way.ts'

const actor = 'browser' as const
let machine: CliMachine
let context: AccountsContext

beforeEach(async () => {
  machine = await createCliMachine()
  context = machine.context
})
afterEach(async () => {
  await aftercareEnded(context)
  await machine.close()
})

async function own(name: string, change: (tokens: ReturnType<typeof tokenSetOf>) => object = () => ({})) {
  const issue = machine.signIn(name)
  const provider = context.providers.get(issue.family.identity.provider)!
  const tokens = tokenSetOf(issue)
  const { accountId } = await connectAccount(context, {
    ...{ provider, tokens: { ...tokens, ...change(tokens) }, identity: identityOf(issue.family.identity) },
    ...{ custody: 'dashboard', origin: 'callback', actor },
  })
  return accountId
}

const settled = <T>(work: Promise<T>) => machine.settled(work)
const activate = (accountId: string) => activateAccount(context, { accountId, actor })
const codeOf = (work: Promise<unknown>) =>
  settled(work).then(
    () => 'no refusal',
    (error) => (error instanceof AccountError ? error.code : error),
  )
const grantOf = async (accountId: string) => (await findCurrentGrant(context.database, accountId))!
const json = async (path: string) => JSON.parse(await readFile(path, 'utf8'))

/** Does something at the instant at which the login of an account changes hands. */
function atHandOver(act: () => void) {
  return context.events.subscribe((event) => {
    if (event.type === 'account.changed') act()
  })
}

/** As older versions of Claude Code wrote it: without ids. */
function anonymous(issue: FakeIssue): string {
  const { claudeAiOauth } = JSON.parse(claudeCredentialsJson(issue))
  return JSON.stringify({ claudeAiOauth: { ...claudeAiOauth, accountUuid: undefined, organizationUuid: undefined } })
}

test('an account of one provider is not handed to the CLI of another', async () => {
  const accountId = await own('ada')
  const work = activateAccount(context, { accountId, provider: 'codex', actor })
  expect(await codeOf(work)).toBe('activation_unsupported')
  expect(await codeOf(activateAccount(context, { accountId, provider: 'nobody', actor }))).toBe('unknown_provider')
  expect(await codeOf(activateAccount(context, { accountId, provider: 'copilot', actor }))).toBe(
    'activation_unsupported',
  )
  expect(await codeOf(clearPlace(context, { path: '/elsewhere', provider: 'copilot', actor }))).toBe(
    'activation_unsupported',
  )
  expect(await codeOf(clearPlace(context, { path: '/elsewhere', actor }))).toBe('file_unknown_provider')
  expect((await grantOf(accountId)).custody).toBe('dashboard')
})

test('an account that is being refreshed is not handed over, and nothing is written', async () => {
  const accountId = await own('ada')
  await context.database
    .update(grants)
    .set({ leaseOwner: 'somebody', leaseUntil: Date.now() + DAY_MS })
    .where(eq(grants.accountId, accountId))
  expect(await codeOf(activate(accountId))).toBe('try_again_later')
  await expect(readFile(machine.claudePath)).rejects.toThrow('ENOENT')
  expect(await listOpenActivations(context.database, thisMachineId(context))).toEqual([])
  expect((await grantOf(accountId)).custody).toBe('dashboard')
})

test('a login that is held twice is not handed over', async () => {
  const issue = machine.signIn('ada')
  await machine.put(machine.claudePath, claudeCredentialsJson(issue))
  await machine.put(machine.companionPath, claudeJson(issue.family))
  const { id } = await settled(takeOverAccount(context, { path: machine.claudePath, actor }))
  expect((await getAccount(context, id)).ownership.status).toBe('conflict')
  expect(await codeOf(activate(id))).toBe('activation_conflict')
})

test('a login that lacks what the CLI needs is refused before anything is touched', async () => {
  const accountId = await own('hopper', () => ({ idToken: null }))
  expect(await codeOf(activate(accountId))).toBe('activation_incomplete')
  expect((await grantOf(accountId)).custody).toBe('dashboard')
})

test('a file that never rests is named, and custody stays', async () => {
  const accountId = await own('ada')
  await machine.put(machine.claudePath, '{}')
  let writes = 0
  const end = atHandOver(() => writeFileSync(machine.claudePath, `{"mcpOauth":${++writes}}`))
  expect(await codeOf(activate(accountId))).toBe('activation_changed')
  end()
  expect(await json(machine.claudePath)).toEqual({ mcpOauth: writes })
  expect(await grantOf(accountId)).toMatchObject({ custody: 'dashboard', credentialPath: null })
})

test('a login that may be newer, and that nobody can confirm, is not replaced', async () => {
  const first = machine.signIn('ada')
  await machine.put(machine.companionPath, claudeJson(first.family))
  await machine.put(machine.claudePath, anonymous(first))
  await settled(linkAccount(context, { provider: 'claude', actor }))
  await machine.world.clock.advance(MINUTE_MS)
  const newest = anonymous(machine.signIn('ada'))
  await machine.put(machine.claudePath, newest)
  machine.world.fake.faults.add({ endpoint: 'claude.profile', fault: { kind: 'status', status: 500 }, times: 99 })
  const brook = await own('brook')
  expect(await codeOf(activate(brook))).toBe('activation_outgoing_doubtful')
  expect(await codeOf(clearDirectory(context, { provider: 'claude', actor }))).toBe('activation_outgoing_doubtful')
  expect(await readFile(machine.claudePath, 'utf8')).toBe(newest)
  expect((await grantOf(brook)).custody).toBe('dashboard')
})

test('another program that writes its login before ours was seen there keeps it', async () => {
  const accountId = await own('ada')
  const theirs = claudeCredentialsJson(machine.signIn('brook'))
  const end = context.events.subscribe((event) => {
    const isThere = event.type === 'candidates.changed'
    if (isThere) writeFileSync(machine.claudePath, theirs)
  })
  expect(await codeOf(activate(accountId))).toBe('activation_overwritten')
  end()
  expect(await readFile(machine.claudePath, 'utf8')).toBe(theirs)
})

test('a switch that the CLI denies and that cannot be taken back says that it is not', async () => {
  const lock = join(machine.world.directory, '.claude', '.oauth_refresh.lock')
  const denial = JSON.stringify({ loggedIn: true, authMethod: 'claude.ai', email: 'mallory@example.com', orgId: null })
  // It takes its lock and does not let go of it.
  const claude = `
import { mkdirSync, utimesSync } from 'node:fs'
mkdirSync(${JSON.stringify(lock)}); utimesSync(${JSON.stringify(lock)}, 4e9, 4e9)
setInterval(() => {}, 1000); process.stdout.write(${JSON.stringify(denial)}); process.exit(0)`
  context = { ...context, programs: await scriptedPrograms(join(machine.world.directory, 'bin'), { claude }, {}) }
  const accountId = await own('ada')
  let beats = 0
  const beat = setInterval(() => {
    const isTheirs = (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= 4e12
    if (isTheirs) utimesSync(lock, 4e9 + ++beats, 4e9 + beats)
  }, 1)
  expect(await codeOf(activate(accountId))).toBe('activation_not_rolled_back')
  clearInterval(beat)
})

test('a switch whose second file cannot be written is finished when it can be', async () => {
  const accountId = await own('ada')
  await machine.put(machine.companionPath, '{"numStartups":1}')
  const plan: typeof planLogin = (files, login) => ({
    files: planLogin(files, login).files.map((file) =>
      file.role === 'companion' ? { ...file, target: join(machine.world.directory, 'gone', 'x') } : file,
    ),
  })
  const work = switchPlace(context, { ...choosePlace(context, 'claude'), accountId, actor, plan })
  expect(await codeOf(work)).toBe('try_again_later')
  expect((await grantOf(accountId)).custody).toBe('cli')
  expect(await settled(recoverSwitches({ ...context, isSoleOwner: true }))).toEqual({ finished: 1, takenBack: 0 })
  expect((await json(machine.companionPath)).oauthAccount.emailAddress).toBe('ada@example.com')
  expect((await grantOf(accountId)).custody).toBe('cli')
})

test('while others may be at it, a switch that was cut off is left alone for a while', async () => {
  const accountId = await own('ada')
  await machine.put(machine.companionPath, '{"numStartups":1}')
  const plan: typeof planLogin = (files, login) => ({
    files: planLogin(files, login).files.map((file) =>
      file.role === 'companion' ? { ...file, target: join(machine.world.directory, 'gone', 'x') } : file,
    ),
  })
  const work = switchPlace(context, { ...choosePlace(context, 'claude'), accountId, actor, plan })
  expect(await codeOf(work)).toBe('try_again_later')
  expect(await settled(recoverSwitches({ ...context, isSoleOwner: false }))).toEqual({ finished: 0, takenBack: 0 })
  await machine.world.clock.advance(4 * MINUTE_MS)
  // Its file cannot be read: that is told, and it waits.
  const text = readFileSync(machine.claudePath, 'utf8')
  await rm(machine.claudePath)
  await mkdir(machine.claudePath)
  expect(await settled(recoverSwitches(context))).toEqual({ finished: 0, takenBack: 0 })
  await rm(machine.claudePath, { recursive: true })
  // Somebody else's login is there by now: ours was there and may have been used.
  await machine.put(machine.claudePath, claudeCredentialsJson(machine.signIn('brook')))
  expect(text).toContain('claudeAiOauth')
  expect(await settled(recoverSwitches(context))).toEqual({ finished: 0, takenBack: 1 })
  expect(await grantOf(accountId)).toMatchObject({ custody: 'dashboard', credentialPath: null })
  expect((await grantOf(accountId)).suspectAt).not.toBeNull()
})

test('a switch whose first file cannot be written is given up at once, and custody stays', async () => {
  const accountId = await own('ada')
  await machine.put(machine.claudePath, '{"mcpOauth":1}')
  const plan: typeof planLogin = (files, login) => ({
    files: planLogin(files, login).files.map((file) => ({
      ...file,
      target: join(machine.world.directory, 'gone', 'x'),
    })),
  })
  const work = switchPlace(context, { ...choosePlace(context, 'claude'), accountId, actor, plan })
  await expect(settled(work)).rejects.toThrow('gone')
  expect(await settled(recoverSwitches({ ...context, isSoleOwner: true }))).toEqual({ finished: 0, takenBack: 0 })
  expect(await grantOf(accountId)).toMatchObject({ custody: 'dashboard', suspectAt: null })
})

test('the plan of emptying names who is there, and says when nobody is', async () => {
  const plan = () => settled(planActivation(context, { accountId: null, provider: 'claude' }))
  expect(await plan()).toMatchObject({ incoming: null, outgoing: null, refusal: { code: 'activation_empty' } })
  await machine.put(machine.claudePath, anonymous(machine.signIn('ada')))
  expect(await plan()).toMatchObject({ outgoing: { accountId: null, fate: 'backup_only' }, refusal: null })
  const accountId = await own('brook')
  await settled(activate(accountId))
  const planned = await plan()
  expect(planned).toMatchObject({ outgoing: { accountId, fate: 'returns' }, refusal: null })
  expect(planned.files[0]).toMatchObject({ path: machine.claudePath, isRemoved: true })
  expect(await settled(planActivation(context, { accountId }))).toMatchObject({
    refusal: { code: 'activation_current' },
    files: [],
  })
  // Whoever signed out in the CLI: the account is held there still, and can be taken home.
  await rm(machine.claudePath)
  expect(await plan()).toMatchObject({ outgoing: null, refusal: null })
  const { accountIds } = await settled(clearDirectory(context, { provider: 'claude', actor }))
  expect(accountIds).toEqual([accountId])
  expect((await grantOf(accountId)).suspectAt).not.toBeNull()
})

test('a login without a refresh token goes from the file to nobody, and comes back from the backup as it was', async () => {
  const { claudeAiOauth } = JSON.parse(claudeCredentialsJson(machine.signIn('ada')))
  const before = JSON.stringify({ claudeAiOauth: { ...claudeAiOauth, refreshToken: undefined } })
  await machine.put(machine.claudePath, before)
  const { id } = await settled(linkAccount(context, { provider: 'claude', actor }))
  const brook = await own('brook')
  const { backupId } = await settled(activate(brook))
  expect(await grantOf(id)).toMatchObject({ custody: 'none', credentialPath: null })
  expect(await codeOf(activate(id))).toBe('no_refresh_token')
  await settled(restoreBackup(context, { backupId, actor }))
  expect(await readFile(machine.claudePath, 'utf8')).toBe(before)
})

test('an account that a CLI of another machine holds is not emptied from here', async () => {
  const accountId = await own('ada')
  await settled(activate(accountId))
  await context.database
    .update(grants)
    .set({ credentialMachineId: 'mac_elsewhere' })
    .where(eq(grants.accountId, accountId))
  const before = await readFile(machine.claudePath, 'utf8')
  expect(before).toContain('accessToken')
  expect(await codeOf(deactivateAccount(context, { accountId, actor }))).toBe('activation_elsewhere')
  expect(await readFile(machine.claudePath, 'utf8')).toBe(before)
})

test('only the switches of the provider that is meant are undone', async () => {
  const ada = await own('ada')
  await settled(activate(ada))
  expect(await codeOf(undoLast(context, { provider: 'codex', actor }))).toBe('backup_nothing_to_undo')
  await settled(undoLast(context, { provider: 'claude', actor }))
  expect((await grantOf(ada)).custody).toBe('dashboard')
})

test('an undo whose place was taken by somebody else meanwhile says so', async () => {
  const [ada, brook] = [await own('ada'), await own('brook')]
  await settled(activate(ada))
  await settled(activate(brook))
  const theirs = claudeCredentialsJson(machine.signIn('carol'))
  const end = context.events.subscribe((event) => {
    if (event.type === 'candidates.changed') writeFileSync(machine.claudePath, theirs)
  })
  expect(await codeOf(undoLast(context, { actor }))).toBe('activation_not_rolled_back')
  end()
  expect(await readFile(machine.claudePath, 'utf8')).toBe(theirs)
})

test('what runs now names a login that nobody here has, and nobody where none can be told', async () => {
  const stranger = machine.signIn('carol')
  await machine.put(machine.claudePath, claudeCredentialsJson(stranger))
  await machine.put(machine.companionPath, claudeJson(stranger.family))
  const accountId = await own('hopper')
  await settled(activate(accountId))
  const { createCredentialFollower } = await import('../accounts/follow-credentials.ts')
  await settled(createCredentialFollower(context).check())
  expect((await listAccounts(context)).length).toBe(1)
  const places = (await runningNow(context)).toSorted((a, b) => a.cli.localeCompare(b.cli))
  expect(places.map(({ cli, holder }) => [cli, holder?.accountId ?? null, holder?.name ?? null])).toEqual([
    ['claude', null, 'carol@example.com'],
    ['codex', accountId, 'hopper@example.com'],
  ])
  await machine.put(machine.claudePath, '{"claudeAiOauth":{"accessToken":"","refreshToken":"","expiresAt":0}}')
  await rm(machine.codexPath)
  await settled(createCredentialFollower(context).check())
  expect((await runningNow(context)).map(({ cli, state, holder }) => [cli, state, holder])).toEqual([
    ['claude', 'blanked', null],
  ])
})

test('two logins are the same by both of their tokens alone', async () => {
  const files = await readPlaceFiles(choosePlace(context, 'claude').place, machineOf(context))
  expect(holdsLogin(files, null)).toBe(true)
  const accountId = await own('ada')
  const { activationId } = await settled(activate(accountId))
  expect((await findActivation(context.database, activationId))?.verifiedAt).not.toBeNull()
  const held = await readPlaceFiles(choosePlace(context, 'claude').place, machineOf(context))
  expect(holdsLogin(held, null)).toBe(false)
})

test('a due account whose provider is away is not handed over', async () => {
  const accountId = await own('ada')
  await machine.world.clock.advance(30 * DAY_MS + HOUR_MS)
  machine.world.fake.faults.add({ endpoint: 'claude.refresh', fault: { kind: 'status', status: 503 }, times: 99 })
  const code = await codeOf(activate(accountId))
  expect(['try_again_later', 'reauthorization_required']).toContain(code)
  await expect(readFile(machine.claudePath)).rejects.toThrow('ENOENT')
})

test('a lock that is lost again and again ends the tries, and custody stays', async () => {
  const accountId = await own('ada')
  const lock = join(machine.world.directory, '.claude', '.oauth_refresh.lock')
  let losses = 0
  const end = atHandOver(() => {
    if (statSync(lock, { throwIfNoEntry: false })) {
      rmdirSync(lock)
      losses++
    }
  })
  expect(await codeOf(activate(accountId))).toBe('activation_changed')
  end()
  expect(losses).toBe(5)
  expect(await grantOf(accountId)).toMatchObject({ custody: 'dashboard', credentialPath: null })
  await expect(readFile(machine.claudePath)).rejects.toThrow('ENOENT')
})

test('the client that obtained a login is named in the file, where it is another than the CLI’s', async () => {
  const accountId = await own('ada')
  await context.database.update(grants).set({ clientId: 'another-client' }).where(eq(grants.accountId, accountId))
  await settled(activate(accountId))
  expect((await json(machine.claudePath)).claudeAiOauth.clientId).toBe('another-client')
})

test('only what is held in a place is taken back from it', async () => {
  const accountId = await own('ada')
  const act = { path: machine.claudePath, actor }
  expect(await takeBack(context, 'acc_unknown', act)).toBe(false)
  expect(await takeBack(context, accountId, act)).toBe(false)
  await settled(activate(accountId))
  expect(await takeBack(context, accountId, { path: machine.codexPath, actor })).toBe(false)
  expect((await grantOf(accountId)).custody).toBe('cli')
  expect(await takeBack(context, accountId, act)).toBe(true)
  expect(await takeBack(context, accountId, act)).toBe(false)
})
