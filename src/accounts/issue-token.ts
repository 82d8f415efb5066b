/**
 * Hands one valid access token to a program that its owner runs, and writes down that it did.
 */

import { recordAuditEvent } from '../db/audit-store.ts'
import type { Secret } from '../lib/secret.ts'
import type { AccountsContext, Actor } from './context.ts'
import { freshToken } from './fresh-token.ts'
import { namingStoreRefusals } from './store-refusals.ts'

/** RFC 6750. `expiresAt` in epoch milliseconds, null when the provider does not say. */
export interface IssuedToken {
  accessToken: Secret
  tokenType: 'Bearer'
  expiresAt: number | null
}

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
  const expiresAt = grant.accessTokenExpiresAt
  const details = { generation: grant.generation, expiresAt }
  const event = { at: context.clock.now(), accountId, kind: 'token.issued', actor, details }
  await namingStoreRefusals(() => recordAuditEvent(context.database, event))
  return { accessToken, tokenType: 'Bearer', expiresAt }
}
