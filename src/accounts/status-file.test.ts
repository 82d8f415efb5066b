/** What the file for prompts says of an account, and when it is written. */

import { mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FakeClock } from '../testing/fake-clock.ts'
import { anAccount } from '../testing/view-data.ts'
import type { AccountSummary } from './account-summary.ts'
import { statusOfAccount, writeStatusFile } from './status-file.ts'

let directory: string
let path: string
const clock = new FakeClock()
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tokendeck-status-'))
  path = join(directory, 'status.json')
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const withWindows = (...fractions: (number | null)[]) => {
  const windows = fractions.map((usedFraction) => ({ usedFraction, resetsAt: null, isActive: true }))
  return { ...anAccount(), usage: { windows, readAt: 7 } } as unknown as AccountSummary
}

test.each<[(number | null)[], number | null]>([
  [[], null],
  [[null], null],
  [[0.2, null, 0.9, 0.5], 0.9],
])('of windows with %j used, the tightest is %j', (fractions, expected) => {
  expect(statusOfAccount(withWindows(...fractions)).tightest?.usedFraction ?? null).toBe(expected)
})

test('a window that does not count now is passed over, and it is told when the limits were read', () => {
  const account = withWindows(0.2, 0.9)
  account.usage.windows[1]!.isActive = false
  expect(statusOfAccount(account)).toMatchObject({ tightest: { usedFraction: 0.2 }, readAt: 7, isPaused: false })
  expect(statusOfAccount({ ...account, pausedAt: 3 }).isPaused).toBe(true)
})

test('an account whose limits nobody reads has no window', () => {
  expect(statusOfAccount({ ...anAccount(), usage: undefined } as unknown as AccountSummary).tightest).toBeNull()
})

test('a file that is half or of another kind is replaced; one that says the same stays', async () => {
  for (const text of ['{"version":1,', '{"version":2}', '']) {
    await writeFile(path, text)
    writeStatusFile(path, [statusOfAccount(anAccount())], { clock })
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ version: 1, accounts: [{ provider: 'claude' }] })
  }
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  await utimes(path, 1, 1)
  writeStatusFile(path, [statusOfAccount(anAccount())], { clock })
  expect((await stat(path)).mtimeMs).toBe(1_000)
  writeStatusFile(path, [], { clock })
  expect((await stat(path)).mtimeMs).not.toBe(1_000)
})
