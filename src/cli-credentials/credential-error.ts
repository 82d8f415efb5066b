/** Why a CLI's credential files could not be locked, read whole, planned or replaced. Holds no token, ever. */

/**
 * `lock_busy`: somebody else holds a lock longer than we wait. `lock_lost`: it was ours and is not any more, as after a
 * sleep of the machine. `lock_unsupported`: this system has no lock of that kind.
 * `torn`: not whole JSON even after waiting for a writer. `unusual`: whole, but such that editing it could lose something
 * (a byte order mark, a key twice, no object). `foreign`: a symlink, a directory or another owner's file where there must
 * be none. `not_permitted`: cannot be read or written. `changed`: no longer what was read. `incomplete`: the login lacks
 * what the CLI needs in order to accept it.
 */
export type CredentialErrorCode =
  | 'lock_busy'
  | 'lock_lost'
  | 'lock_unsupported'
  | 'torn'
  | 'unusual'
  | 'foreign'
  | 'not_permitted'
  | 'changed'
  | 'incomplete'

/** What is known of a lock that was not to be had. */
export interface LockHolder {
  /** Milliseconds since its holder last gave a sign of life; null where locks have no time. */
  ageMs: number | null
  /** Who holds it, for people, such as `process 4711`; null when nobody can tell. */
  holder: string | null
}

/** A refusal. `path` is the file or lock, `detail` a short word such as `directory`, `other_owner` or `EACCES`. */
export class CredentialError extends Error {
  override readonly name = 'CredentialError'

  constructor(
    readonly code: CredentialErrorCode,
    readonly path: string,
    readonly detail: string,
    readonly lock: LockHolder | null = null,
  ) {
    super(`${code}: ${path} (${detail})`)
  }
}
