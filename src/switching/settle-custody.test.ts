/** The ways out of a conflict: each ends it, none loses the newest token, and what cannot be settled here is refused whole. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AccountsContext } from '../accounts/context.ts'
import { custodyMap } from '../accounts/custody-map.ts'
import { createCredentialFollower } from '../accounts/follow-credentials.ts'
import { accountLineage } from '../accounts/lineage.ts'
import { linkAccount } from '../accounts/link-account.ts'
import { getAccount } from '../accounts/list-accounts.ts'
import { refreshGrant } from '../accounts/refresh-grant.ts'
import { keepCopies } from '../db/grant-copy-store.ts'
import { changeGrant } from '../db/grant-store.ts'
import { aCopy } from '../testing/a-copy.ts'
import { type CliMachine, createCliMachine } from '../testing/cli-files.ts'
import { connectPerson, currentGrant } from '../testing/connected-account.ts'
import { currentPair, type FakeFamily, type FakeIssue } from '../testing/fake-grants.ts'
import { blankedClaudeCredentialsJson, claudeCredentialsJson } from '../testing/fake-tokens.ts'
import { BACKUP_LIFE_MS, expireBackups, listBackups } from './backups.ts'
import { settleCustody } from './settle-custody.ts'
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

const look = () => machine.settled(createCredentialFollower(context).check())
const profile = (number = 1) => join(context.profilesDirectory, `claude-0${number}`, '.credentials.json')
const issueOf = (family: FakeFamily) => ({ family, pair: currentPair(family) }) as FakeIssue
const textOf = (family: FakeFamily) => claudeCredentialsJson(issueOf(family))
const ownership = async (id: string) => (await getAccount(context, id)).ownership.status
const toCli = (id: string, path: string) =>
  machine.settled(settleCustody(context, id, { custodian: 'cli', path, actor }))
const toDashboard = (id: string, path?: string) =>
  machine.settled(settleCustody(context, id, { custodian: 'dashboard', path, actor }))
const refusalOf = async (act: Promise<unknown>) =>
  act.then(
    () => 'done',
    (error) => error.code as string,
  )

/** Ada, signed in here, with a copy in each of these files. */
async function copied(...paths: string[]): Promise<{ id: string; family: FakeFamily }> {
  const { accountId, family } = await connectPerson(machine.world, 'ada', { context })
  for (const path of paths) await machine.put(path, textOf(family))
  await look()
  return { id: accountId, family }
}

