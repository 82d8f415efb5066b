/**
 * Why the database cannot be used, in one readable line. Knows the error codes of SQLite and libSQL; carries neither SQL
 * nor parameters.
 */

export type DatabaseRefusalCode =
  | 'busy'
  | 'full'
  | 'unreachable'
  | 'missing'
  | 'corrupt'
  | 'not_a_database'
  | 'not_ours'
  | 'newer_schema'
  | 'migration_failed'
  | 'read_only'
  | 'not_permitted'
  | 'unauthorized'
  | 'url_invalid'
  | 'io'

/** Those that may pass by themselves: EX_TEMPFAIL of sysexits.h. The others need a person: EX_CONFIG. */
const PASSING: ReadonlySet<DatabaseRefusalCode> = new Set(['busy', 'full', 'unreachable'])

const SENTENCES: Record<DatabaseRefusalCode, string> = {
  busy: 'is in use by another Tokendeck process. Nothing was changed. Stop that process, or use the dashboard that is already running.',
  full: 'cannot be written: the disk is full. Nothing was changed. Free some space and start again.',
  unreachable: 'does not answer. Nothing was changed. Check the address and the network, and start again.',
  missing:
    'is missing, although there was one: {notes} says so. Nothing was made in its place. Put it back, or restore an export with `tokendeck restore FILE`. To begin anew without it, remove {notes} and start again.',
  corrupt:
    'is damaged. Nothing was changed, and no new database was made over it. Put a backup in its place, or move the file away to start with an empty one.',
  not_a_database:
    'is not a database. Nothing was changed. Check TOKENDECK_DATABASE_URL, or move the file away to start with an empty database.',
  not_ours: 'is a database of another program. Nothing was changed. Check TOKENDECK_DATABASE_URL.',
  newer_schema:
    'was written by a newer version of Tokendeck. Nothing was changed. Use that version, or restore the backup that was made before the upgrade.',
  migration_failed: 'could not be brought to this version of Tokendeck. It is as it was before.',
  read_only: 'cannot be written: its directory or file is read-only. Nothing was changed.',
  not_permitted: 'may not be opened by this user. Nothing was changed.',
  unauthorized: 'refused the access token. Nothing was changed. Check TOKENDECK_DATABASE_AUTH_TOKEN.',
  url_invalid: 'is not a database address. Allowed are file:, http://, https:// and libsql:// addresses.',
  io: 'could not be read or written. Nothing was changed.',
}

/** The database cannot be used. `message` is for a person; `exitCode` is the program's. */
export class DatabaseRefusal extends Error {
  override readonly name = 'DatabaseRefusal'
  readonly exitCode: 75 | 78

  /** `place` is a path or an address without credentials; `notes` are the files that tell of a missing database. */
  constructor(
    readonly code: DatabaseRefusalCode,
    place: string,
    notes: readonly string[] = [],
  ) {
    super(`The database ${place} ${SENTENCES[code].replaceAll('{notes}', () => notes.join(' and '))}`)
    this.exitCode = PASSING.has(code) ? 75 : 78
  }
}

const BY_SQLITE_CODE: Record<string, DatabaseRefusalCode> = {
  SQLITE_BUSY: 'busy',
  SQLITE_LOCKED: 'busy',
  SQLITE_FULL: 'full',
  SQLITE_CORRUPT: 'corrupt',
  SQLITE_NOTADB: 'not_a_database',
  SQLITE_READONLY: 'read_only',
  SQLITE_PERM: 'not_permitted',
  SQLITE_AUTH: 'not_permitted',
  SQLITE_CANTOPEN: 'not_permitted',
  ENOSPC: 'full',
  EDQUOT: 'full',
  EROFS: 'read_only',
  EACCES: 'not_permitted',
  EPERM: 'not_permitted',
  URL_INVALID: 'url_invalid',
  URL_SCHEME_NOT_SUPPORTED: 'url_invalid',
  HRANA_WEBSOCKET_ERROR: 'unreachable',
  SERVER_ERROR: 'unreachable',
  ConnectionRefused: 'unreachable',
  ConnectionClosed: 'unreachable',
  FailedToOpenSocket: 'unreachable',
  ECONNREFUSED: 'unreachable',
  ECONNRESET: 'unreachable',
  ENOTFOUND: 'unreachable',
  ETIMEDOUT: 'unreachable',
  HRANA_PROTO_ERROR: 'unreachable',
  UnexpectedRedirect: 'unreachable',
  ForeignAnswer: 'unreachable',
}

/** Reads the refusal out of anything that libSQL or the file system threw; `io` when it is nothing known. */
export function refusalCodeOf(error: unknown): DatabaseRefusalCode {
  const chain: (Error & { code?: unknown; status?: unknown })[] = []
  for (let current = error; current instanceof Error && chain.length < 6; current = current.cause) chain.push(current)
  // The status lies deeper than the code, which says only that the server did not do it.
  if (chain.some(({ status }) => status === 401 || status === 403)) return 'unauthorized'
  const known = chain.find(({ code }) => typeof code === 'string' && BY_SQLITE_CODE[code])
  return known ? BY_SQLITE_CODE[String(known.code)]! : 'io'
}
