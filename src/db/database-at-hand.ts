/**
 * The database file for one moment, without what stores stand on: loading that takes longer than all the rest of handing
 * out a token. Only a file that a process of ours closed in order and whose tables are of this version is opened here, under
 * the same lock and settings as everywhere; anything else is left to `openDatabase`, untouched.
 */

import { Database } from 'bun:sqlite'
import { existsSync } from 'node:fs'
import type { AccountNames } from './account-names.ts'
import type { AuditEvent, ChainGrowth, StoredEvent } from './audit-store.ts'
import { prepareDatabaseFile, rememberAsLeft } from './database-file.ts'
import { takeDatabaseLock } from './database-lock.ts'
import { CLAIM } from './file-settings.ts'
import type { GrantRow } from './grant-store.ts'
import { APPLIED_MIGRATIONS, schemaStateOf } from './schema-state.ts'

/** What a grant must tell before its access token is handed out. */
export type GrantAtHand = Pick<
  GrantRow,
  'accountId' | 'generation' | 'accessTokenSealed' | 'accessTokenIssuedAt' | 'accessTokenExpiresAt'
>

/** The few things that can be asked and said. */
export interface DatabaseAtHand {
  meta(name: string): string | null
  /** When an event happened, epoch milliseconds; null when it is not there. */
  eventInstant(id: number): number | null
  names(): AccountNames[]
  /** The current grant of an account, if nothing at all is doubtful about it and nobody is at work on it. */
  soundGrant(accountId: string): GrantAtHand | null
  /** Writes an event into the history and gives it as it lies there. */
  record(event: AuditEvent): StoredEvent
  /** Links events that were just recorded. */
  grow(growth: ChainGrowth): void
}

/**
 * Runs `use` inside one transaction that nobody else can see into; what it wrote is durable when this returns.
 *
 * Shape:  `use` gives null = undo everything; → what it gave, null also where the file is not as it should be
 * Errors: whatever `use` throws, and those of SQLite, with nothing written
 */
export async function withDatabaseAtHand<T>(
  path: string,
  use: (database: DatabaseAtHand) => Promise<T | null>,
): Promise<T | null> {
  if (!existsSync(path)) return null
  const release = takeDatabaseLock(path)
  if (release === null) return null
  try {
    return (await prepareDatabaseFile(path)).isAsLeft ? await inOneTransaction(path, use) : null
  } finally {
    release()
  }
}

async function inOneTransaction<T>(
  path: string,
  use: (database: DatabaseAtHand) => Promise<T | null>,
): Promise<T | null> {
  const connection = new Database(path, { readwrite: true, create: false })
  let result: T | null = null
  try {
    connection.run(CLAIM)
    connection.run('BEGIN IMMEDIATE')
    result = isSettled(connection) ? await use(atHand(connection)) : null
    if (result === null) return null
    connection.run('COMMIT')
    connection.run('PRAGMA wal_checkpoint(TRUNCATE)')
  } finally {
    // A transaction that is still open is undone by this.
    connection.close()
  }
  rememberAsLeft(path)
  return result
}

/** The tables are those of this version, no refresh waits for its end, and every event is in the chain. */
function isSettled(connection: Database): boolean {
  const applied = connection.query(APPLIED_MIGRATIONS).values() as [number][]
  if (schemaStateOf(applied.map(([when]) => when)).kind !== 'current') return false
  const [isOpen] = connection
    .query(`select exists (select 1 from attempts where outcome = 'intent')
      or exists (select 1 from inbox where applied_at is null and quarantined_at is null)
      or exists (select 1 from audit_events where mac is null)`)
    .values()[0] as [number]
  return isOpen === 0
}

function atHand(connection: Database): DatabaseAtHand {
  return {
    meta(name) {
      return (connection.query('select value from meta where name = ?').values(name)[0]?.[0] as string) ?? null
    },
    eventInstant(id) {
      return (connection.query('select at from audit_events where id = ?').values(id)[0]?.[0] as number) ?? null
    },
    names() {
      return connection.query('select id, label, email from accounts').all() as AccountNames[]
    },
    soundGrant(accountId) {
      return connection
        .query(`select account_id as accountId, generation, access_token_sealed as accessTokenSealed,
            access_token_issued_at as accessTokenIssuedAt, access_token_expires_at as accessTokenExpiresAt
          from grants where account_id = ? and retired_at is null and refused_at is null and uncertain_at is null
            and suspect_at is null and lease_owner is null`)
        .get(accountId) as GrantAtHand | null
    },
    record({ at, accountId, kind, actor, details }) {
      const text = JSON.stringify(details)
      const { lastInsertRowid } = connection
        .query('insert into audit_events (at, account_id, kind, actor, details) values (?, ?, ?, ?, ?)')
        .run(at, accountId, kind, actor, text)
      return { id: Number(lastInsertRowid), at, accountId, kind, actor, details: text, mac: null }
    },
    grow({ headName, headBefore, headAfter, links }) {
      for (const { id, mac } of links) connection.query('update audit_events set mac = ? where id = ?').run(mac, id)
      connection.query('update meta set value = ? where name = ? and value = ?').run(headAfter, headName, headBefore)
    },
  }
}
