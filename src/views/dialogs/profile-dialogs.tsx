/** @jsxImportSource #html */
/** Making a profile, with what it shares; and removing one, with what goes with it. */

import type { AccountSummary } from '../../accounts/account-summary.ts'
import type { ProfileRemoval } from '../../switching/profile-remove.ts'
import { CsrfField } from '../ui/csrf-field.tsx'
import { DialogContent, DismissButton, FormError } from '../ui/dialog-content.tsx'
import { dialogForm } from '../ui/hx.ts'
import { personal, personalPath } from '../ui/mask.ts'
import type { ViewContext } from '../view-context.ts'

type Refusal = { title: string; detail: string } | null

export interface NewProfileDialogProps {
  view: ViewContext
  account: AccountSummary
  /** What can be shared, and whether it is unless told otherwise. */
  kinds: readonly { kind: string; isDefault: boolean }[]
  error?: Refusal
}

export function NewProfileDialog({ view, account, kinds, error = null }: NewProfileDialogProps) {
  const { profiles } = view.t
  return (
    <DialogContent view={view} title={profiles.make}>
      <form {...dialogForm(view, `/accounts/${account.id}/profiles`)}>
        <div class="dialog-content__body stack">
          <CsrfField view={view} />
          <FormError error={error} />
          <p>{profiles.why}</p>
          <fieldset class="share-kinds stack">
            <legend class="field__label">{profiles.share}</legend>
            {kinds.map(({ kind, isDefault }) => (
              <label class="check">
                <input type="checkbox" name={`share_${kind}`} value="yes" checked={isDefault} />{' '}
                {profiles.kinds[kind as keyof typeof profiles.kinds]}
              </label>
            ))}
          </fieldset>
        </div>
        <footer class="dialog-content__foot">
          <DismissButton view={view} />
          <button type="submit" class="btn btn--primary">
            {profiles.make}
          </button>
        </footer>
      </form>
    </DialogContent>
  )
}

export interface ProfileRemovalDialogProps {
  view: ViewContext
  removal: ProfileRemoval
  error?: Refusal
}

export function ProfileRemovalDialog({ view, removal, error = null }: ProfileRemovalDialogProps) {
  const { profiles } = view.t
  const { profile, login, files, bytes } = removal
  const identity = personal(view, profile.identity) ?? view.t.frame.unknown
  const warning = useWarning(view, profile.usedBy)
  const words = { none: profiles.noLogin, returned: profiles.returned(identity), lost: profiles.lost(identity) }
  return (
    <DialogContent view={view} title={profiles.removeTitle}>
      <form {...dialogForm(view, `/profiles/${profile.id}/removals`)}>
        <div class="dialog-content__body stack">
          <CsrfField view={view} />
          <FormError error={error} />
          <p>
            <code>{personalPath(view, profile.directory)}</code>
          </p>
          {warning !== null && (
            <div class="notice" data-tone="warn">
              <p>{warning}</p>
            </div>
          )}
          <p>{words[login]}</p>
          <p class="quiet">{profiles.contents(files, sizeText(bytes))}</p>
          {login === 'lost' && (
            <label class="check check--text">
              <input type="checkbox" name="lose_login" value="yes" required /> {profiles.loseIt}
            </label>
          )}
        </div>
        <footer class="dialog-content__foot">
          <DismissButton view={view} />
          <button type="submit" class="btn btn--negative">
            {profiles.remove}
          </button>
        </footer>
      </form>
    </DialogContent>
  )
}

/** A size in the unit that fits; bytes. */
function sizeText(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`
  if (bytes < 1_048_576) return `${Math.round(bytes / 1_024)} KiB`
  return `${(bytes / 1_048_576).toFixed(1)} MiB`
}

/** A CLI whose profile goes while it runs loses its login; where none can be seen, the person is to look. */
function useWarning({ t: { profiles } }: ViewContext, usedBy: ProfileRemoval['profile']['usedBy']): string | null {
  if (usedBy === null) return profiles.mayBeInUse
  return usedBy.length > 0 ? profiles.inUse(usedBy.join(', ')) : null
}
