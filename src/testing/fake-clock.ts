/**
 * A clock that moves when told. Sleepers wake in the order of their deadlines, and what they do is awaited between wakes,
 * so that a test never sleeps. Knows nothing of the machine's time.
 */

import type { Clock } from '../lib/clock.ts'

/** 2026-11-22T09:00:00Z, where a fake clock starts unless told. */
export const TEST_NOW = Date.UTC(2026, 10, 22, 9)

interface Sleeper {
  wakesAt: number
  order: number
  wake: () => void
}

/** A Clock under the test's control. */
export class FakeClock implements Clock {
  #wall: number
  #monotonic = 0
  #order = 0
  #sleepers: Sleeper[] = []

  constructor(now = TEST_NOW) {
    this.#wall = now
  }

  now(): number {
    return this.#wall
  }

  monotonic(): number {
    return this.#monotonic
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const sleeper = { wakesAt: this.#monotonic + Math.max(0, ms), order: this.#order++, wake }
      this.#sleepers.push(sleeper)
      signal?.addEventListener('abort', wake)
    })
  }

  /** How many sleep now. */
  pending(): number {
    return this.#sleepers.length
  }

  /** Milliseconds until the next sleeper wakes; null when nobody sleeps. */
  nextWakeIn(): number | null {
    const next = this.#next()
    return next ? next.wakesAt - this.#monotonic : null
  }

  /** Both clocks go on by `ms`; whoever is due meanwhile wakes at their own instant, also those who lie down on the way. */
  async advance(ms: number): Promise<void> {
    const until = this.#monotonic + ms
    await settle()
    for (let next = this.#next(); next && next.wakesAt <= until; next = this.#next()) {
      this.#move(next.wakesAt - this.#monotonic)
      next.wake()
      await settle()
    }
    this.#move(until - this.#monotonic)
    await settle()
  }

  /** The wall clock jumps (NTP, a person, a machine that slept); monotonic time and sleepers do not notice. */
  setWallClock(now: number): void {
    this.#wall = now
  }

  #next(): Sleeper | undefined {
    return this.#sleepers.toSorted((a, b) => a.wakesAt - b.wakesAt || a.order - b.order)[0]
  }

  #move(ms: number): void {
    this.#wall += ms
    this.#monotonic += ms
  }
}

/** Lets everything that can go on without time go on: promises, the database, in-process requests. */
export async function settle(turns = 10): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
}
