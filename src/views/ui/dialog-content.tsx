/** @jsxImportSource #html */
/** The frame of what a dialog shows. The same content stands on a page of its own where there are no scripts. */

import type { Child } from 'hono/jsx'
import type { ViewContext } from '../view-context.ts'
import { Icon } from './icon.tsx'

interface DialogContentProps {
  view: ViewContext
  title: Child
  children?: Child
}

export function DialogContent({ view, title, children }: DialogContentProps) {
  return (
    <section class="dialog-content" data-dialog aria-labelledby="dialog-title">
      <header class="dialog-content__head">
        <h2 id="dialog-title" class="dialog-content__title" tabindex={-1}>
          {title}
        </h2>
        <button
          type="button"
          class="btn btn--icon btn--quiet dialog-content__close"
          {...{ command: 'close', commandfor: 'dialog' }}
          aria-label={view.t.frame.close}
        >
          <Icon name="close" />
        </button>
      </header>
      {children}
    </section>
  )
}

/** Closes the dialog where it is one, goes back to the accounts where it is a page. */
export function DismissButton({ view, words }: { view: ViewContext; words?: string }) {
  return (
    <>
      <button type="button" class="btn in-dialog" {...{ command: 'close', commandfor: 'dialog' }}>
        {words ?? view.t.frame.cancel}
      </button>
      <a class="btn on-page" href="/">
        {view.t.frame.back}
      </a>
    </>
  )
}

/** What went wrong with a form, above its fields. */
export function FormError({ error }: { error: { title: string; detail: string } | null }) {
  if (!error) return null
  return (
    <div class="notice" data-tone="bad" role="alert">
      <p>
        <strong class="notice__title">{error.title}</strong> {error.detail}
      </p>
    </div>
  )
}
