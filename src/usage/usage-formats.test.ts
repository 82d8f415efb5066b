/** Answers as they were recorded, answers as they drift, and a thousand that were damaged: never a crash, never a wrong number. */

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY_MS, HOUR_MS } from '../lib/clock.ts'
import { readClaudeUsage } from './claude.ts'
import { readCodexUsage } from './codex.ts'
import { readCopilotUsage } from './copilot.ts'
import { USAGE_PARSERS } from './usage-formats.ts'
import type { UsageReading } from './usage-reading.ts'

const NOW = Date.UTC(2026, 10, 22, 10)
const fixture = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(`${import.meta.dirname}/fixtures/${name}.json`, 'utf8'))
const brief = (reading: UsageReading | null) =>
  reading?.windows.map(({ id, kind, usedFraction, resetsAt }) => [
    ...[id, kind, usedFraction],
    resetsAt === null ? null : new Date(resetsAt).toISOString().slice(0, 16),
  ])

describe('Claude', () => {
  const body = () => fixture('claude')

  test('as recorded: the list comes first', () => {
    const reading = readClaudeUsage(body(), NOW)!
    expect(brief(reading)).toEqual([
      ['session', 'session', 0.23, '2026-11-22T13:00'],
      ['weekly_all', 'weekly', 0.41, '2026-11-26T09:00'],
      ['weekly_scoped:sonnet', 'weekly', 0.03, null],
    ])
    expect(reading.windows.map(({ durationMs }) => durationMs)).toEqual([5 * HOUR_MS, 7 * DAY_MS, 7 * DAY_MS])
    expect(reading.windows[2]).toMatchObject({ label: 'Sonnet', scope: 'Sonnet' })
    expect(reading).toMatchObject({ plan: null, credits: null })
    expect(reading.extraUsage).toEqual({
      ...{ isEnabled: true, used: '12.34', limit: '50.00', currency: 'USD', usedFraction: 0.2468 },
    })
  })

  test('without the list: the named windows have the same ids', () => {
    const { limits: _, ...named } = body()
    expect(brief(readClaudeUsage(named, NOW))).toEqual(brief(readClaudeUsage(body(), NOW)))
  })

  test('code names come and go; one with a number is shown, one without is not', () => {
    const { limits: _, ...named } = body()
    const odd = { ...named, iguana_necktie: { utilization: 7, resets_at: null }, cinder_cove: { utilization: null } }
    expect(brief(readClaudeUsage(odd, NOW))!.at(-1)).toEqual(['iguana_necktie', 'other', 0.07, null])
    expect(readClaudeUsage(odd, NOW)!.windows).toHaveLength(4)
  })

  test('a list of unknown kinds keeps what can be told of them', () => {
    const limits = [
      { kind: 'fortnight', group: 'constructor', percent: 12, resets_at: '2026-11-30T00:00:00Z' },
      { kind: 'fortnight', percent: 120.5, is_active: false },
      { percent: 3 },
      null,
    ]
    const reading = readClaudeUsage({ limits }, NOW)!
    expect(brief(reading)).toEqual([
      ['fortnight', 'other', 0.12, '2026-11-30T00:00'],
      ['fortnight#2', 'other', 1.205, null],
    ])
    expect(reading.windows[0]).toMatchObject({ label: 'Fortnight', durationMs: null, isActive: true })
    expect(reading.windows[1]!.isActive).toBe(false)
  })

  test.each([
    ['amounts without their places are not known', { used_credits: 1234, decimal_places: null }, { used: null }],
    [
      'amounts of a currency without parts',
      { used_credits: 1234, decimal_places: 0, currency: 'jpy' },
      { used: '1234', currency: 'JPY' },
    ],
    ['places that cannot be', { used_credits: 1, decimal_places: 40 }, { used: null }],
  ])('%s', (_, extra_usage, expected) => {
    expect(readClaudeUsage({ five_hour: null, extra_usage }, NOW)!.extraUsage).toMatchObject(expected)
  })

  test.each([
    [{ error: { type: 'rate_limit_error' }, five_hour: {} }],
    [{ something: 'else' }],
    [[1, 2]],
    ['text'],
    [null],
  ])('%j is no reading', (value) => {
    expect(readClaudeUsage(value, NOW)).toBeNull()
  })

  test('an account without limits has none, and that is a reading', () => {
    expect(readClaudeUsage({ five_hour: null, seven_day: null }, NOW)).toMatchObject({ windows: [], extraUsage: null })
  })
})

