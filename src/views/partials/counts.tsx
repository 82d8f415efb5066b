/** @jsxImportSource #html */
/** "9 healthy · 2 need you": the second part filters the list. */

import type { AccountCounts } from '../account-filter.ts'
import { MarkShape } from '../ui/icon.tsx'
import type { ViewContext } from '../view-context.ts'

export function Counts({ view, counts }: { view: ViewContext; counts: AccountCounts }) {
  const { t } = view
  return (
    <p id="counts" class="counts">
      {counts.healthy > 0 && (
        <a class="counts__part" data-tone="good" href="/?state=healthy">
          <MarkShape tone="good" />
          {t.counts.healthy(counts.healthy)}
        </a>
      )}
      {counts.unsettled > 0 && (
        <a class="counts__part" data-tone="warn" href="/?state=unsettled">
          <MarkShape tone="warn" />
          {t.counts.unsettled(counts.unsettled)}
        </a>
      )}
      {counts.needYou > 0 && (
        <a class="counts__part" data-tone="bad" href="/?state=need_you">
          <MarkShape tone="bad" />
          {t.counts.needYou(counts.needYou)}
        </a>
      )}
    </p>
  )
}
