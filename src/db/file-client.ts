/**
 * A libSQL client for one local file that keeps its statements: the library's own prepares every statement anew each time,
 * and asks for its columns twice, which costs more than most of our statements do. Knows no tables and no settings.
 */

import {
  type Client,
  type InStatement,
  LibsqlBatchError,
  LibsqlError,
  type ResultSet,
  type TransactionMode,
} from '@libsql/client/sqlite3'
import Libsql from 'libsql'
import { type Columns, FileResult, NO_COLUMNS, type Value } from './file-rows.ts'

/** Statements that are kept prepared; the one that was longest unused goes first. */
const MOST_STATEMENTS = 200
/** What changes tables, settings or files is prepared anew each time, and whatever was prepared before it too. */
const CHANGES_EVERYTHING = /^\s*(create|alter|drop|pragma (?!wal_checkpoint)|vacuum|attach|detach|reindex)\b/i

/** What surely changes no row. Anything else counts as a change, whether it was one or not. */
const CHANGES_NOTHING = /^\s*(select|begin|commit|pragma wal_checkpoint)\b/i

/** A client that tells whether something may have been written since. */
export interface CountingClient extends Client {
  /** Another number after every statement that may have changed something; only this connection's are counted. */
  readonly revision: number
}

/** What the library's declarations leave out. */
interface Prepared {
  readonly reader: boolean
  raw(isRaw: boolean): unknown
  columns(): { name: string; type: string | null }[]
  all(values: readonly unknown[] | Record<string, unknown>): Value[][]
  run(values: readonly unknown[] | Record<string, unknown>): { changes: number; lastInsertRowid: number | bigint }
}

interface Connection {
  readonly open: boolean
  readonly inTransaction: boolean
  prepare(text: string): Prepared
  exec(text: string): void
  close(): void
}

/** A prepared statement and the shape of its rows; `columns` is null for one that gives none. */
interface Kept {
  prepared: Prepared
  columns: Columns | null
}

/**
 * Opens one connection to the file, without waiting for anybody.
 *
 * Errors: LibsqlError from every call, with SQLite's own code
 */
export function createFileClient(path: string): CountingClient {
  let connection = connect(path)
  let isClosed = false
  let revision = 0
  const kept = new Map<string, Kept>()

  function statement(text: string): Kept {
    const known = kept.get(text)
    if (known) {
      // Moves to the end: the oldest stands first.
      kept.delete(text)
      kept.set(text, known)
      return known
    }
    const isSweeping = CHANGES_EVERYTHING.test(text)
    if (isSweeping) kept.clear()
    const prepared = connection.prepare(text)
    const made = { prepared, columns: prepared.reader ? columnsOf(prepared) : null }
    if (!isSweeping) kept.set(text, made)
    if (kept.size > MOST_STATEMENTS) kept.delete(kept.keys().next().value!)
    return made
  }

  function run(given: InStatement | [string, unknown?]): ResultSet {
    const { text, values } = partsOf(given)
    if (!CHANGES_NOTHING.test(text)) revision++
    try {
      const { prepared, columns } = statement(text)
      if (columns) return new FileResult(columns, prepared.all(values), 0, undefined)
      const { changes, lastInsertRowid } = prepared.run(values)
      return new FileResult(NO_COLUMNS, [], changes, BigInt(lastInsertRowid))
    } catch (error) {
      // One that failed may not be at its beginning again.
      kept.delete(text)
      throw asLibsqlError(error)
    }
  }

  function undo(): void {
    try {
      if (connection.open && connection.inTransaction) connection.exec('ROLLBACK')
    } catch {
      reopen()
    }
  }

  function reopen(): void {
    kept.clear()
    revision++
    if (connection.open) connection.close()
    connection = connect(path)
  }

  function together(statements: readonly (InStatement | [string, unknown?])[], begin: string): ResultSet[] {
    try {
      run(begin)
      const results = statements.map((each, index) => {
        try {
          return run(each)
        } catch (error) {
          throw error instanceof LibsqlError ? inBatch(error, index) : error
        }
      })
      run('COMMIT')
      return results
    } finally {
      undo()
    }
  }

  function refuseClosed(): void {
    if (isClosed) throw new LibsqlError('The client is closed', 'CLIENT_CLOSED')
  }

  return {
    async execute(given: InStatement | string, values?: unknown) {
      refuseClosed()
      try {
        return run(typeof given === 'string' ? [given, values] : given)
      } finally {
        undo()
      }
    },
    async batch(statements, mode = 'deferred') {
      refuseClosed()
      return together(statements as (InStatement | [string, unknown?])[], BEGINNINGS[mode])
    },
    async migrate(statements) {
      refuseClosed()
      run('PRAGMA foreign_keys=off')
      try {
        return together(statements, BEGINNINGS.deferred)
      } finally {
        run('PRAGMA foreign_keys=on')
      }
    },
    async executeMultiple(text) {
      refuseClosed()
      kept.clear()
      revision++
      try {
        connection.exec(text)
      } catch (error) {
        throw asLibsqlError(error)
      } finally {
        undo()
      }
    },
    transaction: () =>
      Promise.reject(new Error('Transactions are batches here: an open one would freeze the process.')),
    sync: () =>
      Promise.reject(new LibsqlError('A local file has nothing to be synchronised with', 'SYNC_NOT_SUPPORTED')),
    async reconnect() {
      reopen()
      isClosed = false
    },
    close() {
      isClosed = true
      kept.clear()
      if (connection.open) connection.close()
    },
    get closed() {
      return isClosed
    },
    get protocol() {
      return 'file'
    },
    get revision() {
      return revision
    },
  }
}

