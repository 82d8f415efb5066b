/** A login that the CLI refreshes too; `npm run torture -- --only F6` tries five hundred interleavings. */

import { expect, test } from 'vitest'
import { shareLogin } from '../testing/shared-login-races.ts'

test('both refresh at the same time, under the same locks: no replaced token is spent', async () => {
  const result = await shareLogin(25)
  expect(result).toMatchObject({ spentReplaced: 0, lost: 0, isEnded: false })
  // Each side came first often enough for this to mean something.
  for (const count of [result.ours, result.byCli, result.adopted]) expect(count).toBeGreaterThan(2)
})
