/** Switches that others disturb: files that change under our hands, locks that are held, logins of another kind. */

import { mkdirSync, rmdirSync, utimesSync, writeFileSync } from 'node:fs'
import { mkdir, open, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connectAccount } from '../accounts/connect-account.ts'
import type { AccountsContext } from '../accounts/context.ts'
import { planLogin } from '../cli-credentials/plan-login.ts'
import { findCurrentGrant } from '../db/grant-store.ts'
import { type CliMachine, createCliMachine } from '../testing/cli-files.ts'
import { claudeCredentialsJson, identityOf, tokenSetOf } from '../testing/fake-tokens.ts'
import { undoLast } from '../testing/undo-last.ts'
import { activateAccount } from './activate-account.ts'
import { choosePlace } from './cli-place.ts'
import { planActivation } from './plan-activation.ts'
import { restoreBackup } from './restore-backup.ts'
import { switchPlace } from './switch-place.ts'
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

async function own(name: string) {
  const issue = machine.signIn(name)
  const provider = context.providers.get(issue.family.identity.provider)!
  const { accountId } = await connectAccount(context, {
    ...{ provider, tokens: tokenSetOf(issue), identity: identityOf(issue.family.identity) },
    ...{ custody: 'dashboard', origin: 'callback', actor },
  })
  return accountId
}

const codeOf = (work: Promise<unknown>) =>
  machine.settled(work).then(
    () => 'no refusal',
    (error) => error.code,
  )
const custodyOf = async (accountId: string) => (await findCurrentGrant(context.database, accountId))?.custody
const json = async (path: string) => JSON.parse(await readFile(path, 'utf8'))

test('a file that another program changed is read again, and what it wrote is kept', async () => {
  const accountId = await own('ada')
  await machine.put(machine.claudePath, '{"mcpOauth":{"n":0}}')
  let looks = 0
  const plan: typeof planLogin = (files, login) => {
    const planned = planLogin(files, login)
    if (++looks < 3) writeFileSync(machine.claudePath, `{"mcpOauth":{"n":${looks}}}`)
    return planned
  }
  await machine.settled(switchPlace(context, { ...choosePlace(context, 'claude'), accountId, actor, plan }))
  expect((await json(machine.claudePath)).mcpOauth).toEqual({ n: 2 })
  expect(await custodyOf(accountId)).toBe('cli')
})

test('a file that never rests is left alone, and custody stays', async () => {
  const accountId = await own('ada')
  let looks = 0
  const plan: typeof planLogin = (files, login) => {
    const planned = planLogin(files, login)
    writeFileSync(machine.claudePath, `{"mcpOauth":{"n":${++looks}}}`)
    return planned
  }
  await mkdir(join(machine.world.directory, '.claude'), { recursive: true })
  const work = switchPlace(context, { ...choosePlace(context, 'claude'), accountId, actor, plan })
  expect(await codeOf(work)).toBe('changed')
  expect(await json(machine.claudePath)).toEqual({ mcpOauth: { n: looks } })
  expect(await custodyOf(accountId)).toBe('dashboard')
})

test('the file beside the credentials may change in between: it is done anew, and its news is kept', async () => {
  const accountId = await own('ada')
  await machine.put(machine.companionPath, '{"numStartups":1}')
  let looks = 0
  const plan: typeof planLogin = (files, login) => {
    const planned = planLogin(files, login)
    if (++looks === 1) writeFileSync(machine.companionPath, '{"numStartups":2}')
    return planned
  }
  await machine.settled(switchPlace(context, { ...choosePlace(context, 'claude'), accountId, actor, plan }))
  expect(await json(machine.companionPath)).toMatchObject({
    numStartups: 2,
    oauthAccount: { emailAddress: 'ada@example.com' },
  })
})

test('a CLI that holds its lock is waited for, and then named', async () => {
  const accountId = await own('ada')
  const lock = join(machine.world.directory, '.claude', '.oauth_refresh.lock')
  await mkdir(lock, { recursive: true })
  const seconds = machine.world.clock.now() / 1000
  await utimes(lock, seconds, seconds)
  expect(await codeOf(activateAccount(context, { accountId, actor }))).toBe('place_busy')
  expect(await custodyOf(accountId)).toBe('dashboard')
})

test('a process that slept until its lock was taken over writes nothing', async () => {
  const accountId = await own('ada')
  const lock = join(machine.world.directory, '.claude', '.oauth_refresh.lock')
  await machine.put(machine.claudePath, '{"mcpOauth":{"n":0}}')
  const plan: typeof planLogin = (files, login) => {
    const planned = planLogin(files, login)
    rmdirSync(lock)
    mkdirSync(lock)
    const seconds = machine.world.clock.now() / 1000 + 30
    utimesSync(lock, seconds, seconds)
    return planned
  }
  const work = switchPlace(context, { ...choosePlace(context, 'claude'), accountId, actor, plan })
  expect(await codeOf(work)).toBe('lock_busy')
  expect(await json(machine.claudePath)).toEqual({ mcpOauth: { n: 0 } })
  expect(await custodyOf(accountId)).toBe('dashboard')
  expect((await stat(lock)).isDirectory()).toBe(true)
})

