/**
 * Instants and spans in words, short and by the language's own rules: "in 2 h 10 min". Pure: `now` and the time zone are arguments.
 */

import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import type { Language } from './languages.ts'

interface TimeWords {
  /** What follows a number, with its space where the language sets one. */
  units: Record<'day' | 'hour' | 'minute' | 'second', string>
  after: (span: string) => string
  ago: (span: string) => string
  justNow: string
}

const WORDS: Record<Language, TimeWords> = {
  en: {
    units: { day: ' d', hour: ' h', minute: ' min', second: ' s' },
    after: (span) => `in ${span}`,
    ago: (span) => `${span} ago`,
    justNow: 'just now',
  },
  ja: {
    units: { day: ' 日', hour: ' 時間', minute: ' 分', second: ' 秒' },
    after: (span) => `${span}後`,
    ago: (span) => `${span}前`,
    justNow: 'たった今',
  },
  zh: {
    units: { day: ' 天', hour: ' 小时', minute: ' 分钟', second: ' 秒' },
    after: (span) => `${span}后`,
    ago: (span) => `${span}前`,
    justNow: '刚刚',
  },
  ko: {
    units: { day: '일', hour: '시간', minute: '분', second: '초' },
    after: (span) => `${span} 후`,
    ago: (span) => `${span} 전`,
    justNow: '방금',
  },
}

const UNITS = [
  ['day', DAY_MS],
  ['hour', HOUR_MS],
  ['minute', MINUTE_MS],
  ['second', SECOND_MS],
] as const

const numberFormats = new Map<Language, Intl.NumberFormat>()
const dateFormats = new Map<string, Intl.DateTimeFormat>()

/**
 * A span as "2 h 10 min": at most `parts` neighbouring units, rounded down; seconds only below one minute or on request.
 *
 * Units:  milliseconds; less than nothing counts as nothing
 * Errors: none; total
 */
export function durationText(language: Language, spanMs: number, parts = 2, { withSeconds = false } = {}): string {
  let rest = Math.max(0, spanMs)
  const words: string[] = []
  for (const [unit, unitMs] of UNITS) {
    const count = Math.floor(rest / unitMs)
    rest -= count * unitMs
    if (words.length === 0 ? count === 0 && unit !== 'second' : count === 0) {
      if (words.length > 0) break
      continue
    }
    if (unit === 'second' && !withSeconds && spanMs >= MINUTE_MS) break
    words.push(countText(language, count) + WORDS[language].units[unit])
    if (words.length === parts) break
  }
  return words.join(' ')
}

/**
 * An instant against now: "in 2 h 10 min", "4 min ago", "just now".
 *
 * Units:  both in epoch milliseconds
 */
export function relativeText(language: Language, at: number, now: number): string {
  const words = WORDS[language]
  const span = at - now
  if (Math.abs(span) < MINUTE_MS)
    return span > 10 * SECOND_MS ? words.after(durationText(language, span)) : words.justNow
  return span > 0 ? words.after(durationText(language, span)) : words.ago(durationText(language, -span, 1))
}

/** An instant to the minute, in a time zone (the machine's unless told). */
export function exactText(language: Language, at: number, timeZone?: string): string {
  return dateFormat(language, timeZone).format(at)
}

/**
 * An instant as an hour, with the day of the week before it where that is not today; further away as in `exactText`.
 *
 * Units:  both in epoch milliseconds
 */
export function timeText(language: Language, at: number, now: number, timeZone?: string): string {
  if (Math.abs(at - now) > 6 * DAY_MS) return exactText(language, at, timeZone)
  const day = (instant: number) => partFormat(language, timeZone, 'day').format(instant)
  const hour = partFormat(language, timeZone, 'hour').format(at)
  return day(at) === day(now) ? hour : `${partFormat(language, timeZone, 'weekday').format(at)} ${hour}`
}

const PARTS = {
  hour: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  weekday: { weekday: 'short' },
  day: { year: 'numeric', month: 'numeric', day: 'numeric' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>

function partFormat(language: Language, timeZone: string | undefined, part: keyof typeof PARTS): Intl.DateTimeFormat {
  return keptFormat(
    `${part} ${language} ${timeZone}`,
    () => new Intl.DateTimeFormat(language, { ...PARTS[part], timeZone }),
  )
}

/** Below a thousand nothing is set apart, and every language here writes the same digits. */
function countText(language: Language, count: number): string {
  return count < 1_000 ? String(count) : numberFormat(language).format(count)
}

/** Intl objects cost about a tenth of a millisecond to make, so each is made once. */
function numberFormat(language: Language): Intl.NumberFormat {
  const known = numberFormats.get(language)
  if (known) return known
  const made = new Intl.NumberFormat(language)
  numberFormats.set(language, made)
  return made
}

function dateFormat(language: Language, timeZone: string | undefined): Intl.DateTimeFormat {
  return keptFormat(
    `${language} ${timeZone}`,
    () => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone }),
  )
}

function keptFormat(key: string, make: () => Intl.DateTimeFormat): Intl.DateTimeFormat {
  const known = dateFormats.get(key)
  if (known) return known
  const made = make()
  // Time zones come from browsers; a flood of odd ones must not grow this for ever.
  if (dateFormats.size > 100) dateFormats.clear()
  dateFormats.set(key, made)
  return made
}
