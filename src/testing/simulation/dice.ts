/** The only source of chance in a simulated run: a seed gives the same run each time. */

import type { Random } from '../../lib/random.ts'

/** Seeded chance in the forms that a run needs; also the `Random` of every simulated process. */
export class Dice implements Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
    // Neighbouring seeds begin alike: a few throws part them.
    for (let thrown = 0; thrown < 4; thrown++) this.fraction()
  }

  fraction(): number {
    // mulberry32: small, public domain, and well spread
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    const state = this.#state
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length)
    for (let index = 0; index < length; index++) bytes[index] = this.fraction() * 256
    return bytes
  }

  chance(share: number): boolean {
    return share > 0 && this.fraction() < share
  }

  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number {
    return from + Math.floor(this.fraction() * (to - from + 1))
  }

  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.fraction() * choices.length)]!
  }
}
