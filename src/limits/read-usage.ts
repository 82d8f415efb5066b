/**
 * Reads how much of its limits an account has used: with a token that is good now, within the budget of its identity, and
 * never in the way of a refresh. What cannot be read is kept as a fact beside the last good reading.
 */

import type { AccountsContext, Actor } from '../accounts/context.ts'
import { AccountError } from '../accounts/errors.ts'
import { withFreshToken } from '../accounts/fresh-token.ts'
import { thisMachineId } from '../accounts/machines.ts'
import { namingStoreRefusals } from '../accounts/store-refusals.ts'
import { type AccountRow, findAccountById } from '../db/account-store.ts'
import { findCredentialFile } from '../db/credential-file-store.ts'
import { findCurrentGrant, type GrantRow } from '../db/grant-store.ts'
import { reserveCall } from '../db/usage-budget-store.ts'
import {
  findUsageState,
  isUnchangedSince,
  keepReading,
  keepReadingFailure,
  postponeReading,
  type UsageStateRow,
} from '../db/usage-state-store.ts'
import type { Secret } from '../lib/secret.ts'
import { OAuthTransportError } from '../oauth/errors.ts'
import type { Provider } from '../oauth/provider.ts'
import { usageRequest } from '../oauth/token-request.ts'
import { because } from '../oauth/transport.ts'
import type { UsageReading } from '../usage/usage-reading.ts'
import { judgeUsageAnswer, type UsageAnswer } from './usage-answer.ts'
import {
  budgetIdentity,
  budgetRefusal,
  CALL_FLOOR_MS,
  CALLS_FOR_PEOPLE,
  CALLS_PER_HOUR,
  holdAfterRefusal,
  sharedNow,
} from './usage-budget.ts'
import { nextReadAt, PARKED_AFTER_MS, retryReadingAt } from './usage-schedule.ts'

/**
 * What reading came to. `code` of a failure is stable: not_permitted, no_usage, stale_token, rejected_token, rate_limited,
 * held, budget_spent, too_soon, reauthorization_required, not_a_reading, blocked, … `retryAt` in epoch milliseconds.
 */
export type UsageOutcome =
  | { outcome: 'read'; readAt: number }
  | { outcome: 'not_read'; code: string; retryAt: number | null }

/** Who asks, and so how much of the budget may be used. */
export interface UsageRequest {
  actor: Actor
}

/**
 * Reads the limits of an account now. A failure is kept and told, not thrown.
 *
 * Errors: AccountError account_not_found, store_failed
 */
export function readUsage(context: AccountsContext, accountId: string, request: UsageRequest): Promise<UsageOutcome> {
  return namingStoreRefusals(async () => {
    const target = await findTarget(context, accountId)
    const refusal = await refusalBefore(context, target)
    if (refusal !== null) return keepFailure(context, target, { code: refusal, waitMs: null })
    const answer = await ask(context, target, request)
    if (answer.kind === 'read') return keep(context, target, answer)
    if (answer.kind === 'not_asked') return notAsked(context, target, answer, request)
    return keepFailure(context, target, answer)
  })
}

interface Target {
  account: AccountRow
  grant: GrantRow
  provider: Provider | undefined
  state: UsageStateRow | null
  identity: string
}

async function findTarget(context: AccountsContext, accountId: string): Promise<Target> {
  const account = await findAccountById(context.database, accountId)
  const grant = account && (await findCurrentGrant(context.database, accountId))
  if (!account || !grant) throw new AccountError('account_not_found', { account: accountId })
  return {
    ...{ account, grant },
    provider: context.providers.get(account.provider),
    state: await findUsageState(context.database, accountId),
    identity: budgetIdentity(context, account),
  }
}

/** Why nobody is to be asked with this login at all; null when somebody may. */
async function refusalBefore(context: AccountsContext, { grant, provider }: Target): Promise<string | null> {
  if (!provider || provider.usageUrl === null || provider.usageFormat === null) return 'no_usage'
  if (provider.profileScope !== null && !grant.scopes.includes(provider.profileScope)) return 'not_permitted'
  if (grant.refusedAt !== null) return 'reauthorization_required'
  return grant.custody === 'cli' && !(await isInItsFile(context, grant)) ? 'stale_token' : null
}

/** A login that a CLI holds is used only while its file holds it: what was copied from there before may be over. */
async function isInItsFile(context: AccountsContext, grant: GrantRow): Promise<boolean> {
  const { credentialPath: path, credentialMachineId } = grant
  const machineId = thisMachineId(context)
  if (path === null || (credentialMachineId ?? machineId) !== machineId) return false
  const file = await findCredentialFile(context.database, { machineId, path })
  if (file === null) return true
  return file.state === 'live' && (file.accountId === null || file.accountId === grant.accountId)
}

