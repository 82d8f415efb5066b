/**
 * Kills a program that switches a CLI's place, again and again, and compares the files with the database after each kill.
 * Its numbers are for tests and for the torture run.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectAccount } from '../accounts/connect-account.ts'
import type { AccountsContext } from '../accounts/context.ts'
import { openTokens } from '../accounts/grant-tokens.ts'
import { openContext } from '../compose.ts'
import { readConfig } from '../config.ts'
import { listOpenActivations } from '../db/activation-store.ts'
import { findCurrentGrant } from '../db/grant-store.ts'
import { SECOND_MS } from '../lib/clock.ts'
import type { Random } from '../lib/random.ts'
import { recoverSwitches } from '../switching/recover-switches.ts'
import { aftercareEnded } from '../switching/under-way.ts'
import { createFakeProvider } from './fake-provider.ts'
import { identityOf, signInAs, tokenSetOf } from './fake-tokens.ts'
import { letGoOfDatabases } from './let-go-of-databases.ts'
import { recordingLog } from './recording-log.ts'

export interface KilledSwitches {
  kills: number
  /** Switches that ended, of all programs. */
  switches: number
  /** Kills that cut a switch off: it was finished, or taken back. */
  finished: number
  takenBack: number
  /** Files that were neither the old nor the new ones, had lost a neighbour of the login, or lay half written beside them. */
  neither: string[]
  /** Accounts whose custodian is not where their login is. */
  wrongCustody: string[]
}

const PROGRAM = join(import.meta.dirname, 'switch-program.ts')
const PEOPLE = { claude: ['ada', 'brook'], codex: ['grace', 'hopper'] } as const

type ProviderId = keyof typeof PEOPLE

/** What it says when a switch of its own has ended: from now on it does one after the other. */
const AT_WORK = /\ndone\n/
/** A kill comes within this time after that: a few switches, on a busy machine as well. */
const KILL_WITHIN_MS = 250

/** Runs it in an empty directory, all kills on the place of one provider's CLI. */
export async function runKilledSwitches(options: {
  directory: string
  provider: ProviderId
  kills: number
  random: Random
}): Promise<KilledSwitches> {
  const { directory, provider, kills, random } = options
  const result: KilledSwitches = { kills: 0, switches: 0, finished: 0, takenBack: 0, neither: [], wrongCustody: [] }
  const home = join(directory, 'home')
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const environment = {
    ...{ PATH: directory, HOME: directory, TOKENDECK_HOME: home, TOKENDECK_KEY_SOURCE: 'file' },
    TOKENDECK_KEY_FILE: join(directory, 'config', 'key'),
  }
  const open = () => {
    const pages = { styleSheet: '', render: () => '' }
    const surroundings = { platform: process.platform, userHome: directory }
    const given = { log: recordingLog(), pages, dashboardUrl: () => '', waitMs: 10 * SECOND_MS }
    return openContext(readConfig(environment, surroundings), given)
  }
  const files = filesOf(directory, provider)
  const ids = await signIn(open, provider)
  files.begin()
  for (; result.kills < kills; result.kills++) {
    const child = Bun.spawn([process.execPath, '--no-env-file', PROGRAM, provider, ...ids], {
      ...{ env: environment, stdout: 'pipe', stderr: 'inherit', stdin: 'ignore' },
    })
    result.switches += await killWithin(child, random.fraction() * KILL_WITHIN_MS)
    files.removeLocks()
    const { context, close } = await open()
    try {
      const { finished, takenBack } = await recoverSwitches(context)
      result.finished += finished
      result.takenBack += takenBack
      await judge(context, { files, ids, result })
    } finally {
      await aftercareEnded(context)
      await close()
      await letGoOfDatabases()
    }
  }
  return result
}

async function signIn(open: () => ReturnType<typeof openContext>, providerId: ProviderId): Promise<string[]> {
  const { context, close } = await open()
  const fake = createFakeProvider()
  const ids: string[] = []
  for (const name of PEOPLE[providerId]) {
    const issue = signInAs(fake.grants, fake.person(name))
    const { accountId } = await connectAccount(context, {
      ...{ provider: context.providers.get(providerId)!, tokens: tokenSetOf(issue) },
      ...{ identity: identityOf(issue.family.identity), custody: 'dashboard', origin: 'callback', actor: 'api' },
    })
    ids.push(accountId)
  }
  await close()
  await letGoOfDatabases()
  return ids
}

