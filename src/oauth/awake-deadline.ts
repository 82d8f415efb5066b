/**
 * A deadline that counts only time in which this process ran. What it was stopped or asleep for is no fault of the
 * provider's, whose answer may lie in our own buffer since: it must be read before anybody calls it late.
 */

import { type Clock, MAX_TIMER_MS, SECOND_MS } from '../lib/clock.ts'

/** The deadline passes in slices of at most this; a slice that ends so much too late was slept through. */
const SLICE_MS = SECOND_MS

export interface AwakeDeadline {
  /** Aborts when the time is over. */
  signal: AbortSignal
  /** Ends the waiting. */
  clear(): void
}

/** @param ms milliseconds, from now */
export function awakeDeadline(ms: number, clock: Pick<Clock, 'monotonic'>): AwakeDeadline {
  const controller = new AbortController()
  let leftMs = Math.min(ms, MAX_TIMER_MS)
  let timer: ReturnType<typeof setTimeout>
  const waitForSlice = () => {
    const sliceMs = Math.min(leftMs, SLICE_MS)
    const startedAt = clock.monotonic()
    timer = setTimeout(() => {
      if (clock.monotonic() - startedAt <= sliceMs + SLICE_MS) leftMs -= sliceMs
      if (leftMs > 0) waitForSlice()
      else controller.abort(new DOMException('The time is over.', 'TimeoutError'))
    }, sliceMs)
  }
  waitForSlice()
  return { signal: controller.signal, clear: () => clearTimeout(timer) }
}
