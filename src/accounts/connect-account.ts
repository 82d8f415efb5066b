/**
 * Puts a grant to its account: a new account for a new identity, a new grant for a known one. The new grant is durable
 * before the old one is retired. Asks no provider and reads no file.
 */

import { type AccountRow, findAccountById, findAccountByIdentity, writeConnection } from '../db/account-store.ts'
import type { AuditEvent } from '../db/audit-store.ts'
import type { GenerationStart } from '../db/generation-store.ts'
import { findCurrentGrant, type GrantRow } from '../db/grant-store.ts'
import { StoreError } from '../db/query.ts'
import { newId } from '../lib/random.ts'
import { type Identity, isSameIdentity } from '../oauth/identity.ts'
import type { Provider } from '../oauth/provider.ts'
import type { TokenSet } from '../oauth/token-response.ts'
import type { Custody } from './account-summary.ts'
import type { AccountsContext, Actor } from './context.ts'
import { refuseWhileSignedOut } from './end-revocation.ts'
import { AccountError } from './errors.ts'
import { sealTokens } from './grant-tokens.ts'
import { returnToDuty } from './machines.ts'
import { nextRefreshAt } from './refresh-policy.ts'

export interface ConnectRequest {
  provider: Provider
  tokens: TokenSet
  identity: Identity
  custody: Custody
  /** How the grant came here: `callback`, `paste`, `device`, `link`, `take_over`, … */
  origin: string
  label?: string | null
  /** Signing in again: another identity than this account's is refused. */
  expectedAccountId?: string | null
  /** The file that it is followed in, or that also holds it. */
  credentialPath?: string | null
  /** The client that obtained it, where that is not the provider's configured one. */
  clientId?: string | null
  actor: Actor
}

/** Two that connect one identity at once: the second sees what the first wrote and tries again. */
const TRIES = 4

/**
 * Connects a grant.
 *
 * Shape:  → the id of the account, which is the old one for a known identity: label, position and history stay
 * Errors: AccountError identity_mismatch, account_not_found, already_dashboard (a live grant of our own is not replaced by
 *   one that we could not refresh); StoreError, with nothing changed
 */
export async function connectAccount(
  context: AccountsContext,
  request: ConnectRequest,
): Promise<{ accountId: string }> {
  for (let tries = 1; ; tries++) {
    try {
      return await connect(context, request)
    } catch (error) {
      if (!(error instanceof StoreError && error.code === 'constraint') || tries === TRIES) throw error
    }
  }
}

async function connect(context: AccountsContext, request: ConnectRequest): Promise<{ accountId: string }> {
  const { database, clock } = context
  const { provider, identity } = request
  if (request.expectedAccountId) await expectIdentity(context, request.expectedAccountId, request)
  await refuseWhileSignedOut(context, request.tokens)
  const known = await findAccountByIdentity(database, { provider: provider.id, ...identity })
  const old = known && (await findCurrentGrant(database, known.id))
  if (old && isOwnAndAlive(old) && request.custody !== 'dashboard') {
    throw new AccountError('already_dashboard', { account: known.label ?? known.email ?? known.id })
  }
  const now = clock.now()
  // Before the row is there: a machine that cannot refresh must not hold a login that nobody refreshes.
  if (request.custody === 'dashboard') await returnToDuty(context)
  const account = accountRow(context, request, known, now)
  await writeConnection(database, {
    account: { id: account.id, isNew: known === null, row: account },
    grant: grantRow(context, request, account, now),
    replaces: old?.id ?? null,
    lineage: { how: lineageOf(request.origin), actor: request.actor, why: request.credentialPath ?? request.origin },
    now,
    events: connectionEvents(request, account.id, old, now),
  })
  context.log.info('account.connected', { account: account.id, provider: provider.id, custody: request.custody })
  context.events.publish({ type: 'account.connected', accountId: account.id })
  return { accountId: account.id }
}

function lineageOf(origin: string): GenerationStart['how'] {
  return LINEAGE[origin] ?? 'signed_in'
}

/** Origins that are not a sign-in here. */
const LINEAGE: Record<string, GenerationStart['how']> = {
  link: 'linked',
  cli_profile: 'linked',
  take_over: 'taken_over',
  token_pair: 'added',
  access_token: 'added',
  setup_token: 'added',
}

