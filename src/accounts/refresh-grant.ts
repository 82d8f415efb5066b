/**
 * Refreshes one grant: one at a time, recorded before it is sent, durable before anybody is told. A refresh token works
 * once, so every step here is about never spending one twice and never losing the answer. Knows no page and no timer.
 */

import type { AccountRow } from '../db/account-store.ts'
import { endAttempt, type RunningAttempt } from '../db/attempt-store.ts'
import { findAccountAndGrant, findCurrentGrant, type GrantRow } from '../db/grant-store.ts'
import { takeLease } from '../db/lease-store.ts'
import { backoffMs } from '../lib/backoff.ts'
import { SECOND_MS } from '../lib/clock.ts'
import { newId } from '../lib/random.ts'
import type { Provider } from '../oauth/provider.ts'
import type { AccountsContext, Actor } from './context.ts'
import { AccountError } from './errors.ts'
import { paceLeftMs } from './exchange-pace.ts'
import { type Adoption, adoptFromFile } from './follow-credentials.ts'
import { openTokens } from './grant-tokens.ts'
import { retirementOf } from './machines.ts'
import { takeOuterLock } from './outer-lock.ts'
import {
  decideRefresh,
  isWorthALook,
  machineRetired,
  type RefreshPurpose,
  stillFresh,
  waiting,
} from './refresh-decision.ts'
import type { RefreshOutcome } from './refresh-outcome.ts'
import { isUnsaved } from './save-answer.ts'
import { leaveForLater, type Spending, spendRefreshToken } from './spend-refresh-token.ts'
import { namingStoreRefusals } from './store-refusals.ts'

export type { RefreshPurpose } from './refresh-decision.ts'

/**
 * Nothing is sent in its second half, which is as long as the request's own deadline: a live holder's lease does not end
 * under it. The first half has room for the CLIs' locks (see outer-lock.ts) and a look at their files.
 */
const LEASE_MS = 60 * SECOND_MS
/** How long a caller waits for another process that holds the lease: the deadline of its request, and a moment to save. */
const LEASE_WAIT_MS = 31 * SECOND_MS
const LEASE_POLL = { firstMs: 100, factor: 1.6, maxMs: SECOND_MS, jitter: 0.5 }

/** By both clocks, milliseconds. */
interface Instant {
  wall: number
  monotonic: number
}

/** A grant as it was read, and whether CLIs hold copies of it. */
type FoundGrant = GrantRow & { hasCopies: boolean }

export interface RefreshRequest {
  purpose: RefreshPurpose
  actor: Actor
}

/**
 * Refreshes the grant of an account, or says why it is not refreshed. Calls for one account join; a caller that stops
 * waiting cancels nothing.
 *
 * Errors: AccountError account_not_found, unknown_provider, store_failed (nothing was sent then)
 * Source: RFC 6749 §6, RFC 9700 §4.14
 */
export function refreshGrant(
  context: AccountsContext,
  accountId: string,
  request: RefreshRequest,
): Promise<RefreshOutcome> {
  return context.refreshes.run(accountId, () => namingStoreRefusals(() => refresh(context, accountId, request)))
}

async function refresh(context: AccountsContext, accountId: string, request: RefreshRequest): Promise<RefreshOutcome> {
  const { clock } = context
  const waitUntil = clock.monotonic() + LEASE_WAIT_MS
  let generationAtStart: number | null = null
  for (let polls = 1; ; polls++) {
    const { account, grant } = await readGrant(context, accountId)
    generationAtStart ??= grant.generation
    const provider = context.providers.get(account.provider)
    const settled = await settle(context, grant, request, generationAtStart)
    if (settled && !(await isBack(context, provider, grant, settled))) return settled
    if (!provider) throw new AccountError('unknown_provider', { provider: account.provider })
    const tokens = openTokens(context.vault, grant)
    // Counted from before the lease is asked for: the process may be stopped before it hears that it has it.
    const askedAt = { wall: clock.now(), monotonic: clock.monotonic() }
    const attempt = await lease(context, grant, request)
    const outcome =
      attempt && (await refreshUnderLease(context, { account, grant, attempt, provider, tokens, askedAt }, request))
    if (outcome) return outcome
    if (!attempt && (await retirementOf(context)) !== null) return machineRetired(grant)
    const leftMs = waitUntil - clock.monotonic()
    if (leftMs <= 0) return waiting(grant, 'retry_scheduled', 'lease_held')
    await clock.sleep(Math.min(backoffMs(LEASE_POLL, polls, context.random), leftMs))
  }
}

async function readGrant(
  context: AccountsContext,
  accountId: string,
): Promise<{ account: AccountRow; grant: FoundGrant }> {
  const found = await findAccountAndGrant(context.database, accountId)
  if (!found) throw new AccountError('account_not_found', { account: accountId })
  return { account: found.account, grant: { ...found.grant, hasCopies: found.hasCopies } }
}

/** The outcome when nothing is to be sent. Where a file is followed, it is asked first: its CLI may have a newer grant. */
async function settle(
  context: AccountsContext,
  grant: FoundGrant,
  { purpose }: RefreshRequest,
  generationAtStart: number,
): Promise<RefreshOutcome | null> {
  const pace = paceLeftMs(context, grant.id)
  const now = context.clock.now()
  const unsaved = isUnsaved(context, grant.accountId)
  const outcome = decideRefresh({ grant, purpose, now, generationAtStart, isUnsaved: unsaved, paceLeftMs: pace })
  if (!outcome) return null
  const isFileNewer =
    (outcome.outcome === 'not_custodian' || outcome.outcome === 'reauthorization_required') &&
    (await adopted(context, grant))
  if (isFileNewer) return adoptedOutcome(context, grant)
  return outcome
}

