/** Waiting for a CLI that renews without a lock, with a program that only bears its name. */

import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connectAccount } from '../accounts/connect-account.ts'
import { runningClis, usersOf } from '../cli-credentials/running-clis.ts'
import { findCurrentGrant } from '../db/grant-store.ts'
import { type CliMachine, createCliMachine } from '../testing/cli-files.ts'
import { currentPair } from '../testing/fake-grants.ts'
import { identityOf, tokenSetOf } from '../testing/fake-tokens.ts'
import { activateAccount } from './activate-account.ts'
import { aftercareEnded } from './under-way.ts'

const NEARLY_DUE = { accessTokenLifetimeMs: 4 * 60_000 }

let machine: CliMachine
let running: Bun.Subprocess[]

beforeEach(async () => {
  machine = await createCliMachine()
  running = []
})
afterEach(async () => {
  for (const program of running) {
    program.kill('SIGKILL')
    await program.exited
  }
  await aftercareEnded(machine.context)
  await machine.close()
})

async function own(name: string, lifetimes = {}) {
  const { context } = machine
  const issue = machine.signIn(name, lifetimes)
  const provider = context.providers.get(issue.family.identity.provider)!
  const { accountId } = await connectAccount(context, {
    ...{ provider, tokens: tokenSetOf(issue), identity: identityOf(issue.family.identity) },
    ...{ custody: 'dashboard', origin: 'callback', actor: 'api' },
  })
  return { accountId, issue }
}

const grantOf = async (accountId: string) => (await findCurrentGrant(machine.context.database, accountId))!
const activate = (accountId: string) => machine.settled(activateAccount(machine.context, { accountId, actor: 'api' }))

/** A process that says it is codex, in the place that codex uses by itself. */
async function runCodex() {
  const directory = dirname(machine.codexPath)
  await mkdir(directory, { recursive: true })
  const program = Bun.spawn(['bash', '-c', 'exec -a codex sleep 60'], {
    env: { ...process.env, CODEX_HOME: directory },
  })
  running.push(program)
  // It bears the name once bash has become it.
  while ((await usersOf(directory, await runningClis('/proc'))).length === 0) await new Promise(setImmediate)
}

describe.skipIf(process.platform !== 'linux')('codex runs', () => {
  test('and writes what it was given: that is adopted before its login goes', async () => {
    const grace = await own('grace', NEARLY_DUE)
    const hopper = await own('hopper')
    await activate(grace.accountId)
    await runCodex()
    const startedAt = machine.world.clock.now()
    const switching = activateAccount(machine.context, { accountId: hopper.accountId, actor: 'api' })
    const over = machine.settled(switching)
    const next = machine.world.fake.grants.refresh(grace.issue.pair.refreshToken!, grace.issue.family.clientId)
    if (typeof next === 'string') throw new Error(next)
    await machine.put(machine.codexPath, machine.codexText(next))
    await over
    const grant = await grantOf(grace.accountId)
    expect(grant).toMatchObject({ custody: 'dashboard', suspectAt: null })
    expect((await machine.held(grace.accountId)).refresh).toBe(currentPair(grace.issue.family).refreshToken!)
    expect(machine.world.clock.now() - startedAt).toBeLessThan(10_000)
  })

  test('and writes nothing in ten seconds: it goes on, and its token is not taken for certain', async () => {
    const grace = await own('grace', NEARLY_DUE)
    const hopper = await own('hopper')
    await activate(grace.accountId)
    await runCodex()
    await activate(hopper.accountId)
    expect(await grantOf(grace.accountId)).toMatchObject({ custody: 'dashboard', suspectAt: expect.any(Number) })
    expect(await grantOf(hopper.accountId)).toMatchObject({ custody: 'cli', suspectAt: null })
  })

  test('with a token that is good for hours: nobody waits', async () => {
    const grace = await own('grace')
    const hopper = await own('hopper')
    await activate(grace.accountId)
    await runCodex()
    const startedAt = machine.world.clock.monotonic()
    await activate(hopper.accountId)
    expect(machine.world.clock.monotonic() - startedAt).toBeLessThan(10_000)
    expect(await grantOf(grace.accountId)).toMatchObject({ custody: 'dashboard', suspectAt: null })
  })
})

test('where no codex runs nobody waits for it', async () => {
  const grace = await own('grace', NEARLY_DUE)
  await activate(grace.accountId)
  await activate((await own('hopper')).accountId)
  expect(await grantOf(grace.accountId)).toMatchObject({ custody: 'dashboard', suspectAt: null })
})
