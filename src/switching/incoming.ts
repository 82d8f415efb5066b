/** Whether an account may be handed to a CLI now, and its login made fit for it: refreshed first while it is still ours. */

import { type AccountSummary, accountName } from '../accounts/account-summary.ts'
import type { AccountsContext, Actor } from '../accounts/context.ts'
import { AccountError } from '../accounts/errors.ts'
import { freshToken } from '../accounts/fresh-token.ts'
import { getAccount } from '../accounts/list-accounts.ts'
import { dueAt } from '../accounts/refresh-policy.ts'
import { isUnsaved } from '../accounts/save-answer.ts'
import { findAccountAndGrant, type GrantRow } from '../db/grant-store.ts'
import type { ProviderPlace } from './cli-place.ts'
import type { Holder } from './writable-login.ts'

/**
 * The reason why an account may not be handed over to a place, or null when it may. Changes nothing.
 *
 * Shape:  `isThere`: the file of that place holds this account's login now
 */
export function refusalOfIncoming(
  account: AccountSummary,
  grant: GrantRow,
  { provider, place }: ProviderPlace,
  { isThere }: { isThere: boolean },
): AccountError | null {
  const name = accountName(account)
  if (account.provider !== provider.id) return new AccountError('activation_unsupported', { provider: provider.name })
  if (grant.custody === 'cli') {
    const path = grant.credentialPath ?? ''
    if (path !== place.path) return new AccountError('activation_elsewhere', { account: name, path })
    return isThere
      ? new AccountError('activation_current', { account: name, path })
      : // What the CLI did with it before it went from the file, nobody knows.
        new AccountError('activation_uncertain', { account: name })
  }
  if (grant.refreshTokenFingerprint === null || grant.custody === 'none') return new AccountError('no_refresh_token')
  if (grant.refusedAt !== null || account.login.status === 'sign_in_again') {
    return new AccountError('reauthorization_required', { account: name })
  }
  if (grant.uncertainAt !== null || grant.suspectAt !== null) {
    return new AccountError('activation_uncertain', { account: name })
  }
  if (account.ownership.status === 'conflict') return new AccountError('activation_conflict', { account: name })
  return null
}

/** Refuses what may not be handed over after all, now that the locks are held. Errors: AccountError */
export function refuseIncoming(incoming: Incoming | null, place: ProviderPlace, heldBy: string | null): void {
  if (!incoming) return
  const { account, holder } = incoming
  const refusal = refusalOfIncoming(account, holder.grant, place, { isThere: heldBy === account.id })
  if (refusal) throw refusal
}

/** True when its access token is due: it is refreshed before it is handed over. */
export function isDue(context: AccountsContext, grant: GrantRow): boolean {
  const { accessTokenIssuedAt: issuedAt, accessTokenExpiresAt: expiresAt } = grant
  return context.clock.now() >= dueAt({ issuedAt, expiresAt })
}

/** An account that is to be handed over, as people see it and as it is kept. */
export interface Incoming {
  account: AccountSummary
  holder: Holder
}

/** An account with its current grant. Errors: AccountError account_not_found, store_failed */
export async function readHolder(context: AccountsContext, accountId: string): Promise<Incoming> {
  const account = await getAccount(context, accountId)
  const holder = await findAccountAndGrant(context.database, accountId)
  if (!holder) throw new AccountError('account_not_found', { account: accountId })
  return { account, holder }
}

/**
 * Makes an account ready to be handed over: asks whether it may, and refreshes what is due.
 *
 * Errors: AccountError: the reason why it may not; what `freshToken` refuses; StoreError
 */
export async function prepareIncoming(
  context: AccountsContext,
  accountId: string,
  place: ProviderPlace,
  { actor, isThere }: { actor: Actor; isThere: boolean },
): Promise<void> {
  const { account, holder } = await readHolder(context, accountId)
  const refusal = refusalOfIncoming(account, holder.grant, place, { isThere })
  if (refusal) throw refusal
  if (isUnsaved(context, accountId)) throw new AccountError('try_again_later', { retryAt: null })
  if (isDue(context, holder.grant)) await freshToken(context, accountId, { actor })
}
