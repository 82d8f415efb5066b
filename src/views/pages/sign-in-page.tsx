/** @jsxImportSource #html */
/** Signing in to the dashboard: by the one-time link, which the script of the page posts, or by the API token. */

import { Layout } from '../layout.tsx'
import { FormError } from '../ui/dialog-content.tsx'
import { Field } from '../ui/field.tsx'
import type { ViewContext } from '../view-context.ts'

interface SignInPageProps {
  view: ViewContext
  problem: 'link_used' | 'token_wrong' | null
  /** Where to go afterwards. */
  next: string
}

export function SignInPage({ view, problem, next }: SignInPageProps) {
  const { dashboard } = view.t
  const words = { link_used: dashboard.linkUsed, token_wrong: dashboard.wrong }
  return (
    <Layout view={view} title={dashboard.title} frame={null}>
      <div class="gate panel stack">
        <h1 class="gate__title">{dashboard.title}</h1>
        <FormError error={problem ? { title: words[problem], detail: '' } : null} />
        <form method="post" action="/sign-in" data-one-time-link>
          <input type="hidden" name="link" value="" />
          <input type="hidden" name="next" value={next} />
          <p class="gate__redeeming quiet" role="status" hidden>
            {dashboard.redeeming}
          </p>
        </form>
        <p>{dashboard.lead}</p>
        <p>
          <code class="gate__command">npx tokendeck link</code>
        </p>
        <form class="stack" method="post" action="/sign-in">
          <input type="hidden" name="next" value={next} />
          <Field
            id="token"
            name="token"
            type="password"
            label={dashboard.token}
            hint={dashboard.tokenHint}
            required
            autofocus
          />
          <button type="submit" class="btn btn--primary">
            {dashboard.submit}
          </button>
        </form>
      </div>
    </Layout>
  )
}
