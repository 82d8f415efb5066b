/** @jsxImportSource #html */
/** What a switch came to: who was verified and by whom, and the way back. */

import { CsrfField } from '../ui/csrf-field.tsx'
import { DialogContent, DismissButton } from '../ui/dialog-content.tsx'
import { dialogForm } from '../ui/hx.ts'
import { MarkShape } from '../ui/icon.tsx'
import type { ViewContext } from '../view-context.ts'

export interface SwitchedDialogProps {
  view: ViewContext
  title: string
  /** The sentence that tells what is so now. */
  headline: string
  detail: string
  /** The backup by which it is undone; null where there is nothing to undo. */
  backupId: string | null
  /** `bad`: nothing was switched. */
  tone: 'good' | 'bad'
}

export function SwitchedDialog({ view, title, headline, detail, backupId, tone }: SwitchedDialogProps) {
  const { activation, frame } = view.t
  return (
    <DialogContent view={view} title={title}>
      <div class="dialog-content__body stack">
        <div class="switched" data-tone={tone} role="status">
          <MarkShape tone={tone} />
          <p>
            {headline !== title && (
              <>
                <strong>{headline}</strong>
                <br />
              </>
            )}
            {detail}
          </p>
        </div>
      </div>
      <footer class="dialog-content__foot">
        {backupId && (
          <form class="switch-form" {...dialogForm(view, `/backups/${backupId}/restorations`)}>
            <CsrfField view={view} />
            <span class="switch-form__progress" role="status">
              {activation.working}
            </span>
            <button type="submit" class="btn">
              {activation.undo}
            </button>
          </form>
        )}
        <DismissButton view={view} words={frame.close} />
      </footer>
    </DialogContent>
  )
}
