/**
 * Switches of CLIs' places and what they replaced. A switch is written before it is done, and each of its steps when it
 * was; sealed text goes in and out as it is.
 */

import { and, asc, desc, eq, gt, isNotNull, isNull, lte } from 'drizzle-orm'
import type { AuditEvent } from './audit-store.ts'
import type { Database } from './client.ts'
import { type CliMembersRow, type CustodyMove, custodyMove, putCliMembers } from './custody-store.ts'
import { type CopyRow, putCopy } from './grant-copy-store.ts'
import { query } from './query.ts'
import { activations, backupFiles, backups } from './schema-activations.ts'
import { auditEvents } from './schema-trails.ts'

export type ActivationRow = typeof activations.$inferSelect
export type BackupRow = typeof backups.$inferSelect
export type BackupFileRow = typeof backupFiles.$inferSelect

/** A backup with everything that was in it. */
export interface WholeBackup {
  backup: BackupRow
  files: BackupFileRow[]
}

/** How a file that was written can be told later. */
export interface WrittenBackupFile {
  backupId: string
  path: string
  fingerprint: string
}

/** Everything that is to be durable before a file is touched. */
export interface ActivationStart extends WholeBackup {
  activation: ActivationRow
  /** What the outgoing login had beside its tokens. */
  members: CliMembersRow | null
  /** The backup as a copy of a login that is known. */
  copy: CopyRow | null
  /** The incoming login goes to the CLI before its file does. */
  handOver: CustodyMove | null
}

/**
 * Writes down a switch that is about to be done, with what it replaces, and hands the incoming login over: one commit.
 *
 * Shape:  → false when the login is not any more what was read; the rest is written all the same
 * Errors: StoreError; then nothing was changed
 */
export async function beginActivation(database: Database, start: ActivationStart): Promise<boolean> {
  const { activation, backup, files, members, copy, handOver } = start
  const rest = [
    database.insert(backups).values(backup),
    ...files.map((file) => database.insert(backupFiles).values(file)),
    ...(members ? [putCliMembers(database, members)] : []),
    ...(copy ? [putCopy(database, copy)] : []),
  ]
  const begin = database.insert(activations).values(activation)
  if (handOver === null) {
    await query(() => database.batch([begin, ...rest]))
    return true
  }
  const [moved] = await query(() => database.batch([...custodyMove(database, handOver), begin, ...rest]))
  return moved.length === 1
}

/** Keeps what a file held after all, when another program changed it before it was replaced. */
export async function changeBackupFile(
  database: Database,
  id: string,
  changes: Partial<Pick<BackupFileRow, 'contentSealed' | 'mode'>>,
): Promise<void> {
  await query(() => database.update(backupFiles).set(changes).where(eq(backupFiles.id, id)))
}

/** Keeps how a file that was written can be told. Part of a batch. */
function noteWrittenFile(database: Database, backupId: string, path: string, writtenFingerprint: string) {
  return database
    .update(backupFiles)
    .set({ writtenFingerprint })
    .where(and(eq(backupFiles.backupId, backupId), eq(backupFiles.path, path)))
}

/**
 * Writes a step of a switch, the fingerprints of the files that it wrote, and what the history says of it, in one commit.
 */
export async function noteActivation(
  database: Database,
  id: string,
  changes: Partial<Omit<ActivationRow, 'id'>>,
  { written = [], events = [] }: { written?: WrittenBackupFile[]; events?: AuditEvent[] } = {},
): Promise<void> {
  await query(() =>
    database.batch([
      database.update(activations).set(changes).where(eq(activations.id, id)),
      ...written.map(({ backupId, path, fingerprint }) => noteWrittenFile(database, backupId, path, fingerprint)),
      ...events.map((event) => database.insert(auditEvents).values(event)),
    ]),
  )
}

/**
 * Writes that the files of a switch are written, and takes home the logins that are not in them any more: one commit.
 *
 * Shape:  `takeBacks` → of each, whether it was taken back
 * Errors: StoreError; then nothing was changed
 */
export async function settleActivation(
  database: Database,
  id: string,
  { writtenAt, written, takeBacks }: { writtenAt: number; written: WrittenBackupFile[]; takeBacks: CustodyMove[] },
): Promise<boolean[]> {
  const moves = takeBacks.map((move) => custodyMove(database, move))
  const results = await query(() =>
    database.batch([
      database.update(activations).set({ writtenAt }).where(eq(activations.id, id)),
      ...written.map(({ backupId, path, fingerprint }) => noteWrittenFile(database, backupId, path, fingerprint)),
      ...moves.flat(),
    ]),
  )
  let at = 1 + written.length
  return moves.map((statements) => {
    const moved = results[at] as { id: string }[]
    at += statements.length
    return moved.length === 1
  })
}

/** Notes that a backup was put back, and that the switch it belongs to was undone. */
export async function noteRestoration(database: Database, backup: BackupRow, at: number): Promise<void> {
  await query(() =>
    database.batch([
      database.update(backups).set({ restoredAt: at }).where(eq(backups.id, backup.id)),
      database.update(activations).set({ undoneAt: at }).where(eq(activations.id, backup.activationId)),
    ]),
  )
}

/** The switch of this id, however it ended; null when there is none. */
export async function findActivation(database: Database, id: string): Promise<ActivationRow | null> {
  const rows = await query(() => database.select().from(activations).where(eq(activations.id, id)).limit(1))
  return rows[0] ?? null
}

/** Switches of a machine that were begun and neither verified nor given up, oldest first. */
export function listOpenActivations(database: Database, machineId: string): Promise<ActivationRow[]> {
  return query(() =>
    database
      .select()
      .from(activations)
      .where(
        and(
          eq(activations.machineId, machineId),
          isNull(activations.verifiedAt),
          isNull(activations.rolledBackAt),
          isNull(activations.failedAt),
        ),
      )
      .orderBy(asc(activations.at)),
  )
}

/** A backup that is still kept. */
export async function findBackup(database: Database, id: string): Promise<WholeBackup | null> {
  const [backup] = await query(() => database.select().from(backups).where(eq(backups.id, id)).limit(1))
  if (!backup) return null
  const files = await query(() =>
    database.select().from(backupFiles).where(eq(backupFiles.backupId, id)).orderBy(asc(backupFiles.path)),
  )
  return { backup, files }
}

/** The files of a backup, without what they held. */
export type BackupSummary = BackupRow & { activation: ActivationRow; paths: string[] }

/** The backups of a machine that have not expired, newest first, with the switches that they belong to. */
export async function listBackups(
  database: Database,
  { machineId, now, limit }: { machineId: string; now: number; limit: number },
): Promise<BackupSummary[]> {
  const rows = await query(() =>
    database
      .select({ backup: backups, activation: activations })
      .from(backups)
      .innerJoin(activations, eq(activations.id, backups.activationId))
      .where(and(eq(backups.machineId, machineId), gt(backups.expiresAt, now), isNotNull(activations.writtenAt)))
      .orderBy(desc(backups.at), desc(backups.id))
      .limit(limit),
  )
  const files = await query(() =>
    database.select({ backupId: backupFiles.backupId, path: backupFiles.path }).from(backupFiles),
  )
  return rows.map(({ backup, activation }) => ({
    ...backup,
    activation,
    paths: files.filter(({ backupId }) => backupId === backup.id).map(({ path }) => path),
  }))
}

/** Forgets backups whose time is over; the switches stay in the history. */
export function deleteExpiredBackups(database: Database, now: number): Promise<unknown> {
  return query(() => database.delete(backups).where(lte(backups.expiresAt, now)))
}
