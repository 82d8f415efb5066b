/**
 * Time as an argument. The only file that asks the machine what time it is; it knows nothing of what the time is for.
 */

/** Wall-clock and monotonic time, and a way to wait. Everything that depends on time takes one of these. */
export interface Clock {
  /** Wall-clock time, epoch milliseconds. May jump. */
  now(): number
  /** Milliseconds since an arbitrary start; never goes back. For deadlines and durations only. */
  monotonic(): number
  /** Resolves after about `ms` milliseconds, or at once when `signal` aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** Timers longer than this fire at once on Bun and Node (a 32-bit counter); milliseconds. */
export const MAX_TIMER_MS = 2 ** 31 - 1

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const finish = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', finish)
        resolve()
      }
      const timer = setTimeout(finish, Math.min(Math.max(ms, 0), MAX_TIMER_MS))
      signal?.addEventListener('abort', finish)
    }),
}

export const SECOND_MS = 1_000
export const MINUTE_MS = 60 * SECOND_MS
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

/** An instant as part of a file's name, such as `20261122T164405`; in UTC, to the second. Units: epoch milliseconds in */
export function fileStamp(at: number): string {
  return new Date(at).toISOString().replace(/[-:]|\..*/g, '')
}
