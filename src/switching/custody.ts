/**
 * Moves a grant between the dashboard and a CLI: the same tokens as a new generation, so that the lineage tells of it and
 * whoever held the former generation finds it gone. Writes no file.
 */

import type { AccountsContext, Actor } from '../accounts/context.ts'
import { openTokens, sealTokens } from '../accounts/grant-tokens.ts'
import { thisMachineId } from '../accounts/machines.ts'
import { nextRefreshAt } from '../accounts/refresh-policy.ts'
import { isUnsaved } from '../accounts/save-answer.ts'
import { moveCustody } from '../db/custody-store.ts'
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
 * Shape:  → the grant as it is now; null when it is being refreshed or is not any more what was read
 * Errors: StoreError; then nothing was changed
 */
export async function handOver(
  context: AccountsContext,
  { account, grant }: Holder,
  { path, actor }: CustodyAct,
): Promise<GrantRow | null> {
  // A good answer that is not in the database yet: the token that is there is spent.
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
  const isMoved = await move(context, { grant, next, how: 'handed_over', kind: 'grant.handed_over', path, actor })
  return isMoved ? { ...grant, ...next, generation: grant.generation + 1 } : null
}

/**
 * Takes a grant back that a CLI held in `path`; a login without a refresh token is nobody's. Does nothing when it is not
 * held there any more.
 *
 * Shape:  → true when it was taken back
 * Errors: StoreError
 */
export async function takeBack(
  context: AccountsContext,
  accountId: string,
  { path, actor, isSuspect = false }: CustodyAct,
): Promise<boolean> {
  const found = await findAccountAndGrant(context.database, accountId)
  if (!found || found.grant.credentialPath !== path) return false
  const { account, grant } = found
  const custody = grant.refreshTokenFingerprint === null ? 'none' : 'dashboard'
  if (grant.custody !== 'cli' && grant.custody !== custody) return false
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
  return move(context, { grant, next, how: 'taken_over', kind: 'grant.taken_back', path, actor })
}

function resealed(context: AccountsContext, grant: GrantRow) {
  return sealTokens(context.vault, grant.accountId, grant.generation + 1, openTokens(context.vault, grant))
}

interface Move {
  grant: GrantRow
  next: Parameters<typeof moveCustody>[1]['next']
  how: 'handed_over' | 'taken_over'
  kind: string
  path: string
  actor: Actor
}

async function move(context: AccountsContext, { grant, next, how, kind, path, actor }: Move): Promise<boolean> {
  const { accountId } = grant
  const details = { path, generation: grant.generation + 1 }
  const isMoved = await moveCustody(context.database, {
    ...{ grant, next },
    lineage: { how, actor, why: path },
    event: { at: context.clock.now(), accountId, kind, actor, details },
  })
  if (!isMoved) return false
  context.log.info(kind, { account: accountId, generation: grant.generation + 1 })
  context.events.publish({ type: 'account.changed', accountId })
  return true
}
