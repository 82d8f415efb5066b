import { mkdir, stat, utimes, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DAY_MS } from '../lib/clock.ts'
import { systemRandom } from '../lib/random.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { prepareProfile, removeUnusedProfiles } from './cli-profile.ts'

let world: TestContext
beforeEach(async () => {
  world = await createTestContext({ overrides: { random: systemRandom } })
})
afterEach(() => world.close())

const provider = (id: string) => world.context.providers.get(id)!
const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )

test('every profile is a directory of its own that only its owner can enter', async () => {
  const first = await prepareProfile(world.context, provider('codex'), 'aut_1')
  const second = await prepareProfile(world.context, provider('codex'), 'aut_2')
  expect(first.profilePath).not.toBe(second.profilePath)
  expect(basename(first.profilePath)).toMatch(/^codex-[0-9a-f]{16}$/)
  for (const path of [first.profilePath, world.context.profilesDirectory]) {
    expect((await stat(path)).mode & 0o777).toBe(0o700)
  }
  expect(first.command).toBe(`CODEX_HOME='${first.profilePath}' codex login --device-auth`)
})

test('a provider without a CLI has no profiles', async () => {
  const own = { ...provider('codex'), id: 'acme', cli: null }
  await expect(prepareProfile(world.context, own, 'aut_1')).rejects.toMatchObject({ code: 'method_not_offered' })
})

test('only empty profiles that are long over are removed', async () => {
  const paths = await Promise.all(
    ['aut_1', 'aut_2', 'aut_3'].map(
      async (id) => (await prepareProfile(world.context, provider('claude'), id)).profilePath,
    ),
  )
  const [unused, used, young] = paths as [string, string, string]
  const foreign = join(world.context.profilesDirectory, 'something-else')
  await mkdir(foreign)
  await writeFile(join(used, '.credentials.json'), '{}')
  const longAgo = (world.clock.now() - 2 * DAY_MS) / 1000
  for (const path of [unused, used, foreign]) await utimes(path, longAgo, longAgo)
  await utimes(young, world.clock.now() / 1000, world.clock.now() / 1000)
  await removeUnusedProfiles(world.context)
  expect(await Promise.all([unused, used, young, foreign].map(isThere))).toEqual([false, true, true, true])
})
