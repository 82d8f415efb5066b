/** `usage` and `guard` as a shell runs them, on a home whose limits were read: words, JSON and exit codes. */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@libsql/client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { letGoOfDatabases } from '../testing/let-go-of-databases.ts'
import type { CommandIo } from './command.ts'
import { runCommandLine } from './main.ts'

const FAKE_TOKEN = 'sk-ant-oat01-FAKE-setup-token-for-guards'
let directory: string
let home: string

/** Runs a command in this process. */
async function tokendeck(args: string[], input = '') {
  const heard = { out: '', err: '' }
  const io: CommandIo = {
    out(text) {
      heard.out += text
    },
    say(line) {
      heard.err += `${line}\n`
    },
    readInput: async () => input,
    ask: async () => null,
    askHidden: async () => null,
    isTerminal: false,
  }
  const environment = {
    HOME: join(directory, 'person'),
    TOKENDECK_HOME: home,
    TOKENDECK_KEY_FILE: join(directory, 'key'),
    TOKENDECK_KEY_SOURCE: 'file',
  }
  return { code: await runCommandLine(args, io, environment), ...heard }
}

/** Writes what a reading would have kept. */
async function keep(...windows: [id: string, used: number | null, resetsIn: number | null][]) {
  await letGoOfDatabases()
  const client = createClient({ url: `file:${join(home, 'tokendeck.db')}` })
  const { rows } = await client.execute('select id from accounts')
  const id = String(rows[0]!.id)
  const now = Date.now()
  await client.execute({ sql: 'delete from usage_windows', args: [] })
  await client.execute({
    sql: 'insert or replace into usage_states (account_id, read_at, failures) values (?, ?, 0)',
    args: [id, now],
  })
  for (const [position, [window, used, resetsIn]] of windows.entries()) {
    await client.execute({
      sql: `insert into usage_windows (account_id, window_id, position, kind, used_fraction, resets_at, is_active, read_at)
        values (?, ?, ?, ?, ?, ?, 1, ?)`,
      args: [id, window, position, window, used, resetsIn === null ? null : now + resetsIn, now],
    })
  }
  client.close()
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tokendeck-guard-'))
  home = join(directory, 'home')
  mkdirSync(home, { mode: 0o700 })
  await tokendeck(['add', '--provider', 'claude', '--setup-token-stdin', '--label', 'ci'], `${FAKE_TOKEN}\n`)
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

test.each([
  [['guard'], 'Name one account'],
  [['guard', 'ci'], '--max-percent takes'],
  [['guard', 'ci', '--max-percent', '0'], '--max-percent takes'],
  [['guard', 'ci', '--max-percent', '101'], '--max-percent takes'],
  [['guard', 'ci', '--max-percent', 'x'], '--max-percent takes'],
])('%j is wrong usage', async (args, words) => {
  const run = await tokendeck(args)
  expect(run).toMatchObject({ code: 2, out: '' })
  expect(run.err).toContain(words)
})

test('nothing known is never room, and nobody is asked with a token that may not', async () => {
  expect(await tokendeck(['guard', 'ci', '--max-percent', '99'])).toMatchObject({ code: 1, out: '' })
  expect((await tokendeck(['usage'])).out).toMatch(/ci +claude +— +— +— +— +never/)
})

test('room ends with 0 and silence, none with 4 and which window', async () => {
  await keep(['session', 0.5, 3_600_000], ['weekly', 0.79, 86_400_000])
  expect(await tokendeck(['guard', 'ci', '--max-percent', '80'])).toEqual({ code: 0, out: '', err: '' })
  const none = await tokendeck(['guard', 'ci', '--max-percent', '79'])
  expect(none).toEqual({ code: 4, out: '', err: 'No room: weekly 79 % used.\n' })
  expect((await tokendeck(['guard', 'ci', '--max-percent', '79', '--window', 'session'])).code).toBe(0)
  const other = await tokendeck(['guard', 'ci', '--max-percent', '79', '--window', 'monthly', '--wait'])
  expect(other).toMatchObject({ code: 1, err: 'This account has no such window.\n' })
})

test('usage tells each window, in words and as JSON', async () => {
  await keep(['session', 0.999, 3_600_000], ['weekly', null, null])
  const { out } = await tokendeck(['usage', 'ci'])
  expect(out).toMatch(/ci +claude +session +99 % +in (59 min|1 h)/)
  expect(out).toMatch(/weekly +— +—/)
  const usage = JSON.parse((await tokendeck(['usage', 'ci', '--json'])).out)
  expect(usage).toMatchObject({
    provider: 'claude',
    old: false,
    windows: [{ used_fraction: 0.999 }, { used_fraction: null }],
  })
  expect(JSON.parse((await tokendeck(['usage', '--json'])).out)).toHaveLength(1)
})
