/**
 * A switch that is cut off at every call that it makes of the database: afterwards the files are the old ones or the new
 * ones, never neither, and custody is where the login is.
 */

import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { connectAccount } from '../accounts/connect-account.ts'
import type { AccountsContext } from '../accounts/context.ts'
import { thisMachineId } from '../accounts/machines.ts'
import { listOpenActivations } from '../db/activation-store.ts'
import { findCurrentGrant } from '../db/grant-store.ts'
import { type CliMachine, createCliMachine } from '../testing/cli-files.ts'
import { identityOf, tokenSetOf } from '../testing/fake-tokens.ts'
import { type FaultyStore, faultyStore, type StoreFault } from '../testing/faulty-store.ts'
import { undoLast } from '../testing/undo-last.ts'
import { activateAccount } from './activate-account.ts'
import { clearDirectory } from './clear-place.ts'
import { recoverSwitches } from './recover-switches.ts'
import { aftercareEnded } from './under-way.ts'

const actor = 'browser' as const

interface World {
  machine: CliMachine
  context: AccountsContext
  store: FaultyStore
  /** Active first; the other is signed in here. */
  active: string
  other: string
}

const open: World[] = []
afterEach(async () => {
  for (const { machine, context } of open.splice(0)) {
    await aftercareEnded(context)
    await machine.close()
  }
})

async function world(): Promise<World> {
  const machine = await createCliMachine()
  const context = { ...machine.context, isSoleOwner: true }
  const own = async (name: string) => {
    const issue = machine.signIn(name)
    const provider = context.providers.get(issue.family.identity.provider)!
    const connected = await connectAccount(context, {
      ...{ provider, tokens: tokenSetOf(issue), identity: identityOf(issue.family.identity) },
      ...{ custody: 'dashboard', origin: 'callback', actor },
    })
    return connected.accountId
  }
  await machine.put(machine.claudePath, '{"mcpOauth":{"kept":1}}')
  await machine.put(machine.companionPath, '{"numStartups":3}')
  const [active, other] = [await own('ada'), await own('brook')]
  await machine.settled(activateAccount(context, { accountId: active, actor }))
  const made = { machine, context, active, other, store: faultyStore(context.database) }
  open.push(made)
  return made
}

const ACTS: Record<string, (world: World) => Promise<unknown>> = {
  activation: ({ context, other }) => activateAccount(context, { accountId: other, actor }),
  emptying: ({ context }) => clearDirectory(context, { provider: 'claude', actor }),
  undoing: ({ context }) => undoLast(context, { actor }),
}

/** Whose login the file holds, and who may refresh each of the two: the one must follow from the other. */
async function judge({ machine, context, active, other }: World): Promise<string> {
  const file = JSON.parse(await readFile(machine.claudePath, 'utf8'))
  expect(file.mcpOauth).toEqual({ kept: 1 })
  const companion = JSON.parse(await readFile(machine.companionPath, 'utf8'))
  expect(companion.numStartups).toBe(3)
  const token = file.claudeAiOauth?.refreshToken ?? null
  let holder = 'nobody'
  for (const [name, id] of [
    ['ada', active],
    ['brook', other],
  ] as const) {
    const { custody, credentialPath } = (await findCurrentGrant(context.database, id))!
    const isHeld = (await machine.held(id)).refresh === token
    if (isHeld) holder = name
    expect({ name, custody, credentialPath }).toEqual({
      ...{ name, custody: isHeld ? 'cli' : 'dashboard' },
      credentialPath: isHeld ? machine.claudePath : null,
    })
    if (isHeld) expect(companion.oauthAccount?.emailAddress).toBe(`${name}@example.com`)
  }
  if (holder === 'nobody') expect(token).toBeNull()
  return holder
}

const CASES: [string, StoreFault][] = [
  ['activation', 'away'],
  ['activation', 'unheard'],
  ['emptying', 'away'],
  ['emptying', 'unheard'],
  ['undoing', 'away'],
]

test.each(CASES)(
  '%s, with the database %s at every call in turn',
  async (act, fault) => {
    const ends = new Set<string>()
    for (let at = 1, hasStruck = true; hasStruck; at++) {
      const one = await world()
      one.store.strike(at, fault)
      const outcome = await one.machine.settled(ACTS[act]!(one)).then(
        () => 'done',
        () => 'failed',
      )
      hasStruck = one.store.heal()
      await one.machine.settled(recoverSwitches(one.context))
      const holder = await judge(one)
      ends.add(`${outcome}: ${holder}`)
      expect(await one.machine.settled(recoverSwitches(one.context))).toEqual({ finished: 0, takenBack: 0 })
      await aftercareEnded(one.context)
    }
    const after = { activation: 'brook', emptying: 'nobody', undoing: 'nobody' }[act]
    expect([...ends]).toContain(`done: ${after}`)
    for (const end of ends) expect([`done: ${after}`, `failed: ${after}`, 'failed: ada']).toContain(end)
  },
  120_000,
)

test('the new files that a killed switch left half way go with its recovery, and nothing else does', async () => {
  const one = await world()
  const { claudePath, companionPath } = one.machine
  const unfinished = [
    join(dirname(claudePath), '.credentials.json.tokendeck-0123456789ab.tmp'),
    join(dirname(companionPath), '.claude.json.tokendeck-0123456789ab.tmp'),
  ]
  const bystander = join(dirname(claudePath), '.credentials.json.tokendeck-of-a-person.tmp')
  for (const path of [...unfinished, bystander]) await one.machine.put(path, 'sk-ant-ort01-FAKE')
  // Cut off right after it was recorded that it begins.
  let hasBegun = false
  for (let at = 1; !hasBegun; at++) {
    one.store.strike(at, 'unheard')
    await one.machine.settled(ACTS.activation!(one)).catch(() => {})
    one.store.heal()
    hasBegun = (await listOpenActivations(one.context.database, thisMachineId(one.context))).length > 0
  }
  expect(unfinished.filter((path) => existsSync(path))).not.toEqual([])
  await one.machine.settled(recoverSwitches(one.context))
  expect([...unfinished, bystander].filter((path) => existsSync(path))).toEqual([bystander])
})

test('while the database is away nothing is recovered, and that is said', async () => {
  const one = await world()
  one.store.strike(1, 'away')
  one.store.heal()
  let last = 0
  one.store.watch({ after: (call) => (last = call) })
  await one.machine.settled(activateAccount(one.context, { accountId: one.other, actor }))
  const before = await world()
  before.store.strike(last, 'away')
  await expect(before.machine.settled(ACTS.activation!(before))).rejects.toThrow()
  before.store.strike(2, 'away')
  await expect(before.machine.settled(recoverSwitches(before.context))).rejects.toThrow()
  before.store.heal()
  expect(await before.machine.settled(recoverSwitches(before.context))).toEqual({ finished: 1, takenBack: 0 })
  expect(await judge(before)).toBe('brook')
})
