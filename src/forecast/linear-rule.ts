/** The two plain measures that a forecast stands beside: an even pace, and a straight line. */

import type { WindowNow } from './forecast.ts'

/** The share of the window that has passed, 0 to 1; null where its span or its reset is not known. */
export function evenPaceFraction(
  { durationMs, resetsAt }: Omit<WindowNow, 'usedFraction'>,
  now: number,
): number | null {
  if (durationMs === null || resetsAt === null || !(durationMs > 0)) return null
  return Math.min(1, Math.max(0, 1 - (resetsAt - now) / durationMs))
}

/** When the window runs out if use goes on as it went since its start; null: not before the reset, or not known. */
export function linearAt(window: WindowNow, now: number): number | null {
  const passed = evenPaceFraction(window, now)
  if (passed === null || passed <= 0 || window.usedFraction === null || !(window.usedFraction > 0)) return null
  const elapsedMs = passed * window.durationMs!
  const at = now + (Math.max(0, 1 - window.usedFraction) * elapsedMs) / window.usedFraction
  return at < window.resetsAt! ? at : null
}
