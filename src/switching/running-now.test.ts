/** Who runs where: with processes as a system shows them, and on a system that shows none. */

import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connectAccount } from '../accounts/connect-account.ts'
import type { AccountsContext } from '../accounts/context.ts'
import { createCredentialFollower } from '../accounts/follow-credentials.ts'
import { thisMachineId } from '../accounts/machines.ts'
import { saveCredentialFile } from '../db/credential-file-store.ts'
import { type CliMachine, createCliMachine } from '../testing/cli-files.ts'
import { addFakeProcess } from '../testing/fake-processes.ts'
import { claudeCredentialsJson, claudeJson, identityOf, tokenSetOf } from '../testing/fake-tokens.ts'
import { choosePlace } from './cli-place.ts'
import { outrankingOf } from './outranking.ts'
import { runningNow } from './running-now.ts'

let machine: CliMachine
let context: AccountsContext
let root: string

beforeEach(async () => {
  machine = await createCliMachine()
  root = join(machine.world.directory, 'proc')
  context = { ...machine.context, system: { ...machine.context.system, processRoot: root } }
  const ada = machine.signIn('ada')
  await machine.put(machine.companionPath, claudeJson(ada.family))
  await machine.put(machine.claudePath, claudeCredentialsJson(ada))
  await machine.settled(createCredentialFollower(context).check())
})
afterEach(() => machine.close())

const runs = (pid: number, program: string, environment: Record<string, string>) =>
  addFakeProcess(root, pid, program, environment)
const outranking = () => outrankingOf(context, choosePlace(context, 'claude'))

test('a CLI that runs is named where it keeps its login, and warned of before a switch', async () => {
  await runs(7, 'sh', { HOME: machine.world.directory })
  expect(await outranking()).toEqual([])
  expect(await runningNow(context)).toMatchObject([
    { cli: 'claude', path: machine.claudePath, holder: { accountId: null, name: 'ada@example.com' }, usedBy: [] },
  ])
  await runs(4242, 'claude', { HOME: machine.world.directory })
  await runs(4243, 'claude', { HOME: '/elsewhere' })
  expect(await outranking()).toEqual([{ code: 'cli_running', params: { programs: 'claude (4242)' } }])
  // What was seen a moment ago still counts.
  expect((await runningNow(context))[0]).toMatchObject({ usedBy: [] })
  await machine.world.clock.advance(6_000)
  expect((await runningNow(context))[0]).toMatchObject({ usedBy: ['claude (4242)'] })
})

test('where the system shows no processes, that is said instead of “not running”', async () => {
  expect(await outranking()).toEqual([{ code: 'running_unknown', params: {} }])
  expect((await runningNow(context))[0]).toMatchObject({ cli: 'claude', usedBy: null })
})

test('another directory shows only while a program uses it, and an empty place only while one runs', async () => {
  const path = join(machine.world.directory, 'profiles', 'ada', '.credentials.json')
  const unknown = { subject: null, organizationId: null, email: null, accountId: null, modifiedAt: null }
  const row = { machineId: thisMachineId(context), provider: 'claude', observedAt: 0, ...unknown }
  const kept = { refreshTokenFingerprint: null, accessTokenExpiresAt: null }
  await saveCredentialFile(context.database, { ...row, ...kept, path, kind: 'profile', state: 'live' }, [])
  const codex = { provider: 'codex', path: machine.codexPath, kind: 'default', state: 'missing' }
  await saveCredentialFile(context.database, { ...row, ...kept, ...codex }, [])
  await runs(7, 'sh', {})
  const seen = async () => {
    await machine.world.clock.advance(6_000)
    return (await runningNow(context)).map(({ kind, state, holder }) => [kind, state, holder?.name])
  }
  expect(await seen()).toEqual([['default', 'live', 'ada@example.com']])
  await runs(8, 'claude', { CLAUDE_CONFIG_DIR: dirname(path) })
  await runs(9, 'codex', { HOME: machine.world.directory })
  expect((await seen()).toSorted()).toEqual([
    ['default', 'live', 'ada@example.com'],
    ['default', 'missing', undefined],
    ['profile', 'live', undefined],
  ])
})

test('an account that was added after its file was seen is the one that runs', async () => {
  await runs(7, 'sh', {})
  const issue = machine.signIn('ada')
  const { accountId } = await connectAccount(context, {
    ...{ provider: context.providers.get('claude')!, tokens: tokenSetOf(issue) },
    ...{ identity: identityOf(issue.family.identity), custody: 'dashboard', origin: 'callback', actor: 'browser' },
  })
  expect((await runningNow(context))[0]).toMatchObject({ holder: { accountId } })
})
