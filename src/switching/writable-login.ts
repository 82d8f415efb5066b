/** The login of an account in the form in which a CLI's files hold it, and what is kept of it beside the tokens. */

import type { AccountsContext } from '../accounts/context.ts'
import { openTokens } from '../accounts/grant-tokens.ts'
import { cliMembersPlace } from '../accounts/sealed-places.ts'
import type { WritableLogin } from '../cli-credentials/writable-login.ts'
import type { AccountRow } from '../db/account-store.ts'
import { type CliMembersRow, findCliMembers, saveCliMembers } from '../db/custody-store.ts'
import type { GrantRow } from '../db/grant-store.ts'
import type { Secret } from '../lib/secret.ts'
import type { Provider } from '../oauth/provider.ts'
import { builtInProviders } from '../oauth/providers/index.ts'

/** An account with its current grant. */
export interface Holder {
  account: AccountRow
  grant: GrantRow
}

/**
 * The login as it is written.
 *
 * Shape:  `found` is what the place held of somebody beside the tokens; when it is this account's, it is newer than what is kept
 * Errors: StoreError; EnvelopeError when an envelope is not of its row
 */
export async function writableLogin(
  context: AccountsContext,
  provider: Provider,
  { account, grant }: Holder,
  found: FoundMembers | null = null,
): Promise<WritableLogin> {
  const { subject, organizationId, organizationName, email, displayName, plan, rateLimitTier } = account
  return {
    identity: { subject, organizationId, organizationName, email, displayName, plan, rateLimitTier },
    ...openTokens(context.vault, grant),
    scopes: grant.scopes,
    accessTokenExpiresAt: grant.accessTokenExpiresAt,
    loginExpiresAt: grant.loginExpiresAt,
    clientId: clientOf(provider, grant),
    issuedAt: grant.accessTokenIssuedAt,
    members: found?.accountId === account.id ? found.members : await openMembers(context, account.id),
  }
}

/** The client that obtained it, where the CLI would take another for granted. */
function clientOf(provider: Provider, grant: GrantRow): string | null {
  if (grant.clientId !== null) return grant.clientId
  const own = [...builtInProviders].find((builtIn) => builtIn.id === provider.id)?.clientId
  return own === provider.clientId ? null : provider.clientId
}

async function openMembers({ database, vault }: AccountsContext, accountId: string): Promise<Secret | null> {
  const sealed = await findCliMembers(database, accountId)
  return sealed === null ? null : vault.open(cliMembersPlace(accountId), sealed)
}

/** What a CLI's file holds of an account beside its tokens. */
export interface FoundMembers {
  accountId: string
  members: Secret
}

/** The same as it is kept. */
export function sealedMembers({ vault, clock }: AccountsContext, { accountId, members }: FoundMembers): CliMembersRow {
  return { accountId, membersSealed: vault.seal(cliMembersPlace(accountId), members), at: clock.now() }
}

/** Keeps it. Errors: StoreError */
export async function keepMembers(context: AccountsContext, found: FoundMembers | null): Promise<void> {
  if (found) await saveCliMembers(context.database, sealedMembers(context, found))
}
