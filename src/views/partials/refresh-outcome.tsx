/** @jsxImportSource #html */
/** The answer to a refresh: the row, and the outcome in words below it and for screen readers. */

import type { AccountSummary } from '../../accounts/account-summary.ts'
import { MarkShape } from '../ui/icon.tsx'
import { accountTitle } from '../ui/mask.ts'
import { exactText } from '../ui/time.tsx'
import type { ViewContext } from '../view-context.ts'
import { AccountRow } from './account-row.tsx'

interface RefreshOutcomeProps {
  view: ViewContext
  account: AccountSummary
  words: string
  isGood: boolean
}

export function RefreshOutcomeParts({ view, account, words, isGood }: RefreshOutcomeProps) {
  const tone = isGood ? 'good' : 'warn'
  return (
    <>
      <AccountRow view={view} account={account} />
      <hx-partial hx-target={`#outcome_${account.id}`} hx-swap="innerHTML">
        <span class="outcome__words" data-tone={tone}>
          <MarkShape tone={tone} /> {words} <span class="quiet">{exactText(view, view.now)}</span>
        </span>
      </hx-partial>
      <hx-partial hx-target="#announcer" hx-swap="innerHTML">
        {accountTitle(view, account)}: {words}
      </hx-partial>
    </>
  )
}
