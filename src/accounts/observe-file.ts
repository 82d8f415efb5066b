/**
 * Keeps what was seen in a credential file, so that marks can be derived from it, and tells pages when it changed. Never
 * touches a grant.
 */

import type { CredentialPlace, CredentialReading } from '../cli-credentials/credential-file.ts'
import {
  type CredentialFileRow,
  findCredentialFile,
  listAccountIdentities,
  listFollowedGrants,
  saveCredentialFile,
} from '../db/credential-file-store.ts'
import { type Identity, isSameIdentity } from '../oauth/identity.ts'
import type { AccountsContext } from './context.ts'

/**
 * Records a reading unless it says what is known already. A file that is not there is recorded only if it was there
 * before or an account follows it.
 *
 * Shape:  `identity` is whose login it is, null when it is not live or nobody can tell → true when something changed
 */
export async function observeFile(
  context: AccountsContext,
  place: CredentialPlace,
  reading: CredentialReading,
  identity: Identity | null,
): Promise<boolean> {
  const { database, clock, events } = context
  const before = await findCredentialFile(database, place.path)
  const followers = (await listFollowedGrants(database)).filter(({ grant }) => grant.credentialPath === place.path)
  if (reading.state === 'missing' && !before && followers.length === 0) return false
  const holder = identity && (await findHolder(context, place.provider, identity))
  const row: CredentialFileRow = {
    path: place.path,
    provider: place.provider,
    kind: place.kind,
    accountId: holder ?? (identity === null ? (followers[0]?.account.id ?? null) : null),
    observedAt: clock.now(),
    ...whatWasSeen(context, reading, identity),
  }
  if (before && isSameObservation(before, row)) return false
  await saveCredentialFile(database, row)
  const concerned = new Set([...followers.map(({ account }) => account.id), row.accountId, before?.accountId ?? null])
  for (const accountId of concerned) if (accountId) events.publish({ type: 'account.changed', accountId })
  events.publish({ type: 'candidates.changed' })
  return true
}

async function findHolder(context: AccountsContext, provider: string, identity: Identity): Promise<string | null> {
  const accounts = await listAccountIdentities(context.database)
  return accounts.find((account) => account.provider === provider && isSameIdentity(account, identity))?.id ?? null
}

type Seen = Omit<CredentialFileRow, 'path' | 'provider' | 'kind' | 'accountId' | 'observedAt'>

function whatWasSeen(context: AccountsContext, reading: CredentialReading, identity: Identity | null): Seen {
  const tokens = reading.state === 'live' ? reading.tokens : null
  return {
    state: reading.state,
    modifiedAt: 'modifiedAt' in reading ? reading.modifiedAt : null,
    subject: identity?.subject ?? null,
    organizationId: identity?.organizationId ?? null,
    email: identity?.email ?? null,
    refreshTokenFingerprint: tokens?.refreshToken
      ? context.vault.fingerprint('refresh_token', tokens.refreshToken)
      : null,
    accessTokenExpiresAt: tokens?.accessTokenExpiresAt ?? null,
  }
}

function isSameObservation(before: CredentialFileRow, after: CredentialFileRow): boolean {
  const { observedAt: _, ...left } = before
  const { observedAt: __, ...right } = after
  return (Object.keys(right) as (keyof typeof right)[]).every((name) => left[name] === right[name])
}
