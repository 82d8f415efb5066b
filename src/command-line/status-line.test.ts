import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AccountSummary } from '../accounts/account-summary.ts'
import { type StatusOfAccount, writeStatusFile } from '../accounts/status-file.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { readStatus, statusLine } from './status-line.ts'

const NOW = 1_795_400_000_000
const status = (accounts: Partial<StatusOfAccount>[], writtenAt = NOW) => ({
  version: 1 as const,
  writtenAt,
  accounts: accounts.map((account) => ({
    ...{ id: 'acc_1', name: 'work', provider: 'claude', isActive: true, login: 'valid' as const, tightest: null },
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
    ...{ activeIn: ['claude'], login: { status: 'valid' } },
    usage: {
      windows: [
        { usedFraction: null, resetsAt: null },
        { usedFraction: 0.2, resetsAt: null },
      ],
    },
  } as unknown as AccountSummary
  const write = (accounts: AccountSummary[]) => writeStatusFile(path, accounts, { clock })
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
