/**
 * Single values of a usage answer, believed only where they can be true. Total: anything else is null, because a wrong
 * number is worse than none.
 */

import { DAY_MS, MINUTE_MS, SECOND_MS } from '../lib/clock.ts'
import { cleanText } from '../lib/foreign-text.ts'

/** Ten times a limit: beyond that somebody counts in other units. */
const HIGHEST_PERCENT = 1_000
/** No window is longer; a reset further away is in other units or of another century. */
const LONGEST_WINDOW_MS = 400 * DAY_MS
/** Nobody limits by the second. */
const SHORTEST_WINDOW_MS = MINUTE_MS
/** A reset may just have passed while the answer was on its way. */
const LATEST_PAST_MS = DAY_MS
const LONGEST_NAME = 60

/** The object, or an empty one for anything else. */
export function asObject(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {}
}

/** True for an object that is no list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The list, or an empty one for anything else. */
export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

/** A name for people, cleaned and cut; null for anything but text. */
export function asName(value: unknown): string | null {
  return typeof value === 'string' ? cleanText(value, LONGEST_NAME) || null : null
}

/** The part of an id that a foreign name gives: letters, digits and underscores. */
export function asIdPart(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '')
}

/** `seven_day_example` as people write it: `Example`. */
export function asTitle(key: string): string {
  const words = key.replaceAll('_', ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** A true or a false; null for anything else. */
export function asFlag(value: unknown): boolean | null {
  return typeof value === 'boolean' ? value : null
}

/** A share of a limit from percent, which may exceed a hundred. */
export function fractionOfPercent(value: unknown): number | null {
  return isNumber(value) && value >= 0 && value <= HIGHEST_PERCENT ? value / 100 : null
}

/** A share of a limit from what is left of it in percent; less than nothing is left where more was used. */
export function fractionOfPercentLeft(value: unknown): number | null {
  return isNumber(value) && value <= 100 && value >= 100 - HIGHEST_PERCENT ? (100 - value) / 100 : null
}

/** Milliseconds of a window from seconds. */
export function asDuration(seconds: unknown): number | null {
  const isSound =
    isNumber(seconds) && seconds * SECOND_MS >= SHORTEST_WINDOW_MS && seconds * SECOND_MS <= LONGEST_WINDOW_MS
  return isSound ? Math.round(seconds * SECOND_MS) : null
}

/** The instant of a reset from text with a time zone (RFC 3339). Epoch milliseconds. */
export function asResetText(value: unknown, now: number): number | null {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)$/i.test(value)) return null
  return soundReset(Date.parse(value), now)
}

/** The instant of a reset from seconds since 1970. Epoch milliseconds. */
export function asResetSeconds(value: unknown, now: number): number | null {
  return isNumber(value) ? soundReset(value * SECOND_MS, now) : null
}

/** The instant of a reset from the seconds until then. Epoch milliseconds. */
export function asResetAfter(value: unknown, now: number): number | null {
  return isNumber(value) && value >= 0 ? soundReset(now + value * SECOND_MS, now) : null
}

/** An instant that a window can end at, to the second: providers give the same one with different fractions. */
export function soundReset(instant: number, now: number): number | null {
  if (!Number.isFinite(instant)) return null
  if (instant < now - LATEST_PAST_MS || instant > now + LONGEST_WINDOW_MS) return null
  return Math.round(instant / SECOND_MS) * SECOND_MS
}

/** An amount as decimal text, from such text or from a number. */
export function asAmount(value: unknown): string | null {
  const text = isNumber(value) ? String(value) : value
  return typeof text === 'string' && /^-?\d{1,15}(\.\d{1,8})?$/.test(text) ? text : null
}

/** An amount from minor units, as 1234 with two places is 12.34; null where the places are not told. */
export function asMinorUnits(value: unknown, places: unknown): string | null {
  if (!isNumber(value) || !isNumber(places) || !Number.isInteger(places) || places < 0 || places > 6) return null
  if (Math.abs(value) > 1e12) return null
  return (value / 10 ** places).toFixed(places)
}

/** Three letters. ISO 4217 */
export function asCurrency(value: unknown): string | null {
  return typeof value === 'string' && /^[A-Za-z]{3}$/.test(value) ? value.toUpperCase() : null
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}
