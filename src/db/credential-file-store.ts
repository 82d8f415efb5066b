/**
 * What was last seen in credential files, and the grants that follow one. Sealed text goes in as it is.
 */

import { and, asc, eq, gt, inArray, isNotNull, isNull, ne, or, sql } from 'drizzle-orm'
import type { AccountRow } from './account-store.ts'
import { type AuditEvent, auditIf } from './audit-store.ts'
import type { Database } from './client.ts'
import { beginGeneration, endGeneration } from './generation-store.ts'
import { type CopyRow, LIVE_KINDS, putCopy } from './grant-copy-store.ts'
import type { GrantChanges, GrantRow } from './grant-store.ts'
import { query } from './query.ts'
import { accounts, attempts, grants } from './schema.ts'
import { credentialFiles, grantCopies } from './schema-copies.ts'

export type CredentialFileRow = typeof credentialFiles.$inferSelect

/** A path on one machine: two machines may have the same paths. */
export interface FileOfMachine {
  machineId: string
  path: string
}

/** Keeps what was seen in a file, and what that says of copies, in place of what was seen before. One commit. */
export async function saveCredentialFile(
  database: Database,
  row: CredentialFileRow,
  copies: readonly CopyRow[] = [],
): Promise<void> {
  const { machineId: _, path: __, ...seen } = row
  const target = [credentialFiles.machineId, credentialFiles.path]
  await query(() =>
    database.batch([
      database.insert(credentialFiles).values(row).onConflictDoUpdate({ target, set: seen }),
      ...copies.map((copy) => putCopy(database, copy)),
    ]),
  )
}

/** What was last seen of a file on a machine; null when it was never looked at. */
export async function findCredentialFile(
  database: Database,
  { machineId, path }: FileOfMachine,
): Promise<CredentialFileRow | null> {
  const rows = await query(() =>
    database
      .select()
      .from(credentialFiles)
      .where(and(eq(credentialFiles.machineId, machineId), eq(credentialFiles.path, path)))
      .limit(1),
  )
  return rows[0] ?? null
}

export type AccountIdentity = Pick<AccountRow, 'id' | 'provider' | 'subject' | 'organizationId'>

/** An account and the current grant of it, for one file that it lies in too. Nothing sealed is read. */
export interface FollowedGrant {
  account: AccountIdentity &
    Pick<AccountRow, 'email' | 'displayName' | 'organizationName' | 'plan' | 'rateLimitTier' | 'pausedAt'>
  grant: Pick<
    GrantRow,
    | 'id'
    | 'custody'
    | 'generation'
    | 'accessTokenFingerprint'
    | 'refreshTokenFingerprint'
    | 'accessTokenIssuedAt'
    | 'accessTokenExpiresAt'
    | 'loginExpiresAt'
    | 'scopes'
    | 'clientId'
  > & {
    credentialPath: string
    /** False for a file in which a copy of it was found: what the grant itself follows is another file, or none. */
    isFollowed: boolean
  }
}

/**
 * Every file of this machine in which a current grant lies, or those of one account: the one that it follows, and for a
 * grant that is refreshed here those in which a copy of it was found.
 */
