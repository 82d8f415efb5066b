/**
 * Keeps what was seen in a credential file, so that marks can be derived from it, and which copy of whose login it is, and
 * tells pages when that changed. Never touches a grant.
 */

import type { CredentialPlace, CredentialReading } from '../cli-credentials/credential-file.ts'
import {
  type CredentialFileRow,
  findCredentialFile,
  listAccountIdentities,
  listFollowedGrants,
  saveCredentialFile,
} from '../db/credential-file-store.ts'
import { type CopyRow, findFamily, keepCopies, listCopiesAt } from '../db/grant-copy-store.ts'
import { HOUR_MS } from '../lib/clock.ts'
import { newId } from '../lib/random.ts'
import { type Identity, isSameIdentity } from '../oauth/identity.ts'
import type { AccountsContext } from './context.ts'
import { thisMachineId } from './machines.ts'

/** How old the record of a copy that stays may become before it is confirmed. */
export const COPY_CONFIRMED_MS = HOUR_MS

/**
 * Records a reading unless it says what is known already. A file that is not there is recorded only if it was there
 * before or an account follows it.
 *
 * Shape:  `identity` is whose login it is, null when it is not live or nobody can tell; `isAlias`: the same file is looked
 *   at under another path, and is no copy of its own → true when something changed
 */
export async function observeFile(
  context: AccountsContext,
  place: CredentialPlace,
  reading: CredentialReading,
  identity: Identity | null,
  { isAlias = false } = {},
): Promise<boolean> {
  const { database, clock, events } = context
  const machineId = thisMachineId(context)
  const file = { machineId, path: place.path }
  const before = await findCredentialFile(database, file)
  const followers = (await listFollowedGrants(database, { machineId })).filter(
    ({ grant }) => grant.credentialPath === place.path,
  )
  if (reading.state === 'missing' && !before && followers.length === 0) return false
  const holder = identity && (await findHolder(context, place.provider, identity))
  const row: CredentialFileRow = {
    ...file,
    provider: place.provider,
    kind: place.kind,
    accountId: holder ?? (identity === null ? (followers[0]?.account.id ?? null) : null),
    observedAt: clock.now(),
    ...whatWasSeen(context, reading, identity),
  }
  const copies = await changedCopies(context, place, row, { holder, isKnown: identity !== null, isAlias })
  const isSame = before !== null && isSameObservation(before, row)
  if (isSame && copies.every(({ isNews }) => !isNews)) {
    await keepCopies(
      database,
      copies.map(({ copy }) => copy),
    )
    return false
  }
  await saveCredentialFile(
    database,
    row,
    copies.map(({ copy }) => copy),
  )
  const concerned = new Set([
    ...followers.map(({ account }) => account.id),
    ...copies.map(({ copy }) => copy.accountId),
    row.accountId,
    before?.accountId ?? null,
  ])
  for (const accountId of concerned) if (accountId) events.publish({ type: 'account.changed', accountId })
  events.publish({ type: 'candidates.changed' })
  return true
}

async function findHolder(context: AccountsContext, provider: string, identity: Identity): Promise<string | null> {
  const accounts = await listAccountIdentities(context.database)
  return accounts.find((account) => account.provider === provider && isSameIdentity(account, identity))?.id ?? null
}

type Seen = Omit<CredentialFileRow, 'machineId' | 'path' | 'provider' | 'kind' | 'accountId' | 'observedAt'>

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

/** States in which nobody can say what lies in the file: what was known of it stays. */
const UNTOLD = new Set(['torn', 'not_permitted', 'foreign'])

/** What is known of whose login lies in a file. */
interface Claim {
  /** The account that the identity in the file is one of here. */
  holder: string | null
  /** Somebody could say whose it is. */
  isKnown: boolean
  isAlias: boolean
}

/** A record to be written, and whether it says something new or only that all is as it was. */
interface CopyChange {
  copy: CopyRow
  isNews: boolean
}

/**
 * The records of copies that a look at a place changes. A token that was ever here says itself whose it is; one that
 * nobody knows is of the account that the file names, and of the login that lay in the place before it.
 */
async function changedCopies(
  context: AccountsContext,
  place: CredentialPlace,
  file: CredentialFileRow,
  { holder, isKnown, isAlias }: Claim,
): Promise<CopyChange[]> {
  const { database, clock, random } = context
  const known = await listCopiesAt(database, { machineId: file.machineId, place: place.path })
  if (UNTOLD.has(file.state) && !isAlias) return []
  const fingerprint = file.state === 'live' && !isAlias ? file.refreshTokenFingerprint : null
  const family = fingerprint === null ? null : await findFamily(database, fingerprint)
  // Where nobody can tell whose an unknown token is, it may be the next one of what lay here.
  const accountId = family?.accountId ?? holder ?? (isKnown ? null : (known[0]?.accountId ?? null))
  const now = clock.now()
  const kind = place.kind === 'profile' ? 'profile' : 'cli_file'
  const former =
    fingerprint === null ? undefined : known.find((copy) => copy.accountId === accountId && copy.kind === kind)
  const gone = known.filter((copy) => copy !== former).map((copy) => ({ copy: { ...copy, goneAt: now }, isNews: true }))
  if (fingerprint === null || accountId === null) return gone
  const copy: CopyRow = {
    id: former?.id ?? newId(random, 'cop'),
    accountId,
    kind,
    machineId: file.machineId,
    place: place.path,
    grantId: family?.grantId ?? former?.grantId ?? null,
    refreshTokenFingerprint: fingerprint,
    generation: family?.generation ?? null,
    accessTokenExpiresAt: file.accessTokenExpiresAt,
    mayRefresh: true,
    seenAt: now,
    goneAt: null,
  }
  const isNews = former === undefined || !isSameCopy(former, copy)
  const isDue = former === undefined || now - former.seenAt >= COPY_CONFIRMED_MS
  return isNews || isDue ? [...gone, { copy, isNews }] : gone
}

function isSameCopy(before: CopyRow, after: CopyRow): boolean {
  return (
    before.kind === after.kind &&
    before.grantId === after.grantId &&
    before.refreshTokenFingerprint === after.refreshTokenFingerprint &&
    before.generation === after.generation &&
    before.accessTokenExpiresAt === after.accessTokenExpiresAt
  )
}

function isSameObservation(before: CredentialFileRow, after: CredentialFileRow): boolean {
  const { observedAt: _, ...left } = before
  const { observedAt: __, ...right } = after
  return (Object.keys(right) as (keyof typeof right)[]).every((name) => left[name] === right[name])
}