const BEGINNINGS: Record<TransactionMode, string> = {
  write: 'BEGIN IMMEDIATE',
  read: 'BEGIN TRANSACTION READONLY',
  deferred: 'BEGIN DEFERRED',
}

function connect(path: string): Connection {
  try {
    // No busy timeout: the call is synchronous and would freeze the event loop; whoever wants to wait tries again.
    return new Libsql(path, { timeout: 0 } as never) as unknown as Connection
  } catch (error) {
    throw asLibsqlError(error)
  }
}

function columnsOf(prepared: Prepared): Kept['columns'] {
  prepared.raw(true)
  const columns = prepared.columns()
  return { names: columns.map(({ name }) => name), types: columns.map(({ type }) => type ?? '') }
}

function partsOf(given: InStatement | [string, unknown?]): {
  text: string
  values: unknown[] | Record<string, unknown>
} {
  if (typeof given === 'string') return { text: given, values: [] }
  const [text, values = []] = Array.isArray(given) ? given : [given.sql, given.args]
  if (Array.isArray(values)) return { text, values: values.map(bound) }
  const named = Object.entries(values as Record<string, unknown>)
  return { text, values: Object.fromEntries(named.map(([name, value]) => [name.replace(/^[@$:]/, ''), bound(value)])) }
}

/** A value as the library takes it. Errors: RangeError, TypeError for what no column can hold */
function bound(value: unknown): unknown {
  if (typeof value === 'string' || value === null) return value
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError('A column holds finite numbers only.')
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value === undefined) throw new TypeError('A column cannot hold "undefined".')
  if (value instanceof ArrayBuffer) return Buffer.from(value)
  return value instanceof Date ? value.valueOf() : value
}

function asLibsqlError(error: unknown): unknown {
  if (!(error instanceof Libsql.SqliteError)) return error
  const { message, code, rawCode } = error as { message: string; code: string; rawCode?: number }
  return new LibsqlError(message, code.replace(/^(SQLITE_[A-Z]+)_.*/, '$1'), code, rawCode, error as Error)
}

function inBatch({ message, code, extendedCode, rawCode, cause }: LibsqlError, index: number): LibsqlBatchError {
  return new LibsqlBatchError(message, index, code, extendedCode, rawCode, cause as Error | undefined)
}
