/** A machine on which the CLIs keep logins: their places under a temporary home, and what the CLIs do to their files. */

import { mkdir, rename, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { AccountsContext } from '../accounts/context.ts'
import { openTokens } from '../accounts/grant-tokens.ts'
import { stopSignIns } from '../accounts/sign-ins-under-way.ts'
import { credentialPlaces } from '../cli-credentials/credential-places.ts'
import { findCurrentGrant } from '../db/grant-store.ts'
import type { FakeIssue } from './fake-grants.ts'
import { claudeCredentialsJson, codexAuthJson, signInAs } from './fake-tokens.ts'
import { createTestContext, type TestContext } from './test-context.ts'

/** A test context with the CLIs' default places in its directory. `close` it at the end of the test. */
export async function createCliMachine() {
  const world: TestContext = await createTestContext()
  const home = world.directory
  const { providers } = world.context
  const places = { home, claudeConfigDir: null, claudeSecureStorageConfigDir: null, codexHome: null }
  const context: AccountsContext = {
    ...world.context,
    credentialPlaces: credentialPlaces({ ...places, providers: providers.values() }),
  }
  const claudePath = join(home, '.claude', '.credentials.json')
  const codexPath = join(home, '.codex', 'auth.json')
  const now = () => world.clock.now()

  /** Replaces a file as Claude Code does: temporary file, then rename. Its time is that of the test's clock. */
  async function put(path: string, text: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(`${path}.tmp`, text, { mode: 0o600 })
    await utimes(`${path}.tmp`, now() / 1000, now() / 1000)
    await rename(`${path}.tmp`, path)
  }

  return {
    world,
    context,
    claudePath,
    codexPath,
    companionPath: join(home, '.claude.json'),
    put,
    signIn: (name: string, lifetimes = {}) => signInAs(world.fake.grants, world.fake.person(name), lifetimes),
    codexText: (issue: FakeIssue) => codexAuthJson(issue, now()),

    /** A minute later the CLI refreshes its login and writes it. */
    async rotate(path: string, issue: FakeIssue): Promise<FakeIssue> {
      await world.clock.advance(60_000)
      const next = world.fake.grants.refresh(issue.pair.refreshToken!, issue.family.clientId)
      if (typeof next === 'string') throw new Error(next)
      await put(path, path === codexPath ? codexAuthJson(next, now()) : claudeCredentialsJson(next))
      return next
    },

    /**
     * Lets work that waits on the clock go on, without the test waiting. In small steps: real files and requests must keep
     * up with the clock, also on a slow machine.
     */
    async settled<T>(work: Promise<T>): Promise<T> {
      let isOver = false
      const over = work.finally(() => {
        isOver = true
      })
      over.catch(() => {})
      while (!isOver) {
        if (world.clock.pending() > 0) await world.clock.advance(25)
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
      return over
    },

    /** The tokens that an account's grant holds now. */
    async held(accountId: string) {
      const grant = (await findCurrentGrant(context.database, accountId))!
      const { accessToken, refreshToken } = openTokens(context.vault, grant)
      return { access: accessToken.reveal(), refresh: refreshToken?.reveal(), generation: grant.generation }
    },

    async close() {
      await stopSignIns(context)
      await world.close()
    },
  }
}

export type CliMachine = Awaited<ReturnType<typeof createCliMachine>>
