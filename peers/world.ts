/**
 * One scenario's world: a temporary home with our whole program's context in it (its own database on disk, its own clock,
 * the real addresses of the vendors), the real CLIs on its PATH, and a fake provider behind those addresses.
 */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { connectAccount } from '../src/accounts/connect-account.ts'
import type { AccountsContext } from '../src/accounts/context.ts'
import { createCredentialFollower } from '../src/accounts/follow-credentials.ts'
import { openTokens } from '../src/accounts/grant-tokens.ts'
import { stopSignIns } from '../src/accounts/sign-ins-under-way.ts'
import { environmentOf } from '../src/cli-credentials/cli-environment.ts'
import type { CliName, CredentialPlace } from '../src/cli-credentials/credential-file.ts'
import { openContext } from '../src/compose.ts'
import { readConfig } from '../src/config.ts'
import { findCurrentGrant, type GrantRow } from '../src/db/grant-store.ts'
import type { ProgramRun, RunOptions } from '../src/lib/programs.ts'
import { activateAccount } from '../src/switching/activate-account.ts'
import { stopCliSignIns } from '../src/switching/profile-sign-in.ts'
import { aftercareEnded } from '../src/switching/under-way.ts'
import type { FakeFamily, FakeGrantRules } from '../src/testing/fake-grants.ts'
import { currentPair } from '../src/testing/fake-grants.ts'
import { createFakeProvider, type FakeProvider } from '../src/testing/fake-provider.ts'
import { identityOf, signInAs, tokenSetOf } from '../src/testing/fake-tokens.ts'
import { letGoOfDatabases } from '../src/testing/let-go-of-databases.ts'
import { recordingLog } from '../src/testing/recording-log.ts'
import type { WorldOptions } from './scenario.ts'
import type { Asked, Vendor } from './vendor.ts'

/** What every world needs of the run. */
export interface Surroundings {
  /** Worlds are made in here. */
  directory: string
  vendor: Vendor
  programs: Record<CliName, string>
  authority: string
}

/** An account that is signed in with us. */
export interface Owned {
  accountId: string
  family: FakeFamily
}

type Lifetimes = Partial<Pick<FakeGrantRules, 'accessTokenLifetimeMs' | 'loginLifetimeMs'>>

/** A CLI renews a token with less than five minutes left at its next start; we renew this one at four fifths of its life. */
export const NEARLY_DUE: Lifetimes = { accessTokenLifetimeMs: 4 * 60_000 }

/** How long a CLI may take for anything. Milliseconds. */
const CLI_DEADLINE_MS = 40_000

export type World = Awaited<ReturnType<typeof openWorld>>

