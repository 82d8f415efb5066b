/** How long we wait for a lock, in what steps, and what is said when it was not to be had. */

import type { Clock } from '../lib/clock.ts'
import type { Random } from '../lib/random.ts'
import { CredentialError } from './credential-error.ts'

/** A lock that we hold. */
export interface HeldLock {
  path: string
  stillHeld(): Promise<boolean>
  release(): Promise<void>
}

const SHORTEST_PAUSE_MS = 40
const LONGEST_PAUSE_MS = 120

/** One waiting for all locks of a place together. */
export class LockWait {
  readonly clock: Clock
  readonly random: Random
  readonly #endsAt: number

  constructor(
    private readonly options: { clock: Clock; random: Random; waitMs: number; signal?: AbortSignal },
    private readonly holderOf: (path: string) => Promise<string | null>,
  ) {
    this.clock = options.clock
    this.random = options.random
    this.#endsAt = this.clock.monotonic() + options.waitMs
  }

  /**
   * Waits a little before the next try.
   *
   * Errors: CredentialError `lock_busy` when there is no time left; the signal's reason
   */
  async pause(path: string, ageMs: (() => number) | null): Promise<void> {
    const left = this.#endsAt - this.clock.monotonic()
    if (left <= 0) {
      throw new CredentialError('lock_busy', path, 'held', {
        ageMs: ageMs?.() ?? null,
        holder: await this.holderOf(path),
      })
    }
    const step = SHORTEST_PAUSE_MS + this.random.fraction() * (LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS)
    await this.clock.sleep(Math.min(step, left), this.options.signal)
    this.options.signal?.throwIfAborted()
  }
}
