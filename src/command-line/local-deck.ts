/**
 * A Tokendeck that is not running. A token that is good now comes by the short way; everything else opens the whole
 * application in this process (whole-deck.ts), which is loaded only then.
 */

import type { IssuedToken } from '../accounts/issued-token.ts'
import type { Config } from '../config.ts'
import { localToken } from '../local-token.ts'
import type { ApiToken, Deck } from './deck.ts'

/** Opens nothing yet: refusals of the configuration, the database or the key come from the first call. */
export function openLocalDeck(config: Config): Deck {
  let whole: Promise<Deck> | null = null
  const open = () => {
    whole ??= import('./whole-deck.ts').then(({ openWholeDeck }) => openWholeDeck(config))
    return whole
  }
  return {
    isServed: false,
    address: null,
    async call<T>(method: string, path: string, body?: unknown): Promise<T> {
      return await (await open()).call<T>(method, path, body)
    },
    async token(reference, minValiditySeconds) {
      // An application that is open has the database for itself.
      const issued = whole === null ? await localToken(config, reference, minValiditySeconds) : null
      return issued === null ? await (await open()).token(reference, minValiditySeconds) : apiTokenOf(issued)
    },
    async close() {
      // One that could not be opened has said so, and closed itself.
      await (await whole?.catch(() => null))?.close()
    },
  }
}

/** As the API gives it. */
export function apiTokenOf({ accessToken, tokenType, expiresAt }: IssuedToken): ApiToken {
  return {
    access_token: accessToken.reveal(),
    token_type: tokenType,
    expires_at: expiresAt === null ? null : new Date(expiresAt).toISOString(),
  }
}
