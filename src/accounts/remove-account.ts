/**
 * Forgets an account with everything sealed for it; on request the provider is asked to end the login. What is to be ended
 * is durable before the provider is asked, and goes on being asked for after a crash. A login that a CLI holds is ended
 * only after a second yes.
 */

import { type AccountRow, findAccountById } from '../db/account-store.ts'
import type { AuditDetails } from '../db/audit-store.ts'
import { findCurrentGrant, type GrantRow } from '../db/grant-store.ts'
import { findRevocation, type RevocationRow, writeAccountEnd } from '../db/revocation-store.ts'
import { SECOND_MS } from '../lib/clock.ts'
import { newId } from '../lib/random.ts'
import { adoptFromFile } from './adopt-from-file.ts'
import type { AccountsContext, Actor } from './context.ts'
import { AccountError } from './errors.ts'
import { openTokens } from './grant-tokens.ts'
import { CLAIM_MS, revocationPlace, tryRevocation } from './revocations.ts'
import { previewGrant, type SignOutPreview } from './sign-out-preview.ts'
import { namingStoreRefusals, type Persistence, persistently } from './store-refusals.ts'

const REMOVAL: Persistence = { tries: 4, waits: { firstMs: 250, factor: 2, maxMs: SECOND_MS, jitter: 0.2 } }
/** A refresh in another process ends within its lease; its answer is waited for at most this long. Milliseconds. */
const LEASE_WAIT_MS = 70 * SECOND_MS
const LEASE_LOOK_MS = 500

/**
 * `confirmed` only when the provider said so; `pending`: it goes on being asked; `not_confirmed`: it refused, or there is
 * nothing to ask with. `revocationCode` says why it is not confirmed.
 */
export interface Removal {
  accountId: string
  provider: string
  revocation: 'not_asked' | 'confirmed' | 'pending' | 'not_confirmed' | 'not_supported'
  revocationCode: string | null
}

export interface RemovalRequest {
  revoke: boolean
  /** The second yes: end the login although a CLI or another machine holds it. */
  confirmCli?: boolean
  actor: Actor
}

/**
 * Removes an account. A refresh under way is waited for, so that no answer comes back to nobody.
 *
 * Errors: AccountError account_not_found, revoke_would_break_cli and try_again_later (nothing is removed then), store_failed
 */
export async function removeAccount(
  context: AccountsContext,
  accountId: string,
  request: RemovalRequest,
): Promise<Removal> {
  await refreshesEnded(context, accountId)
  return namingStoreRefusals(() => remove(context, accountId, request))
}

async function refreshesEnded(context: AccountsContext, accountId: string): Promise<void> {
  if (!context.refreshes.isRunning(accountId)) return
  await context.refreshes
    .run(accountId, () => Promise.reject(new AccountError('account_not_found', { account: accountId })))
    .catch(() => undefined)
}

async function remove(context: AccountsContext, accountId: string, request: RemovalRequest): Promise<Removal> {
  const { account, grant } = await read(context, accountId)
  if (!request.revoke || !grant) return forget(context, account, request, NOT_ASKED)
  // What a CLI rotated meanwhile is what has to be ended.
  if (request.confirmCli) await adoptFromFile(context, accountId)
  const lookedAt = context.clock.monotonic()
  for (;;) {
    const now = await read(context, accountId)
    if (!now.grant) return forget(context, now.account, request, NOT_ASKED)
    const preview = await previewGrant(context, account.provider, now.grant)
    refuseWithoutSecondYes(preview, request)
    const { reach } = preview
    if (reach === 'not_supported') return forget(context, account, request, { revocation: reach, revocationCode: null })
    if (reach === 'key_reset') {
      return forget(context, account, request, { revocation: 'not_confirmed', revocationCode: reach })
    }
    const row = await forgetButRevoke(context, account, now.grant, request)
    if (row) {
      const { revocation, code } = await tryRevocation(context, row, request)
      return { accountId, provider: account.provider, revocation, revocationCode: code }
    }
    await read(context, accountId)
    // Another process refreshes it: what that brings is what has to be ended.
    if (context.clock.monotonic() - lookedAt > LEASE_WAIT_MS) {
      throw new AccountError('try_again_later', { retryAt: context.clock.now() + LEASE_WAIT_MS })
    }
    await context.clock.sleep(LEASE_LOOK_MS)
  }
}

