/** Handing accounts to CLIs and taking them back, over real files: who may refresh what, and what the files say, at every step. */

import { mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connectAccount } from '../accounts/connect-account.ts'
import type { AccountsContext } from '../accounts/context.ts'
import { AccountError } from '../accounts/errors.ts'
import { createCredentialFollower } from '../accounts/follow-credentials.ts'
import { accountLineage } from '../accounts/lineage.ts'
import { linkAccount } from '../accounts/link-account.ts'
import { getAccount, listAccounts } from '../accounts/list-accounts.ts'
import { refreshGrant } from '../accounts/refresh-grant.ts'
import { removeAccount } from '../accounts/remove-account.ts'
import { changeGrant, findCurrentGrant } from '../db/grant-store.ts'
import { DAY_MS } from '../lib/clock.ts'
import { type CliMachine, createCliMachine } from '../testing/cli-files.ts'
import { claudeCredentialsJson, claudeJson, identityOf, tokenSetOf } from '../testing/fake-tokens.ts'
import { undoLast } from '../testing/undo-last.ts'
import { activateAccount } from './activate-account.ts'
import { expireBackups, listBackups } from './backups.ts'
import { clearDirectory, clearPlace, deactivateAccount } from './clear-place.ts'
import { planActivation } from './plan-activation.ts'
import { restoreBackup } from './restore-backup.ts'
import { runningNow } from './running-now.ts'
import { aftercareEnded } from './under-way.ts'

let machine: CliMachine
let context: AccountsContext
const actor = 'browser' as const

beforeEach(async () => {
  machine = await createCliMachine()
  context = machine.context
})
afterEach(async () => {
  await aftercareEnded(context)
  await machine.close()
})

/** An account that is signed in here, with everything that its CLI needs. */
async function own(name: string, lifetimes = {}) {
  const issue = machine.signIn(name, lifetimes)
  const provider = context.providers.get(issue.family.identity.provider)!
  const { accountId } = await connectAccount(context, {
    ...{ provider, tokens: tokenSetOf(issue), identity: identityOf(issue.family.identity) },
    ...{ custody: 'dashboard', origin: 'callback', actor },
  })
  return { accountId, issue }
}

const settled = <T>(work: Promise<T>) => machine.settled(work)
const activate = (accountId: string, directory?: string) =>
  settled(activateAccount(context, { accountId, directory, actor }))
const text = (path: string) => readFile(path, 'utf8')
const json = async (path: string) => JSON.parse(await text(path))
const grantOf = async (accountId: string) => (await findCurrentGrant(context.database, accountId))!
const refusalOf = (work: Promise<unknown>) =>
  settled(work).then(
    () => 'no refusal',
    (error) => (error instanceof AccountError ? error.code : error),
  )

test('an account goes to Claude Code with its neighbours left alone, and to nobody else', async () => {
  const { accountId, issue } = await own('ada')
  await machine.put(machine.claudePath, '{"mcpOauth":{"x":1}}')
  await machine.put(machine.companionPath, '{"numStartups":7,"oauthAccount":{"accountUuid":"somebody"}}')
  const activation = await activate(accountId)
  expect(activation).toMatchObject({ accountId, verifiedAs: issue.family.identity.email, verifiedBy: 'file' })
  const file = await json(machine.claudePath)
  expect(file.mcpOauth).toEqual({ x: 1 })
  expect(file.claudeAiOauth).toMatchObject({
    accessToken: issue.pair.accessToken,
    refreshToken: issue.pair.refreshToken,
  })
  const companion = await json(machine.companionPath)
  expect(companion).toMatchObject({ numStartups: 7, oauthAccount: { accountUuid: issue.family.identity.subject } })
  expect((await stat(machine.claudePath)).mode & 0o777).toBe(0o600)
  expect(await grantOf(accountId)).toMatchObject({
    custody: 'cli',
    credentialPath: machine.claudePath,
    nextRefreshAt: null,
    generation: 2,
  })
  const refreshed = await settled(refreshGrant(context, accountId, { purpose: 'requested', actor }))
  expect(refreshed.outcome).toBe('not_custodian')
  expect((await getAccount(context, accountId)).activeIn).toEqual(['claude'])
  expect((await accountLineage(context, accountId)).generations.map(({ how, custody }) => `${how} ${custody}`)).toEqual(
    ['handed_over cli', 'signed_in dashboard'],
  )
  expect(await refusalOf(activateAccount(context, { accountId, actor }))).toBe('activation_current')
})

