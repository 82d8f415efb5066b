/** Rules against accounts, without a database: who is judged, of what, and when nothing can be told. */

import { expect, test } from 'vitest'
import type { AccountSummary } from '../accounts/account-summary.ts'
import { DAY_MS } from '../lib/clock.ts'
import { anAccount, NOW } from '../testing/view-data.ts'
import { type AlertRules, DEFAULT_RULES, readRules } from './alert-rules.ts'
import { createJudge } from './judge-accounts.ts'

const judgeAccounts = (accounts: AccountSummary[], rules: AlertRules, now: number) => {
  const judge = createJudge(rules, now)
  return [...[...judge.ofAccounts(accounts)].flat(), ...judge.ofProviders()]
}
const plain = anAccount()
const found = (accounts: AccountSummary[], rules = DEFAULT_RULES) =>
  judgeAccounts(accounts, rules, NOW)
    .filter(({ isSo }) => isSo)
    .map(({ kind, threshold, details }) => [kind, threshold, details.code ?? details.reason ?? null])

const retrying = (id: string, lastFailureCode: string | null) =>
  anAccount({
    id,
    login: { ...plain.login, status: 'retrying', reason: { code: 'login_retrying', params: { lastFailureCode } } },
  })

test('conflicts, logins that nobody refreshes, and nothing of paused accounts', () => {
  const reason = { code: 'owner_conflict', params: {} } as const
  const conflict = anAccount({ ownership: { status: 'conflict', reason, holders: [] } })
  expect(found([conflict])).toEqual([['conflict', null, 'owner_conflict']])
  expect(found([{ ...conflict, pausedAt: NOW }])).toEqual([])
  const token = anAccount({ custody: 'none', login: { ...plain.login, accessTokenExpiresAt: NOW + DAY_MS } })
  expect(found([token])).toEqual([
    ['login_ends_soon', 7, null],
    ['login_ends_soon', 2, null],
  ])
  const none = Object.fromEntries(Object.keys(DEFAULT_RULES.kinds).map((kind) => [kind, false]))
  const off = { ...DEFAULT_RULES, kinds: none as typeof DEFAULT_RULES.kinds }
  expect(judgeAccounts([conflict, token], off, NOW)).toEqual([])
})

test('a provider is in trouble when several, and half of its accounts, are', () => {
  const fine = (id: string) => anAccount({ id })
  expect(found([retrying('acc_1', 'server_error'), fine('acc_2')])).toEqual([])
  expect(found([retrying('acc_1', 'server_error'), retrying('acc_2', null)])).toEqual([
    ['provider_trouble', null, 'server_error'],
  ])
  expect(found([retrying('acc_1', null), retrying('acc_2', null)])[0]![2]).toBeNull()
  expect(
    found([1, 2].map((id) => retrying(`acc_${id}`, 'x')).concat([3, 4, 5].map((id) => fine(`acc_${id}`)))),
  ).toEqual([])
  const failing = (id: string, failure: string) => anAccount({ id, usage: { ...plain.usage, failure } })
  expect(found([failing('acc_1', 'http_502'), failing('acc_2', 'held')])).toHaveLength(1)
  expect(found([failing('acc_1', 'not_permitted'), failing('acc_2', 'stale_token')])).toEqual([])
})

test('accounts that come in parts are judged as one crowd', () => {
  const judge = createJudge(DEFAULT_RULES, NOW)
  const accounts = [retrying('acc_1', 'server_error'), anAccount({ id: 'acc_2' }), retrying('acc_3', 'unreachable')]
  for (const account of accounts) for (const _ of judge.ofAccounts([account]));
  expect(judge.ofProviders()).toMatchObject([
    { isSo: true, details: { failing: 2, accounts: 3, code: 'server_error' } },
  ])
})

test('a window without a known reset, and one that does not count', () => {
  const window = {
    ...{ id: 'w', kind: 'weekly' as const, label: null, scope: null, durationMs: null, isActive: true },
    ...{ usedFraction: 0.85, resetsAt: null, evenPaceFraction: null, forecast: null },
  }
  const of = (changes: object) =>
    anAccount({ usage: { ...plain.usage, readAt: NOW, windows: [{ ...window, ...changes }] } })
  expect(found([of({})])).toEqual([['usage', 80, null]])
  expect(found([of({ isActive: false })])).toEqual([])
  expect(found([of({ usedFraction: null })])).toEqual([])
  const over = (usedFraction: number) =>
    judgeAccounts([of({ usedFraction })], DEFAULT_RULES, NOW).find(({ threshold }) => threshold === 80)!.isOver
  expect([over(0.75), over(0.69)]).toEqual([false, true])
})

test('readRules: what cannot be read counts as not chosen', () => {
  for (const text of [undefined, '', '{', '[]', '{"usageThresholds":"x"}', '{"quietHours":{"from":1,"until":1}}']) {
    expect(readRules(text), text).toEqual(DEFAULT_RULES)
  }
})
