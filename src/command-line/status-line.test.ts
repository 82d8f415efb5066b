import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AccountSummary } from '../accounts/account-summary.ts'
import { type StatusOfAccount, statusOfAccount, writeStatusFile } from '../accounts/status-file.ts'
import { USAGE_OLD_MS } from '../lib/usage-age.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { readStatus, statusLine } from './status-line.ts'

const NOW = 1_795_400_000_000
const tight = (usedFraction: number) => ({ usedFraction, resetsAt: NOW + 1 })
const status = (accounts: Partial<StatusOfAccount>[], writtenAt = NOW) => ({
  version: 1 as const,
  writtenAt,
  accounts: accounts.map((account) => ({
    ...{ id: 'acc_1', name: 'work', provider: 'claude', isActive: true, login: 'valid' as const },
    ...{ isPaused: false, tightest: null, readAt: NOW },
    ...account,
  })),
})

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tokendeck-status-'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

test.each([
  ['nobody', status([]), '0 accounts'],
  ['one that no CLI holds', status([{ isActive: false }]), '1 account'],
  [
    'an active one with its tightest window',
    status([{ tightest: { usedFraction: 0.416, resetsAt: NOW + 1 } }]),
    'claude work 42%',
  ],
  ['a window that has begun anew since', status([{ tightest: { usedFraction: 0.9, resetsAt: NOW } }]), 'claude work'],
  ['an active one that is over', status([{ login: 'sign_in_again' }]), 'claude work sign in again'],
  [
    'others that are over',
    status([{}, { id: 'acc_2', isActive: false, login: 'sign_in_again' }]),
    'claude work · 1 to sign in',
  ],
  ['a share that is not all of it', status([{ tightest: tight(0.999) }]), 'claude work 99%'],
  ['more than all of it', status([{ tightest: tight(1.02) }]), 'claude work 102%'],
  [
    'nobody active: the tightest of all that are not paused, and of windows that still run',
    status([
      { isActive: false, tightest: tight(0.92) },
      { isActive: false, name: 'paused', isPaused: true, tightest: tight(1) },
      { isActive: false, name: 'over', tightest: { usedFraction: 0.99, resetsAt: NOW } },
      { isActive: false, name: 'home', tightest: tight(0.3) },
      { isActive: false, name: 'unread' },
    ]),
    '5 accounts · work 92%',
  ],
  [
    'a reading of just two rounds ago',
    status([{ tightest: tight(0.4), readAt: NOW - USAGE_OLD_MS }]),
    'claude work 40%',
  ],
  [
    'an old reading',
    status([{ tightest: tight(0.4), readAt: NOW - USAGE_OLD_MS - 1 }]),
    'claude work 40% (read 33 min ago)',
  ],
  [
    'nobody active, and an old reading',
    status([{ isActive: false, tightest: tight(0.4), readAt: NOW - 3 * 3_600_000 }]),
    '1 account · work 40% (read 3 h ago)',
  ],
  [
    'an old file with what was read just before',
    status([{ tightest: tight(0.4), readAt: NOW - 2 * 3_600_000 }], NOW - 2 * 3_600_000),
    'claude work 40% (2 h ago)',
  ],
  [
    'an old file with a reading that was old then',
    status([{ tightest: tight(0.4), readAt: NOW - 5 * 3_600_000 }], NOW - 2 * 3_600_000),
    'claude work 40% (read 5 h ago) (2 h ago)',
  ],
  ['an old file', status([{}], NOW - 2 * 3_600_000), 'claude work (2 h ago)'],
  ['a long name', status([{ name: 'x'.repeat(80) }]), `claude ${'x'.repeat(39)}…`],
])('%s', (_, file, words) => {
  expect(statusLine(file, NOW)).toBe(words)
})

test.each([
  ['nothing', null],
  ['half a file', '{"version":1,'],
  ['another version', '{"version":2,"accounts":[]}'],
])('%s counts as no file', async (_, text) => {
  if (text !== null) await writeFile(join(home, 'status.json'), text)
  expect(await readStatus(home)).toBeNull()
})

test('the file is for its owner alone, and is written again only when it says something else or is old', async () => {
  const clock = new FakeClock()
  const path = join(home, 'status.json')
  const account = {
    ...{ id: 'acc_1', label: 'work', email: null, subject: 's', provider: 'claude', providerName: 'Claude' },
    ...{ activeIn: ['claude'], pausedAt: null, login: { status: 'valid' } },
    usage: {
      windows: [
        { usedFraction: null, resetsAt: null, isActive: true },
        { usedFraction: 0.2, resetsAt: null, isActive: true },
      ],
    },
  } as unknown as AccountSummary
  const write = (accounts: AccountSummary[]) => writeStatusFile(path, accounts.map(statusOfAccount), { clock })
  write([account])
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(await readStatus(home)).toMatchObject({ accounts: [{ name: 'work', tightest: { usedFraction: 0.2 } }] })
  const at = (await readStatus(home))!.writtenAt
  await clock.advance(1_000)
  write([account])
  expect((await readStatus(home))!.writtenAt).toBe(at)
  write([])
  expect((await readStatus(home))!.writtenAt).toBe(at + 1_000)
  await clock.advance(60_000)
  write([])
  expect((await readStatus(home))!.writtenAt).toBe(at + 61_000)
})
