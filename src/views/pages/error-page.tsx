/** @jsxImportSource #html */
/** A refusal or a failure as a page, with the way back. */

import { Layout } from '../layout.tsx'
import { Icon } from '../ui/icon.tsx'
import type { ViewContext } from '../view-context.ts'

export function ErrorPage({ view, title, detail }: { view: ViewContext; title: string; detail: string }) {
  return (
    <Layout view={view} title={title} frame={null}>
      <div class="gate panel stack">
        <h1 class="gate__title">{title}</h1>
        {detail && <p>{detail}</p>}
        <p>
          <a class="btn" href="/">
            <Icon name="back" /> {view.t.frame.back}
          </a>
        </p>
      </div>
    </Layout>
  )
}