describe('the CLI owns it', () => {
  test('the file is followed, nothing is refreshed here, and the lineage says so', async () => {
    const { id, family } = await copied(machine.claudePath)
    const before = await readFile(machine.claudePath, 'utf8')
    expect(await toCli(id, machine.claudePath)).toMatchObject({
      custody: 'cli',
      credentialPath: machine.claudePath,
      ownership: { status: 'cli' },
      login: { nextRefreshAt: null },
    })
    expect(await readFile(machine.claudePath, 'utf8')).toBe(before)
    expect((await accountLineage(context, id)).generations[0]).toMatchObject({
      how: 'handed_over',
      custody: 'cli',
      why: machine.claudePath,
    })
    expect((await refreshGrant(context, id, { purpose: 'requested', actor })).outcome).toBe('not_custodian')
    // What the CLI renews from now on is seen here.
    const next = await machine.rotate(machine.claudePath, issueOf(family))
    await look()
    expect((await machine.held(id)).refresh).toBe(next.pair.refreshToken!)
    expect(await ownership(id)).toBe('cli')
    expect(await toCli(id, machine.claudePath)).toMatchObject({ ownership: { status: 'cli' } })
  })

  test('what the CLI renewed before comes home first', async () => {
    const { id, family } = await copied(machine.claudePath)
    const next = await machine.rotate(machine.claudePath, issueOf(family))
    await toCli(id, machine.claudePath)
    expect((await machine.held(id)).refresh).toBe(next.pair.refreshToken!)
    expect(family.revokedAt).toBeNull()
  })

  test('of several files one is chosen, and the login is taken out of the others, with a backup', async () => {
    const { id } = await copied(machine.claudePath, profile())
    expect(await toCli(id, profile())).toMatchObject({ custody: 'cli', credentialPath: profile() })
    expect(await ownership(id)).toBe('cli')
    expect(await readFile(machine.claudePath, 'utf8')).not.toContain('refreshToken":"')
    expect(await listBackups(context)).toHaveLength(1)
    // The backup is known as a copy until its time is over.
    const backups = async () => (await custodyMap(context, id)).copies.filter(({ kind }) => kind === 'backup')
    expect(await backups()).toMatchObject([{ mayRefresh: false, isRival: false, generation: 3 }])
    await machine.world.clock.advance(BACKUP_LIFE_MS)
    await expireBackups(context)
    expect(await backups()).toEqual([])
  })

  test('moves from one file to another', async () => {
    const issue = machine.signIn('ada')
    await machine.put(machine.claudePath, claudeCredentialsJson(issue))
    const { id } = await machine.settled(linkAccount(context, { provider: 'claude', actor }))
    await machine.put(profile(), claudeCredentialsJson(issue))
    await look()
    expect(await ownership(id)).toBe('conflict')
    expect(await toCli(id, profile())).toMatchObject({ credentialPath: profile(), ownership: { status: 'cli' } })
  })

  test('a file with a spent token is refused, and nothing is changed', async () => {
    const { id } = await copied(machine.claudePath)
    await machine.world.clock.advance(60_000)
    await refreshGrant(context, id, { purpose: 'requested', actor })
    expect(await refusalOf(toCli(id, machine.claudePath))).toBe('custody_copy_older')
    expect(await getAccount(context, id)).toMatchObject({ custody: 'dashboard', generation: 2 })
  })

  test('while another file may hold the newest token, it is refused', async () => {
    const { id } = await copied(machine.claudePath, profile())
    await machine.put(profile(), claudeCredentialsJson(machine.signIn('ada', { accessTokenLifetimeMs: 60_000 })))
    await look()
    expect(await refusalOf(toCli(id, machine.claudePath))).toBe('custody_newer_elsewhere')
    expect(await refusalOf(toCli(id, profile()))).toBe('custody_copy_doubtful')
  })

  test('during a refresh it is tried again later', async () => {
    const { id } = await copied(machine.claudePath)
    const grant = await currentGrant(context, id)
    await changeGrant(context.database, grant, { leaseOwner: 'another', leaseUntil: Date.now() + 60_000 })
    expect(await refusalOf(toCli(id, machine.claudePath))).toBe('try_again_later')
    expect((await getAccount(context, id)).custody).toBe('dashboard')
  })
})

describe('the dashboard owns it', () => {
  test('the login is taken out of every file, and only what is refreshed here is left', async () => {
    const { id, family } = await copied(machine.claudePath, profile())
    const next = await machine.rotate(profile(), issueOf(family))
    expect(await toDashboard(id)).toMatchObject({ custody: 'dashboard', ownership: { status: 'dashboard' } })
    expect((await machine.held(id)).refresh).toBe(next.pair.refreshToken!)
    for (const path of [machine.claudePath, profile()]) {
      expect(await readFile(path, 'utf8').catch(() => '')).not.toContain(next.pair.refreshToken!)
    }
    await machine.world.clock.advance(60_000)
    expect((await refreshGrant(context, id, { purpose: 'requested', actor })).outcome).toBe('refreshed')
    expect(family.revokedAt).toBeNull()
    expect(await toDashboard(id)).toMatchObject({ ownership: { status: 'dashboard' } })
  })

  test('one file of several', async () => {
    const { id } = await copied(machine.claudePath, profile())
    expect(await toDashboard(id, profile())).toMatchObject({ ownership: { status: 'conflict' } })
    const { copies } = await custodyMap(context, id)
    expect(copies.filter(({ isRival }) => isRival)).toMatchObject([{ place: machine.claudePath }])
  })

  test('what a CLI owned and its copies come home', async () => {
    const issue = machine.signIn('ada')
    await machine.put(machine.claudePath, claudeCredentialsJson(issue))
    const { id } = await machine.settled(linkAccount(context, { provider: 'claude', actor }))
    await machine.put(profile(), claudeCredentialsJson(issue))
    await look()
    expect(await toDashboard(id)).toMatchObject({ custody: 'dashboard', ownership: { status: 'dashboard' } })
  })

  test('of a file that its CLI has emptied meanwhile, custody alone comes back', async () => {
    await machine.put(machine.claudePath, claudeCredentialsJson(machine.signIn('ada')))
    const { id } = await machine.settled(linkAccount(context, { provider: 'claude', actor }))
    await machine.put(machine.claudePath, blankedClaudeCredentialsJson())
    expect(await toDashboard(id)).toMatchObject({ custody: 'dashboard' })
  })
})

