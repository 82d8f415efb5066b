/**
 * How long to wait after a failure: grows, has a ceiling, and is spread by jitter so that many waiters do not return at once.
 */

import type { Random } from './random.ts'

/** Spans in milliseconds. `jitter` is the share of the span that is random, 0–1. */
export interface BackoffShape {
  firstMs: number
  factor: number
  maxMs: number
  jitter: number
}

/**
 * The wait before try number `failures + 1`.
 *
 * Shape:  failures ≥ 1 → milliseconds
 * Errors: none; total
 */
export function backoffMs(shape: BackoffShape, failures: number, random: Random): number {
  const grown = Math.min(shape.maxMs, shape.firstMs * shape.factor ** Math.max(0, failures - 1))
  return Math.round(grown * (1 - shape.jitter) + grown * shape.jitter * random.fraction())
}
