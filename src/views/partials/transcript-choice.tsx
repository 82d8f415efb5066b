/** @jsxImportSource #html */
/** The choice whether transcripts of the CLIs are counted on this machine. */

import { CsrfField } from '../ui/csrf-field.tsx'
import type { ViewContext } from '../view-context.ts'

export function TranscriptChoice({ view, areCounted }: { view: ViewContext; areCounted: boolean }) {
  const { transcripts } = view.t.usageHistory
  return (
    <section class="panel" aria-labelledby="transcripts-title">
      <h2 id="transcripts-title" class="panel__title">
        {transcripts.title}
      </h2>
      <form class="stack" method="post" action="/settings/transcripts">
        <CsrfField view={view} />
        <p class="quiet">{transcripts.hint}</p>
        <label class="check">
          <input type="checkbox" name="transcripts" value="on" checked={areCounted} /> {transcripts.count}
        </label>
        <div class="button-row">
          <button type="submit" class="btn">
            {view.t.frame.save}
          </button>
        </div>
      </form>
    </section>
  )
}
