/**
 * The way of every query: whatever goes wrong in it comes out as a StoreError. Drizzle's own errors print the statement
 * and its parameters, so nothing of them gets past this file, not even as a cause.
 */

/**
 * `busy`: somebody else writes, try again. `full`, `read_only`, `io`: the disk. `constraint`: the row contradicts another.
 * `corrupt`: the file is damaged. `failed`: anything else, a bug mostly.
 */
export type StoreErrorCode = 'busy' | 'full' | 'read_only' | 'io' | 'constraint' | 'corrupt' | 'failed'

/** A query failed. Says which way, and nothing of what was asked or stored. */
export class StoreError extends Error {
  override readonly name = 'StoreError'

  constructor(readonly code: StoreErrorCode) {
    super(`The database refused a query: ${code}`)
  }
}

/**
 * Runs a query.
 *
 * Shape:  a function that makes the Drizzle call → its result
 * Errors: StoreError only
 */
export async function query<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw error instanceof StoreError ? error : new StoreError(storeErrorCodeOf(error))
  }
}

const BY_SQLITE_CODE: Record<string, StoreErrorCode> = {
  SQLITE_BUSY: 'busy',
  SQLITE_LOCKED: 'busy',
  TRANSACTION_ACTIVE: 'busy',
  SQLITE_FULL: 'full',
  SQLITE_READONLY: 'read_only',
  SQLITE_IOERR: 'io',
  SQLITE_CANTOPEN: 'io',
  HRANA_WEBSOCKET_ERROR: 'io',
  SERVER_ERROR: 'io',
  ConnectionRefused: 'io',
  ConnectionClosed: 'io',
  FailedToOpenSocket: 'io',
  ECONNREFUSED: 'io',
  ECONNRESET: 'io',
  ETIMEDOUT: 'io',
  ENOTFOUND: 'io',
  HRANA_PROTO_ERROR: 'io',
  HRANA_CLOSED_ERROR: 'io',
  STREAM_EXPIRED: 'io',
  UnexpectedRedirect: 'io',
  ForeignAnswer: 'io',
  SQLITE_CONSTRAINT: 'constraint',
  SQLITE_CORRUPT: 'corrupt',
  SQLITE_NOTADB: 'corrupt',
}

/** Reads the code out of anything thrown by Drizzle or libSQL, which wrap one another; total. */
export function storeErrorCodeOf(error: unknown): StoreErrorCode {
  for (let current = error, depth = 0; current instanceof Error && depth < 6; current = current.cause, depth++) {
    const { code } = current as { code?: unknown }
    if (typeof code !== 'string') continue
    const known = BY_SQLITE_CODE[code] ?? BY_SQLITE_CODE[code.replace(/^(SQLITE_[A-Z]+)_.*/, '$1')]
    if (known) return known
  }
  return 'failed'
}
