/** Alerts in sentences: a title and what it means, the same on pages, in notifications and in channels. */

import type { ToldFacts } from '../lib/telling.ts'
import { durationText, timeText } from './instants.ts'
import { isLanguage, type Language } from './languages.ts'
import { messagesFor } from './messages.ts'

const FULL = 100

/**
 * Puts an alert into words. Plain text: whoever shows it escapes it.
 *
 * Units:  instants among the details and `now` in epoch milliseconds
 * Errors: none; total
 */
export function alertWords(
  tag: string | null,
  { kind, threshold, provider, account, details }: ToldFacts,
  now: number,
  timeZone?: string,
): { title: string; text: string } {
  const language = tag !== null && isLanguage(tag) ? tag : 'en'
  const { alerts } = messagesFor(language)
  const form = kind === 'usage' && threshold === FULL ? 'usage_full' : kind
  const [title, text] = alerts.words[form] ?? alerts.words.test!
  const when = (at: string | number | null | undefined) =>
    typeof at === 'number' ? timeText(language, at, now, timeZone) : '—'
  const values: Record<string, string> = {
    provider,
    account: account ?? provider,
    window: windowText(language, details),
    percent: String(details.percent ?? '—'),
    threshold: String(threshold ?? '—'),
    resets: when(details.resetsAt),
    runsOut: when(details.runsOutAt),
    ends: when(details.endsAt),
    failing: String(details.failing ?? '—'),
    accounts: String(details.accounts ?? '—'),
  }
  const filled = (template: string) => template.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place)
  return { title: filled(title), text: filled(text) }
}

/** The name of a window, as on pages. */
function windowText(language: Language, { windowKind, windowLabel, windowMs }: ToldFacts['details']): string {
  const { limits, alerts } = messagesFor(language)
  if (typeof windowKind !== 'string') return alerts.unknownWindow
  const isOther = windowKind === 'other' && typeof windowMs === 'number'
  const span = isOther ? durationText(language, windowMs) : limits.kinds[windowKind as keyof typeof limits.kinds]
  if (typeof windowLabel === 'string') return limits.scoped(windowLabel, span)
  return windowKind === 'session' && typeof windowMs === 'number'
    ? `${span} (${durationText(language, windowMs)})`
    : span
}
