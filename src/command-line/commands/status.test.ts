/** `tokendeck status`: the line for a prompt before anybody wrote the file for it. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TEST_NOW } from '../../testing/fake-clock.ts'
import { runCommand } from '../../testing/run-command.ts'
import { command } from './status.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tokendeck-status-command-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const at = (spanMs: number) => new Date(TEST_NOW + spanMs).toISOString()
const window = (used_fraction: number | null, active = true) => ({ used_fraction, active, resets_at: at(3_600_000) })
const account = (changes: object) => ({
  ...{ id: 'acc_1', provider: 'claude', label: 'work', email: null, plan: null, paused: false, active_in: [] },
  login: { status: 'valid', reason: 'It is valid.' },
  data: { status: 'fresh', reason: 'Just read.', read_at: at(0) },
  ownership: { status: 'dashboard', reason: 'Tokendeck.' },
  usage: [],
  ...changes,
})

test.each([
  ['nobody active', [account({ usage: [window(0.3), window(0.9, false)] }), account({})], '2 accounts · work 30%\n'],
  ['one active', [account({ active_in: ['claude'], usage: [window(0.5)] })], 'claude work 50%\n'],
  [
    'an old reading',
    [account({ usage: [window(0.5)], data: { status: 'old', reason: 'Old.', read_at: at(-7_200_000) } })],
    '1 account · work 50% (read 2 h ago)\n',
  ],
  ['never read', [account({ data: { status: 'never_read', reason: 'Never.', read_at: null } })], '1 account\n'],
])('the first line knows the limits: %s', async (_, accounts, line) => {
  const end = await runCommand(command, ['--line'], { answer: () => accounts, home })
  expect(end).toMatchObject({ code: 0, out: line, calls: ['GET /api/accounts', 'close'] })
})
