/** @jsxImportSource #html */
/** Whether the history is whole: the button that checks it, and what was found. */

import { CsrfField } from '../ui/csrf-field.tsx'
import { MarkShape } from '../ui/icon.tsx'
import type { ViewContext } from '../view-context.ts'

export interface TrailFindings {
  isWhole: boolean
  events: number
  durationMs: number
  findingCount: number
  findings: readonly { kind: string; firstId: number; lastId: number }[]
}

/** Findings that are named on the page. */
const NAMED = 20

export function TrailCheck({ view, check }: { view: ViewContext; check: TrailFindings | null }) {
  const { activity } = view.t
  return (
    <section id="trail" class="panel" aria-labelledby="trail-title">
      <h2 id="trail-title" class="panel__title">
        {activity.chain}
      </h2>
      <p class="quiet">{activity.chainHint}</p>
      {check && <Found view={view} check={check} />}
      <form method="post" action="/activity/verifications#trail">
        <CsrfField view={view} />
        <button type="submit" class="btn">
          {activity.verify}
        </button>
      </form>
    </section>
  )
}

function Found({ view, check }: { view: ViewContext; check: TrailFindings }) {
  const { activity } = view.t
  const number = (value: number) => value.toLocaleString(view.language)
  const named = check.findings.slice(0, NAMED)
  return (
    <div class="trail-check" data-tone={check.isWhole ? 'good' : 'bad'} role={check.isWhole ? 'status' : 'alert'}>
      <p class="trail-check__word">
        <MarkShape tone={check.isWhole ? 'good' : 'bad'} />
        <strong>
          {check.isWhole
            ? activity.whole(number(check.events), number(check.durationMs))
            : activity.broken(number(check.findingCount))}
        </strong>
      </p>
      {named.length > 0 && (
        <ul>
          {named.map(({ kind, firstId, lastId }) => (
            <li>{activity.findings[kind]?.(firstId === lastId ? String(firstId) : `${firstId}–${lastId}`) ?? kind}</li>
          ))}
        </ul>
      )}
      {check.findingCount > named.length && <p>{activity.more(number(check.findingCount - named.length))}</p>}
      {!check.isWhole && <p>{activity.advice}</p>}
    </div>
  )
}
