/**
 * `npm run demo`: the whole program, offline, with one account in every state. A fake provider stands in for both real
 * ones, everything lives in a temporary directory, and nothing of it is left when the program ends.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { openContext } from '../src/compose.ts'
import { readConfig } from '../src/config.ts'
import { silentLog } from '../src/lib/log.ts'
import { createFakeProvider } from '../src/testing/fake-provider.ts'
import { fakeProviderConfigToml } from '../src/testing/fake-provider-config.ts'
import { letGoOfDatabases } from '../src/testing/let-go-of-databases.ts'
import { seedUsageHistory } from '../src/testing/seed-usage-history.ts'
import { SEED_IDENTITIES, seedAccounts, seedUsage } from '../src/testing/seeds.ts'

const ROOT = resolve(import.meta.dirname, '..')

const directory = mkdtempSync(join(tmpdir(), 'tokendeck-demo-'))
const userHome = join(directory, 'home')
const home = join(directory, 'tokendeck')
mkdirSync(userHome)
mkdirSync(home, { mode: 0o700 })

const fake = createFakeProvider({ identities: SEED_IDENTITIES })
seedUsage(fake, Date.now())
const served = await fake.serve()
writeFileSync(join(home, 'config.toml'), fakeProviderConfigToml(served.origin), { mode: 0o600 })

const environment = demoEnvironment()
await seed()
await letGoOfDatabases()
process.stdout.write(`Demonstration: every account and token is invented; the provider is ${served.origin}.\n`)
const program = spawn(process.execPath, ['--no-env-file', join(ROOT, 'src', 'main.ts')], {
  cwd: ROOT,
  env: environment,
  stdio: 'inherit',
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => program.kill(signal))
const exitCode = await endOf(program)
await served.close()
rmSync(directory, { recursive: true, force: true })
process.exit(exitCode)

/** This environment without anything that would lead to real logins or a real home. */
function demoEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name, value]) =>
      value !== undefined && !/^(CLAUDE|CODEX|ANTHROPIC|OPENAI|OPENCLAW|XDG_(CONFIG|DATA|STATE))_/.test(name),
  )
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    HOME: userHome,
    USERPROFILE: userHome,
    APPDATA: userHome,
    LOCALAPPDATA: userHome,
    TOKENDECK_HOME: home,
    TOKENDECK_CONFIG: join(home, 'config.toml'),
    TOKENDECK_DATABASE_URL: '',
    TOKENDECK_PORT: process.env.TOKENDECK_PORT ?? '0',
    TOKENDECK_KEY_SOURCE: 'file',
    TOKENDECK_KEY_FILE: join(directory, 'key'),
  }
}

/** Makes the accounts in the very database that the program opens next. */
async function seed(): Promise<void> {
  const config = readConfig(environment, { platform: process.platform, userHome })
  const pages = { styleSheet: '', render: () => '' }
  const opened = await openContext(config, { log: silentLog, pages, dashboardUrl: () => '', waitMs: 0 })
  const ids = await seedAccounts({ context: opened.context, fake, userHome })
  await seedUsageHistory({ context: opened.context, usage: fake.usage, ids })
  await opened.close()
}

function endOf(child: ChildProcess): Promise<number> {
  return new Promise((done) => child.once('exit', (code) => done(code ?? 1)))
}
