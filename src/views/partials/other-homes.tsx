/** @jsxImportSource #html */
/** Other homes in which logins are looked for, one a line. */

import { CsrfField } from '../ui/csrf-field.tsx'
import type { ViewContext } from '../view-context.ts'

export function OtherHomes({ view, homes }: { view: ViewContext; homes: readonly string[] }) {
  const { profiles, frame } = view.t
  return (
    <section class="panel settings__wide" aria-labelledby="homes-title">
      <h2 id="homes-title" class="panel__title">
        {profiles.homes.title}
      </h2>
      <p id="homes-hint" class="quiet">
        {profiles.homes.hint}
      </p>
      <form class="stack" method="post" action="/settings/homes">
        <CsrfField view={view} />
        <label class="field">
          <span class="field__label">{profiles.homes.label}</span>
          <textarea class="input" name="homes" rows={3} spellcheck={false} aria-describedby="homes-hint">
            {homes.join('\n')}
          </textarea>
        </label>
        <div class="button-row">
          <button type="submit" class="btn">
            {frame.save}
          </button>
        </div>
      </form>
    </section>
  )
}
