/** Limits of alerts that config.toml sets, and the person's own choices over them. */

import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AccountsContext } from '../accounts/context.ts'
import { createTestContext, type TestContext } from '../testing/test-context.ts'
import { changeAlertRules, DEFAULT_RULES, getAlertRules, readRules } from './alert-rules.ts'
import { readConfiguredRules } from './configured-rules.ts'

let world: TestContext
let context: AccountsContext
beforeEach(async () => {
  world = await createTestContext()
  context = { ...world.context, configuredAlerts: { usageThresholds: [70], loginEndDays: [10, 3] } }
})
afterEach(() => world.close())

test.each([
  ['no table', 'loud', 'alerts: must be a table'],
  ['a list', [80], 'alerts: must be a table'],
  ['null', null, 'alerts: must be a table'],
  ['an unknown key', { thresholds: [80] }, 'alerts: unknown key; known are usage_thresholds, login_end_days'],
  ['a key of every object', { constructor: [80] }, 'alerts: unknown key'],
  [
    'a number',
    { usage_thresholds: 80 },
    'alerts.usage_thresholds: must be a list of 1 to 5 whole numbers from 1 to 100',
  ],
  ['an empty list', { usage_thresholds: [] }, 'alerts.usage_thresholds'],
  ['nothing left', { usage_thresholds: [0] }, 'alerts.usage_thresholds'],
  ['more than all', { usage_thresholds: [101] }, 'alerts.usage_thresholds'],
  ['a share', { usage_thresholds: [0.8] }, 'alerts.usage_thresholds'],
  ['text', { usage_thresholds: ['80'] }, 'alerts.usage_thresholds'],
  ['six', { usage_thresholds: [1, 2, 3, 4, 5, 6] }, 'alerts.usage_thresholds'],
  ['no day', { login_end_days: [0] }, 'alerts.login_end_days: must be a list of 1 to 5 whole numbers from 1 to 30'],
  ['too many days', { login_end_days: [31] }, 'alerts.login_end_days'],
])('%s is refused in one line', (_, table, words) => {
  expect(() => readConfiguredRules(table)).toThrow(`config.toml: ${words}`)
})

test('limits are read in their order, each once', () => {
  expect(readConfiguredRules(undefined)).toEqual({})
  expect(readConfiguredRules({})).toEqual({})
  expect(readConfiguredRules({ usage_thresholds: [95, 50, 95] })).toEqual({ usageThresholds: [50, 95] })
  expect(readConfiguredRules({ login_end_days: [1, 30, 7] })).toEqual({ loginEndDays: [30, 7, 1] })
})

test('they hold until a person chooses, for what was chosen only', async () => {
  expect(await getAlertRules(context)).toEqual({ ...DEFAULT_RULES, usageThresholds: [70], loginEndDays: [10, 3] })
  const chosen = await changeAlertRules(context, { usageThresholds: [99, 90, 99] }, 'api')
  expect(chosen).toEqual({ ...DEFAULT_RULES, usageThresholds: [90, 99], loginEndDays: [10, 3] })
  context.configuredAlerts = { usageThresholds: [60], loginEndDays: [5] }
  expect(await getAlertRules(context)).toEqual({ ...DEFAULT_RULES, usageThresholds: [90, 99], loginEndDays: [5] })
})

test('one kind that is switched off leaves the others as they were', async () => {
  const off = { usage: false } as typeof DEFAULT_RULES.kinds
  await changeAlertRules(context, { kinds: off }, 'api')
  await changeAlertRules(context, { kinds: { conflict: false } as typeof off }, 'api')
  expect((await getAlertRules(context)).kinds).toEqual({ ...DEFAULT_RULES.kinds, usage: false, conflict: false })
})

test('a choice that cannot be read leaves what the configuration says', () => {
  const configured = { usageThresholds: [70] }
  for (const text of [undefined, '', '{', '[]', 'null', '{"usageThresholds":"x"}']) {
    expect(readRules(text, configured), text).toEqual({ ...DEFAULT_RULES, ...configured })
  }
})
