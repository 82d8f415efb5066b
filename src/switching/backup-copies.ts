/**
 * A backup holds a copy of the login that it was made of: that is told to the map of copies, and when it is no more. By
 * keyed fingerprint.
 */

import type { AccountsContext } from '../accounts/context.ts'
import { loginOf } from '../cli-credentials/harvest-login.ts'
import type { PlaceFiles } from '../cli-credentials/place-files.ts'
import type { BackupRow } from '../db/activation-store.ts'
import { type CopyRow, endCopiesOfBackups, findFamily, keepCopies } from '../db/grant-copy-store.ts'

/** Notes what a backup holds of a login that is known here. Errors: StoreError */
export async function noteBackupCopy(context: AccountsContext, backup: BackupRow, files: PlaceFiles): Promise<void> {
  const copy = await backupCopy(context, backup, files)
  if (copy) await keepCopies(context.database, [copy])
}

/** What a backup holds of a login that is known here; null when it holds none. Errors: StoreError */
export async function backupCopy(
  context: AccountsContext,
  backup: BackupRow,
  files: PlaceFiles,
): Promise<CopyRow | null> {
  const login = loginOf(files)
  if (!login?.refreshToken) return null
  const refreshTokenFingerprint = context.vault.fingerprint('refresh_token', login.refreshToken)
  const family = await findFamily(context.database, refreshTokenFingerprint)
  if (!family) return null
  return {
    ...{ id: backup.id, ...family, kind: 'backup', machineId: backup.machineId, mayRefresh: false },
    place: `${backup.directory} (${backup.id})`,
    refreshTokenFingerprint,
    accessTokenExpiresAt: login.accessTokenExpiresAt,
    ...{ seenAt: context.clock.now(), goneAt: null },
  }
}

/** Notes that the copies of backups that were forgotten are no more. Errors: StoreError */
export async function forgetBackupCopies({ database, clock }: AccountsContext): Promise<void> {
  await endCopiesOfBackups(database, clock.now())
}
