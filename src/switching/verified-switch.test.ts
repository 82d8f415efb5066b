/** Asking the CLI whose login it sees, with programs that answer as the real ones do, or badly; and taking a switch back when the answer is wrong. */

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connectAccount } from '../accounts/connect-account.ts'
import type { AccountsContext } from '../accounts/context.ts'
import { AccountError } from '../accounts/errors.ts'
import { findCurrentGrant } from '../db/grant-store.ts'
import { type CliMachine, createCliMachine } from '../testing/cli-files.ts'
import { scriptedPrograms } from '../testing/fake-programs.ts'
import { identityOf, tokenSetOf } from '../testing/fake-tokens.ts'
import { activateAccount } from './activate-account.ts'
import { listBackups } from './backups.ts'
import { claudeSettings, codexSettings } from './outranking.ts'
import { planActivation } from './plan-activation.ts'
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

async function own(name: string, lifetimes = {}) {
  const issue = machine.signIn(name, lifetimes)
  const provider = context.providers.get(issue.family.identity.provider)!
  const { accountId } = await connectAccount(context, {
    ...{ provider, tokens: tokenSetOf(issue), identity: identityOf(issue.family.identity) },
    ...{ custody: 'dashboard', origin: 'callback', actor },
  })
  return accountId
}

async function install(scripts: Record<string, string>, variables: Record<string, string> = {}) {
  const programs = await scriptedPrograms(join(machine.world.directory, 'bin'), scripts, variables)
  context = { ...context, programs }
}

/** What a program was asked is written down beside it. */
const status = (answer: string, exitCode = 0) => `
import { writeFileSync } from 'node:fs'
writeFileSync(new URL('./asked.json', import.meta.url), JSON.stringify([process.argv.slice(2), process.env]))
process.stdout.write(${JSON.stringify(answer)}); process.exitCode = ${exitCode}`

const appServer = (answer: object) => `
let text = ''
process.stdin.on('data', (piece) => {
  text += piece
  if (text.includes('"initialize"') && !text.includes('~')) { text += '~'; console.log('{"id":1,"result":{}}'); console.log('not json') }
  if (text.includes('"account/read"') && text.includes('"refreshToken":false')) console.log(${JSON.stringify(JSON.stringify(answer))})
})`

const said = (email: string | null, more = {}) =>
  JSON.stringify({ loggedIn: true, authMethod: 'claude.ai', email, orgId: null, ...more })
const activate = (accountId: string) => machine.settled(activateAccount(context, { accountId, actor }))
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no refusal',
    (error) => (error instanceof AccountError ? error.code : error),
  )

test('Claude Code confirms, in its own directory and without anything that outranks it', async () => {
  await install({ claude: status(said('ADA@example.com')) }, { ANTHROPIC_API_KEY: 'sk-ant-FAKE' })
  const accountId = await own('ada')
  const plan = await machine.settled(planActivation(context, { accountId }))
  expect(plan.warnings).toEqual([{ code: 'variable_set', params: { name: 'ANTHROPIC_API_KEY' } }])
  expect(await activate(accountId)).toMatchObject({ verifiedAs: 'ADA@example.com', verifiedBy: 'cli' })
  const [args, env] = JSON.parse(await readFile(join(machine.world.directory, 'bin', 'asked.json'), 'utf8'))
  expect(args).toEqual(['auth', 'status', '--json'])
  expect(env).not.toHaveProperty('ANTHROPIC_API_KEY')
  expect(env).not.toHaveProperty('CLAUDE_CONFIG_DIR')
})

test.each([
  ['another e-mail', said('mallory@example.com')],
  ['another organisation', said('brook@example.com', { orgId: 'somebody-else' })],
  ['nobody', JSON.stringify({ loggedIn: false, authMethod: 'none' })],
])('Claude Code names %s: everything is as it was', async (_, answer) => {
  await install({ claude: status(answer, 1) })
  const first = await own('ada')
  await machine.put(machine.claudePath, '{"mcpOauth":{}}')
  expect(await codeOf(activate(first))).toBe('activation_not_verified')
  expect(await readFile(machine.claudePath, 'utf8')).toBe('{"mcpOauth":{}}')
  expect(await findCurrentGrant(context.database, first)).toMatchObject({ custody: 'dashboard', credentialPath: null })
  expect((await listBackups(context)).every(({ isUndo, restoredAt }) => isUndo || restoredAt !== null)).toBe(true)
})

test.each([
  ['says nothing', status('')],
  ['talks to people', status('Logged in as ada')],
  ['uses another kind of login', status(said('other@example.com', { authMethod: 'oauth_token' }))],
  ['breaks off', 'process.abort()'],
])('where Claude Code %s, its file is believed', async (_, script) => {
  await install({ claude: script })
  expect(await activate(await own('ada'))).toMatchObject({ verifiedAs: 'ada@example.com', verifiedBy: 'file' })
})

test('a CLI that would renew the login first is not asked', async () => {
  await install({ claude: status(said('mallory@example.com')) })
  const accountId = await own('ada', { accessTokenLifetimeMs: 20 * 60_000 })
  await machine.world.clock.advance(14.5 * 60_000)
  expect(await activate(accountId)).toMatchObject({ verifiedBy: 'file' })
})

test('codex confirms over its app-server; its own troubles say nothing, another account takes the switch back', async () => {
  const accountId = await own('hopper')
  await install({ codex: appServer({ id: 2, result: { account: { type: 'chatgpt', email: 'mallory@example.com' } } }) })
  expect(await codeOf(activate(accountId))).toBe('activation_not_verified')
  await install({ codex: appServer({ id: 2, error: { message: 'workspace routing discovery failed' } }) })
  expect(await activate(accountId)).toMatchObject({ verifiedBy: 'file' })
  const other = await own('grace')
  await install({ codex: appServer({ id: 2, result: { account: { type: 'chatgpt', email: 'grace@example.com' } } }) })
  expect(await activate(other)).toMatchObject({ verifiedAs: 'grace@example.com', verifiedBy: 'cli' })
})

test('settings that outrank the file are named, and never what they hold', async () => {
  expect(claudeSettings(null)).toEqual([])
  expect(claudeSettings('[]')).toEqual([])
  const secret = {
    apiKeyHelper: '/bin/secret',
    env: { ANTHROPIC_AUTH_TOKEN: 'sk-FAKE', HARMLESS: '1', CLAUDE_CODE_USE_BEDROCK: '' },
  }
  expect(claudeSettings(JSON.stringify(secret))).toEqual(['apiKeyHelper', 'env.ANTHROPIC_AUTH_TOKEN'])
  expect(codexSettings(null, '/c')).toEqual([])
  expect(codexSettings('cli_auth_credentials_store = "file"\n[x]\nforced_login_method = "api"', '/c')).toEqual([])
  const all = 'cli_auth_credentials_store = "ephemeral"\nforced_login_method = "api"\nmodel_provider = "azure"'
  expect(codexSettings(all, '/c').map(({ code }) => code)).toEqual([
    'login_not_in_file',
    'setting_outranks',
    'setting_outranks',
  ])
  const accountId = await own('ada')
  await machine.put(machine.claudePath, '{}')
  await writeFile(join(machine.world.directory, '.claude', 'settings.json'), JSON.stringify(secret))
  const { warnings } = await machine.settled(planActivation(context, { accountId }))
  expect(warnings.map(({ params }) => ('name' in params ? params.name : ''))).toEqual([
    'apiKeyHelper',
    'env.ANTHROPIC_AUTH_TOKEN',
  ])
})
