/** G13: handing an account to a CLI, beside the same files replaced durably and nothing else. Locks free, no CLI installed. */

import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { connectAccount } from '../../src/accounts/connect-account.ts'
import { openContext } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { activateAccount } from '../../src/switching/activate-account.ts'
import { aftercareEnded } from '../../src/switching/under-way.ts'
import { createFakeProvider } from '../../src/testing/fake-provider.ts'
import { identityOf, signInAs, tokenSetOf } from '../../src/testing/fake-tokens.ts'
import { recordingLog } from '../../src/testing/recording-log.ts'
import type { Part } from '../goal.ts'
import { limitRow } from '../row.ts'
import { median } from '../statistics.ts'

const ROUNDS = 30
const FACTOR = 3
const ALLOWANCE_MS = 20

export const handingOver: Part = {
  goals: ['G13'],
  title: 'an account handed to its CLI',
  async measure({ directory, rounds }) {
    const home = join(directory, 'switch')
    mkdirSync(join(home, 'tokendeck'), { recursive: true, mode: 0o700 })
    const environment = {
      ...{ PATH: home, HOME: home, TOKENDECK_HOME: join(home, 'tokendeck'), TOKENDECK_KEY_SOURCE: 'file' },
      TOKENDECK_KEY_FILE: join(home, 'key', 'key'),
    }
    const config = readConfig(environment, { platform: process.platform, userHome: home })
    const pages = { styleSheet: '', render: () => '' }
    const opened = await openContext(config, { log: recordingLog(), pages, dashboardUrl: () => '', waitMs: 5_000 })
    const { context, close } = opened
    const fake = createFakeProvider()
    const ids: string[] = []
    for (const name of ['ada', 'brook']) {
      const issue = signInAs(fake.grants, fake.person(name))
      const connected = await connectAccount(context, {
        ...{ provider: context.providers.get('claude')!, tokens: tokenSetOf(issue) },
        ...{ identity: identityOf(issue.family.identity), custody: 'dashboard', origin: 'callback', actor: 'cli' },
      })
      ids.push(connected.accountId)
    }
    const files = [join(home, '.claude', '.credentials.json'), join(home, '.claude.json')]
    const switches: number[] = []
    const replacements: number[] = []
    for (let round = 0; round < ROUNDS * rounds; round++) {
      const startedAt = systemClock.monotonic()
      await activateAccount(context, { accountId: ids[round % 2]!, actor: 'cli' })
      switches.push(systemClock.monotonic() - startedAt)
      replacements.push(replaceAll(files))
    }
    await aftercareEnded(context)
    await close()
    const limit = Math.round(FACTOR * median(replacements) + ALLOWANCE_MS)
    return [
      limitRow({
        goal: 'G13',
        what: `activate an account, ${files.length} files`,
        from: `3 × ${median(replacements).toFixed(2)} ms for the same files replaced, + ${ALLOWANCE_MS} ms`,
        value: median(switches),
        limit,
        unit: 'ms',
      }),
    ]
  },
}

/** The same bytes again: beside, synced, renamed, directory synced. Milliseconds. */
function replaceAll(files: readonly string[]): number {
  const startedAt = systemClock.monotonic()
  for (const path of files) {
    const bytes = readFileSync(path)
    const draft = `${path}.${randomBytes(4).toString('hex')}`
    const file = openSync(draft, 'wx', 0o600)
    writeSync(file, bytes)
    fsyncSync(file)
    closeSync(file)
    renameSync(draft, path)
    const directory = openSync(dirname(path), 'r')
    fsyncSync(directory)
    closeSync(directory)
  }
  return systemClock.monotonic() - startedAt
}
