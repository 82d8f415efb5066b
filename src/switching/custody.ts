/**
 * Moves a grant between the dashboard and a CLI: the same tokens as a new generation, so that the lineage tells of it and
 * whoever held the former generation finds it gone. Writes no file.
 */

import type { AccountsContext, Actor } from '../accounts/context.ts'
import { openTokens, sealTokens } from '../accounts/grant-tokens.ts'
import { thisMachineId } from '../accounts/machines.ts'
import { nextRefreshAt } from '../accounts/refresh-policy.ts'
import { isUnsaved } from '../accounts/save-answer.ts'
import { type CustodyMove, moveCustody } from '../db/custody-store.ts'
import { findAccountAndGrant, type GrantRow } from '../db/grant-store.ts'
import type { Holder } from './writable-login.ts'

/** A move: which file, who asked, and whether the login may have been spent where nobody saw it. */
export interface CustodyAct {
  path: string
  actor: Actor
  isSuspect?: boolean
}

/**
 * Gives a grant of the dashboard to the CLI that reads `path`. From this commit on nobody here refreshes it.
 *
 * Shape:  → false when it is being refreshed or is not any more what was read
 * Errors: StoreError; then nothing was changed
 */
export async function handOver(context: AccountsContext, holder: Holder, act: CustodyAct): Promise<boolean> {
  const move = handingOver(context, holder, act)
  return move !== null && moveNow(context, move)
}

/** The same for whoever commits it with other things. Null while an answer of the provider is not in the database yet. */
export function handingOver(
  context: AccountsContext,
  { account, grant }: Holder,
  { path, actor }: CustodyAct,
): CustodyMove | null {
  // The token that is there is spent.
  if (isUnsaved(context, account.id)) return null
  const next = {
    ...resealed(context, grant),
    custody: 'cli',
    credentialPath: path,
    credentialMachineId: thisMachineId(context),
    nextRefreshAt: null,
    leaseOwner: null,
    leaseUntil: null,
  }
  return moveOf(context, { grant, next, how: 'handed_over', kind: 'grant.handed_over', path, actor })
}

/** A grant as a move of custody leaves it. */
export function afterMove(grant: GrantRow, { next }: CustodyMove): GrantRow {
  return { ...grant, ...next, generation: grant.generation + 1 }
}

/**
 * Takes a grant back that a CLI held in `path`; a login without a refresh token is nobody's. Does nothing when it is not
 * held there any more.
 *
 * Shape:  → true when it was taken back
 * Errors: StoreError
 */
export async function takeBack(context: AccountsContext, accountId: string, act: CustodyAct): Promise<boolean> {
  const move = await takingBack(context, accountId, act)
  return move !== null && moveNow(context, move)
}

/** The same for whoever commits it with other things. Null when the grant is not held there. Errors: StoreError */
export async function takingBack(
  context: AccountsContext,
  accountId: string,
  { path, actor, isSuspect = false }: CustodyAct,
): Promise<CustodyMove | null> {
  const found = await findAccountAndGrant(context.database, accountId)
  if (!found || found.grant.credentialPath !== path) return null
  const { account, grant } = found
  const custody = grant.refreshTokenFingerprint === null ? 'none' : 'dashboard'
  if (grant.custody !== 'cli' && grant.custody !== custody) return null
  const suspectAt = isSuspect ? context.clock.now() : grant.suspectAt
  const facts = {
    custody,
    isPaused: account.pausedAt !== null,
    hasRefreshToken: custody === 'dashboard',
    refusedAt: grant.refusedAt,
    // Handing a token round is no exchange.
    generation: 1,
    accessTokenIssuedAt: grant.accessTokenIssuedAt,
    accessTokenExpiresAt: grant.accessTokenExpiresAt,
  }
  const next = {
    ...resealed(context, grant),
    custody,
    suspectAt,
    credentialPath: null,
    credentialMachineId: null,
    nextRefreshAt: nextRefreshAt(facts, context.random),
  }
  return moveOf(context, { grant, next, how: 'taken_over', kind: 'grant.taken_back', path, actor })
}

function resealed(context: AccountsContext, grant: GrantRow) {
  return sealTokens(context.vault, grant.accountId, grant.generation + 1, openTokens(context.vault, grant))
}

interface Move extends Pick<CustodyMove, 'grant' | 'next'> {
  grant: GrantRow
  how: 'handed_over' | 'taken_over'
  kind: string
  path: string
  actor: Actor
}

function moveOf({ clock }: AccountsContext, { grant, next, how, kind, path, actor }: Move): CustodyMove {
  const { accountId } = grant
  const details = { path, generation: grant.generation + 1 }
  return {
    ...{ grant, next },
    lineage: { how, actor, why: path },
    event: { at: clock.now(), accountId, kind, actor, details },
  }
}

async function moveNow(context: AccountsContext, move: CustodyMove): Promise<boolean> {
  const isMoved = await moveCustody(context.database, move)
  if (isMoved) tellMoved(context, move)
  return isMoved
}

/** Says that a move of custody was committed. */
export function tellMoved({ log, events }: AccountsContext, { grant, event }: CustodyMove): void {
  const { kind, accountId } = event
  log.info(kind, { account: accountId, generation: grant.generation + 1 })
  if (accountId) events.publish({ type: 'account.changed', accountId })
}
