/** Usage windows in words: what they are called, how full they are, what is foretold. Asks nobody; unknown stays unknown. */

import type { AccountSummary } from '../../accounts/account-summary.ts'
import type { WindowOfAccount } from '../../accounts/usage-of-account.ts'
import { MINUTE_MS } from '../../lib/clock.ts'
import { USAGE_OLD_MS } from '../../lib/usage-age.ts'
import type { ViewContext } from '../view-context.ts'
import type { MarkTone } from './icon.tsx'
import { durationText, relativeText, timeText } from './time.tsx'

/** From here on a window counts as nearly used up. */
const CLOSE_FRACTION = 0.85
/** How many times longer than the other the longer side of a band may be, to be told as ±. */
const LOPSIDED = 2

/** How full a window is, for shape and colour; null where nothing has to be said about it. */
export function windowTone({ usedFraction, isActive }: WindowOfAccount): MarkTone | null {
  if (usedFraction === null || !isActive || usedFraction < CLOSE_FRACTION) return null
  return usedFraction >= 1 ? 'bad' : 'warn'
}

/** The whole name, such as `Week`, `Opus, Week` or `Session (5 h)`. */
export function windowName(
  view: ViewContext,
  { kind, label, durationMs }: Pick<WindowOfAccount, 'kind' | 'label' | 'durationMs'>,
): string {
  const { limits } = view.t
  const span = kind === 'other' && durationMs !== null ? durationText(view, durationMs) : limits.kinds[kind]
  if (label === null)
    return kind === 'session' && durationMs !== null ? `${span} (${durationText(view, durationMs)})` : span
  return kind === 'other' && durationMs === null ? label : limits.scoped(label, span)
}

/** A name for narrow places. */
export function shortWindowName(view: ViewContext, { kind, label, durationMs }: WindowOfAccount): string {
  if (label !== null) return label
  const isOfLength = (kind === 'session' || kind === 'other') && durationMs !== null
  return isOfLength ? durationText(view, durationMs, 1) : view.t.limits.shortKinds[kind]
}

/** `41 %`, or a dash: never 0 for what is not known. Less than everything is never shown as everything. */
export function percentText(view: ViewContext, fraction: number | null): string {
  if (fraction === null) return '—'
  const percent = fraction < 1 ? Math.min(99, Math.round(fraction * 100)) : Math.round(fraction * 100)
  return view.t.limits.percent(String(percent))
}

/** Use, state and reset in one sentence. */
export function windowWords(view: ViewContext, window: WindowOfAccount): string {
  const { limits } = view.t
  const tone = windowTone(window)
  const parts = [
    window.usedFraction === null ? limits.unknown : limits.used(percentText(view, window.usedFraction)),
    ...(tone === null ? [] : [tone === 'bad' ? limits.usedUp : limits.close]),
    ...(window.resetsAt === null ? [] : [limits.resets(relativeText(view, window.resetsAt))]),
    ...(window.forecast === null ? [] : [forecastWords(view, window)]),
  ]
  return limits.spoken(windowName(view, window), parts.join(', '))
}

/** What is foretold of a window. */
export function forecastWords(
  view: ViewContext,
  { forecast, usedFraction }: Pick<WindowOfAccount, 'forecast' | 'usedFraction'>,
): string {
  const { limits } = view.t
  if (forecast === null) return usedFraction !== null && usedFraction >= 1 ? limits.usedUp : limits.noForecast
  if (forecast.kind === 'lasts') {
    return forecast.earliest === null ? limits.lasts : limits.mayRunOut(timeText(view, forecast.earliest))
  }
  const { at, earliest, latest } = forecast
  if (latest === null) return limits.runsOutOrLasts(timeText(view, at))
  const before = at - earliest
  const after = latest - at
  // A band that lies mostly on one side of its hour is told by its ends: ± would name hours that it does not hold.
  if (Math.max(before, after) > LOPSIDED * Math.min(before, after) + 5 * MINUTE_MS)
    return limits.runsOutBetween(timeText(view, earliest), timeText(view, latest))
  return limits.runsOut(timeText(view, at), durationText(view, Math.max(MINUTE_MS, (latest - earliest) / 2), 1))
}

/** True for a reading that is older than two readings should be. */
export function isOldReading(view: ViewContext, { usage }: Pick<AccountSummary, 'usage'>): boolean {
  return usage.readAt !== null && view.now - usage.readAt > USAGE_OLD_MS
}
