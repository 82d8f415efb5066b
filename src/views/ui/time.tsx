/** Instants and spans in words: short and relative, with the exact local time beside them. Never reads a clock. */

import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../lib/clock.ts'
import type { Language } from '../../messages/languages.ts'
import type { ViewContext } from '../view-context.ts'

const UNITS = [
  ['day', DAY_MS],
  ['hour', HOUR_MS],
  ['minute', MINUTE_MS],
  ['second', SECOND_MS],
] as const

const numberFormats = new Map<Language, Intl.NumberFormat>()
const dateFormats = new Map<string, Intl.DateTimeFormat>()

/** A span as "2 h 10 min": at most `parts` neighbouring units, rounded down; seconds only below one minute or on request. */
export function durationText(view: ViewContext, spanMs: number, parts = 2, { withSeconds = false } = {}): string {
  let rest = Math.max(0, spanMs)
  const words: string[] = []
  for (const [unit, unitMs] of UNITS) {
    const count = Math.floor(rest / unitMs)
    rest -= count * unitMs
    const isTooFine = unit === 'second' && !withSeconds && spanMs >= MINUTE_MS
    if (words.length === 0 ? count === 0 && unit !== 'second' : count === 0) {
      if (words.length > 0) break
      continue
    }
    if (isTooFine) break
    words.push(numberFormat(view.language).format(count) + view.t.time.units[unit])
    if (words.length === parts) break
  }
  return words.join(' ')
}

/** An instant against now: "in 2 h 10 min", "4 min ago", "just now". */
export function relativeText(view: ViewContext, at: number): string {
  const span = at - view.now
  if (Math.abs(span) < MINUTE_MS)
    return span > 10 * SECOND_MS ? view.t.time.after(durationText(view, span)) : view.t.time.justNow
  return span > 0 ? view.t.time.after(durationText(view, span)) : view.t.time.ago(durationText(view, -span, 1))
}

/** An instant in the browser's time zone, to the minute. */
export function exactText(view: ViewContext, at: number): string {
  return dateFormat(view).format(at)
}

/** A relative time whose exact form shows on hover, and on focus of the control around it. */
export function RelativeTime({ view, at }: { view: ViewContext; at: number }) {
  return (
    <time datetime={new Date(at).toISOString()} title={exactText(view, at)}>
      {relativeText(view, at)}
    </time>
  )
}

/** An exact time with the relative one behind it, for places with room. */
export function FullTime({ view, at }: { view: ViewContext; at: number }) {
  return (
    <time class="full-time" datetime={new Date(at).toISOString()}>
      {exactText(view, at)} <span class="quiet">{relativeText(view, at)}</span>
    </time>
  )
}

function numberFormat(language: Language): Intl.NumberFormat {
  const known = numberFormats.get(language)
  if (known) return known
  const made = new Intl.NumberFormat(language)
  numberFormats.set(language, made)
  return made
}

function dateFormat(view: ViewContext): Intl.DateTimeFormat {
  const key = `${view.language} ${view.timeZone}`
  const known = dateFormats.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat(view.language, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: view.timeZone,
  })
  // Time zones come from browsers; a flood of odd ones must not grow this for ever.
  if (dateFormats.size > 100) dateFormats.clear()
  dateFormats.set(key, made)
  return made
}
