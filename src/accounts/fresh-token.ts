/**
 * Gives an access token that is good for long enough, refreshing first where that is due. The plain token leaves only
 * through `withFreshToken` and issue-token.ts.
 */

import { changeAccount } from '../db/account-store.ts'
import { findCurrentGrant, type GrantRow } from '../db/grant-store.ts'
import type { Secret } from '../lib/secret.ts'
import type { AccountsContext, Actor } from './context.ts'
import { AccountError } from './errors.ts'
import { hasTokens, openTokens } from './grant-tokens.ts'
import { isGoodEnough } from './issued-token.ts'
import type { refreshGrant as RefreshGrant } from './refresh-grant.ts'
import type { RefreshOutcome } from './refresh-outcome.ts'
import { namingStoreRefusals } from './store-refusals.ts'

/** A current grant with its access token open. */
export interface FreshToken {
  grant: GrantRow
  accessToken: Secret
}

/**
 * An access token that lives at least `minValidityMs` longer; unless told, one that is not due. When refreshing fails,
 * the one at hand is given while it lives, except where a validity was asked for.
 *
 * Errors: AccountError account_not_found, reauthorization_required, not_custodian, no_refresh_token, try_again_later,
 *   store_failed
 */
export async function freshToken(
  context: AccountsContext,
  accountId: string,
  { minValidityMs, actor }: { minValidityMs?: number; actor: Actor },
): Promise<FreshToken> {
  const before = await readCurrent(context, accountId)
  if (isGoodEnough(before, context.clock.now(), minValidityMs)) return open(context, before)
  const outcome = await refresh(context, accountId, { purpose: 'token_needed', actor })
  const grant = await readCurrent(context, accountId)
  const now = context.clock.now()
  const isLive = grant.accessTokenExpiresAt === null || grant.accessTokenExpiresAt > now
  // A token that the provider gave minutes ago with an expiry that is already over is the best there is: see the pace.
  const isJustGiven = outcome.outcome === 'refreshed' || outcome.outcome === 'unchanged'
  if (!hasTokens(grant)) throw new AccountError('reauthorization_required', { account: accountId })
  if (isGoodEnough(grant, now, minValidityMs)) return open(context, grant)
  if (isJustGiven || (isLive && minValidityMs === undefined)) return open(context, grant)
  throw refusalOf(outcome, accountId, grant)
}

/**
 * Uses a fresh access token. A use that says `rejected_token` brings one refresh and one more try.
 *
 * Shape:  `use` is called once or twice; its last answer is the result
 * Errors: those of `freshToken`, and whatever `use` throws
 */
export async function withFreshToken<Answer extends string>(
  context: AccountsContext,
  accountId: string,
  actor: Actor,
  use: (token: Secret) => Promise<Answer>,
): Promise<Answer> {
  const first = await freshToken(context, accountId, { actor })
  const answer = await use(first.accessToken)
  if (answer !== 'rejected_token') return answer
  await refresh(context, accountId, { purpose: 'rejected_token', actor })
  const grant = await readCurrent(context, accountId)
  if (grant.accessTokenFingerprint === first.grant.accessTokenFingerprint) {
    await noteRejection(context, grant)
    return answer
  }
  return use(openTokens(context.vault, grant).accessToken)
}

/** Read when it is needed: most tokens that helpers ask for are still good, and a helper waits for what is loaded. */
async function refresh(...given: Parameters<typeof RefreshGrant>): Promise<RefreshOutcome> {
  const { refreshGrant } = await import('./refresh-grant.ts')
  return refreshGrant(...given)
}

async function readCurrent(context: AccountsContext, accountId: string): Promise<GrantRow> {
  const grant = await namingStoreRefusals(() => findCurrentGrant(context.database, accountId))
  if (!grant) throw new AccountError('account_not_found', { account: accountId })
  return grant
}

function open(context: AccountsContext, grant: GrantRow): FreshToken {
  return { grant, accessToken: openTokens(context.vault, grant).accessToken }
}

function refusalOf(outcome: RefreshOutcome, accountId: string, grant: GrantRow): AccountError {
  if (outcome.outcome === 'reauthorization_required') return new AccountError(outcome.outcome, { account: accountId })
  if (outcome.outcome === 'not_custodian') {
    return grant.custody === 'cli'
      ? new AccountError('not_custodian', { path: grant.credentialPath })
      : new AccountError('no_refresh_token')
  }
  const at = 'retryAt' in outcome ? outcome.retryAt : grant.nextRefreshAt
  return new AccountError('try_again_later', { retryAt: at })
}

/** A token that nobody can replace and that the provider no longer takes: only a person can mend that. */
async function noteRejection(context: AccountsContext, grant: GrantRow): Promise<void> {
  if (grant.custody !== 'none' || grant.refusedAt !== null) return
  const now = context.clock.now()
  await namingStoreRefusals(() =>
    changeAccount(context.database, grant.accountId, {
      grant: { refusedAt: now, refusalCode: 'rejected_token' },
      loginEnd: { how: 'refused', why: 'rejected_token', at: now },
      events: [
        {
          at: now,
          accountId: grant.accountId,
          kind: 'grant.refused',
          actor: 'scheduler',
          details: { code: 'rejected_token', outcomeLost: false },
        },
      ],
    }),
  )
  context.events.publish({ type: 'account.changed', accountId: grant.accountId })
}