async function expectIdentity(context: AccountsContext, accountId: string, request: ConnectRequest): Promise<void> {
  const expected = await findAccountById(context.database, accountId)
  if (!expected) throw new AccountError('account_not_found', { account: accountId })
  if (expected.provider === request.provider.id && isSameIdentity(expected, request.identity)) return
  const names = [identityName(expected), identityName(request.identity)] as const
  // Where the provider tells no name of a workspace, its id is what tells two of them apart.
  const isAmbiguous = names[0] === names[1]
  throw new AccountError('identity_mismatch', {
    expected: isAmbiguous ? `${names[0]}, ${expected.organizationId || expected.subject}` : names[0],
    actual: isAmbiguous ? `${names[1]}, ${request.identity.organizationId || request.identity.subject}` : names[1],
  })
}

/** E-mail and organisation, because two workspaces with one e-mail are two accounts. */
function identityName(identity: Pick<Identity, 'subject' | 'email' | 'organizationName'>): string {
  const name = identity.email ?? identity.subject
  return identity.organizationName ? `${name} (${identity.organizationName})` : name
}

function isOwnAndAlive(grant: GrantRow): boolean {
  return grant.custody === 'dashboard' && grant.refusedAt === null
}

function accountRow(
  context: AccountsContext,
  { provider, identity, label }: ConnectRequest,
  known: AccountRow | null,
  now: number,
): Omit<AccountRow, 'position'> {
  const isProfileKnown = identity.plan !== null || identity.rateLimitTier !== null
  return {
    id: known?.id ?? newId(context.random, 'acc'),
    provider: provider.id,
    subject: identity.subject,
    organizationId: identity.organizationId,
    organizationName: identity.organizationName ?? known?.organizationName ?? null,
    email: identity.email ?? known?.email ?? null,
    displayName: identity.displayName ?? known?.displayName ?? null,
    plan: identity.plan ?? known?.plan ?? null,
    rateLimitTier: identity.rateLimitTier ?? known?.rateLimitTier ?? null,
    label: label || (known?.label ?? null),
    pausedAt: known?.pausedAt ?? null,
    profileReadAt: isProfileKnown ? now : (known?.profileReadAt ?? null),
    profileFailure: isProfileKnown ? null : (known?.profileFailure ?? null),
    createdAt: known?.createdAt ?? now,
  }
}

function grantRow(
  context: AccountsContext,
  request: ConnectRequest,
  account: Omit<AccountRow, 'position'>,
  now: number,
): GrantRow {
  const { tokens, custody, provider } = request
  const generation = 1
  const sealed = sealTokens(context.vault, account.id, generation, tokens)
  const facts = {
    custody,
    isPaused: account.pausedAt !== null,
    hasRefreshToken: sealed.refreshTokenSealed !== null,
    refusedAt: null,
    generation,
    accessTokenIssuedAt: now,
    accessTokenExpiresAt: tokens.accessTokenExpiresAt,
  }
  return {
    ...sealed,
    id: newId(context.random, 'grt'),
    accountId: account.id,
    custody,
    origin: request.origin,
    generation,
    clientId: request.clientId ?? null,
    scopes: tokens.scopes ?? [...provider.scopes],
    accessTokenIssuedAt: now,
    accessTokenExpiresAt: tokens.accessTokenExpiresAt,
    loginExpiresAt: tokens.loginExpiresAt,
    credentialPath: request.credentialPath ?? null,
    credentialMachineId: request.credentialPath ? (context.machine?.id ?? null) : null,
    createdAt: now,
    retiredAt: null,
    // A file or a pasted token proves nothing; a provider that just answered does.
    lastProofAt: PROVEN_ORIGINS.has(request.origin) ? now : null,
    refusedAt: null,
    refusalCode: null,
    uncertainAt: null,
    suspectAt: null,
    failures: 0,
    lastFailureAt: null,
    lastFailureCode: null,
    lastFailureDetail: null,
    nextRefreshAt: nextRefreshAt(facts, context.random),
    leaseOwner: null,
    leaseEpoch: 0,
    leaseUntil: null,
  }
}

/** Ways of getting a grant in which the provider itself handed it to us. */
const PROVEN_ORIGINS = new Set(['callback', 'paste', 'device'])

function connectionEvents(
  { custody, origin, credentialPath = null, actor }: ConnectRequest,
  accountId: string,
  old: GrantRow | null,
  at: number,
): AuditEvent[] {
  const connected = { custody, origin, path: credentialPath }
  const events: AuditEvent[] = [
    { at, accountId, actor, kind: old ? 'account.reconnected' : 'account.connected', details: connected },
  ]
  if (old && old.custody !== custody) {
    const details = { from: old.custody, to: custody, origin, path: credentialPath ?? old.credentialPath }
    events.push({ at, accountId, actor, kind: 'custody.changed', details })
  }
  return events
}
