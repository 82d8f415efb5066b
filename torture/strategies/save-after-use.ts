/** Save after use: locked and read again, but the new tokens are used before they are on the disk. */

import { withLock } from './lock-file.ts'
import { readTokens, requestTokens, type Shelf, type StoredTokens, type Strategy, writeByRename } from './store.ts'

export const saveAfterUse: Strategy = (shelf) =>
  withLock(shelf, async () => {
    const held = readTokens(shelf)
    if (held.expiresAt > Date.now()) return held
    const tokens = await requestTokens(shelf, held)
    await useTokens(shelf, tokens)
    writeByRename(shelf, tokens)
    return tokens
  })

/** What the tokens were wanted for: who am I, and what is left of my plan. */
async function useTokens({ origin }: Shelf, { accessToken }: StoredTokens): Promise<void> {
  const headers = { authorization: `Bearer ${accessToken}` }
  for (const path of ['profile', 'usage']) await (await fetch(`${origin}/claude/api/oauth/${path}`, { headers })).text()
}