/** Errors: AccountError account_not_found */
async function read(
  context: AccountsContext,
  accountId: string,
): Promise<{ account: AccountRow; grant: GrantRow | null }> {
  const account = await findAccountById(context.database, accountId)
  if (!account) throw new AccountError('account_not_found', { account: accountId })
  return { account, grant: await findCurrentGrant(context.database, accountId) }
}

function refuseWithoutSecondYes(preview: SignOutPreview, { confirmCli = false }: RemovalRequest): void {
  if (!preview.needsSecondYes || confirmCli) return
  const path = preview.copies
    .map(({ place, machine }) => (machine === null ? place : `${machine}: ${place}`))
    .join(', ')
  throw new AccountError('revoke_would_break_cli', { path })
}

type Revocation = Pick<Removal, 'revocation' | 'revocationCode'>

const NOT_ASKED: Revocation = { revocation: 'not_asked', revocationCode: null }

async function forget(
  context: AccountsContext,
  account: AccountRow,
  { actor }: RemovalRequest,
  revocation: Revocation,
): Promise<Removal> {
  const { id: accountId, provider } = account
  const at = context.clock.now()
  const events = [removalEvent(context, account, actor, { ...revocation })]
  await persistently(context, REMOVAL, () =>
    writeAccountEnd(context.database, { accountId, at, events, revocation: null }),
  )
  tell(context, accountId, revocation.revocation)
  return { accountId, provider, ...revocation }
}

/** The revocation, durable and its first try counted; null when the grant is not any more what was read. */
async function forgetButRevoke(
  context: AccountsContext,
  account: AccountRow,
  grant: GrantRow,
  { actor, confirmCli = false }: RemovalRequest,
): Promise<RevocationRow | null> {
  const { database, owner } = context
  const row = newRevocation(context, account, grant, actor)
  const events = [removalEvent(context, account, actor, { revocation: 'asked', confirmCli })]
  const end = { accountId: account.id, at: row.requestedAt, events, revocation: { row, grant, owner } }
  const isRemoved = await persistently(
    context,
    REMOVAL,
    async () =>
      // The answer to a commit can be lost; then the row is there.
      (await writeAccountEnd(database, end)) || (await findRevocation(database, row.id)) !== null,
  )
  if (!isRemoved) return null
  tell(context, account.id, 'asked')
  return row
}

function newRevocation(context: AccountsContext, account: AccountRow, grant: GrantRow, actor: Actor): RevocationRow {
  const id = newId(context.random, 'rev')
  const { accessToken, refreshToken } = openTokens(context.vault, grant)
  const now = context.clock.now()
  return {
    id,
    provider: account.provider,
    accountId: account.id,
    accountName: account.label ?? account.email ?? account.subject,
    tokenSealed: context.vault.seal(revocationPlace(id), refreshToken ?? accessToken),
    tokenHint: refreshToken ? 'refresh_token' : 'access_token',
    clientId: grant.clientId,
    actor,
    requestedAt: now,
    tries: 1,
    nextTryAt: now + CLAIM_MS,
    lastFailureCode: null,
    confirmedAt: null,
    gaveUpAt: null,
  }
}

function removalEvent(context: AccountsContext, account: AccountRow, actor: Actor, details: AuditDetails) {
  const { provider, email } = account
  const event = { at: context.clock.now(), accountId: account.id, kind: 'account.removed', actor }
  return { ...event, details: { provider, email, ...details } }
}

function tell(context: AccountsContext, accountId: string, revocation: string): void {
  context.log.info('account.removed', { account: accountId, revocation })
  context.events.publish({ type: 'account.removed', accountId })
}
