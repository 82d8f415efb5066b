/** A profile in which a CLI runs is not removed, and an account of a provider without a CLI has no environment. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addToken } from '../accounts/add-token.ts'
import { Secret } from '../lib/secret.ts'
import { type CliMachine, createCliMachine } from '../testing/cli-files.ts'
import { environmentOfAccount } from './profile-environment.ts'
import { makeProfile } from './profile-make.ts'
import { removeProfile } from './profile-remove.ts'

let machine: CliMachine
let child: ChildProcess | null = null
beforeEach(async () => {
  machine = await createCliMachine()
})
afterEach(async () => {
  if (child) {
    child.stdin!.end()
    await once(child, 'exit')
  }
  child = null
  await machine.close()
})

async function addAda() {
  const { pair } = machine.signIn('ada')
  return addToken(machine.context, {
    provider: 'claude',
    kind: 'token_pair',
    accessToken: new Secret(pair.accessToken),
    refreshToken: new Secret(pair.refreshToken!),
    expiresAt: pair.accessTokenExpiresAt,
    actor: 'api',
  })
}

/** A program called `claude` that runs in a directory until its input ends. */
async function runClaudeIn(directory: string): Promise<ChildProcess> {
  const path = join(machine.world.directory, 'claude')
  await writeFile(path, '#!/bin/sh\necho ready\nread -r end\n')
  await chmod(path, 0o755)
  const started = spawn(path, { env: { CLAUDE_CONFIG_DIR: directory, PATH: '/usr/bin:/bin' }, stdio: 'pipe' })
  await once(started.stdout!, 'data')
  return started
}

test.skipIf(process.platform !== 'linux')(
  'a CLI that runs in it keeps its profile, which goes when the CLI ends',
  async () => {
    const { id } = await addAda()
    const profile = await machine.settled(makeProfile(machine.context, { accountId: id, actor: 'api' }))
    child = await runClaudeIn(profile.directory)
    const remove = () =>
      machine.settled(removeProfile(machine.context, { profileId: profile.id, losesLogin: false, actor: 'api' }))
    await expect(remove()).rejects.toMatchObject({
      code: 'profile_in_use',
      params: { path: profile.directory, usedBy: `claude (${child.pid})` },
    })
    expect(await readdir(profile.directory)).toContain('.credentials.json')
    child.stdin!.end()
    await once(child, 'exit')
    child = null
    await remove()
    expect(await readdir(machine.context.profilesDirectory)).toEqual([])
  },
)

test('an account of a provider without a CLI has no environment', async () => {
  const { id } = await addAda()
  const providers = [...machine.context.providers].map(
    ([name, provider]) => [name, { ...provider, cli: null }] as const,
  )
  machine.context.providers = new Map(providers)
  await expect(environmentOfAccount(machine.context, id)).rejects.toMatchObject({ code: 'method_not_offered' })
})
