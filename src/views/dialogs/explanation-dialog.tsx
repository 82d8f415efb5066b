/** @jsxImportSource #html */
/** What a mark means: what was seen, what follows from it, what happens next and when, and what a person can do. */

import type { AccountSummary } from '../../accounts/account-summary.ts'
import type { CustodyMap } from '../../accounts/custody-map.ts'
import { reasonText } from '../../messages/reasons.ts'
import { canTakeOver, mendingHref, RefreshForm, takeOverHref } from '../partials/account-actions.tsx'
import { CustodyWays } from '../partials/custody-ways.tsx'
import { DialogContent, DismissButton } from '../ui/dialog-content.tsx'
import { hx } from '../ui/hx.ts'
import { MarkBadge, type MarkName } from '../ui/mark.tsx'
import { accountTitle, personalReason, personalText } from '../ui/mask.ts'
import type { ViewContext } from '../view-context.ts'

interface ExplanationProps {
  view: ViewContext
  account: AccountSummary
  mark: MarkName
}

/** `custody`: who holds copies, where two may refresh, so that it can be settled at once. */
export function ExplanationDialog({
  view,
  account,
  mark,
  custody = null,
}: ExplanationProps & { custody?: CustodyMap | null }) {
  return (
    <DialogContent view={view} title={accountTitle(view, account)}>
      <div class="dialog-content__body">
        <Explanation view={view} account={account} mark={mark} />
        {custody !== null && <CustodyWays view={view} account={account} map={custody} />}
      </div>
      <footer class="dialog-content__foot">
        <DismissButton view={view} words={view.t.frame.close} />
        <ExplanationAction view={view} account={account} mark={mark} />
      </footer>
    </DialogContent>
  )
}

/** The explanation itself, as it also stands on the account's page. */
export function Explanation({ view, account, mark }: ExplanationProps) {
  const { t } = view
  const text = reasonText(view.language, personalReason(view, account[mark].reason), view.now)
  const parts = [
    [t.account.seen, text.seen],
    [t.account.meaning, text.meaning],
    [t.account.next, text.next],
    [t.account.action, text.action],
  ] as const
  return (
    <div class="explanation">
      <h3 class="explanation__title">
        <MarkBadge view={view} account={account} name={mark} />
        <span class="explanation__words">{personalText(view, text.title)}</span>
      </h3>
      <dl class="explanation__parts">
        {parts.map(([name, words]) => (
          <div>
            <dt>{name}</dt>
            <dd>{personalText(view, words)}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

/** The act that mends what the mark shows. */
function ExplanationAction({ view, account, mark }: ExplanationProps) {
  if (mark === 'ownership') {
    if (!canTakeOver(account)) return null
    return <StepLink view={view} href={takeOverHref(account)} words={view.t.row.takeOver} />
  }
  if (account.login.status === 'sign_in_again') {
    return (
      <StepLink
        view={view}
        href={mendingHref(account) ?? `/authorizations/new?account=${account.id}`}
        words={view.t.row.signInAgain}
      />
    )
  }
  return <RefreshForm view={view} account={account} isPlain />
}

function StepLink({ view, href, words }: { view: ViewContext; href: string; words: string }) {
  return (
    <a
      class="btn btn--primary"
      href={href}
      {...hx(view, { get: href, target: 'closest [data-dialog]', swap: 'outerHTML' })}
    >
      {words}
    </a>
  )
}