test('an account goes to codex, whose directory is made where there is none', async () => {
  const { accountId, issue } = await own('hopper')
  await activate(accountId)
  const file = await json(machine.codexPath)
  expect(file).toMatchObject({ auth_mode: 'chatgpt', tokens: { refresh_token: issue.pair.refreshToken } })
  expect(typeof file.last_refresh).toBe('string')
  expect(await runningNow(context)).toMatchObject([
    { cli: 'codex', kind: 'default', state: 'live', holder: { accountId }, usedBy: [] },
  ])
})

test('a due access token is refreshed before it is handed over', async () => {
  const { accountId, issue } = await own('ada', { accessTokenLifetimeMs: 3_600_000 })
  await machine.world.clock.advance(3_500_000)
  await activate(accountId)
  expect((await json(machine.claudePath)).claudeAiOauth.refreshToken).not.toBe(issue.pair.refreshToken)
  expect((await grantOf(accountId)).generation).toBe(3)
})

test('what the CLI rotated meanwhile comes home before its file is replaced', async () => {
  const first = await own('ada')
  const second = await own('brook')
  await activate(first.accountId)
  const rotated = await machine.rotate(machine.claudePath, first.issue)
  await activate(second.accountId)
  expect(await machine.held(first.accountId)).toMatchObject({ refresh: rotated.pair.refreshToken })
  expect(await grantOf(first.accountId)).toMatchObject({ custody: 'dashboard', credentialPath: null, suspectAt: null })
  expect((await grantOf(first.accountId)).nextRefreshAt).not.toBeNull()
  const hows = (await accountLineage(context, first.accountId)).generations.map(({ how }) => how)
  expect(hows).toEqual(['taken_over', 'adopted', 'handed_over', 'signed_in'])
  // Longer than two askings that mean one refresh.
  await machine.world.clock.advance(3_000)
  const outcome = await settled(refreshGrant(context, first.accountId, { purpose: 'requested', actor }))
  expect(outcome.outcome).toBe('refreshed')
})

test('a login that nobody here knew becomes an account, so that it outlives the backup', async () => {
  const { accountId } = await own('brook')
  const stranger = machine.signIn('ada')
  await machine.put(machine.claudePath, claudeCredentialsJson(stranger))
  const plan = await settled(planActivation(context, { accountId }))
  expect(plan).toMatchObject({ outgoing: { accountId: null, fate: 'welcomed' }, refusal: null })
  expect(await listAccounts(context)).toHaveLength(1)
  await activate(accountId)
  const [, welcomed] = await listAccounts(context)
  expect(welcomed).toMatchObject({ subject: stranger.family.identity.subject, custody: 'dashboard' })
  expect(await machine.held(welcomed!.id)).toMatchObject({ refresh: stranger.pair.refreshToken })
})

test('the plan names keys and never what they hold, and changes nothing', async () => {
  const { accountId, issue } = await own('ada')
  const linked = machine.signIn('brook')
  await machine.put(machine.claudePath, claudeCredentialsJson(linked))
  await settled(linkAccount(context, { path: machine.claudePath, actor }))
  const before = await text(machine.claudePath)
  const plan = await settled(planActivation(context, { accountId }))
  expect(plan).toMatchObject({
    cli: 'claude',
    outgoing: { fate: 'returns' },
    incoming: { isRefreshedFirst: false },
    refusal: null,
  })
  expect(plan.files.flatMap(({ changes }) => changes.map(({ key }) => key))).toContain('claudeAiOauth.accessToken')
  for (const secret of [issue.pair.accessToken, linked.pair.accessToken])
    expect(JSON.stringify(plan)).not.toContain(secret)
  expect(await text(machine.claudePath)).toBe(before)
  expect((await grantOf(accountId)).custody).toBe('dashboard')
  expect(await listBackups(context)).toEqual([])
})

