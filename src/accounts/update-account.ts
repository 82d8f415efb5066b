/**
 * Changes what a person decides about an account: its label, its place in the list, and whether it is refreshed by itself.
 */

import { type AccountChanges, changeAccount, findAccountById } from '../db/account-store.ts'
import type { AuditEvent } from '../db/audit-store.ts'
import { findCurrentGrant, type GrantChanges } from '../db/grant-store.ts'
import type { AccountSummary } from './account-summary.ts'
import type { AccountsContext, Actor } from './context.ts'
import { AccountError } from './errors.ts'
import { readLabel } from './label.ts'
import { getAccount } from './list-accounts.ts'
import { nextRefreshAt, unknownRetryAt } from './refresh-policy.ts'
import { namingStoreRefusals } from './store-refusals.ts'

export interface AccountUpdate {
  /** Null or empty text removes it. */
  label?: string | null
  position?: number
  paused?: boolean
}

/**
 * Applies the changes in one commit.
 *
 * Errors: AccountError account_not_found, label_invalid, store_failed
 */
export async function updateAccount(
  context: AccountsContext,
  accountId: string,
  update: AccountUpdate,
  actor: Actor,
): Promise<AccountSummary> {
  await namingStoreRefusals(() => write(context, accountId, update, actor))
  context.events.publish({ type: 'account.changed', accountId })
  return getAccount(context, accountId)
}

async function write(context: AccountsContext, accountId: string, update: AccountUpdate, actor: Actor): Promise<void> {
  const known = await findAccountById(context.database, accountId)
  const current = known && (await findCurrentGrant(context.database, accountId))
  if (!known || !current) throw new AccountError('account_not_found', { account: accountId })
  const at = context.clock.now()
  const account: AccountChanges = {}
  const grant: GrantChanges = {}
  const events: AuditEvent[] = []
  const label = update.label === undefined ? known.label : readLabel(update.label)
  if (label !== known.label) {
    account.label = label
    events.push({ at, accountId, actor, kind: 'account.renamed', details: { from: known.label, to: label } })
  }
  if (update.position !== undefined) account.position = update.position
  const isPaused = update.paused ?? known.pausedAt !== null
  if (isPaused !== (known.pausedAt !== null)) {
    account.pausedAt = isPaused ? at : null
    const facts = { ...current, isPaused, hasRefreshToken: current.refreshTokenSealed !== null }
    const next = nextRefreshAt(facts, context.random)
    grant.nextRefreshAt = next !== null && current.uncertainAt !== null ? unknownRetryAt(at, context.random) : next
    events.push({ at, accountId, actor, kind: isPaused ? 'account.paused' : 'account.resumed', details: {} })
  }
  await changeAccount(context.database, accountId, { account, grant, events })
}
