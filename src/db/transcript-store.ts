/** How far transcripts were counted, and the tokens that they noted, by the hour. Paths and counts only. */

import { and, eq, gte, lt, sql } from 'drizzle-orm'
import type { Database } from './client.ts'
import { query } from './query.ts'
import { accounts } from './schema.ts'
import { credentialFiles } from './schema-copies.ts'
import { transcriptFiles, transcriptHours } from './schema-usage.ts'

export type TranscriptFileRow = typeof transcriptFiles.$inferSelect
export type TranscriptHourRow = typeof transcriptHours.$inferSelect

/** What is known of the transcripts of a machine. */
export function listTranscriptFiles(database: Database, machineId: string): Promise<TranscriptFileRow[]> {
  return query(() => database.select().from(transcriptFiles).where(eq(transcriptFiles.machineId, machineId)))
}

/** Keeps how far a file was counted together with what was counted, in one commit: nothing counts twice. */
export async function addTranscriptCounts(
  database: Database,
  file: TranscriptFileRow,
  hours: readonly TranscriptHourRow[],
): Promise<void> {
  const { machineId: _, path: __, ...seen } = file
  await query(() =>
    database.batch([
      database
        .insert(transcriptFiles)
        .values(file)
        .onConflictDoUpdate({ target: [transcriptFiles.machineId, transcriptFiles.path], set: seen }),
      ...hours.map((hour) =>
        database
          .insert(transcriptHours)
          .values(hour)
          .onConflictDoUpdate({
            target: [
              transcriptHours.machineId,
              transcriptHours.directory,
              transcriptHours.accountId,
              transcriptHours.at,
            ],
            set: {
              messages: sql`${transcriptHours.messages} + excluded.messages`,
              inputTokens: sql`${transcriptHours.inputTokens} + excluded.input_tokens`,
              cachedTokens: sql`${transcriptHours.cachedTokens} + excluded.cached_tokens`,
              outputTokens: sql`${transcriptHours.outputTokens} + excluded.output_tokens`,
            },
          }),
      ),
    ]),
  )
}

/** The hours of an account from `since` on, all machines and directories together, in order of time. */
export function listTranscriptHours(
  database: Database,
  { accountId, since }: { accountId: string; since: number },
): Promise<Pick<TranscriptHourRow, 'at' | 'messages' | 'inputTokens' | 'cachedTokens' | 'outputTokens'>[]> {
  return query(() =>
    database
      .select({
        at: transcriptHours.at,
        messages: sql<number>`sum(${transcriptHours.messages})`,
        inputTokens: sql<number>`sum(${transcriptHours.inputTokens})`,
        cachedTokens: sql<number>`sum(${transcriptHours.cachedTokens})`,
        outputTokens: sql<number>`sum(${transcriptHours.outputTokens})`,
      })
      .from(transcriptHours)
      .where(and(eq(transcriptHours.accountId, accountId), gte(transcriptHours.at, since)))
      .groupBy(transcriptHours.at)
      .orderBy(transcriptHours.at),
  )
}

/** Forgets hours before an instant, and files that were not written since. */
export async function deleteOldTranscripts(
  database: Database,
  { machineId, before }: { machineId: string; before: number },
): Promise<void> {
  await query(() =>
    database.batch([
      database.delete(transcriptHours).where(lt(transcriptHours.at, before)),
      database
        .delete(transcriptFiles)
        .where(and(eq(transcriptFiles.machineId, machineId), lt(transcriptFiles.modifiedAt, before))),
    ]),
  )
}

/** Forgets everything that was counted on a machine: the person does not want it. */
export async function deleteTranscripts(database: Database, machineId: string): Promise<void> {
  await query(() =>
    database.batch([
      database.delete(transcriptHours).where(eq(transcriptHours.machineId, machineId)),
      database.delete(transcriptFiles).where(eq(transcriptFiles.machineId, machineId)),
    ]),
  )
}

/** Which account's login lies in a credential file of a machine now. */
export function listLoginsOfFiles(
  database: Database,
  machineId: string,
): Promise<{ path: string; accountId: string }[]> {
  return query(() =>
    database
      .select({ path: credentialFiles.path, accountId: accounts.id })
      .from(credentialFiles)
      .innerJoin(
        accounts,
        and(
          eq(accounts.provider, credentialFiles.provider),
          eq(accounts.subject, credentialFiles.subject),
          eq(accounts.organizationId, credentialFiles.organizationId),
        ),
      )
      .where(and(eq(credentialFiles.machineId, machineId), eq(credentialFiles.state, 'live'))),
  )
}
