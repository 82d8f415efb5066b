/**
 * One account in every state, each made the way it comes about: by the domain's own acts against the fake provider and
 * credential files. The names are the names of fixtures. Knows no page.
 */

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { addToken } from '../accounts/add-token.ts'
import { connectAccount } from '../accounts/connect-account.ts'
import type { AccountsContext } from '../accounts/context.ts'
import { linkAccount } from '../accounts/link-account.ts'
import { readProfile } from '../accounts/read-profile.ts'
import { refreshGrant } from '../accounts/refresh-grant.ts'
import { takeOverAccount } from '../accounts/take-over-account.ts'
import { updateAccount } from '../accounts/update-account.ts'
import { DAY_MS, HOUR_MS, SECOND_MS } from '../lib/clock.ts'
import { Secret } from '../lib/secret.ts'
import { CLAUDE_CLIENT_ID } from './fake-claude-endpoints.ts'
import type { FakeIssue } from './fake-grants.ts'
import { buildFakeIdentity, type FakeIdentity } from './fake-identities.ts'
import type { FakeProvider } from './fake-provider.ts'
import {
  blankedClaudeCredentialsJson,
  claudeCredentialsJson,
  claudeJson,
  codexAuthJson,
  identityOf,
  signInAs,
  tokenSetOf,
} from './fake-tokens.ts'
import { fakeWindow } from './fake-usage.ts'

export interface SeedTools {
  context: AccountsContext
  fake: FakeProvider
  /** The home directory of the person whose CLIs wrote the files. */
  userHome: string
}

const LONG =
  'The Society for the Preservation of Unreasonably Long Organisation Names, Northern Chapter, Department of Redundancy'
const HOSTILE = '<script>alert("hello")</script> & "friends" \u5f20\u4f1f \ud83d\udc69\u200d\ud83d\udcbb'

/** Who the seeds are; a fake provider for seeds is created with them. */
export const SEED_IDENTITIES: readonly FakeIdentity[] = [
  buildFakeIdentity('claude', 'healthy', 101),
  buildFakeIdentity('claude', 'due', 102, { organizationType: 'claude_pro' }),
  buildFakeIdentity('codex', 'refreshing', 103),
  buildFakeIdentity('claude', 'retrying', 104),
  buildFakeIdentity('claude', 'unknown-outcome', 105, { organizationType: 'claude_team' }),
  buildFakeIdentity('codex', 'sign-in-again', 106, { plan: 'pro' }),
  buildFakeIdentity('claude', 'ends-soon', 107),
  buildFakeIdentity('claude', 'cli', 108),
  buildFakeIdentity('claude', 'cli-blanked', 109),
  buildFakeIdentity('codex', 'cli-other-account', 110),
  buildFakeIdentity('codex', 'somebody-else', 111),
  buildFakeIdentity('claude', 'setup-token', 112),
  buildFakeIdentity('claude', 'paused', 113),
  buildFakeIdentity('codex', 'conflict', 114),
  buildFakeIdentity('codex', 'workspace-one', 115, { email: 'two.workspaces@example.com', plan: 'plus' }),
  buildFakeIdentity('codex', 'workspace-two', 116, {
    subject: 'user-FAKE0115',
    email: 'two.workspaces@example.com',
    plan: 'business',
  }),
  buildFakeIdentity('claude', 'long-names', 117, {
    email: `${'long.'.repeat(12)}name@example.com`,
    organizationName: LONG,
  }),
  buildFakeIdentity('claude', 'old-data', 118),
  buildFakeIdentity('claude', 'console', 119),
]

