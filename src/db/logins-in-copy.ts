/** Looks into a whole copy of a database, for what logins it holds. By keyed fingerprint; changes nothing, and leaves nothing beside it. */

import { existsSync } from 'node:fs'

/** A login that is ours in a copy. */
export interface LoginInCopy {
  refreshTokenFingerprint: string
  accessTokenExpiresAt: number | null
}

/** What a copy holds; nothing where it cannot be read, or lies there with a log that nobody has brought in. */
export async function loginsInCopy(path: string): Promise<LoginInCopy[]> {
  if (existsSync(`${path}-wal`)) return []
  const { constants, Database } = await import('bun:sqlite')
  try {
    // As a file that nobody changes: SQLite would make files of its own beside it otherwise.
    const address = `${Bun.pathToFileURL(path).href}?immutable=1`
    const copy = new Database(address, constants.SQLITE_OPEN_READONLY | constants.SQLITE_OPEN_URI)
    try {
      return copy
        .query<LoginInCopy, []>(
          `select refresh_token_fingerprint as refreshTokenFingerprint, access_token_expires_at as accessTokenExpiresAt
           from grants where custody <> 'cli' and retired_at is null and refresh_token_fingerprint is not null`,
        )
        .all()
    } finally {
      copy.close()
    }
  } catch {
    // Damaged, or of a version that had no such table.
    return []
  }
}
