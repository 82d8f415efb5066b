/**
 * Rounds of work with a nap between them that news cut short. One round at a time; after one that failed comes a rest.
 * Knows nothing of what is done.
 */

import type { Clock } from '../lib/clock.ts'
import { errorName } from '../lib/log.ts'

export interface NappingLoop {
  start(): void
  /** There is news: a nap ends, and a round that runs is followed by another. */
  wake(): void
  /** No round begins from now on; resolves when the one that runs has ended. */
  stop(): Promise<void>
}

export interface LoopRules {
  clock: Clock
  /** One round; gives for how long to nap after it. Milliseconds. */
  round: () => Promise<number>
  /** Told what kind of error a round ended with. */
  onFailure: (error: string) => void
  /** The nap after such a round; milliseconds. */
  restMs: number
  /** After a nap, however it ended, this passes too, so that a crowd of news is one round. From how long the last one took; milliseconds. */
  gatherMs?: (tookMs: number) => number
}

/** A loop that is not started yet; it may be started again after it was stopped. */
export function createNappingLoop({ clock, round, onFailure, restMs, gatherMs }: LoopRules): NappingLoop {
  let stopping: AbortController | null = null
  let nap = new AbortController()
  let hasNews = false
  let loop = Promise.resolve()

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // Heard from here on: what the round reads may already be older than the news.
      hasNews = false
      const startedAt = clock.monotonic()
      const napMs = await played()
      const gathered = gatherMs?.(clock.monotonic() - startedAt) ?? 0
      if (!hasNews && !signal.aborted) {
        nap = new AbortController()
        await clock.sleep(napMs, nap.signal)
      }
      if (gathered > 0) await clock.sleep(gathered, signal)
    }
  }

  async function played(): Promise<number> {
    try {
      return await round()
    } catch (error) {
      onFailure(errorName(error))
      // Its own news must not turn a failure into haste.
      hasNews = false
      return restMs
    }
  }

  return {
    start() {
      if (stopping) return
      stopping = new AbortController()
      loop = run(stopping.signal)
    },
    wake() {
      hasNews = true
      nap.abort()
    },
    async stop() {
      stopping?.abort()
      nap.abort()
      await loop
      stopping = null
    },
  }
}
