/** @jsxImportSource #html */
/** Making an API key: its consequence and the form; then the key, this once. */

import type { AccountSummary } from '../../accounts/account-summary.ts'
import { CopyField } from '../ui/copy-field.tsx'
import { CsrfField } from '../ui/csrf-field.tsx'
import { DialogContent, DismissButton, FormError } from '../ui/dialog-content.tsx'
import { Field } from '../ui/field.tsx'
import { dialogForm } from '../ui/hx.ts'
import { accountTitle } from '../ui/mask.ts'
import type { ViewContext } from '../view-context.ts'

export interface NewConsoleKeyProps {
  view: ViewContext
  account: AccountSummary
  /** Of this form: sent twice, it makes one key. */
  formId: string
  typed?: { name: string; keep: boolean }
  error?: { title: string; detail: string } | null
}

export function NewConsoleKeyDialog({ view, account, formId, typed, error = null }: NewConsoleKeyProps) {
  const { consoleKeys: t } = view.t
  return (
    <DialogContent view={view} title={t.createTitle(accountTitle(view, account))}>
      <form class="dialog-content__form" {...dialogForm(view, `/accounts/${account.id}/console-keys`)}>
        <div class="dialog-content__body stack">
          <FormError error={error} />
          <div class="notice" data-tone="warn">
            <p>{t.consequence}</p>
          </div>
          <CsrfField view={view} />
          <input type="hidden" name="key_form" value={formId} />
          <Field
            id="key-name"
            name="name"
            label={t.name}
            value={typed?.name ?? ''}
            hint={t.nameHint}
            maxlength={80}
            required
          />
          <label class="check check--text">
            <input
              type="checkbox"
              name="keep"
              value="yes"
              checked={typed?.keep ?? false}
              aria-describedby="keep-hint"
            />{' '}
            <span>{t.keep}</span>
          </label>
          <p id="keep-hint" class="field__hint">
            {t.keepHint}
          </p>
          <label class="check check--text">
            <input type="checkbox" name="confirm" value="yes" required /> <span>{t.confirm}</span>
          </label>
        </div>
        <footer class="dialog-content__foot">
          <DismissButton view={view} />
          <button type="submit" class="btn btn--primary">
            {t.confirmCreate}
          </button>
        </footer>
      </form>
    </DialogContent>
  )
}

export interface ShownConsoleKeyProps {
  view: ViewContext
  accountId: string
  name: string
  /** The key itself: this is its one way onto a page. */
  text: string
  /** `made`: just now and not kept; `made_kept`; `read`: a kept one again. */
  why: 'made' | 'made_kept' | 'read'
}

export function ShownConsoleKeyDialog({ view, accountId, name, text, why }: ShownConsoleKeyProps) {
  const { consoleKeys: t } = view.t
  const words = { made: t.madeOnce, made_kept: t.madeKept, read: t.shown }[why]
  return (
    <DialogContent view={view} title={why === 'read' ? name : t.made}>
      <div class="dialog-content__body stack">
        <p>{words}</p>
        <CopyField view={view} id="console-key" text={text} label={t.copy} />
      </div>
      <footer class="dialog-content__foot">
        <a class="btn btn--primary" href={`/accounts/${accountId}`}>
          {t.back}
        </a>
      </footer>
    </DialogContent>
  )
}
