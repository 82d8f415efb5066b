/**
 * The whole application in this process, for what the short way of local-deck.ts does not do. A token is handed out by the
 * domain itself, without the web application around it; everything else goes through the same API as beside a server.
 */

import type { AccountsContext } from '../accounts/context.ts'
import { AccountError } from '../accounts/errors.ts'
import { findAccountId } from '../accounts/find-account.ts'
import { issueToken } from '../accounts/issue-token.ts'
import type { Config } from '../config.ts'
import { SECOND_MS } from '../lib/clock.ts'
import { isId } from '../lib/random.ts'
import { openLocalApp } from '../local-app.ts'
import { type ApiToken, type Deck, deckOf, problemFailure, readApiToken, requestHeaders, type Send } from './deck.ts'
import { apiTokenOf } from './local-deck.ts'

/**
 * Opens it.
 *
 * Errors: refusals of the configuration, the database or the key, with their own exit codes
 */
export async function openWholeDeck(config: Config): Promise<Deck> {
  const local = await openLocalApp(config)
  const send: Send = async (method, path, body) => {
    const request = await local.open()
    return await request(path, { method, body, headers: requestHeaders(await readApiToken(config), body) })
  }
  return {
    ...deckOf(send, null, () => local.close()),
    async token(reference, minValiditySeconds) {
      try {
        return await tokenOf(local.context, reference, minValiditySeconds)
      } catch (error) {
        throw error instanceof AccountError ? await inWords(error, local.context.clock.now()) : error
      }
    },
  }
}

async function tokenOf(
  context: AccountsContext,
  reference: string,
  minValiditySeconds: number | null,
): Promise<ApiToken> {
  const id = isId(reference, 'acc') ? reference : await findAccountId(context, reference)
  const minValidityMs = minValiditySeconds === null ? undefined : minValiditySeconds * SECOND_MS
  return apiTokenOf(await issueToken(context, id, { minValidityMs, actor: 'cli' }))
}

/** As the API would have said it. */
async function inWords({ code, params }: AccountError, now: number): Promise<Error> {
  const { errorText } = await import('../messages/errors.ts')
  return problemFailure({ code, ...errorText('en', code, params, now) })
}
