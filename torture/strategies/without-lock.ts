/** Refresh without a lock: reads, asks and writes, whoever else is at it. */

import { readTokens, requestTokens, type Strategy, writeInPlace } from './store.ts'

export const withoutLock: Strategy = async (shelf) => {
  const held = readTokens(shelf)
  if (held.expiresAt > Date.now()) return held
  const tokens = await requestTokens(shelf, held)
  writeInPlace(shelf, tokens)
  return tokens
}
