/** A login that a person linked from a directory which is no CLI's own: taken out of its file, put back, and never left half done. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AccountsContext } from '../accounts/context.ts'
import { linkAccount } from '../accounts/link-account.ts'
import { thisMachineId } from '../accounts/machines.ts'
import { listOpenActivations } from '../db/activation-store.ts'
import { findCurrentGrant } from '../db/grant-store.ts'
import { activations } from '../db/schema-activations.ts'
import { type CliMachine, createCliMachine } from '../testing/cli-files.ts'
import { claudeCredentialsJson, claudeJson } from '../testing/fake-tokens.ts'
import { undoLast } from '../testing/undo-last.ts'
import { deactivateAccount } from './clear-place.ts'
import { choosePlace } from './cli-place.ts'
import { recoverSwitches } from './recover-switches.ts'
import { aftercareEnded } from './under-way.ts'

const actor = 'browser' as const
let machine: CliMachine
let context: AccountsContext
let path: string
let accountId: string
let before: string

beforeEach(async () => {
  machine = await createCliMachine()
  context = { ...machine.context, isSoleOwner: true }
  path = join(machine.world.directory, 'elsewhere', '.credentials.json')
  const issue = machine.signIn('ada')
  before = claudeCredentialsJson(issue)
  await machine.put(path, before)
  await machine.put(join(machine.world.directory, 'elsewhere', '.claude.json'), claudeJson(issue.family))
  accountId = (await machine.settled(linkAccount(context, { path, provider: 'claude', actor }))).id
})
afterEach(async () => {
  await aftercareEnded(context)
  await machine.close()
})

const custody = async () => {
  const { custody: owner, credentialPath } = (await findCurrentGrant(context.database, accountId))!
  return [owner, credentialPath]
}

test('what was taken out of it can be put back, and no request can name it', async () => {
  await machine.settled(deactivateAccount(context, { accountId, actor }))
  expect(await custody()).toEqual(['dashboard', null])
  expect(() => choosePlace(context, 'claude', join(machine.world.directory, 'elsewhere'))).toThrow(
    'activation_unsupported',
  )
  expect(await machine.settled(undoLast(context, { actor }))).toMatchObject({ accountId, isExact: true })
  expect(await readFile(path, 'utf8')).toBe(before)
  expect(await custody()).toEqual(['cli', path])
})

test('a process that ends in the middle of it leaves nothing open', async () => {
  await machine.settled(deactivateAccount(context, { accountId, actor }))
  await context.database.update(activations).set({ writtenAt: null, verifiedAt: null })
  expect(await machine.settled(recoverSwitches(context))).toEqual({ finished: 1, takenBack: 0 })
  expect(await listOpenActivations(context.database, thisMachineId(context))).toEqual([])
  expect(await custody()).toEqual(['dashboard', null])
})
