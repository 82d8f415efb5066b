/**
 * Instants and spans in words, short and by the language's own rules. Pure: `now` and the time zone are arguments.
 */

import type { Language } from './languages.ts'

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

const LOCALES: Record<Language, string> = { en: 'en', ja: 'ja', zh: 'zh-Hans', ko: 'ko' }
const formatters = new Map<string, Intl.NumberFormat | Intl.RelativeTimeFormat | Intl.DateTimeFormat>()

/** Intl objects cost about a tenth of a millisecond to make, so each is made once. */
function cached<T extends Intl.NumberFormat | Intl.RelativeTimeFormat | Intl.DateTimeFormat>(
  key: string,
  make: () => T,
): T {
  const known = formatters.get(key)
  if (known) return known as T
  const made = make()
  formatters.set(key, made)
  return made
}

/** The BCP 47 tag to give to Intl for a language of ours. */
export function localeOf(language: Language): string {
  return LOCALES[language]
}

/**
 * A span as at most two units: "3 d", "2 h 10 min", "40 s". Under a second it is "0 s".
 *
 * Units:  milliseconds; the sign is dropped
 * Errors: none; total
 */
export function durationText(language: Language, ms: number): string {
  const parts: string[] = []
  let rest = Math.abs(ms)
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size)
    // After a whole day the minutes do not matter; after two units nothing does.
    if (count > 0 && parts.length < 2 && !(unit === 'minute' && Math.abs(ms) >= UNITS[0][1])) {
      parts.push(unitText(language, count, unit))
      rest -= count * size
    } else if (parts.length > 0) break
  }
  return parts.length > 0 ? parts.join(' ') : unitText(language, Math.floor(rest / 1_000), 'second')
}

function unitText(language: Language, count: number, unit: string): string {
  return cached(
    `unit ${language} ${unit}`,
    () => new Intl.NumberFormat(localeOf(language), { style: 'unit', unit, unitDisplay: 'short' }),
  ).format(count)
}

/** An instant from where `now` stands: "in 2 hours" or "4 minutes ago". */
export function relativeText(language: Language, at: number, now: number): string {
  const difference = at - now
  const [unit, size] = UNITS.find(([, length]) => Math.abs(difference) >= length) ?? (['second', 1_000] as const)
  return cached(
    `relative ${language}`,
    () => new Intl.RelativeTimeFormat(localeOf(language), { numeric: 'auto' }),
  ).format(Math.trunc(difference / size), unit)
}

/** The exact local time of an instant, for titles and tables. */
export function exactText(language: Language, at: number, timeZone?: string): string {
  return cached(
    `exact ${language} ${timeZone ?? ''}`,
    () => new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'medium', timeStyle: 'short', timeZone }),
  ).format(at)
}
