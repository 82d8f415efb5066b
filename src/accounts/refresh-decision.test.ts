/** What may be spent now, where the pace of exchanges and the retry after a lost answer meet. */

import { expect, test } from 'vitest'
import type { GrantRow } from '../db/grant-store.ts'
import { decideRefresh, type RefreshPurpose } from './refresh-decision.ts'

const NOW = Date.UTC(2026, 10, 22, 9)
const due = {
  custody: 'dashboard',
  refreshTokenSealed: 'sealed',
  refusedAt: null,
  generation: 4,
  accessTokenIssuedAt: NOW - 20_000,
  accessTokenExpiresAt: NOW + 3_600_000,
  nextRefreshAt: NOW - 1,
  uncertainAt: null as number | null,
}

test.each<[name: string, purpose: RefreshPurpose, uncertainAt: number | null, mayBeSent: boolean]>([
  ['the schedule keeps the pace', 'scheduled', null, false],
  ['the retry after a lost answer does not wait for it', 'retry_after_unknown', NOW - 2_000, true],
  ['a retry without a doubt keeps it', 'retry_after_unknown', null, false],
])('just exchanged: %s', (_, purpose, uncertainAt, mayBeSent) => {
  const grant = { ...due, uncertainAt } as GrantRow
  const facts = { grant, purpose, now: NOW, generationAtStart: 4, isUnsaved: false, paceLeftMs: 290_000 }
  expect(decideRefresh(facts) === null).toBe(mayBeSent)
})