describe('Codex', () => {
  const body = () => fixture('codex')
  const window = (seconds: unknown, changes = {}) => ({
    used_percent: 5,
    limit_window_seconds: seconds,
    reset_at: 1_795_340_000,
    ...changes,
  })
  const limit = (primary_window: unknown, secondary_window: unknown = null) => ({
    rate_limit: { primary_window, secondary_window },
  })

  test('as recorded', () => {
    const reading = readCodexUsage(body(), NOW)!
    expect(brief(reading)!.map((row) => row.slice(0, 3))).toEqual([
      ['session', 'session', 0.12],
      ['weekly', 'weekly', 0.41],
      ['example_feature:weekly', 'weekly', 0.07],
    ])
    expect(reading.windows.map(({ resetsAt }) => resetsAt)).toEqual([
      1_795_340_000_000, 1_795_640_000_000, 1_795_640_000_000,
    ])
    expect(reading.windows[2]).toMatchObject({ label: 'Example Model', scope: 'example_feature' })
    expect(reading.plan).toBe('plus')
    expect(reading.credits).toEqual({ hasCredits: true, isUnlimited: false, balance: '12.50' })
    expect(reading.extraUsage).toMatchObject({ used: '31.20', limit: '100.00', usedFraction: 0.31 })
  })

  test.each([
    ['a week alone, first', limit(window(604_800)), [['weekly', 'weekly']]],
    ['thirty days, first', limit(window(2_592_000)), [['monthly', 'monthly']]],
    [
      'both in the other order',
      limit(window(604_800), window(18_000)),
      [
        ['weekly', 'weekly'],
        ['session', 'session'],
      ],
    ],
    ['a length without a name', limit(window(86_400)), [['window_86400', 'other']]],
    [
      'no length: the place says it',
      limit(window(null), window('x')),
      [
        ['session', 'session'],
        ['weekly', 'weekly'],
      ],
    ],
    [
      'two of one length',
      limit(window(604_800), window(604_800)),
      [
        ['weekly', 'weekly'],
        ['weekly#2', 'weekly'],
      ],
    ],
    ['none at all', { rate_limit: null }, []],
  ])('%s', (_, answer, expected) => {
    expect(brief(readCodexUsage(answer, NOW))!.map((row) => row.slice(0, 2))).toEqual(expected)
  })

  test('a reset is counted from now where it has no date', () => {
    const [read] = readCodexUsage(limit(window(18_000, { reset_at: null, reset_after_seconds: 90 })), NOW)!.windows
    expect(read!.resetsAt).toBe(NOW + 90_000)
  })

  test.each([
    ['hc', 'enterprise'],
    ['education', 'edu'],
    ['a_plan_of_tomorrow', 'a_plan_of_tomorrow'],
    ['constructor', 'constructor'],
  ])('plan %s', (plan_type, plan) => {
    expect(readCodexUsage({ plan_type }, NOW)!.plan).toBe(plan)
  })

  test.each([[{ detail: 'Unauthorized' }], [{ error: {}, rate_limit: {} }], [[]], [7]])('%j is no reading', (value) => {
    expect(readCodexUsage(value, NOW)).toBeNull()
  })
})

