/**
 * Every place in the tables that holds an envelope, as one list; finds those that a key sealed, and puts others in their
 * place by compare-and-swap. Reads the name of the key in an envelope, and nothing else of it.
 */

import { and, asc, eq, gt, isNull, lte, or, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Database } from './client.ts'
import { DATABASE_NOW } from './grant-store.ts'
import { query } from './query.ts'
import { authorizations, grants, inbox, meta, revocations } from './schema.ts'
import { backupFiles, cliMembers } from './schema-activations.ts'
import { alertChannels } from './schema-alerts.ts'
import { consoleKeys } from './schema-console-keys.ts'

export type SealedColumnName =
  | 'grants.access_token_sealed'
  | 'grants.refresh_token_sealed'
  | 'grants.id_token_sealed'
  | 'inbox.answer_sealed'
  | 'authorizations.state_sealed'
  | 'authorizations.code_verifier_sealed'
  | 'authorizations.device_code_sealed'
  | 'revocations.token_sealed'
  | 'backup_files.content_sealed'
  | 'cli_members.members_sealed'
  | 'console_keys.key_sealed'
  | 'alert_channels.target_sealed'
  | 'alert_channels.signing_key_sealed'
  | 'meta.value'

interface SealedColumn {
  table: SQLiteTable
  key: SQLiteColumn
  owner: SQLiteColumn
  generation: SQLiteColumn | null
  sealed: SQLiteColumn
}

const ofGrant = (sealed: SQLiteColumn): SealedColumn => ({
  ...{ table: grants, key: grants.id, owner: grants.accountId, generation: grants.generation, sealed },
})
const ofAuthorization = (sealed: SQLiteColumn): SealedColumn => ({
  ...{ table: authorizations, key: authorizations.id, owner: authorizations.id, generation: null, sealed },
})

const ofChannel = (sealed: SQLiteColumn): SealedColumn => ({
  ...{ table: alertChannels, key: alertChannels.id, owner: alertChannels.id, generation: null, sealed },
})

const COLUMNS: Record<SealedColumnName, SealedColumn> = {
  'grants.access_token_sealed': ofGrant(grants.accessTokenSealed),
  'grants.refresh_token_sealed': ofGrant(grants.refreshTokenSealed),
  'grants.id_token_sealed': ofGrant(grants.idTokenSealed),
  'inbox.answer_sealed': {
    ...{ table: inbox, key: inbox.id, owner: inbox.accountId, generation: inbox.generation },
    sealed: inbox.answerSealed,
  },
  'authorizations.state_sealed': ofAuthorization(authorizations.stateSealed),
  'authorizations.code_verifier_sealed': ofAuthorization(authorizations.codeVerifierSealed),
  'authorizations.device_code_sealed': ofAuthorization(authorizations.deviceCodeSealed),
  'revocations.token_sealed': {
    ...{ table: revocations, key: revocations.id, owner: revocations.id, generation: null },
    sealed: revocations.tokenSealed,
  },
  'backup_files.content_sealed': {
    ...{ table: backupFiles, key: backupFiles.id, owner: backupFiles.id, generation: null },
    sealed: backupFiles.contentSealed,
  },
  'cli_members.members_sealed': {
    ...{ table: cliMembers, key: cliMembers.accountId, owner: cliMembers.accountId, generation: null },
    sealed: cliMembers.membersSealed,
  },
  'console_keys.key_sealed': {
    ...{ table: consoleKeys, key: consoleKeys.id, owner: consoleKeys.id, generation: null },
    sealed: consoleKeys.keySealed,
  },
  'alert_channels.target_sealed': ofChannel(alertChannels.targetSealed),
  'alert_channels.signing_key_sealed': ofChannel(alertChannels.signingKeySealed),
  'meta.value': { table: meta, key: meta.name, owner: meta.name, generation: null, sealed: meta.value },
}

export const SEALED_COLUMNS = Object.keys(COLUMNS) as SealedColumnName[]

/** An envelope and what its place is made of. */
export interface SealedRow {
  key: string
  owner: string
  /** 0 where there are none. */
  generation: number
  envelope: string
}

/** Envelopes that begin with the name of this key. The name is no pattern: it is hexadecimal. */
function isSealedBy(sealed: SQLiteColumn, keyId: string): SQL {
  return sql`${sealed} glob ${`v1.${keyId}.*`}`
}

/**
 * Envelopes of a column that a key sealed, in the order of their rows, after the row `after`. Grants that are being
 * refreshed are left out: their tokens are about to be replaced.
 *
 * Shape:  at most `limit` rows
 */
export async function listSealedRows(
  database: Database,
  name: SealedColumnName,
  { keyId, after, limit }: { keyId: string; after: string; limit: number },
): Promise<SealedRow[]> {
  const { table, key, owner, generation, sealed } = COLUMNS[name]
  const isFree =
    table === grants
      ? or(isNull(grants.leaseOwner), isNull(grants.leaseUntil), lte(grants.leaseUntil, DATABASE_NOW))
      : undefined
  const rows = await query(() =>
    database
      .select({ key, owner, generation: generation ?? sql<number>`0`, envelope: sealed })
      .from(table)
      .where(and(isSealedBy(sealed, keyId), gt(key, after), isFree))
      .orderBy(asc(key))
      .limit(limit),
  )
  return rows as SealedRow[]
}

/**
 * Puts envelopes in the place of others, in one commit; each only where the other is still there and its row is of the
 * same generation.
 *
 * Shape:  → how many were put
 */
export async function replaceEnvelopes(
  database: Database,
  name: SealedColumnName,
  changes: readonly { row: SealedRow; envelope: string }[],
): Promise<number> {
  const { table, key, generation, sealed } = COLUMNS[name]
  const column = sql.identifier(name.split('.')[1]!)
  const statements = changes.map(({ row, envelope }) =>
    database.all(sql`update ${table} set ${column} = ${envelope}
      where ${eq(key, row.key)} and ${eq(sealed, row.envelope)} and ${generation ? eq(generation, row.generation) : sql`1`}
      returning 1 as put`),
  )
  const [first, ...rest] = statements
  if (!first) return 0
  const results = await query(() => database.batch([first, ...rest]))
  return results.filter((rows) => rows.length === 1).length
}

/** How many envelopes a key sealed that are still there. */
export async function countSealedRows(database: Database, keyId: string): Promise<number> {
  const counts = Object.values(COLUMNS).map(
    ({ table, sealed }) => sql`(select count(*) from ${table} where ${isSealedBy(sealed, keyId)})`,
  )
  const rows = await query(() => database.all<{ count: number }>(sql`select ${sql.join(counts, sql` + `)} as count`))
  return Number(rows[0]?.count)
}

/** Writes the log of a local database into its file and empties it: what was overwritten must not lie there any longer. */
export async function emptyWriteAheadLog(database: Database): Promise<void> {
  await query(() => database.run(sql`PRAGMA wal_checkpoint(TRUNCATE)`))
}
