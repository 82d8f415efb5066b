/** Lock without reading again: one at a time, each with the token that it had read before it waited. */

import { withLock } from './lock-file.ts'
import { readTokens, requestTokens, type Strategy, writeByRename } from './store.ts'

export const lockWithoutReread: Strategy = async (shelf) => {
  const held = readTokens(shelf)
  if (held.expiresAt > Date.now()) return held
  return await withLock(shelf, async () => {
    const tokens = await requestTokens(shelf, held)
    writeByRename(shelf, tokens)
    return tokens
  })
}