type Asked =
  | { kind: 'read'; reading: UsageReading; budgetLeft: number }
  | { kind: 'not_asked'; code: string; waitMs: number }
  | { kind: 'failed'; code: string; waitMs: number | null }

/** Asks the provider, once more after a refresh when it does not take the token. */
async function ask(context: AccountsContext, target: Target, { actor }: UsageRequest): Promise<Asked> {
  let asked: Asked = { kind: 'failed', code: 'failed', waitMs: null }
  // A token that came of a refresh and was rejected as well: another refresh would mend nothing.
  const mayRefresh = target.state?.failureCode !== 'rejected_token'
  let tries = 0
  try {
    await withFreshToken(context, target.account.id, actor, async (token) => {
      tries += 1
      asked = await askOnce(context, target, token, { actor, isSecondTry: tries > 1 })
      return mayRefresh && asked.kind === 'failed' && asked.code === 'rejected_token' ? 'rejected_token' : 'answered'
    })
    return asked
  } catch (error) {
    if (!(error instanceof AccountError) || error.code === 'store_failed') throw error
    const isStale = error.code === 'not_custodian' || error.code === 'no_refresh_token'
    return { kind: 'failed', code: isStale ? 'stale_token' : error.code, waitMs: null }
  }
}

async function askOnce(
  context: AccountsContext,
  { account, provider, identity }: Target,
  token: Secret,
  { actor, isSecondTry }: UsageRequest & { isSecondTry: boolean },
): Promise<Asked> {
  const most = actor === 'scheduler' ? CALLS_PER_HOUR - CALLS_FOR_PEOPLE : CALLS_PER_HOUR
  const { isReserved, state } = await reserveCall(context.database, {
    ...{ identity, owner: context.owner, now: sharedNow(context), most },
    floorMs: isSecondTry ? 0 : CALL_FLOOR_MS,
  })
  if (!isReserved) return { kind: 'not_asked', ...budgetRefusal(state, most) }
  const budgetLeft = CALLS_PER_HOUR - state.calls
  const request = usageRequest(provider!, token, account.organizationId)
  const reason = { accountId: account.id, budgetLeft, why: actor === 'scheduler' ? 'limits' : 'limits_requested' }
  let answer: UsageAnswer
  try {
    const sent = await context.transport.send(because(request, reason))
    answer = judgeUsageAnswer(sent, provider!.usageFormat!, context.clock.now())
  } catch (error) {
    if (!(error instanceof OAuthTransportError)) throw error
    return { kind: 'failed', code: error.code, waitMs: null }
  }
  if (answer.kind === 'read') return { kind: 'read', reading: answer.reading, budgetLeft }
  const { code, retryAfterMs, kind } = answer
  const waitMs =
    kind === 'rate_limited' ? await holdAfterRefusal(context, identity, retryAfterMs) : retryAfterMs || null
  return { kind: 'failed', code, waitMs }
}

async function keep(
  context: AccountsContext,
  { account, identity }: Target,
  { reading, budgetLeft }: Extract<Asked, { kind: 'read' }>,
): Promise<UsageOutcome> {
  const { database, random } = context
  const { readAt, plan, credits, extraUsage } = reading
  const hasMoved = !(await isUnchangedSince(database, account.id, readAt - PARKED_AFTER_MS))
  const facts = { now: readAt, windows: reading.windows, isParked: !hasMoved, budgetLeft }
  await keepReading(database, {
    ...{ accountId: account.id, identity, readAt, plan },
    credits: credits === null && extraUsage === null ? null : { credits, extraUsage },
    windows: reading.windows.map(({ id, ...window }) => ({ ...window, windowId: id })),
    nextReadAt: nextReadAt(facts, random),
  })
  context.events.publish({ type: 'usage.read', accountId: account.id })
  return { outcome: 'read', readAt }
}

/** Nobody was asked, so nothing failed: only the schedule moves, and only for the schedule's own readings. */
async function notAsked(
  context: AccountsContext,
  { account }: Target,
  { code, waitMs }: Extract<Asked, { kind: 'not_asked' }>,
  { actor }: UsageRequest,
): Promise<UsageOutcome> {
  const retryAt = context.clock.now() + Math.ceil(waitMs)
  if (actor === 'scheduler') await postponeReading(context.database, account.id, retryAt)
  return { outcome: 'not_read', code, retryAt }
}

async function keepFailure(
  context: AccountsContext,
  { account, state }: Target,
  { code, waitMs }: { code: string; waitMs: number | null },
): Promise<UsageOutcome> {
  const at = context.clock.now()
  const retryAt = retryReadingAt({ now: at, code, failures: (state?.failures ?? 0) + 1, waitMs }, context.random)
  await keepReadingFailure(context.database, { accountId: account.id, at, code, nextReadAt: retryAt })
  if (state?.failureCode !== code) context.events.publish({ type: 'usage.failed', accountId: account.id })
  return { outcome: 'not_read', code, retryAt }
}
