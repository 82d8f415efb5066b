/** @jsxImportSource #html */
/** One usage window as a bar: what is used, a tick at the even pace, a hatched tail where it is foretold to run out. */

import type { WindowOfAccount } from '../../accounts/usage-of-account.ts'
import type { ViewContext } from '../view-context.ts'
import { MarkShape } from './icon.tsx'
import { percentText, shortWindowName, windowTone, windowWords } from './usage-words.ts'

/** The bar with its short name and number, for rows. Read aloud as one sentence. */
export function UsageBar({ view, window }: { view: ViewContext; window: WindowOfAccount }) {
  const words = windowWords(view, window)
  const tone = windowTone(window)
  return (
    <span class="usage-bar" data-tone={tone ?? undefined} title={words} {...meter(window, words)}>
      <span class="usage-bar__name">{shortWindowName(view, window)}</span>
      <UsageTrack window={window} />
      <span class="usage-bar__value">
        {tone !== null && <MarkShape tone={tone} />}
        {percentText(view, window.usedFraction)}
      </span>
    </span>
  )
}

/** A meter that has no value is none: then it is a picture with words. */
function meter({ usedFraction }: WindowOfAccount, words: string): Record<string, string> {
  if (usedFraction === null) return { role: 'img', 'aria-label': words }
  const value = String(Math.min(100, Math.round(usedFraction * 100)))
  return { role: 'meter', 'aria-label': words, 'aria-valuemin': '0', 'aria-valuemax': '100', 'aria-valuenow': value }
}

/** The drawing alone. The style sheet may set no widths by hand, so it is an SVG stretched to its place. */
export function UsageTrack({ window }: { window: WindowOfAccount }) {
  const { usedFraction, evenPaceFraction, forecast } = window
  const used = Math.min(1, usedFraction ?? 0) * 100
  const mayRunOut = forecast !== null && (forecast.kind === 'runs_out' || forecast.earliest !== null)
  return (
    <svg class="usage-track" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <rect class="usage-track__whole" width="100" height="8" />
      {usedFraction !== null && mayRunOut && used < 100 && (
        <line class="usage-track__tail" x1={used} x2="100" y1="4" y2="4" stroke-dasharray="1.6 1.6" />
      )}
      {used > 0 && <rect class="usage-track__used" width={used} height="8" />}
      {usedFraction !== null && evenPaceFraction !== null && evenPaceFraction > 0.01 && (
        <line class="usage-track__pace" x1={evenPaceFraction * 100} x2={evenPaceFraction * 100} y1="0" y2="8" />
      )}
    </svg>
  )
}
