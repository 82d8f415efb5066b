/**
 * Whose login a backup holds, and whether it may still be used. A token that was spent since is never put back: its
 * account's newest one is, or nothing. Reads only.
 */

import type { AccountsContext } from '../accounts/context.ts'
import { AccountError } from '../accounts/errors.ts'
import { loginOf } from '../cli-credentials/harvest-login.ts'
import type { PlaceFiles } from '../cli-credentials/place-files.ts'
import type { HarvestedLogin } from '../cli-credentials/writable-login.ts'
import { findAccountById } from '../db/account-store.ts'
import { wasSpent } from '../db/credential-file-store.ts'
import { listHoldersOfRefreshToken } from '../db/custody-store.ts'
import type { OpenBackup } from './backups.ts'

/** The files of a place with what a backup holds of them in the place of what they hold now. */
export function filesOfBackup(files: PlaceFiles, { files: kept }: Pick<OpenBackup, 'files'>): PlaceFiles {
  const replaced = files.files.map((file) => {
    const row = kept.find(({ path }) => path === file.path)
    return row ? { ...file, text: row.text } : file
  })
  return { ...files, files: replaced }
}

/**
 * What was in the place. `ours`: the login of an account that is here, whose newest tokens count. `raw`: one that nobody
 * here ever had, or that was forgotten here without being spent. `none`: no login of an account.
 */
export type PreviousLogin =
  | { kind: 'ours'; accountId: string }
  | { kind: 'raw'; login: HarvestedLogin }
  | { kind: 'none' }

/**
 * Whose login a backup holds.
 *
 * Errors: AccountError backup_previous_gone: it was spent since, and nobody has a newer one; StoreError
 */
export async function previousLogin(
  { database, vault }: AccountsContext,
  files: PlaceFiles,
  open: OpenBackup,
): Promise<PreviousLogin> {
  const login = loginOf(filesOfBackup(files, open))
  if (login === null) return { kind: 'none' }
  if (login.refreshToken === null) return { kind: 'raw', login }
  const fingerprint = vault.fingerprint('refresh_token', login.refreshToken)
  const [newest] = await listHoldersOfRefreshToken(database, fingerprint)
  if (newest && (await findAccountById(database, newest.accountId)))
    return { kind: 'ours', accountId: newest.accountId }
  const isOver = newest !== undefined && newest.endedHow !== 'removed' && newest.endedHow !== 'retired'
  if (isOver || (await wasSpent(database, fingerprint))) {
    throw new AccountError('backup_previous_gone', { path: files.place.path })
  }
  return { kind: 'raw', login }
}
