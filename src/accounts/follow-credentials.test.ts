/** Following the CLIs' files: by ear, by a slow look, and in the profiles of sign-ins that wait. */

import { mkdir, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findCredentialFile } from '../db/credential-file-store.ts'
import { type Clock, SECOND_MS, systemClock } from '../lib/clock.ts'
import { type CliMachine, createCliMachine } from '../testing/cli-files.ts'
import type { FakeIssue } from '../testing/fake-grants.ts'
import { claudeCredentialsJson, claudeJson } from '../testing/fake-tokens.ts'
import { until } from '../testing/until.ts'
import { beginAuthorization, getAuthorization } from './authorizations.ts'
import { giveConsent } from './consent.ts'
import type { AccountsContext } from './context.ts'
import { type CredentialFollower, createCredentialFollower } from './follow-credentials.ts'
import { linkAccount } from './link-account.ts'
import { getAccount, listAccounts } from './list-accounts.ts'

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
  await machine.put(path, claudeCredentialsJson(machine.signIn('ada')))
  await machine.put(
    join(begun.profilePath!, '.claude.json'),
    claudeJson({ identity: machine.world.fake.person('ada') }),
  )
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
  await machine.put(machine.claudePath, claudeCredentialsJson(machine.signIn('ada')))
  const { id } = await linkAccount(context, { provider: 'claude', actor })
  const begun = await beginAuthorization(context, {
    provider: 'claude',
    accountId: id,
    method: 'cli_profile',
    browser: null,
    actor,
  })
  await machine.put(join(begun.profilePath!, '.credentials.json'), claudeCredentialsJson(machine.signIn('brook')))
  await check()
  const ended = await getAuthorization(context, begun.id)
  expect(ended).toMatchObject({ status: 'failed', failure: { code: 'identity_mismatch' } })
  expect(await listAccounts(context)).toHaveLength(1)
})

test('an unchanged file costs no read and no write', async () => {
  await machine.put(machine.codexPath, machine.codexText(machine.signIn('grace')))
  await machine.world.clock.advance(3_600_000)
  const { id } = await linkAccount(context, { provider: 'codex', actor })
  await check()
  const before = await findCredentialFile(context.database, { machineId: 'here', path: machine.codexPath })
  const events = machine.world.events.length
  await machine.world.clock.advance(3_600_000)
  await check()
  expect(await findCredentialFile(context.database, { machineId: 'here', path: machine.codexPath })).toEqual(before)
  expect(machine.world.events.length).toBe(events)
  expect((await machine.held(id)).generation).toBe(1)
})

test('a started follower hears of a replaced file by itself, also in a directory made later, and stops', async () => {
  // It rests between looks, and waits a moment where a file is not whole.
  let [rests, waits] = [0, 0]
  const sleep: Clock['sleep'] = (ms, signal) => {
    if (ms < SECOND_MS) waits++
    else rests++
    return systemClock.sleep(ms, signal)
  }
  const clock = { ...systemClock, now: () => machine.world.clock.now(), sleep }
  const real = createCredentialFollower({ ...context, clock })
  real.start()
  try {
    await until(() => rests > 0)
    await mkdir(dirname(machine.codexPath), { recursive: true })
    let issue = machine.signIn('grace')
    await machine.put(machine.codexPath, machine.codexText(issue))
    const before = rests
    // Our own news make it look again, and find the directory that was not there at the start.
    const { id } = await linkAccount(context, { provider: 'codex', actor })
    const isSeen = async (token: string) => (await machine.held(id)).refresh === token
    await until(() => rests > before)
    issue = await machine.rotate(machine.codexPath, issue)
    await until(() => isSeen(issue.pair.refreshToken!))
    // In place, as codex writes it: truncated first.
    await machine.world.clock.advance(60_000)
    const next = machine.world.fake.grants.refresh(issue.pair.refreshToken!, issue.family.clientId) as FakeIssue
    const handle = await open(machine.codexPath, 'w', 0o600)
    await handle.write(machine.codexText(next).slice(0, 50))
    await until(() => waits > 0)
    await handle.write(machine.codexText(next).slice(50))
    await handle.close()
    await until(() => isSeen(next.pair.refreshToken!))
  } finally {
    await real.stop()
  }
})

test('looks by itself once a minute where nothing is heard', async () => {
  let issue = machine.signIn('grace')
  await machine.put(machine.codexPath, machine.codexText(issue))
  const { id } = await linkAccount(context, { provider: 'codex', actor })
  follower.start()
  follower.start()
  await machine.settled(Promise.resolve())
  for (let turn = 0; turn < 50 && machine.world.clock.pending() === 0; turn++) await systemClock.sleep(2)
  issue = await machine.rotate(machine.codexPath, issue)
  for (let turn = 0; turn < 200 && (await machine.held(id)).generation === 1; turn++) {
    await machine.world.clock.advance(1_000)
    await systemClock.sleep(2)
  }
  expect((await machine.held(id)).refresh).toBe(issue.pair.refreshToken!)
})

test('stops at once, at whichever point of its first look', async () => {
  // The clock of this test stands still: whoever slept would sleep for ever.
  for (let turns = 0; turns < 25; turns++) {
    const one = createCredentialFollower(context)
    one.start()
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
    const stopped = one.stop().then(() => 'stopped')
    expect(await Promise.race([stopped, systemClock.sleep(1_000).then(() => `still running after ${turns}`)])).toBe(
      'stopped',
    )
  }
})
