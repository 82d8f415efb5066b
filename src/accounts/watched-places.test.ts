/** Which places are watched: of providers that are configured, each file once. */

import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { insertProfile } from '../db/profile-store.ts'
import { type CliMachine, createCliMachine } from '../testing/cli-files.ts'
import { connectPerson } from '../testing/connected-account.ts'
import { claudeCredentialsJson } from '../testing/fake-tokens.ts'
import { custodyMap, lookForCopies } from './custody-map.ts'
import { linkAccount } from './link-account.ts'
import { aliasesAmong, watchedPlaces } from './watched-places.ts'

let machine: CliMachine
beforeEach(async () => {
  machine = await createCliMachine()
})
afterEach(() => machine.close())

test('places of a provider that is not configured any more are left alone', async () => {
  const { context, claudePath } = machine
  const elsewhere = join(machine.world.directory, 'work', '.credentials.json')
  await machine.put(elsewhere, claudeCredentialsJson(machine.signIn('ada')))
  const { id } = await linkAccount(context, { provider: 'claude', path: elsewhere, actor: 'browser' })
  await insertProfile(context.database, {
    ...{ id: 'prf_1', machineId: 'here', provider: 'claude', accountId: null, directory: '/nowhere/claude-1' },
    ...{ shared: [], createdAt: 1, removedAt: null },
  })
  const paths = async (given: typeof context) => (await watchedPlaces(given)).map(({ path }) => path)
  expect(await paths(context)).toEqual([
    claudePath,
    machine.codexPath,
    '/nowhere/claude-1/.credentials.json',
    elsewhere,
  ])
  const without = { ...context, providers: new Map(), credentialPlaces: [] }
  expect(await paths(without)).toEqual([])
  await lookForCopies(without, id)
  expect((await custodyMap(without, id)).copies).toMatchObject([{ place: elsewhere, isFollowed: true }])
})

test('a login without a refresh token, and one that a neighbouring file calls somebody else’s, are told by their tokens', async () => {
  const { context, claudePath } = machine
  const { accountId, family } = await connectPerson(machine.world, 'ada', { context })
  const text = JSON.parse(claudeCredentialsJson({ family, pair: family.pairs[0]! }))
  text.claudeAiOauth.accountUuid = machine.world.fake.person('brook').subject
  await machine.put(claudePath, JSON.stringify(text))
  await lookForCopies(context, accountId)
  expect((await custodyMap(context, accountId)).copies).toMatchObject([{ place: claudePath, holds: 'current' }])
  text.claudeAiOauth.refreshToken = null
  await machine.put(claudePath, JSON.stringify(text))
  await lookForCopies(context, accountId)
  expect((await custodyMap(context, accountId)).copies).toEqual([])
})

test('of two paths to one file the followed one is the file, and a path to nothing is itself', async () => {
  const [real, link] = ['real', 'link'].map((name) => join(machine.world.directory, name)) as [string, string]
  await mkdir(real)
  await writeFile(join(real, 'x'), '')
  await symlink(real, link)
  const paths = [join(real, 'x'), join(link, 'x'), '/nowhere/x', '/nowhere/y']
  expect([...(await aliasesAmong(paths, new Set()))]).toEqual([paths[1]])
  expect([...(await aliasesAmong(paths, new Set([paths[1]!])))]).toEqual([paths[0]])
  expect([...(await aliasesAmong(paths, new Set([paths[0]!, paths[1]!])))]).toEqual([paths[1]])
})