/**
 * Waits until it has ended a switch, and kills it so much later.
 * Gives how many switches it had ended.
 */
async function killWithin(child: Bun.Subprocess<'ignore', 'pipe', 'inherit'>, ms: number): Promise<number> {
  const decoder = new TextDecoder()
  let said = ''
  for await (const piece of child.stdout as unknown as AsyncIterable<Uint8Array>) {
    const wasAtWork = AT_WORK.test(said)
    said += decoder.decode(piece)
    if (!wasAtWork && AT_WORK.test(said)) setTimeout(() => child.kill('SIGKILL'), ms)
  }
  await child.exited
  return said.split('\n').filter((line) => line === 'done').length
}

function filesOf(directory: string, provider: ProviderId) {
  const isClaude = provider === 'claude'
  const folder = join(directory, isClaude ? '.claude' : '.codex')
  const path = join(folder, isClaude ? '.credentials.json' : 'auth.json')
  const companion = isClaude ? join(directory, '.claude.json') : null
  const locks = [
    join(folder, '.oauth_refresh.lock'),
    `${folder}.lock`,
    join(folder, '.storage-write.lock'),
    `${companion}.lock`,
  ]
  return {
    path,
    begin() {
      mkdirSync(folder, { mode: 0o700 })
      writeFileSync(path, isClaude ? '{"mcpOauth":{"kept":1}}' : '{"unknown":{"kept":1}}', { mode: 0o600 })
      if (companion) writeFileSync(companion, '{"numStartups":3}', { mode: 0o600 })
    },
    /** Whoever waits for locks of the dead is not switching: that they are freed after their time is shown elsewhere. */
    removeLocks() {
      for (const lock of isClaude ? locks : []) rmSync(lock, { recursive: true, force: true })
    },
    /** New files that never got their name. */
    unfinished: () =>
      [folder, directory].flatMap((place) => readdirSync(place)).filter((name) => name.endsWith('.tmp')),
    /** The refresh token that the files hold, and whose e-mail stands beside it. Errors: what is torn does not parse */
    read(): { token: string | null; isWhole: boolean; email: string | null } {
      const file = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}
      const beside = companion ? JSON.parse(readFileSync(companion, 'utf8')) : null
      const login = isClaude ? file.claudeAiOauth?.refreshToken : file.tokens?.refresh_token
      const isWhole =
        (isClaude ? file.mcpOauth : file.unknown)?.kept === 1 && (beside === null || beside.numStartups === 3)
      return { token: login ?? null, isWhole, email: beside?.oauthAccount?.emailAddress ?? null }
    },
  }
}

interface Judged {
  files: ReturnType<typeof filesOf>
  ids: string[]
  result: KilledSwitches
}

async function judge(context: AccountsContext, { files, ids, result }: Judged): Promise<void> {
  const left = await listOpenActivations(context.database, context.machine!.id)
  for (const { id } of left) result.neither.push(`${id} is still open`)
  for (const name of files.unfinished()) result.neither.push(`${name} is left`)
  let found: ReturnType<typeof files.read>
  try {
    found = files.read()
  } catch (error) {
    result.neither.push(error instanceof Error ? error.name : 'unreadable')
    return
  }
  if (!found.isWhole) result.neither.push('a neighbour is gone')
  let isAnyones = found.token === null
  for (const id of ids) {
    const grant = (await findCurrentGrant(context.database, id))!
    const isHeld = openTokens(context.vault, grant).refreshToken?.reveal() === found.token
    isAnyones ||= isHeld
    const isRight = isHeld
      ? grant.custody === 'cli' && grant.credentialPath === files.path
      : grant.custody === 'dashboard' && grant.credentialPath === null
    if (!isRight) result.wrongCustody.push(`${id} ${grant.custody} ${isHeld ? 'in the file' : 'not in the file'}`)
  }
  if (!isAnyones) result.neither.push('a token that nobody has')
}
