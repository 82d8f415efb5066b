/** A login that the CLI refreshes too; `npm run torture -- --only F6` tries five hundred interleavings. */

import { expect, test } from 'vitest'
import { shareLogin } from '../testing/shared-login-races.ts'

const INTERLEAVINGS = Number(process.env.F6_INTERLEAVINGS ?? 25)

test('both refresh at the same time: under the CLI’s locks no token is spent twice, and none is lost', {
  timeout: 20_000 + INTERLEAVINGS * 200,
}, async () => {
  const result = await shareLogin(INTERLEAVINGS)
  expect(result).toMatchObject({ spentReplaced: 0, spentTwice: 0, lost: 0, isEnded: false })
  // Each side came first often enough for this to mean something.
  for (const count of [result.ours, result.byCli, result.adopted]) expect(count).toBeGreaterThan(2)
})

test('without its locks a token is spent twice, and the login ends', async () => {
  const result = await shareLogin(INTERLEAVINGS, false)
  expect(result.isEnded).toBe(true)
})