test('an undo brings back every byte, and custody with it', async () => {
  const linked = machine.signIn('ada')
  const before = `${claudeCredentialsJson(linked)}\n\n`
  await machine.put(machine.claudePath, before)
  await machine.put(machine.companionPath, claudeJson(linked.family))
  const companion = await text(machine.companionPath)
  const { id } = await settled(linkAccount(context, { path: machine.claudePath, actor }))
  const { accountId } = await own('brook')
  await activate(accountId)
  expect((await grantOf(id)).custody).toBe('dashboard')
  const undone = await settled(undoLast(context, { actor }))
  expect(undone).toMatchObject({ accountId: id, isExact: true })
  expect(await text(machine.claudePath)).toBe(before)
  expect(await text(machine.companionPath)).toBe(companion)
  expect(await grantOf(id)).toMatchObject({ custody: 'cli', credentialPath: machine.claudePath })
  expect(await grantOf(accountId)).toMatchObject({ custody: 'dashboard', credentialPath: null })
  expect(await refusalOf(undoLast(context, { actor }))).toBe('backup_nothing_to_undo')
})

test('an undo never puts back a token that was spent since, and keeps what others wrote', async () => {
  const first = await own('ada')
  const second = await own('brook')
  await machine.put(machine.claudePath, '{}')
  await activate(first.accountId)
  await activate(second.accountId)
  await machine.world.clock.advance(600_000)
  const { outcome } = await settled(refreshGrant(context, first.accountId, { purpose: 'requested', actor }))
  expect(outcome).toBe('refreshed')
  await machine.put(
    machine.claudePath,
    JSON.stringify({ ...(await json(machine.claudePath)), mcpOauth: { later: true } }),
  )
  const undone = await settled(undoLast(context, { actor }))
  expect(undone).toMatchObject({ accountId: first.accountId, isExact: false })
  const file = await json(machine.claudePath)
  const held = await machine.held(first.accountId)
  expect(file.claudeAiOauth.refreshToken).toBe(held.refresh)
  expect(file.claudeAiOauth.refreshToken).not.toBe(first.issue.pair.refreshToken)
  expect(file.mcpOauth).toEqual({ later: true })
})

test('an untouched file gets the newest token and its other bytes back', async () => {
  const first = await own('ada')
  const second = await own('brook')
  await activate(first.accountId)
  await activate(second.accountId)
  await machine.world.clock.advance(600_000)
  await settled(refreshGrant(context, first.accountId, { purpose: 'requested', actor }))
  const undone = await settled(undoLast(context, { actor }))
  expect(undone.isExact).toBe(false)
  expect((await json(machine.claudePath)).claudeAiOauth.refreshToken).toBe(
    (await machine.held(first.accountId)).refresh,
  )
})

test('the place is emptied without revoking anything, and that can be undone', async () => {
  const { accountId } = await own('ada')
  await machine.put(machine.claudePath, '{"mcpOauth":{"x":1}}')
  await activate(accountId)
  const written = await text(machine.claudePath)
  const cleared = await settled(deactivateAccount(context, { accountId, actor }))
  expect(cleared.accountIds).toEqual([accountId])
  expect(await json(machine.claudePath)).toEqual({ mcpOauth: { x: 1 } })
  expect(await grantOf(accountId)).toMatchObject({ custody: 'dashboard', credentialPath: null })

  expect(await refusalOf(deactivateAccount(context, { accountId, actor }))).toBe('activation_not_held')
  expect(await refusalOf(clearDirectory(context, { provider: 'claude', actor }))).toBe('activation_empty')
  await settled(restoreBackup(context, { backupId: cleared.backupId!, actor }))
  expect(await text(machine.claudePath)).toBe(written)
  expect((await grantOf(accountId)).custody).toBe('cli')
})

test('taking an account back leaves the login of somebody else who signed in by hand', async () => {
  const { accountId } = await own('ada')
  await activate(accountId)
  const other = claudeCredentialsJson(machine.signIn('brook'))
  await machine.put(machine.claudePath, other)
  const follower = createCredentialFollower(context)
  await settled(follower.check())
  expect((await getAccount(context, accountId)).activeIn).toEqual([])
  expect(await refusalOf(activateAccount(context, { accountId, actor }))).toBe('activation_uncertain')
  const cleared = await settled(deactivateAccount(context, { accountId, actor }))
  expect(cleared.backupId).toBeNull()
  expect(await text(machine.claudePath)).toBe(other)
  const grant = await grantOf(accountId)
  expect(grant.custody).toBe('dashboard')
  expect(grant.suspectAt).not.toBeNull()
})

