import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffMs } from './backoff.ts'

const shape = { firstMs: 1_000, factor: 2, maxMs: 60_000, jitter: 0.5 }
const random = (fraction: number) => ({ bytes: () => new Uint8Array(), fraction: () => fraction })

test.each([
  [1, 0, 500],
  [1, 1, 1_000],
  [2, 1, 2_000],
  [6, 1, 32_000],
  [7, 1, 60_000],
  [10_000, 1, 60_000],
  [0, 1, 1_000],
])('after %i failures with chance %d it waits %i ms', (failures, fraction, expected) => {
  expect(backoffMs(shape, failures, random(fraction))).toBe(expected)
})

test('it never exceeds its ceiling, never falls below its share, and is a whole number', () => {
  fc.assert(
    fc.property(fc.nat(1_000_000), fc.double({ min: 0, max: 1, noNaN: true }), (failures, fraction) => {
      const wait = backoffMs(shape, failures, random(fraction))
      expect(Number.isInteger(wait)).toBe(true)
      expect(wait).toBeLessThanOrEqual(shape.maxMs)
      expect(wait).toBeGreaterThanOrEqual(shape.firstMs * (1 - shape.jitter))
    }),
  )
})
