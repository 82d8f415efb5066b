/**
 * The rows that a new key makes worthless: everything sealed, and what was signed in with it. Gives all of it up in one
 * commit; accounts and history stay.
 */

import { and, eq, isNotNull, isNull, ne, sql } from 'drizzle-orm'
import type { AuditEvent } from './audit-store.ts'
import type { Database } from './client.ts'
import { endAllGenerations } from './generation-store.ts'
import { query } from './query.ts'
import { accounts, attempts, authorizations, grants, inbox, meta, revocations, sessions } from './schema.ts'
import { backupFiles, cliMembers } from './schema-activations.ts'
import { alertChannels } from './schema-alerts.ts'
import { consoleKeys } from './schema-console-keys.ts'
import { credentialFiles } from './schema-copies.ts'
import { auditEvents } from './schema-trails.ts'

/** Logins whose tokens are kept sealed and not refused: those kept here alone, and those that a CLI keeps in its file. */
export interface SealedLogins {
  logins: number
  followedLogins: number
}

/** How many working logins are sealed with the key, told apart by whether a CLI has them in its own file as well. */
export async function countSealedLogins(database: Database): Promise<SealedLogins> {
  const rows = await query(() =>
    database
      .select({
        logins: sql<number>`coalesce(sum(${grants.custody} <> 'cli'), 0)`,
        followedLogins: sql<number>`coalesce(sum(${grants.custody} = 'cli'), 0)`,
      })
      .from(grants)
      .where(and(isNull(grants.retiredAt), isNull(grants.refusedAt))),
  )
  return { logins: Number(rows[0]?.logins), followedLogins: Number(rows[0]?.followedLogins) }
}

/** What a reset writes: the row about the new key, why logins are over, and what the history says. */
export interface KeyResetRecord {
  pinned: { name: string; value: string }
  refusalCode: string
  event: Omit<AuditEvent, 'accountId'>
  /** The head of a new chain over the whole history: the MACs of the old key say nothing any more. */
  auditHead: { name: string; value: string }
}

/** Sealed text that nobody can open any more is replaced by none at all. */
const NOTHING_SEALED = {
  accessTokenSealed: '',
  refreshTokenSealed: sql`case when ${grants.refreshTokenSealed} is null then null else '' end`,
  idTokenSealed: null,
}

/** Writes a reset in one commit. Errors: StoreError; then nothing was changed */
export async function writeKeyReset(
  database: Database,
  { pinned, refusalCode, event, auditHead }: KeyResetRecord,
): Promise<void> {
  const { at } = event
  const isLive = sql`${grants.refusedAt} is null`
  const accountsAtHand = database
    .select({
      // In the order of the columns: SQLite takes them by place.
      id: sql`null`.as('id'),
      at: sql`${at}`.as('at'),
      accountId: accounts.id,
      kind: sql`${event.kind}`.as('kind'),
      actor: sql`${event.actor}`.as('actor'),
      details: sql`${JSON.stringify(event.details)}`.as('details'),
      mac: sql`null`.as('mac'),
    })
    .from(accounts)
  await query(() =>
    database.batch([
      database
        .insert(meta)
        .values(pinned)
        .onConflictDoUpdate({ target: meta.name, set: { value: pinned.value } }),
      database
        .insert(meta)
        .values(auditHead)
        .onConflictDoUpdate({ target: meta.name, set: { value: auditHead.value } }),
      database.update(auditEvents).set({ mac: null }),
      endAllGenerations(database, { how: 'lost', why: refusalCode, at }),
      database.insert(auditEvents).values({ ...event, accountId: null }),
      database.insert(auditEvents).select(accountsAtHand as never),
      database
        .update(grants)
        .set({
          ...NOTHING_SEALED,
          // An answer that another process still waits for is for a generation that is no more.
          generation: sql`${grants.generation} + 1`,
          // A login that was over before keeps its own reason.
          refusedAt: sql`coalesce(${grants.refusedAt}, ${at})`,
          refusalCode: sql`case when ${isLive} then ${refusalCode} else ${grants.refusalCode} end`,
          uncertainAt: sql`case when ${isLive} then null else ${grants.uncertainAt} end`,
          nextRefreshAt: null,
          leaseOwner: null,
          leaseUntil: null,
        })
        .where(isNull(grants.retiredAt)),
      database.update(grants).set(NOTHING_SEALED).where(isNotNull(grants.retiredAt)),
      database
        .update(attempts)
        .set({ outcome: 'unknown', code: refusalCode, endedAt: at })
        .where(eq(attempts.outcome, 'intent')),
      database.delete(inbox),
      // Nobody can name the login to its provider any more.
      database
        .update(revocations)
        .set({ tokenSealed: '', nextTryAt: null, gaveUpAt: at, lastFailureCode: refusalCode })
        .where(isNotNull(revocations.nextTryAt)),
      database
        .update(authorizations)
        .set({ cancelledAt: at, failureCode: refusalCode })
        .where(
          and(
            ne(authorizations.stateSealed, ''),
            isNull(authorizations.completedAt),
            isNull(authorizations.failedAt),
            isNull(authorizations.cancelledAt),
          ),
        ),
      database.update(authorizations).set({ stateSealed: '', codeVerifierSealed: '', deviceCodeSealed: null }),
      // Empty, not null: there was a file, and its bytes are gone.
      database.update(backupFiles).set({ contentSealed: '' }).where(isNotNull(backupFiles.contentSealed)),
      database.delete(cliMembers),
      database.update(consoleKeys).set({ keySealed: null }),
      // Nobody knows any more where these would go.
      database
        .update(alertChannels)
        .set({ targetSealed: null, signingKeySealed: null, pausedAt: sql`coalesce(${alertChannels.pausedAt}, ${at})` }),
      // Fingerprints are keyed too; the files are looked at again.
      database.update(credentialFiles).set({ refreshTokenFingerprint: null }),
      database.delete(sessions),
    ]),
  )
}
