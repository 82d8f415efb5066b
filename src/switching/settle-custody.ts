/**
 * The ways out of a conflict: from now on a CLI owns the login, in one file, or the dashboard does. What others on this
 * machine hold of it is taken out of their files first, with a backup, and the newest token is never among what is lost.
 */

import type { AccountSummary } from '../accounts/account-summary.ts'
import { adoptFromFile } from '../accounts/adopt-from-file.ts'
import type { AccountsContext, Actor } from '../accounts/context.ts'
import { type CustodyMap, custodyMap, lookForCopies, type MappedCopy } from '../accounts/custody-map.ts'
import { AccountError } from '../accounts/errors.ts'
import { placeName } from '../accounts/held-copies.ts'
import { getAccount } from '../accounts/list-accounts.ts'
import { thisMachineId } from '../accounts/machines.ts'
import { namingStoreRefusals } from '../accounts/store-refusals.ts'
import { changeGrant, findAccountAndGrant } from '../db/grant-store.ts'
import { SECOND_MS } from '../lib/clock.ts'
import { clearPlace, deactivateAccount } from './clear-place.ts'
import { handOver } from './custody.ts'

/** Who is to own a login. Without a path, the dashboard takes every file of this machine home. */
export type CustodyChoice = { custodian: 'cli'; path: string } | { custodian: 'dashboard'; path?: string }

/** How long whoever met a refresh under way is told to wait. */
const BUSY_MS = 30 * SECOND_MS

/**
 * Settles who owns the login of an account.
 *
 * Errors: AccountError account_not_found, custody_no_copy, custody_copy_older, custody_newer_elsewhere, custody_copy_doubtful,
 *   custody_elsewhere, try_again_later, and those of `clearPlace`. What was taken out before a refusal stays taken out
 */
export function settleCustody(
  context: AccountsContext,
  accountId: string,
  { actor, ...choice }: CustodyChoice & { actor: Actor },
): Promise<AccountSummary> {
  return namingStoreRefusals(async () => {
    // Newer tokens come home first, and what is seen now is what is decided on.
    await adoptFromFile(context, accountId)
    await lookForCopies(context, accountId)
    const map = await custodyMap(context, accountId)
    if (choice.custodian === 'cli') await giveToCli(context, accountId, map, { path: choice.path, actor })
    else await takeHome(context, accountId, map, { path: choice.path, actor })
    return getAccount(context, accountId)
  })
}

/** Copies of this very login that lie in files of this machine. */
function copiesHere({ copies }: CustodyMap): MappedCopy[] {
  return copies.filter(({ mayRefresh, holds, machine }) => mayRefresh && holds !== 'separate' && machine?.isThis)
}

async function giveToCli(
  context: AccountsContext,
  accountId: string,
  map: CustodyMap,
  { path, actor }: { path: string; actor: Actor },
): Promise<void> {
  const here = copiesHere(map)
  const target = here.find(({ place }) => place === path)
  if (!target) throw noCopy(map, path)
  // Its token is spent: a CLI that went on with it would end the login.
  if (target.holds === 'older') throw new AccountError('custody_copy_older', { path })
  const others = here.filter((copy) => copy !== target)
  const newer = others.find(({ holds, isFollowed }) => !isFollowed && (holds === 'newer' || holds === 'unknown'))
  if (newer) throw new AccountError('custody_newer_elsewhere', { path: newer.place })
  for (const copy of others) await takeOut(context, accountId, copy, actor)
  if (target.isFollowed) return
  await adoptFromFile(context, accountId)
  await lookForCopies(context, accountId)
  const now = copiesHere(await custodyMap(context, accountId)).find(({ place }) => place === path)
  if (now?.holds !== 'current') throw new AccountError('custody_copy_doubtful', { path })
  await handOverTo(context, accountId, { path, actor })
}

async function handOverTo(
  context: AccountsContext,
  accountId: string,
  act: { path: string; actor: Actor },
): Promise<void> {
  const holder = await findAccountAndGrant(context.database, accountId)
  if (!holder) throw new AccountError('account_not_found', { account: accountId })
  if (!(await handOver(context, holder, act))) throw busy(context)
  await lookForCopies(context, accountId)
}

async function takeHome(
  context: AccountsContext,
  accountId: string,
  map: CustodyMap,
  { path, actor }: { path?: string; actor: Actor },
): Promise<void> {
  const here = copiesHere(map)
  const chosen = path === undefined ? here : here.filter(({ place }) => place === path)
  if (path !== undefined && chosen.length === 0) throw noCopy(map, path)
  const elsewhere = map.copies.find(({ isRival, machine }) => isRival && !machine?.isThis)
  if (here.length === 0 && elsewhere) throw new AccountError('custody_elsewhere', { path: placeName(elsewhere) })
  // The followed file first: after it the login is ours, and newer tokens of the others are adopted as they go.
  for (const copy of chosen.toSorted((a, b) => Number(b.isFollowed) - Number(a.isFollowed))) {
    await takeOut(context, accountId, copy, actor)
  }
  if (path === undefined && map.custody === 'cli' && !here.some(({ isFollowed }) => isFollowed)) {
    await deactivateAccount(context, { accountId, actor })
  }
}

/** Takes a copy out of its file, after the newest of its tokens came home under the CLI's locks. */
async function takeOut(context: AccountsContext, accountId: string, copy: MappedCopy, actor: Actor): Promise<void> {
  if (copy.isFollowed) {
    await deactivateAccount(context, { accountId, actor })
    return
  }
  const found = await findAccountAndGrant(context.database, accountId)
  if (!found) throw new AccountError('account_not_found', { account: accountId })
  const { account, grant } = found
  if (grant.custody === 'dashboard') {
    // Only what a grant follows is brought home by whoever empties the place.
    const follows = { credentialPath: copy.place, credentialMachineId: thisMachineId(context) }
    if (!(await changeGrant(context.database, grant, follows))) throw busy(context)
  }
  await clearPlace(context, { path: copy.place, provider: account.provider, actor })
}

function noCopy(map: CustodyMap, path: string): AccountError {
  const elsewhere = map.copies.find(({ place, machine }) => place === path && !machine?.isThis)
  return elsewhere
    ? new AccountError('custody_elsewhere', { path: placeName(elsewhere) })
    : new AccountError('custody_no_copy', { path })
}

function busy({ clock }: AccountsContext): AccountError {
  return new AccountError('try_again_later', { retryAt: clock.now() + BUSY_MS })
}