test('what may not be handed over is refused with its reason, and nothing is touched', async () => {
  const { accountId } = await own('ada')
  await machine.put(machine.claudePath, '{"mcpOauth":{}}')
  const change = async (changes: object) => changeGrant(context.database, await grantOf(accountId), changes)
  await change({ uncertainAt: 1 })
  expect(await refusalOf(activateAccount(context, { accountId, actor }))).toBe('activation_uncertain')
  await change({ uncertainAt: null, suspectAt: 1 })
  expect(await refusalOf(activateAccount(context, { accountId, actor }))).toBe('activation_uncertain')
  await change({ suspectAt: null, refusedAt: 1, refusalCode: 'invalid_grant' })
  expect(await refusalOf(activateAccount(context, { accountId, actor }))).toBe('reauthorization_required')
  await change({ refusedAt: null, refusalCode: null, custody: 'none', refreshTokenFingerprint: null })
  expect(await refusalOf(activateAccount(context, { accountId, actor }))).toBe('no_refresh_token')
  expect(await refusalOf(activateAccount(context, { accountId: 'acc_gone', actor }))).toBe('account_not_found')
  expect(await refusalOf(activateAccount(context, { accountId, actor, directory: '/elsewhere' }))).toBe(
    'activation_unsupported',
  )
  expect(await text(machine.claudePath)).toBe('{"mcpOauth":{}}')
  expect(await listBackups(context)).toEqual([])
})

test('an account that a CLI keeps in another directory is not copied', async () => {
  const { accountId } = await own('ada')
  const profile = join(context.profilesDirectory, 'claude-0a')
  await mkdir(profile, { recursive: true })
  await activate(accountId, profile)
  expect((await grantOf(accountId)).credentialPath).toBe(join(profile, '.credentials.json'))
  expect(await refusalOf(activateAccount(context, { accountId, actor }))).toBe('activation_elsewhere')
  const plan = await settled(planActivation(context, { accountId }))
  expect(plan.refusal?.code).toBe('activation_elsewhere')
  await settled(clearPlace(context, { path: join(profile, '.credentials.json'), actor }))
  await activate(accountId)
})

test('files that are not plain files of ours are refused', async () => {
  const { accountId } = await own('ada')
  await mkdir(join(machine.world.directory, '.claude'), { recursive: true })
  await writeFile(join(machine.world.directory, 'elsewhere.json'), '{}')
  await symlink(join(machine.world.directory, 'elsewhere.json'), machine.claudePath)
  expect(await refusalOf(activateAccount(context, { accountId, actor }))).toBe('file_foreign')
  await rm(machine.claudePath)
  await mkdir(machine.claudePath)
  expect(await refusalOf(activateAccount(context, { accountId, actor }))).toBe('file_foreign')
  await rm(machine.claudePath, { recursive: true })
  await writeFile(machine.claudePath, '{"claudeAiOauth":')
  expect(await refusalOf(activateAccount(context, { accountId, actor }))).toBe('file_torn')
  expect((await grantOf(accountId)).custody).toBe('dashboard')
})

test('the follower adopts what the CLI rotates after an activation', async () => {
  const { accountId, issue } = await own('hopper')
  await activate(accountId)
  const rotated = await machine.rotate(machine.codexPath, issue)
  await settled(createCredentialFollower(context).check())
  expect(await machine.held(accountId)).toMatchObject({ refresh: rotated.pair.refreshToken, generation: 3 })
})

test('backups are kept for 30 days, and of an account that is gone nothing spent is put back', async () => {
  const first = await own('ada')
  const second = await own('brook')
  await activate(first.accountId)
  await activate(second.accountId)
  await machine.world.clock.advance(600_000)
  await settled(refreshGrant(context, first.accountId, { purpose: 'requested', actor }))
  await settled(removeAccount(context, first.accountId, { revoke: false, actor }))
  expect(await refusalOf(undoLast(context, { actor }))).toBe('backup_previous_gone')
  const [backup] = await listBackups(context)
  expect(backup).toMatchObject({ next: { accountId: second.accountId }, isUndo: false, restoredAt: null })
  await machine.world.clock.advance(30 * DAY_MS)
  expect(await refusalOf(restoreBackup(context, { backupId: backup!.id, actor }))).toBe('backup_not_found')
  await expireBackups(context)
  expect(await listBackups(context)).toEqual([])
})
