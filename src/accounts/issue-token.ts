/**
 * Hands one valid access token to a program that its owner runs, and writes down that it did.
 */

import { recordAuditEvent } from '../db/audit-store.ts'
import type { AccountsContext, Actor } from './context.ts'
import { freshToken } from './fresh-token.ts'
import { type IssuedToken, issuedEvent } from './issued-token.ts'
import { namingStoreRefusals } from './store-refusals.ts'

/**
 * An access token, refreshed first where it is due or lives shorter than `minValidityMs`. It is in the history before it
 * is handed out.
 *
 * Errors: AccountError account_not_found, reauthorization_required, not_custodian, no_refresh_token, try_again_later,
 *   store_failed
 */
export async function issueToken(
  context: AccountsContext,
  accountId: string,
  { minValidityMs, actor }: { minValidityMs?: number; actor: Actor },
): Promise<IssuedToken> {
  const { grant, accessToken } = await freshToken(context, accountId, { minValidityMs, actor })
  const event = issuedEvent(grant, { at: context.clock.now(), actor })
  await namingStoreRefusals(() => recordAuditEvent(context.database, event))
  return { accessToken, tokenType: 'Bearer', expiresAt: grant.accessTokenExpiresAt }
}