/** Limits of every kind and fullness, so that each way to show them is seen. They are read when the program polls. */
export function seedUsage({ usage }: Pick<FakeProvider, 'usage'>, now: number): void {
  const hours = (count: number) => now + count * HOUR_MS
  const limits: Record<string, ReturnType<typeof fakeWindow>[]> = {
    healthy: [
      fakeWindow('session', 62, hours(1.6)),
      fakeWindow('weekly', 48, hours(71)),
      fakeWindow('weekly', 12, hours(71), 'Opus'),
    ],
    'workspace-one': [fakeWindow('weekly', 88, hours(31))],
    'workspace-two': [fakeWindow('session', 0, null), fakeWindow('weekly', 3, hours(150))],
    'ends-soon': [fakeWindow('session', 100, hours(0.7)), fakeWindow('weekly', 79, hours(12))],
    due: [fakeWindow('session', 8, hours(4.6)), fakeWindow('weekly', 55, hours(90))],
    retrying: [fakeWindow('session', 34, hours(2)), fakeWindow('weekly', 20, hours(40))],
    cli: [
      fakeWindow('session', 91, hours(2.2)),
      fakeWindow('weekly', 66, hours(100)),
      fakeWindow('weekly', 97, hours(100), 'Opus'),
    ],
    conflict: [
      fakeWindow('session', 17, hours(3.1)),
      fakeWindow('weekly', 29, hours(120)),
      fakeWindow('weekly', 5, hours(120), 'Example Max'),
    ],
    refreshing: [fakeWindow('monthly', 44, hours(300))],
    'long-names': [fakeWindow('session', 112, hours(0.4)), fakeWindow('weekly', 71, hours(50))],
  }
  for (const [name, windows] of Object.entries(limits)) usage.set(name, windows)
}

/** Makes every account; gives their ids by seed name. Takes no longer than the fake provider answers. */
export async function seedAccounts(tools: SeedTools): Promise<Record<string, string>> {
  const ids: Record<string, string> = {}
  for (const [name, make] of Object.entries(SEEDS)) ids[name] = await make(tools, name)
  return ids
}

type Seed = (tools: SeedTools, name: string) => Promise<string>

