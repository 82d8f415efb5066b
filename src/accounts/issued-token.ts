/**
 * What it is to hand out an access token: which one is good for long enough, and what the history says of it. Decides
 * only, so that both ways to a token (issue-token.ts, token-at-hand.ts) decide the same.
 */

import type { AuditEvent } from '../db/audit-store.ts'
import type { GrantRow } from '../db/grant-store.ts'
import type { Secret } from '../lib/secret.ts'
import type { Actor } from './context.ts'
import { hasTokens } from './grant-tokens.ts'
import { dueAt } from './refresh-policy.ts'

/** RFC 6750. `expiresAt` in epoch milliseconds, null when the provider does not say. */
export interface IssuedToken {
  accessToken: Secret
  tokenType: 'Bearer'
  expiresAt: number | null
}

/** What decides. */
export type TokenFacts = Pick<GrantRow, 'accessTokenSealed' | 'accessTokenIssuedAt' | 'accessTokenExpiresAt'>

/** True while a token lives `minValidityMs` longer; unless told, while it is not due. */
export function isGoodEnough(grant: TokenFacts, now: number, minValidityMs: number | undefined): boolean {
  const { accessTokenIssuedAt: issuedAt, accessTokenExpiresAt: expiresAt } = grant
  if (!hasTokens(grant)) return false
  if (minValidityMs === undefined)
    return now < dueAt({ issuedAt, expiresAt }) && (expiresAt === null || expiresAt > now)
  return expiresAt === null ? now < dueAt({ issuedAt, expiresAt }) : expiresAt - now >= Math.max(1, minValidityMs)
}

/** What the history says of a token that is handed out. */
export function issuedEvent(
  { accountId, generation, accessTokenExpiresAt }: Pick<GrantRow, 'accountId' | 'generation' | 'accessTokenExpiresAt'>,
  { at, actor }: { at: number; actor: Actor },
): AuditEvent {
  return { at, accountId, kind: 'token.issued', actor, details: { generation, expiresAt: accessTokenExpiresAt } }
}
