/** What was used between two readings of a window, resets and corrections told apart. */

import { MINUTE_MS } from '../lib/clock.ts'
import { USED_UP_FRACTION, type UsagePoint } from './forecast.ts'

/** Resets that differ by less are the same reset: providers round them anew with every answer. */
const SAME_RESET_MS = 10 * MINUTE_MS

/** Use of a span. Where it is not known, nothing can be learned from the span: nobody looked, or nothing was left to use. */
export interface Use {
  from: number
  until: number
  fraction: number
  isKnown: boolean
}

/** True when the window was reset between two readings. */
export function wasReset(before: UsagePoint, after: UsagePoint): boolean {
  if (before.resetsAt === null || after.resetsAt === null)
    return before.resetsAt !== after.resetsAt || isDrop(before, after)
  if (Math.abs(before.resetsAt - after.resetsAt) < SAME_RESET_MS) return false
  // A reset that moves while it is still ahead is a window that rolls; only a drop of the use tells that it started anew.
  return after.at >= before.resetsAt - SAME_RESET_MS || isDrop(before, after)
}

function isDrop(before: UsagePoint, after: UsagePoint): boolean {
  return after.usedFraction < before.usedFraction / 2
}

/** The spans between two readings, in order, with what was used in each. */
export function useBetween(before: UsagePoint, after: UsagePoint, durationMs: number): Use[] {
  if (!wasReset(before, after)) {
    const fraction = Math.max(0, Math.max(after.usedFraction, after.highestFraction) - before.usedFraction)
    return [{ from: before.at, until: after.at, fraction, isKnown: before.usedFraction < USED_UP_FRACTION }]
  }
  const began = after.resetsAt === null ? after.at : after.resetsAt - durationMs
  const turn = Math.min(
    Math.max(before.at, before.resetsAt === null ? began : Math.max(before.resetsAt, began)),
    after.at,
  )
  const lastOfOld = Math.max(0, after.highestFraction - Math.max(before.usedFraction, after.usedFraction))
  const old: Use = {
    from: before.at,
    until: turn,
    fraction: before.resetsAt === null ? 0 : lastOfOld,
    // Before a first use nothing was used; the end of a cycle is known only when somebody looked shortly before it.
    isKnown:
      before.usedFraction < USED_UP_FRACTION && (before.resetsAt === null || turn - before.at < 3 * SAME_RESET_MS),
  }
  const fresh: Use = { from: turn, until: after.at, fraction: Math.max(0, after.usedFraction), isKnown: true }
  return [old, fresh].filter(({ from, until, fraction }) => until > from || fraction > 0)
}
