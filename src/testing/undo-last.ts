/** Undoing as a person does who means the last switch. */

import type { AccountsContext, Actor } from '../accounts/context.ts'
import { AccountError } from '../accounts/errors.ts'
import { listBackups } from '../switching/backups.ts'
import { type Restoration, restoreBackup } from '../switching/restore-backup.ts'

/** Undoes the last switch that was not undone. Errors: those of `restoreBackup`; backup_nothing_to_undo */
export async function undoLast(
  context: AccountsContext,
  { provider, actor }: { provider?: string; actor: Actor },
): Promise<Restoration> {
  const backups = await listBackups(context)
  const last = backups.find(
    (backup) =>
      !backup.isUndo && backup.restoredAt === null && (provider === undefined || backup.provider === provider),
  )
  if (!last) throw new AccountError('backup_nothing_to_undo')
  return restoreBackup(context, { backupId: last.id, actor })
}
