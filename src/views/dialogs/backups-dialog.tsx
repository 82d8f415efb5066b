/** @jsxImportSource #html */
/** The switches of the last 30 days, each with the way back. */

import type { BackupView } from '../../switching/backups.ts'
import { CsrfField } from '../ui/csrf-field.tsx'
import { DialogContent, DismissButton, FormError } from '../ui/dialog-content.tsx'
import { dialogForm } from '../ui/hx.ts'
import { personal, personalPath } from '../ui/mask.ts'
import { exactText, RelativeTime } from '../ui/time.tsx'
import type { ViewContext } from '../view-context.ts'

export interface BackupsDialogProps {
  view: ViewContext
  backups: readonly BackupView[]
  error?: { title: string; detail: string } | null
}

export function BackupsDialog({ view, backups, error = null }: BackupsDialogProps) {
  const { activation } = view.t
  const first = backups.find(canBeUndone)
  return (
    <DialogContent view={view} title={activation.backups}>
      <div class="dialog-content__body stack">
        <FormError error={error} />
        {backups.length === 0 ? (
          <p>{activation.noBackups}</p>
        ) : (
          <ul class="backups">
            {backups.map((backup) => (
              <Backup view={view} backup={backup} isFirst={backup === first} />
            ))}
          </ul>
        )}
      </div>
      <footer class="dialog-content__foot">
        <DismissButton view={view} words={view.t.frame.close} />
      </footer>
    </DialogContent>
  )
}

function canBeUndone({ restoredAt, isUndo }: BackupView): boolean {
  return restoredAt === null && !isUndo
}

interface BackupProps {
  view: ViewContext
  backup: BackupView
  isFirst: boolean
}

function Backup({ view, backup, isFirst }: BackupProps) {
  const { activation } = view.t
  const nameOf = (side: BackupView['next']) => (side === null ? activation.nobody : personal(view, side.name))
  return (
    <li class="backup">
      <p class="backup__what">
        <span>{nameOf(backup.previous)}</span> <span aria-hidden="true">→</span> <strong>{nameOf(backup.next)}</strong>{' '}
        {backup.isUndo && <span class="tag">{activation.isUndo}</span>}
      </p>
      <p class="backup__facts quiet">
        <RelativeTime view={view} at={backup.at} /> · <code>{personalPath(view, backup.directory)}</code>
      </p>
      {backup.restoredAt !== null && <span class="quiet backup__act">{activation.restored}</span>}
      {backup.restoredAt === null && (
        <form class="backup__act switch-form" {...dialogForm(view, `/backups/${backup.id}/restorations`)}>
          <CsrfField view={view} />
          <button
            type="submit"
            class="btn btn--small"
            autofocus={isFirst}
            title={activation.undoUntil(exactText(view, backup.expiresAt))}
            aria-label={activation.undoOf(nameOf(backup.next) ?? '')}
          >
            {activation.undo}
          </button>
        </form>
      )}
    </li>
  )
}
