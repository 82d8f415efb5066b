/** @jsxImportSource #html */
/** Instants on a page: short and relative, with the exact local time beside them. Never reads a clock. */

import * as instants from '../../messages/instants.ts'
import type { ViewContext } from '../view-context.ts'

/** A span in the language of the page; see messages/instants. */
export function durationText(view: ViewContext, spanMs: number, parts = 2, options = {}): string {
  return instants.durationText(view.language, spanMs, parts, options)
}

/** An instant against now: "in 2 h 10 min", "4 min ago", "just now". */
export function relativeText(view: ViewContext, at: number): string {
  return instants.relativeText(view.language, at, view.now)
}

/** An instant in the browser's time zone, to the minute. */
export function exactText(view: ViewContext, at: number): string {
  return instants.exactText(view.language, at, view.timeZone)
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

/** The hour of an instant, with its day where that is not today: for what happens soon. */
export function timeText(view: ViewContext, at: number): string {
  return instants.timeText(view.language, at, view.now, view.timeZone)
}
