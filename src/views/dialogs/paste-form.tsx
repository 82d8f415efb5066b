/** @jsxImportSource #html */
/** The field for a code, `code#state` or a whole address. Scripts check it as one types; the server judges it either way. */

import type { AuthorizationView } from '../../accounts/authorization-view.ts'
import { CsrfField } from '../ui/csrf-field.tsx'
import { dialogForm } from '../ui/hx.ts'
import type { ViewContext } from '../view-context.ts'

interface PasteFormProps {
  view: ViewContext
  authorization: AuthorizationView
  hasError: boolean
  isFocused: boolean
}

export function PasteForm({ view, authorization, hasError, isFocused }: PasteFormProps) {
  const { signIn } = view.t
  const id = `response_${authorization.id}`
  return (
    <form class="stack" {...dialogForm(view, `/authorizations/${authorization.id}/responses`)}>
      <CsrfField view={view} />
      <div class="field">
        <label class="field__label" for={id}>
          {signIn.pasteLabel}
        </label>
        <textarea
          id={id}
          class="input input--code"
          name="response"
          rows={2}
          required
          maxlength={8_000}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          autofocus={isFocused}
          aria-invalid={hasError ? 'true' : undefined}
          aria-describedby={`${id}-hint ${id}-check`}
          data-paste-check={`${id}-check`}
          data-good={signIn.check.good}
          data-state-missing={signIn.check.stateMissing}
          data-other-state={signIn.check.otherState}
          data-code-missing={signIn.check.codeMissing}
          data-error={signIn.check.error}
        />
        <p id={`${id}-hint`} class="field__hint">
          {signIn.pasteHint}
        </p>
        <p id={`${id}-check`} class="field__check" role="status" />
      </div>
      <button type="submit" class="btn btn--primary">
        {signIn.submit}
      </button>
    </form>
  )
}