/** True where a refresh that waits for its provider need not: somebody answers there again. */
async function isBack(
  context: AccountsContext,
  provider: Provider | undefined,
  grant: GrantRow,
  settled: RefreshOutcome,
): Promise<boolean> {
  if (!provider || !isWorthALook(settled, grant, context.clock.now())) return false
  return await context.reach.isThere(provider.tokenUrl, new AbortController().signal)
}

async function lease(
  context: AccountsContext,
  grant: GrantRow,
  { purpose }: RefreshRequest,
): Promise<RunningAttempt | null> {
  const attempt: RunningAttempt = {
    id: newId(context.random, 'att'),
    grantId: grant.id,
    accountId: grant.accountId,
    owner: context.owner,
    leaseEpoch: grant.leaseEpoch + 1,
    generation: grant.generation,
    parentFingerprint: grant.refreshTokenFingerprint ?? '',
  }
  const isTaken = await takeLease(context.database, {
    grant,
    owner: context.owner,
    machineId: context.machine?.id,
    attemptId: attempt.id,
    purpose,
    leaseMs: LEASE_MS,
    now: context.clock.now(),
  })
  return isTaken ? attempt : null
}

/** Null when the lease is half gone before anything was sent: the machine slept, so everything is looked at again. */
async function refreshUnderLease(
  context: AccountsContext,
  held: Held,
  request: RefreshRequest,
): Promise<RefreshOutcome | null> {
  const { account, grant } = held
  context.events.publish({ type: 'grant.refresh_started', accountId: account.id })
  if (!isInFiles(grant)) return refreshUnderLocks(context, held, request, async () => true)
  const outer = await takeOuterLock(context, account.id)
  if (!outer.isHeld) return leaveForLater(context, spendingOf(context, held, request), outer.code, outer.path)
  try {
    return await refreshUnderLocks(context, held, request, outer.stillHeld)
  } finally {
    await outer.release()
  }
}

type Held = Pick<Spending, 'account' | 'attempt' | 'provider' | 'tokens'> & { grant: FoundGrant; askedAt: Instant }

async function refreshUnderLocks(
  context: AccountsContext,
  held: Held,
  request: RefreshRequest,
  stillLocked: () => Promise<boolean>,
): Promise<RefreshOutcome | null> {
  const { clock } = context
  const { account, grant, attempt, askedAt } = held
  const seen = await lookAtFile(context, grant)
  // Whoever looked at the file meanwhile may have adopted from it, and then the token in hand is an old one.
  const isAdopted = seen === 'adopted' || (isInFiles(grant) && (await isReplaced(context, grant)))
  const isLocked = await stillLocked()
  // The monotonic clock may stand still while a machine sleeps, so both are asked.
  const elapsed = Math.max(clock.monotonic() - askedAt.monotonic, clock.now() - askedAt.wall)
  if (isAdopted || !isLocked || elapsed > LEASE_MS / 2) {
    const code = isAdopted ? 'adopted' : 'slept'
    const endedAt = clock.now()
    const nothing = { changes: {}, quarantine: null, event: null, httpStatus: null }
    await endAttempt(context.database, attempt, { outcome: 'not_sent', code, endedAt, ...nothing })
    return isAdopted ? adoptedOutcome(context, grant) : null
  }
  const spending = spendingOf(context, held, request)
  // What the CLI has renewed is not spent here as well, also while nobody can say whose the file is.
  if (seen === 'doubtful') return leaveForLater(context, spending, 'file_newer')
  const outcome = await spendRefreshToken(context, spending)
  return outcome === 'newer' ? stillFresh((await findCurrentGrant(context.database, account.id)) ?? grant) : outcome
}

function spendingOf(context: AccountsContext, held: Held, request: RefreshRequest): Spending {
  const { grant } = held
  const wasUncertain = grant.uncertainAt !== null || grant.leaseOwner !== null
  const isNewer = async () => (await adopted(context, grant)) || (await isReplaced(context, grant))
  return { ...held, ...request, wasUncertain, isNewer }
}

/** True when the file that also holds this grant had a newer one of the same account, which is now the stored one. */
async function adopted(context: AccountsContext, grant: FoundGrant): Promise<boolean> {
  return (await lookAtFile(context, grant)) === 'adopted'
}

async function lookAtFile(context: AccountsContext, grant: FoundGrant): Promise<Adoption | null> {
  return isInFiles(grant) ? adoptFromFile(context, grant.accountId) : null
}

function isInFiles({ credentialPath, hasCopies }: FoundGrant): boolean {
  return credentialPath !== null || hasCopies
}

async function adoptedOutcome(context: AccountsContext, grant: GrantRow): Promise<RefreshOutcome> {
  const current = (await findCurrentGrant(context.database, grant.accountId)) ?? grant
  const reason = { code: 'adopted', params: { path: current.credentialPath } } as const
  return { outcome: 'refreshed', accessTokenExpiresAt: current.accessTokenExpiresAt, reason }
}

async function isReplaced(context: AccountsContext, grant: GrantRow): Promise<boolean> {
  const current = await findCurrentGrant(context.database, grant.accountId)
  return (
    current === null || current.id !== grant.id || current.refreshTokenFingerprint !== grant.refreshTokenFingerprint
  )
}