export function listFollowedGrants(
  database: Database,
  { machineId, accountId }: { machineId: string; accountId?: string },
): Promise<FollowedGrant[]> {
  return query(async () => {
    const rows = await database
      .select({
        account: {
          id: accounts.id,
          provider: accounts.provider,
          subject: accounts.subject,
          organizationId: accounts.organizationId,
          email: accounts.email,
          displayName: accounts.displayName,
          organizationName: accounts.organizationName,
          plan: accounts.plan,
          rateLimitTier: accounts.rateLimitTier,
          pausedAt: accounts.pausedAt,
        },
        grant: {
          id: grants.id,
          custody: grants.custody,
          generation: grants.generation,
          accessTokenFingerprint: grants.accessTokenFingerprint,
          refreshTokenFingerprint: grants.refreshTokenFingerprint,
          accessTokenIssuedAt: grants.accessTokenIssuedAt,
          accessTokenExpiresAt: grants.accessTokenExpiresAt,
          loginExpiresAt: grants.loginExpiresAt,
          scopes: grants.scopes,
          clientId: grants.clientId,
        },
        // Records of old do not say which machine a path is on.
        followed: sql<string | null>`case when coalesce(${grants.credentialMachineId}, ${machineId}) = ${machineId}
          then ${grants.credentialPath} end`,
        copy: grantCopies.place,
      })
      .from(grants)
      .innerJoin(accounts, eq(accounts.id, grants.accountId))
      .leftJoin(
        grantCopies,
        and(
          eq(grantCopies.accountId, grants.accountId),
          eq(grantCopies.grantId, grants.id),
          eq(grantCopies.machineId, machineId),
          inArray(grantCopies.kind, LIVE_KINDS),
          isNull(grantCopies.goneAt),
          eq(grants.custody, 'dashboard'),
        ),
      )
      .where(
        and(
          isNull(grants.retiredAt),
          or(isNotNull(grants.credentialPath), isNotNull(grantCopies.place)),
          accountId === undefined ? undefined : eq(grants.accountId, accountId),
        ),
      )
    return rows.flatMap(({ account, grant, followed, copy }, index) => {
      const isFirst = rows.findIndex((row) => row.grant.id === grant.id) === index
      const paths = [...(isFirst && followed !== null ? [followed] : []), ...(copy && copy !== followed ? [copy] : [])]
      return paths.map((path) => ({
        account,
        grant: { ...grant, credentialPath: path, isFollowed: path === followed },
      }))
    })
  })
}

/** Who all accounts are: ids only, for telling whose login a file holds. */
export async function listAccountIdentities(database: Database): Promise<AccountIdentity[]> {
  const { id, provider, subject, organizationId } = accounts
  const all: AccountIdentity[] = []
  for (let after = ''; ; ) {
    const rows = await query(() =>
      database
        .select({ id, provider, subject, organizationId })
        .from(accounts)
        .where(gt(id, after))
        .orderBy(asc(id))
        .limit(IDENTITIES_AT_ONCE),
    )
    all.push(...rows)
    if (rows.length < IDENTITIES_AT_ONCE) return all
    after = rows.at(-1)!.id
  }
}

/** One query for thousands of them would hold everything else up. */
const IDENTITIES_AT_ONCE = 1_000

/**
 * True when a refresh of ours spent this refresh token or may have: whatever file holds it is behind. One whose request
 * never left spent nothing.
 */
export async function wasSpent(database: Database, refreshTokenFingerprint: string): Promise<boolean> {
  const rows = await query(() =>
    database
      .select({ id: attempts.id })
      .from(attempts)
      .where(and(eq(attempts.parentFingerprint, refreshTokenFingerprint), ne(attempts.outcome, 'not_sent')))
      .limit(1),
  )
  return rows.length > 0
}

/**
 * Writes the next generation of a grant from a file, by compare-and-swap on what the grant held, and the history with it.
 *
 * Shape:  → true when the grant was still the one that was compared
 * Errors: StoreError; then nothing was changed
 */
export async function writeAdoption(
  database: Database,
  grant: Pick<GrantRow, 'id' | 'generation' | 'accessTokenFingerprint'>,
  next: GrantChanges & { accessTokenFingerprint: string },
  event: AuditEvent,
): Promise<boolean> {
  const generation = grant.generation + 1
  const { at, actor } = event
  const path = typeof event.details.path === 'string' ? event.details.path : null
  const isAdopted = sql`exists (select 1 from ${grants} where id = ${grant.id} and generation = ${generation}
    and access_token_fingerprint = ${next.accessTokenFingerprint})`
  const [changed] = await query(() =>
    database.batch([
      database
        .update(grants)
        .set({ ...next, generation })
        .where(
          and(
            eq(grants.id, grant.id),
            eq(grants.generation, grant.generation),
            eq(grants.accessTokenFingerprint, grant.accessTokenFingerprint),
            isNull(grants.retiredAt),
          ),
        )
        .returning({ id: grants.id }),
      auditIf(database, event, isAdopted),
      endGeneration(database, { grantId: grant.id, ...grant }, { how: 'replaced', why: 'adopted', at }, isAdopted),
      beginGeneration(database, { grantId: grant.id, generation, how: 'adopted', actor, why: path, at }, isAdopted),
    ]),
  )
  return changed.length === 1
}