export async function openWorld(surroundings: Surroundings, cli: CliName, options: WorldOptions = {}) {
  const { vendor, programs, authority } = surroundings
  const home = mkdtempSync(join(surroundings.directory, 'home-'))
  const bin = join(home, 'bin')
  mkdirSync(bin)
  if (options.hasPrograms !== false) {
    for (const [name, path] of Object.entries(programs)) symlinkSync(path, join(bin, name))
  }
  const environment = {
    ...{ PATH: `${bin}:/usr/bin:/bin`, HOME: home, LANG: 'C.UTF-8', TOKENDECK_HOME: join(home, 'tokendeck') },
    ...{ TOKENDECK_KEY_SOURCE: 'file', TOKENDECK_KEY_FILE: join(home, 'config', 'key') },
    ...{ NODE_EXTRA_CA_CERTS: authority, CODEX_CA_CERTIFICATE: authority },
    ...options.variables,
  }
  const fake = createFakeProvider(options.vendor)
  vendor.use(cli, fake)
  const log = recordingLog()
  const opened = await openContext(readConfig(environment, { platform: process.platform, userHome: home }), {
    ...{ log, pages: { styleSheet: '', render: () => '' }, dashboardUrl: () => '', waitMs: 10_000 },
  })
  const { variables } = options
  // What a person has set for a CLI alone is not passed on by us; here it stands for what they would do by hand.
  const passed = { ...opened.context.programs, environment: { ...opened.context.programs.environment, ...variables } }
  const context: AccountsContext = { ...opened.context, programs: passed }
  const follower = createCredentialFollower(context)
  follower.start()

  return {
    home,
    context,
    fake,
    log,
    /** The place that the CLI uses by itself. */
    place: context.credentialPlaces.find((each) => each.cli === cli)!,
    /** What was asked of its vendor, also what that does not know. */
    asked: (): readonly Asked[] => vendor.asked(cli),
    ...accountsIn(context, fake),
    ...filesIn(home),
    /** Runs a CLI on a place as a person would. */
    run: (at: CredentialPlace, args: readonly string[], how: Partial<RunOptions> = {}) =>
      runCli(context, programs[at.cli], at, args, how),
    async close() {
      await stopCliSignIns(context)
      await follower.stop()
      await stopSignIns(context)
      await aftercareEnded(context)
      await opened.close()
      await letGoOfDatabases()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

function accountsIn(context: AccountsContext, fake: FakeProvider) {
  const grantOf = async (accountId: string): Promise<GrantRow> => (await findCurrentGrant(context.database, accountId))!
  return {
    grantOf,
    /** Signs a person of the fake provider in with us. */
    async own(name: string, lifetimes: Lifetimes = {}): Promise<Owned> {
      const issue = signInAs(fake.grants, fake.person(name), lifetimes)
      const { accountId } = await connectAccount(context, {
        provider: context.providers.get(issue.family.identity.provider)!,
        ...{ tokens: tokenSetOf(issue), identity: identityOf(issue.family.identity) },
        ...{ custody: 'dashboard', origin: 'callback', actor: 'api' },
      })
      return { accountId, family: issue.family }
    },
    activate: (accountId: string, directory?: string) =>
      activateAccount(context, { accountId, directory, actor: 'api' }),
    /** The refresh token that we hold for an account. */
    async heldBy(accountId: string): Promise<string | null> {
      return openTokens(context.vault, await grantOf(accountId)).refreshToken?.reveal() ?? null
    },
    /** True when our token of an account is the newest that the vendor gave out. */
    async isNewest({ accountId, family }: Owned): Promise<boolean> {
      const held = openTokens(context.vault, await grantOf(accountId)).refreshToken?.reveal()
      return held !== undefined && held === currentPair(family).refreshToken
    },
    /** How often a token was asked to be renewed that had been renewed before. */
    spentTwice: (): number =>
      fake.ledger.count('claude.refresh', 'reused') + fake.ledger.count('codex.refresh', 'reused'),
    renewals: (cli: CliName, name?: string): number => fake.ledger.of(`${cli}.refresh`, name).length,
    /** Spends our token of an account at the vendor: true when it is taken. */
    async isTaken({ accountId, family }: Owned): Promise<boolean> {
      const held = openTokens(context.vault, await grantOf(accountId)).refreshToken?.reveal() ?? ''
      return typeof fake.grants.refresh(held, family.clientId) !== 'string'
    },
  }
}

function filesIn(home: string) {
  return {
    json: (path: string) => JSON.parse(readFileSync(path, 'utf8')),
    put(path: string, value: unknown) {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      writeFileSync(path, JSON.stringify(value, null, 2), { mode: 0o600 })
    },
    claudeJson: join(home, '.claude.json'),
  }
}

function runCli(
  { programs }: AccountsContext,
  path: string,
  at: CredentialPlace,
  args: readonly string[],
  how: Partial<RunOptions>,
): Promise<ProgramRun> {
  const env: Record<string, string> = { ...programs.environment, ...environmentOf(at).set }
  mkdirSync(at.directory, { recursive: true, mode: 0o700 })
  return programs.run(path, args, { env, cwd: at.directory, timeoutMs: CLI_DEADLINE_MS, ...how })
}

/** Waits until something is so, a moment at a time; the milliseconds that it took, or null when it did not come. */
export async function until(isSo: () => boolean | Promise<boolean>, deadlineMs = 20_000): Promise<number | null> {
  const startedAt = performance.now()
  while (performance.now() - startedAt < deadlineMs) {
    if (await isSo()) return Math.round(performance.now() - startedAt)
    await Bun.sleep(20)
  }
  return null
}
