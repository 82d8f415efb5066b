/** Chance that is the same in every run. Never for anything but tests and the demonstration. */

import type { Random } from '../lib/random.ts'

/** A seeded generator: equal seeds give equal bytes. Values differ from call to call. */
export function fakeRandom(seed = 1): Random {
  let state = seed >>> 0
  const next = () => {
    // mulberry32: small, public domain, and well spread
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    bytes: (length) => Uint8Array.from({ length }, () => Math.floor(next() * 256)),
    fraction: next,
  }
}

/** A generator whose `fraction` is always the same, for tests that want no jitter. */
export function steadyRandom(fraction = 0.5, seed = 1): Random {
  return { ...fakeRandom(seed), fraction: () => fraction }
}
