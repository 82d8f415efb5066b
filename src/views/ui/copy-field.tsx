/** @jsxImportSource #html */
/** A line to copy: shown whole and selectable, with a button where scripts run. */

import type { ViewContext } from '../view-context.ts'
import { Icon } from './icon.tsx'

interface CopyFieldProps {
  view: ViewContext
  id: string
  text: string
  /** Says the act and its object. */
  label: string
}

export function CopyField({ view, id, text, label }: CopyFieldProps) {
  return (
    <div class="copy-field">
      <textarea id={id} class="copy-field__text" rows={1} readonly spellcheck={false} aria-label={label}>
        {text}
      </textarea>
      <button type="button" class="btn btn--quiet" data-copy={id} data-copied={view.t.frame.copied}>
        <Icon name="copy" />
        <span data-copy-word>{label}</span>
      </button>
    </div>
  )
}
