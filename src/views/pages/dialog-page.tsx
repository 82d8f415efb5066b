/** @jsxImportSource #html */
/** A dialog's content as a page of its own: for browsers without scripts, for reloads, and for links. Its forms are plain ones. */

import type { Child } from 'hono/jsx'
import { type FrameData, Layout } from '../layout.tsx'
import type { ViewContext } from '../view-context.ts'

interface DialogPageProps {
  view: ViewContext
  title: string
  frame: FrameData
  /** Reload after so many seconds where scripts are off, for a state that changes by itself. */
  reloadSeconds?: number
  children?: Child
}

export function DialogPage({ view, title, frame, reloadSeconds, children }: DialogPageProps) {
  return (
    <Layout view={view} title={title} frame={frame} section="accounts" reloadSeconds={reloadSeconds}>
      <h1 class="visually-hidden">{title}</h1>
      <div class="dialog-page">{children}</div>
    </Layout>
  )
}