test('what is nowhere, or on another machine only, is refused', async () => {
  const { id } = await copied()
  expect(await refusalOf(toCli(id, machine.claudePath))).toBe('custody_no_copy')
  expect(await refusalOf(toDashboard(id, machine.claudePath))).toBe('custody_no_copy')
  const { refreshTokenFingerprint } = await currentGrant(context, id)
  await keepCopies(context.database, [
    aCopy({ accountId: id, machineId: 'mac_laptop', place: machine.claudePath, refreshTokenFingerprint }),
  ])
  expect(await refusalOf(toCli(id, machine.claudePath))).toBe('custody_elsewhere')
  expect(await refusalOf(toDashboard(id, machine.claudePath))).toBe('custody_elsewhere')
  expect(await refusalOf(toDashboard(id))).toBe('custody_elsewhere')
  expect(await refusalOf(toDashboard('acc_none'))).toBe('account_not_found')
})

test('signing in separately ends a conflict: each side has a login of its own', async () => {
  const { id } = await copied(machine.claudePath, profile())
  expect(await ownership(id)).toBe('conflict')
  await connectPerson(machine.world, 'ada', { context })
  expect(await ownership(id)).toBe('dashboard')
})

type Step = readonly [what: 'copy' | 'rotate' | 'blank' | 'foreign' | 'refresh' | 'cli' | 'dashboard', file: number]

test('whatever files and people do, two who may refresh one login are never unmarked', {
  timeout: 120_000,
}, async () => {
  const whats = ['copy', 'rotate', 'blank', 'foreign', 'refresh', 'cli', 'dashboard'] as const
  const step = fc.tuple(fc.constantFrom(...whats), fc.integer({ min: 0, max: 2 }))
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 7 }), async (steps) => {
      const world = await createCliMachine()
      try {
        await run(world, steps)
      } finally {
        await aftercareEnded(world.context)
        await world.close()
      }
    }),
    { numRuns: Number(process.env.CUSTODY_RUNS ?? 25) },
  )
})

/** One story. After every step and a look, who really may refresh is compared with what is shown. */
async function run(world: CliMachine, steps: readonly Step[]): Promise<void> {
  const { context: own, settled } = world
  const paths = [
    world.claudePath,
    ...[1, 2].map((n) => join(own.profilesDirectory, `claude-0${n}`, '.credentials.json')),
  ]
  const { accountId: id, family } = await connectPerson(world.world, 'ada', { context: own })
  // What lies in each file, as the test put it there.
  const held: (string | null)[] = paths.map(() => null)
  for (const [what, number] of steps) {
    const path = paths[number]!
    const known = new Set(family.pairs.map(({ refreshToken }) => refreshToken))
    switch (what) {
      case 'copy':
        await world.put(path, claudeCredentialsJson(issueOf(family)))
        break
      case 'rotate':
        // A CLI renews only a copy of the newest token; others are refused by the provider.
        if (held[number] === currentPair(family).refreshToken && family.revokedAt === null)
          await world.rotate(path, issueOf(family))
        break
      case 'blank':
        await world.put(path, blankedClaudeCredentialsJson())
        break
      case 'foreign':
        await world.put(path, claudeCredentialsJson(world.signIn('brook')))
        break
      case 'refresh':
        await world.world.clock.advance(60_000)
        await settled(refreshGrant(own, id, { purpose: 'requested', actor }).catch(() => null))
        break
      default: {
        const choice = what === 'cli' ? { custodian: 'cli' as const, path } : { custodian: 'dashboard' as const }
        await settled(
          settleCustody(own, id, { ...choice, actor }).catch((error) => expect(error.code).toBeTypeOf('string')),
        )
      }
    }
    await settled(createCredentialFollower(own).check())
    for (const [index, each] of paths.entries()) {
      const text = await readFile(each, 'utf8').catch(() => '')
      held[index] =
        [...known, ...family.pairs.map((pair) => pair.refreshToken)].find((token) => token && text.includes(token)) ??
        null
    }
    const { custody, ownership: shown, credentialPath } = await getAccount(own, id)
    const files = paths.filter((_, index) => held[index] !== null)
    const rivals = custody === 'cli' ? files.filter((each) => each !== credentialPath) : files
    const story = JSON.stringify(steps)
    if (rivals.length > 0) expect(shown.status, `${story} at ${what} ${number}`).toBe('conflict')
    expect(shown.status === 'conflict' && rivals.length === 0, `${story}: a conflict with nobody`).toBe(false)
  }
}
