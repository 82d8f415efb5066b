/** What comes, as lanes and as a calendar file. */

import { expect, test } from 'vitest'
import type { AccountSummary } from '../accounts/account-summary.ts'
import { DAY_MS, HOUR_MS } from '../lib/clock.ts'
import { anAccount, NOW } from '../testing/view-data.ts'
import { type CalendarEvent, calendarText } from './calendar.ts'
import { calendarEvents } from './calendar-dates.ts'
import { timelineOf } from './timeline.ts'

type Window = AccountSummary['usage']['windows'][number]
const window = (changes: Partial<Window>): Window => ({
  ...{ id: 'weekly_all', kind: 'weekly', label: null, scope: null, durationMs: 7 * DAY_MS, isActive: true },
  ...{ usedFraction: 0.4, resetsAt: NOW + 3 * DAY_MS, evenPaceFraction: 0.5, forecast: null, ...changes },
})

function account(
  login: Partial<AccountSummary['login']>,
  windows: Window[] = [],
  changes: Partial<AccountSummary> = {},
) {
  const plain = anAccount()
  return anAccount({
    login: { ...plain.login, nextRefreshAt: null, accessTokenExpiresAt: null, ...login },
    usage: { ...plain.usage, windows, readAt: NOW - HOUR_MS },
    ...changes,
  })
}
const kindsOf = (each: AccountSummary) => timelineOf([each], NOW).lanes[0]!.dates.map(({ kind }) => kind)

test('timelineOf: everything that is known of two weeks, in order of time', () => {
  const forecast = { kind: 'runs_out' as const, at: NOW + DAY_MS, earliest: NOW + HOUR_MS, latest: NOW + 2 * DAY_MS }
  const busy = account({ nextRefreshAt: NOW + 8 * HOUR_MS, loginExpiresAt: NOW + 13 * DAY_MS, lastProofAt: null }, [
    window({ forecast }),
    window({ id: 'session', resetsAt: null, forecast: { kind: 'lasts', earliest: null } }),
  ])
  expect(kindsOf(busy)).toEqual(['refresh', 'runs_out', 'reset', 'login_end'])
  const { lanes, from, until } = timelineOf([busy], NOW)
  expect([from, until]).toEqual([NOW, NOW + 14 * DAY_MS])
  expect(lanes[0]!.dates[1]).toMatchObject({
    earliest: NOW + HOUR_MS,
    latest: NOW + 2 * DAY_MS,
    knownAt: NOW - HOUR_MS,
  })
  expect(lanes[0]!.dates[3]!.knownAt).toBe(busy.createdAt)
})

test('timelineOf: nothing that is past, too far, paused, over, or somebody else’s', () => {
  expect(kindsOf(account({ nextRefreshAt: NOW, loginExpiresAt: NOW + 15 * DAY_MS }))).toEqual([])
  expect(kindsOf(account({ nextRefreshAt: NOW + 1 }, [], { pausedAt: NOW }))).toEqual([])
  expect(kindsOf(account({ nextRefreshAt: NOW + 1 }, [], { custody: 'cli' }))).toEqual([])
  expect(kindsOf(account({ status: 'sign_in_again', nextRefreshAt: NOW + 1, loginExpiresAt: NOW + 1 }))).toEqual([])
  expect(kindsOf(account({ accessTokenExpiresAt: NOW + DAY_MS }, [], { custody: 'none' }))).toEqual(['login_end'])
  expect(kindsOf(account({}, [], { usage: anAccount().usage }))).toEqual([])
  expect(
    timelineOf([account({}, [window({})], { usage: { ...anAccount().usage, windows: [window({})] } })], NOW).lanes[0]!
      .dates[0]!.knownAt,
  ).toBe(anAccount().createdAt)
})

const event = (changes: Partial<CalendarEvent>): CalendarEvent => ({
  ...{
    uid: 'reset-1@tokendeck',
    summary: 'Week',
    description: 'x',
    startsAt: NOW,
    endsAt: null,
    knownAt: NOW,
    ...changes,
  },
})
const lines = (text: string) => text.replaceAll('\r\n ', '').split('\r\n')

test('calendarText: RFC 5545 to the octet', () => {
  const hostile = 'a,b;c\\d\ne\r\nf\rg \u0007END:VEVENT "é" 日本語'.repeat(6)
  const text = calendarText({
    name: 'Token, deck',
    events: [event({ summary: hostile }), event({ endsAt: NOW + HOUR_MS })],
  })
  expect(text.endsWith('END:VCALENDAR\r\n')).toBe(true)
  for (const character of '\r\n\u0007') expect(text.replaceAll('\r\n', '')).not.toContain(character)
  for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
  expect(text).not.toContain('\ufffd')
  const unfolded = lines(text)
  expect(unfolded.slice(0, 4)).toEqual([
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    expect.stringMatching(/^PRODID:/),
    'CALSCALE:GREGORIAN',
  ])
  expect(unfolded).toContain('X-WR-CALNAME:Token\\, deck')
  expect(unfolded.filter((line) => line === 'END:VEVENT')).toHaveLength(2)
  expect(unfolded.find((line) => line.startsWith('SUMMARY:a'))).toContain(
    'a\\,b\\;c\\\\d\\ne\\nf\\ng END:VEVENT "é" 日本語',
  )
  expect(unfolded).toContain('DTSTART:20261122T120000Z')
  expect(unfolded.filter((line) => line.startsWith('DTEND'))).toEqual(['DTEND:20261122T130000Z'])
})

test('calendarEvents: the same name wherever a date moves, a span where there is a band, and the facts’ own time', () => {
  const words = () => ({ summary: 's', description: 'd' })
  const of = (windows: Window[]) => calendarEvents(timelineOf([account({}, windows)], NOW), words)
  const [first] = of([window({})])
  const [moved] = of([window({ resetsAt: NOW + 4 * DAY_MS })])
  expect(moved!.uid).toBe(first!.uid)
  expect(first!.uid).not.toContain('acc_')
  expect(first).toMatchObject({ endsAt: null, knownAt: NOW - HOUR_MS })
  expect(of([window({ id: 'other' })])[0]!.uid).not.toBe(first!.uid)
  const runsOut = (latest: number | null) =>
    of([
      window({
        resetsAt: null,
        forecast: { kind: 'runs_out', at: NOW + 2 * HOUR_MS, earliest: NOW + HOUR_MS, latest },
      }),
    ])[0]
  expect(runsOut(NOW + 3 * HOUR_MS)).toMatchObject({ startsAt: NOW + HOUR_MS, endsAt: NOW + 3 * HOUR_MS })
  expect(runsOut(null)).toMatchObject({ startsAt: NOW + 2 * HOUR_MS, endsAt: null })
})
