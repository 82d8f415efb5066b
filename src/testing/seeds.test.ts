/** The seeds are in the states that they are named for. */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listConsoleKeys } from '../accounts/console-keys.ts'
import { createCredentialFollower } from '../accounts/follow-credentials.ts'
import { listAccounts } from '../accounts/list-accounts.ts'
import { SEED_IDENTITIES, seedAccounts } from './seeds.ts'
import { createTestContext } from './test-context.ts'

const EXPECTED: Record<string, [login: string, data: string, ownership: string]> = {
  healthy: ['login_valid', 'fresh', 'dashboard'],
  'workspace-one': ['login_valid', 'fresh', 'dashboard'],
  'workspace-two': ['login_valid', 'fresh', 'dashboard'],
  'ends-soon': ['login_ends_soon', 'fresh', 'dashboard'],
  due: ['login_due', 'fresh', 'dashboard'],
  refreshing: ['login_due', 'fresh', 'dashboard'],
  retrying: ['login_retrying', 'fresh', 'dashboard'],
  'unknown-outcome': ['login_unknown_outcome', 'fresh', 'dashboard'],
  'sign-in-again': ['login_refused', 'fresh', 'dashboard'],
  paused: ['login_paused', 'fresh', 'dashboard'],
  cli: ['login_valid_cli', 'fresh', 'cli'],
  'cli-blanked': ['login_ended_cli', 'fresh', 'cli'],
  'cli-other-account': ['login_file_other_account', 'fresh', 'cli'],
  conflict: ['login_valid', 'fresh', 'conflict'],
  'setup-token': ['login_valid_no_refresh', 'not_permitted', 'nobody'],
  'long-names': ['login_valid', 'fresh', 'dashboard'],
  'old-data': ['login_valid', 'old', 'dashboard'],
  console: ['login_valid', 'fresh', 'dashboard'],
}

test('every seed is in the state that it is named for', async () => {
  const { context, clock, fake, directory, close } = await createTestContext({
    provider: { identities: SEED_IDENTITIES },
  })
  const userHome = join(directory, 'home')
  mkdirSync(userHome)
  const ids = await seedAccounts({ context, fake, userHome })
  const follower = createCredentialFollower(context)
  await follower.check()
  await clock.advance(44_000)
  const accounts = await listAccounts(context)
  const seen = Object.entries(ids).map(([name, id]) => {
    const account = accounts.find((each) => each.id === id)!
    return [name, [account.login.reason.code, account.data.status, account.ownership.status]]
  })
  expect(Object.fromEntries(seen)).toEqual(EXPECTED)
  const consoleAccount = accounts.find(({ id }) => id === ids.console)!
  expect((await listConsoleKeys(context, consoleAccount.id))?.canCreate).toBe(true)
  await follower.stop()
  await close()
})