const SEEDS: Record<string, Seed> = {
  healthy: (tools, name) => connect(tools, name, { label: 'Personal' }),
  'workspace-one': (tools, name) => connect(tools, name, { label: null }),
  'workspace-two': (tools, name) => connect(tools, name, { label: null }),
  'ends-soon': (tools, name) => connect(tools, name, { lifetimes: { loginLifetimeMs: 3 * DAY_MS } }),
  due: (tools, name) => connect(tools, name, { lifetimes: { accessTokenLifetimeMs: 45 * SECOND_MS } }),

  async refreshing(tools, name) {
    tools.fake.faults.add({ endpoint: 'codex.refresh', identity: name, fault: { kind: 'delay', ms: 20 * SECOND_MS } })
    return connect(tools, name, { lifetimes: { accessTokenLifetimeMs: 8 * SECOND_MS } })
  },

  async retrying(tools, name) {
    const id = await connect(tools, name)
    const fault = { kind: 'status', status: 503, body: { error: 'temporarily_unavailable' } } as const
    tools.fake.faults.add({ endpoint: 'claude.refresh', identity: name, fault, times: Infinity })
    await refreshGrant(tools.context, id, { purpose: 'requested', actor: 'scheduler' })
    return id
  },

  async 'unknown-outcome'(tools, name) {
    const id = await connect(tools, name)
    tools.fake.faults.add({
      endpoint: 'claude.refresh',
      identity: name,
      fault: { kind: 'drop_after' },
      times: Infinity,
    })
    await refreshGrant(tools.context, id, { purpose: 'requested', actor: 'scheduler' })
    return id
  },

  async 'sign-in-again'(tools, name) {
    const issue = signInAs(tools.fake.grants, tools.fake.person(name))
    const id = await connect(tools, name, { issue })
    tools.fake.grants.revoke(issue.pair.accessToken)
    await refreshGrant(tools.context, id, { purpose: 'requested', actor: 'scheduler' })
    return id
  },

  async paused(tools, name) {
    const id = await connect(tools, name, { label: 'Client (resting)' })
    await updateAccount(tools.context, id, { paused: true }, 'browser')
    return id
  },

  async cli({ context, fake, userHome }, name) {
    const issue = signInAs(fake.grants, fake.person(name))
    write(userHome, '.claude.json', claudeJson(issue.family))
    write(userHome, '.claude/.credentials.json', claudeCredentialsJson(issue))
    return (await linkAccount(context, { path: join(userHome, '.claude/.credentials.json'), actor: 'browser' })).id
  },

  async 'cli-blanked'({ context, fake, userHome }, name) {
    const issue = signInAs(fake.grants, fake.person(name))
    const path = write(userHome, '.claude-old/.credentials.json', claudeCredentialsJson(issue))
    write(userHome, '.claude-old/.claude.json', claudeJson(issue.family))
    const { id } = await linkAccount(context, { provider: 'claude', path, label: 'Old machine', actor: 'browser' })
    write(userHome, '.claude-old/.credentials.json', blankedClaudeCredentialsJson())
    return id
  },

  async 'cli-other-account'({ context, fake, userHome }, name) {
    const file = (person: string) => codexAuthJson(signInAs(fake.grants, fake.person(person)), context.clock.now())
    const path = write(userHome, '.codex/auth.json', file(name))
    const { id } = await linkAccount(context, { provider: 'codex', path, actor: 'browser' })
    write(userHome, '.codex/auth.json', file('somebody-else'))
    return id
  },

  async conflict({ context, fake, userHome }, name) {
    const issue = signInAs(fake.grants, fake.person(name))
    const path = write(userHome, '.codex-work/auth.json', codexAuthJson(issue, context.clock.now()))
    return (await takeOverAccount(context, { provider: 'codex', path, label: 'Work laptop', actor: 'browser' })).id
  },

  async 'setup-token'({ context, fake }, name) {
    const { pair } = fake.grants.signIn(fake.person(name), CLAUDE_CLIENT_ID, ['user:inference'], {
      accessTokenLifetimeMs: 365 * DAY_MS,
    })
    const accessToken = new Secret(pair.accessToken)
    const expiresAt = pair.accessTokenExpiresAt
    const added = { provider: 'claude', kind: 'setup_token', accessToken, expiresAt, label: 'Build server' } as const
    const { id } = await addToken(context, { ...added, actor: 'browser' })
    await readProfile(context, id)
    return id
  },

  async 'long-names'(tools, name) {
    const id = await connect(tools, name)
    await updateAccount(tools.context, id, { label: HOSTILE }, 'browser')
    return id
  },

  async 'old-data'(tools, name) {
    const id = await connect(tools, name)
    tools.fake.faults.add({
      endpoint: 'claude.profile',
      identity: name,
      fault: { kind: 'status', status: 500 },
      times: Infinity,
    })
    await readProfile(tools.context, id)
    return id
  },

  async console(tools, name) {
    const scopes = ['org:create_api_key', 'user:profile']
    const issue = tools.fake.grants.signIn(tools.fake.person(name), CLAUDE_CLIENT_ID, scopes)
    const id = await connect(tools, name, { label: 'API keys', issue })
    await readProfile(tools.context, id)
    return id
  },
}

interface ConnectOptions {
  label?: string | null
  issue?: FakeIssue
  lifetimes?: Parameters<typeof signInAs>[2]
}

/** A login of the dashboard's own, with its profile read where the provider has one. */
async function connect({ context, fake }: SeedTools, name: string, options: ConnectOptions = {}): Promise<string> {
  const person = fake.person(name)
  const { accountId } = await connectAccount(context, {
    provider: context.providers.get(person.provider)!,
    tokens: tokenSetOf(options.issue ?? signInAs(fake.grants, person, options.lifetimes)),
    identity: identityOf(person),
    custody: 'dashboard',
    origin: person.provider === 'claude' ? 'paste' : 'callback',
    label: options.label ?? null,
    actor: 'browser',
  })
  if (options.issue === undefined) await readProfile(context, accountId)
  return accountId
}

function write(userHome: string, path: string, text: string): string {
  const absolute = join(userHome, path)
  mkdirSync(dirname(absolute), { recursive: true, mode: 0o700 })
  writeFileSync(absolute, text, { mode: 0o600 })
  chmodSync(absolute, 0o600)
  return absolute
}
