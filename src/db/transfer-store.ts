/** What an export and its restoring change in the rows: who may use the logins from now on. Each in one commit. */

import { and, eq, isNull, ne, type SQL, sql } from 'drizzle-orm'
import type { AuditEvent } from './audit-store.ts'
import type { Database } from './client.ts'
import { beginRestoredGenerations, endAllGenerations, endGenerationsOfGrants } from './generation-store.ts'
import { query } from './query.ts'
import { authorizations, grants, inbox, revocations, sessions } from './schema.ts'
import { backups, cliMembers } from './schema-activations.ts'
import { alertDeliveries, calendarFeeds } from './schema-alerts.ts'
import { credentialFiles, grantCopies, machines } from './schema-copies.ts'
import { auditEvents } from './schema-trails.ts'

/** Ends grants here: nobody refreshes them, and what was sealed of them is gone. */
function giveUp(database: Database, { at, code, which }: { at: number; code: string; which: SQL | undefined }) {
  return database
    .update(grants)
    .set({
      accessTokenSealed: '',
      refreshTokenSealed: sql`case when ${grants.refreshTokenSealed} is null then null else '' end`,
      idTokenSealed: null,
      // An answer that somebody still waits for is for a generation that is no more.
      generation: sql`${grants.generation} + 1`,
      custody: 'none',
      credentialPath: null,
      credentialMachineId: null,
      refusalCode: sql`case when ${grants.refusedAt} is null then ${code} else ${grants.refusalCode} end`,
      refusedAt: sql`coalesce(${grants.refusedAt}, ${at})`,
      ...{ uncertainAt: null, suspectAt: null, nextRefreshAt: null, leaseOwner: null, leaseUntil: null },
    })
    .where(which)
}

/**
 * Keeps that an export holds a copy of every login that is ours, so that a sign-out can say what else it would end.
 *
 * Shape:  `place` is the file of the export, on that machine
 * Errors: StoreError; then nothing was changed
 */
export async function recordExport(
  database: Database,
  event: AuditEvent,
  { place, machineId }: { place: string; machineId: string },
): Promise<void> {
  const { at } = event
  const copies = database
    .select({
      id: sql<string>`'cop_' || lower(hex(randomblob(10)))`.as('id'),
      accountId: grants.accountId,
      kind: sql<string>`'export'`.as('kind'),
      machineId: sql<string | null>`${machineId}`.as('machine_id'),
      place: sql<string>`${place}`.as('place'),
      grantId: sql<string | null>`${grants.id}`.as('grant_id'),
      refreshTokenFingerprint: grants.refreshTokenFingerprint,
      generation: grants.generation,
      accessTokenExpiresAt: grants.accessTokenExpiresAt,
      mayRefresh: sql<boolean>`0`.as('may_refresh'),
      seenAt: sql<number>`${at}`.as('seen_at'),
      goneAt: sql<number | null>`null`.as('gone_at'),
    })
    .from(grants)
    .where(and(ne(grants.custody, 'cli'), isNull(grants.retiredAt)))
  await query(() =>
    database.batch([
      database.insert(auditEvents).values(event),
      database
        .insert(grantCopies)
        .select(copies)
        .onConflictDoUpdate({
          target: [grantCopies.accountId, grantCopies.kind, grantCopies.machineId, grantCopies.place],
          set: {
            grantId: sql`excluded.grant_id`,
            refreshTokenFingerprint: sql`excluded.refresh_token_fingerprint`,
            generation: sql`excluded.generation`,
            accessTokenExpiresAt: sql`excluded.access_token_expires_at`,
            seenAt: at,
            goneAt: null,
          },
        }),
    ]),
  )
}

/**
 * Gives up the logins of this database, which are used elsewhere from now on. Those that a CLI of this machine keeps stay.
 *
 * Shape:  → how many
 * Errors: StoreError; then nothing was changed
 */
export async function retireMovedLogins(database: Database, event: AuditEvent): Promise<number> {
  const isOurs = ne(grants.custody, 'cli')
  const rows = await query(() =>
    database
      .select({ id: grants.id })
      .from(grants)
      .where(and(isOurs, isNull(grants.retiredAt))),
  )
  await query(() =>
    database.batch([
      endGenerationsOfGrants(database, isOurs, { how: 'retired', why: 'moved_away', at: event.at }),
      giveUp(database, { at: event.at, code: 'moved_away', which: isOurs }),
      database.delete(inbox),
      database.insert(auditEvents).values(event),
    ]),
  )
  return rows.length
}

/** Whose logins a restored database may use. */
export type RestoredLogins =
  /** Those that came along; what a CLI of the other machine keeps is not among them. */
  | 'moved'
  /** None. */
  | 'none'
  /** All: it is the same machine. */
  | 'same'

/**
 * Makes a database that was made elsewhere, or a while ago, into the one of this machine.
 *
 * Errors: StoreError; then nothing was changed
 */
export async function settleRestored(
  database: Database,
  { logins, source, here, event }: { logins: RestoredLogins; source: string; here: string | null; event: AuditEvent },
): Promise<void> {
  const { at } = event
  const isLeftBehind = logins === 'none' ? undefined : eq(grants.custody, 'cli')
  const elsewhere =
    logins === 'same'
      ? []
      : [
          endGenerationsOfGrants(database, isLeftBehind, { how: 'retired', why: 'not_restored', at }),
          giveUp(database, { at, code: 'not_restored', which: isLeftBehind }),
          // Paths of the other machine.
          database.update(grants).set({ credentialPath: null, credentialMachineId: null }),
          database.delete(credentialFiles),
          database.delete(grantCopies),
          // Files of the other machine: what was replaced there is put back there.
          database.delete(backups),
          // Such as what marks the other machine as trusted.
          database.delete(cliMembers),
          // The other machine goes on ending what it was told to end.
          database.delete(revocations),
          // Their addresses lead to the other machine.
          database.delete(calendarFeeds),
        ]
  const withoutLogins = logins === 'none' ? [database.delete(inbox)] : []
  const moved =
    logins === 'moved' ? [database.update(machines).set({ retiredAt: at }).where(eq(machines.id, source))] : []
  // Whoever restores here goes on here, also where its logins had been moved away before.
  const returned =
    here === null ? [] : [database.update(machines).set({ retiredAt: null }).where(eq(machines.id, here))]
  await query(() =>
    database.batch([
      database
        .update(authorizations)
        .set({ cancelledAt: at })
        .where(
          and(isNull(authorizations.completedAt), isNull(authorizations.failedAt), isNull(authorizations.cancelledAt)),
        ),
      database.update(authorizations).set({ stateSealed: '', codeVerifierSealed: '', deviceCodeSealed: null }),
      database.delete(sessions),
      // Old news, which the other machine may have told.
      database.delete(alertDeliveries),
      ...elsewhere,
      ...withoutLogins,
      ...moved,
      ...returned,
      endAllGenerations(database, { how: 'replaced', why: 'restored', at }),
      beginRestoredGenerations(database, { actor: event.actor, why: source, at }),
      database.insert(auditEvents).values(event),
    ]),
  )
}