test('a lock that was lost is taken again, and what was written meanwhile comes home first', async () => {
  const first = machine.signIn('ada')
  const ada = await own('ada')
  await machine.settled(activateAccount(context, { accountId: ada, actor }))
  const brook = await own('brook')
  const lock = join(machine.world.directory, '.claude', '.oauth_refresh.lock')
  let looks = 0
  const plan: typeof planLogin = (files, login) => {
    const planned = planLogin(files, login)
    if (++looks === 1) {
      rmdirSync(lock)
      const seconds = machine.world.clock.now() / 1000 + 60
      writeFileSync(machine.claudePath, claudeCredentialsJson(first))
      utimesSync(machine.claudePath, seconds, seconds)
    }
    return planned
  }
  await machine.settled(switchPlace(context, { ...choosePlace(context, 'claude'), accountId: brook, actor, plan }))
  expect(looks).toBe(2)
  expect(await machine.held(ada)).toMatchObject({ refresh: first.pair.refreshToken })
  expect(await custodyOf(ada)).toBe('dashboard')
  expect(await custodyOf(brook)).toBe('cli')
})

test('an API key that codex had comes back whole, also when codex wrote since', async () => {
  const accountId = await own('hopper')
  const before = '{"OPENAI_API_KEY":"sk-FAKE-key","auth_mode":"apikey"}'
  await machine.put(machine.codexPath, before)
  await machine.settled(activateAccount(context, { accountId, actor }))
  await machine.put(machine.codexPath, JSON.stringify({ ...(await json(machine.codexPath)), more: 1 }))
  await machine.settled(undoLast(context, { actor }))
  expect(await readFile(machine.codexPath, 'utf8')).toBe(before)
  expect(await custodyOf(accountId)).toBe('dashboard')
})

test('a second login of a known account stays in the backup alone, and comes back from there', async () => {
  await own('ada')
  const accountId = await own('brook')
  const before = claudeCredentialsJson(machine.signIn('ada'))
  await machine.put(machine.claudePath, before)
  const plan = await machine.settled(planActivation(context, { accountId }))
  expect(plan.outgoing?.fate).toBe('backup_only')
  const { backupId } = await machine.settled(activateAccount(context, { accountId, actor }))
  const undone = await machine.settled(restoreBackup(context, { backupId, actor }))
  expect(undone).toMatchObject({ accountId: null, isExact: true })
  expect(await readFile(machine.claudePath, 'utf8')).toBe(before)
  expect(await codeOf(restoreBackup(context, { backupId, actor }))).toBe('backup_nothing_to_undo')
})

test('a codex that keeps its login in the keyring, and a file that cannot be edited, are refused', async () => {
  const accountId = await own('hopper')
  await mkdir(join(machine.world.directory, '.codex'), { recursive: true })
  await writeFile(join(machine.world.directory, '.codex', 'config.toml'), 'cli_auth_credentials_store = "keyring"\n')
  const plan = await machine.settled(planActivation(context, { accountId }))
  expect(plan).toMatchObject({ refusal: { code: 'file_keyring' }, warnings: [{ code: 'login_not_in_file' }] })
  expect(await codeOf(activateAccount(context, { accountId, actor }))).toBe('file_keyring')
  const other = await own('ada')
  await machine.put(machine.claudePath, '{"mcpOauth":1,"mcpOauth":2}')
  expect(await codeOf(activateAccount(context, { accountId: other, actor }))).toBe('place_unusual')
  expect(await custodyOf(other)).toBe('dashboard')
})

test('a token that codex wrote into the file that was replaced is not lost', async () => {
  const first = await own('hopper')
  await machine.settled(activateAccount(context, { accountId: first, actor }))
  const issue = machine.signIn('hopper', { accessTokenLifetimeMs: 20 * 86_400_000 })
  const writer = await open(machine.codexPath, 'r+')
  await machine.settled(activateAccount(context, { accountId: await own('grace'), actor }))
  await writer.truncate(0)
  await writer.write(machine.codexText(issue), 0)
  await writer.close()
  await machine.settled(
    (async () => {
      for (let looks = 0; looks < 300; looks++) {
        if ((await machine.held(first)).refresh === issue.pair.refreshToken) return
        await new Promise((resolve) => setTimeout(resolve, 5))
        await machine.world.clock.advance(100)
      }
    })(),
  )
  expect(await machine.held(first)).toMatchObject({ refresh: issue.pair.refreshToken })
  expect(await custodyOf(first)).toBe('dashboard')
})