describe('Copilot', () => {
  test('as public clients read it: what is unlimited is no window, more than all may be used', () => {
    const reading = readCopilotUsage(fixture('copilot'), NOW)!
    expect(brief(reading)).toEqual([['premium_interactions', 'monthly', 1.15, '2026-12-01T00:00']])
    expect(reading.windows[0]).toMatchObject({ label: 'Premium interactions', durationMs: 30 * DAY_MS })
    expect(reading.plan).toBe('individual_pro')
  })

  test('a free plan counts down', () => {
    const free = {
      copilot_plan: 'free',
      limited_user_quotas: { chat: 410, completions: 4000 },
      monthly_quotas: { chat: 500, completions: 4000 },
      limited_user_reset_date: '2026-12-14',
    }
    expect(brief(readCopilotUsage(free, NOW))).toEqual([
      ['chat', 'monthly', 0.18, '2026-12-14T00:00'],
      ['completions', 'monthly', 0, '2026-12-14T00:00'],
    ])
  })

  test('counts without a share of them', () => {
    const quota_snapshots = { chat: { remaining: 30, entitlement: 40 }, odd: { remaining: 1 }, bad: null }
    expect(brief(readCopilotUsage({ quota_snapshots }, NOW))).toEqual([
      ['chat', 'monthly', 0.25, null],
      ['odd', 'monthly', null, null],
    ])
  })

  test.each([[{ message: 'Not Found' }], [null]])('%j is no reading', (value) => {
    expect(readCopilotUsage(value, NOW)).toBeNull()
  })
})

/** Every place of a value inside JSON. */
function places(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, each]) => places(each, [...path, key]))]
}

function changed(body: unknown, path: readonly (string | number)[], to: unknown): unknown {
  if (path.length === 0) return to
  const copy = structuredClone(body) as Record<string | number, unknown>
  let at = copy
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>
  if (to === undefined) delete at[path.at(-1)!]
  else at[path.at(-1)!] = to
  return copy
}

const DAMAGE = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    '',
    'NaN',
    '23',
    '0',
    [],
    {},
    true,
    -1,
    -0.5,
    1e9,
    1e308,
    1001,
    '__proto__',
  ),
  fc.constantFrom<unknown>(
    '2026-13-45T00:00:00Z',
    '1970-01-01T00:00:00Z',
    '2999-01-01T00:00:00Z',
    'tomorrow',
    0,
    1_795_340_000_000,
  ),
  fc.jsonValue({ maxDepth: 2 }),
)

describe.each(['claude', 'codex', 'copilot'] as const)('a thousand damaged answers of %s', (format) => {
  const whole = fixture(format)
  const all = places(whole)

  /** Every number that the answer holds, and so may be told. */
  const numbersIn = (body: unknown): number[] =>
    places(body).flatMap((path) => {
      const value = path.reduce<unknown>((at, key) => (at as Record<string | number, unknown>)?.[key], body)
      return typeof value === 'number' ? [value] : []
    })

  test('no crash, and no number that the answer does not hold', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(all.length - 1), DAMAGE), { minLength: 1, maxLength: 3 }), (damages) => {
        let body: unknown = whole
        for (const [index, to] of damages) {
          try {
            body = changed(body, all[index]!, to)
          } catch {
            // An earlier damage took this place away.
          }
        }
        const reading = USAGE_PARSERS[format](body, NOW)
        if (reading === null) return
        const held = numbersIn(body)
        expect(new Set(reading.windows.map(({ id }) => id)).size).toBe(reading.windows.length)
        for (const { usedFraction, resetsAt, durationMs } of reading.windows) {
          if (usedFraction !== null) {
            expect(usedFraction).toBeGreaterThanOrEqual(0)
            expect(usedFraction).toBeLessThanOrEqual(10)
            const percents = held.flatMap((n) => [n / 100, (100 - n) / 100, ...held.map((m) => 1 - n / m)])
            expect(percents.some((percent) => Math.abs(percent - usedFraction) < 1e-9)).toBe(true)
          }
          if (resetsAt !== null) expect(Math.abs(resetsAt - NOW)).toBeLessThanOrEqual(400 * DAY_MS)
          if (durationMs !== null) expect(durationMs).toBeGreaterThan(0)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  test('a number that cannot be true is not known, never nothing', () => {
    const percents = all.filter((path) => /percent|utilization/.test(String(path.at(-1))))
    expect(percents.length).toBeGreaterThan(0)
    for (const path of percents) {
      for (const to of [Number.NaN, -2000, 1e9, '41', true, [], {}]) {
        const before = USAGE_PARSERS[format](whole, NOW)!
        const after = USAGE_PARSERS[format](changed(whole, path, to), NOW)!
        for (const window of after.windows) {
          const same = before.windows.find(({ id }) => id === window.id)
          expect([null, same?.usedFraction]).toContain(window.usedFraction)
        }
      }
    }
  })
})
