/** @jsxImportSource #html */
/** What happens next to an account, and when it was last proved to work. */

import type { AccountSummary } from '../../accounts/account-summary.ts'
import { DAY_MS, SECOND_MS } from '../../lib/clock.ts'
import { dialogLink } from '../ui/hx.ts'
import { exactText, relativeText } from '../ui/time.tsx'
import { forecastWords, shortWindowName, windowTone } from '../ui/usage-words.ts'
import type { ViewContext } from '../view-context.ts'

/** The nearest event that matters, in words; `at` is null when there is none. */
function nextEvent(view: ViewContext, account: AccountSummary): { words: string; at: number | null } {
  const { row } = view.t
  const { status, nextRefreshAt, accessTokenExpiresAt, loginExpiresAt } = account.login
  if (status === 'sign_in_again') return { words: row.loginEnded, at: null }
  if (loginExpiresAt !== null && (status === 'ends_soon' || loginExpiresAt - view.now < 7 * DAY_MS)) {
    return { words: row.loginEnds(relativeText(view, loginExpiresAt)), at: loginExpiresAt }
  }
  const limit = nextLimit(view, account)
  if (limit !== null && status === 'valid') return limit
  if (nextRefreshAt !== null) {
    const when = nextRefreshAt - view.now < 10 * SECOND_MS ? view.t.time.now : relativeText(view, nextRefreshAt)
    const isRetry = status === 'retrying' || status === 'unknown_outcome'
    return { words: isRetry ? row.retries(when) : row.refreshes(when), at: nextRefreshAt }
  }
  if (accessTokenExpiresAt !== null) {
    const when = relativeText(view, accessTokenExpiresAt)
    return { words: accessTokenExpiresAt > view.now ? row.expires(when) : row.expired(when), at: accessTokenExpiresAt }
  }
  return { words: row.nothingNext, at: null }
}

/** The first window that is foretold to run out, else the reset of the tightest one that is nearly used up. */
function nextLimit(view: ViewContext, { usage }: AccountSummary): { words: string; at: number } | null {
  const { runsOutOf, resetsOf } = view.t.limits
  const ending = usage.windows
    .flatMap((window) => (window.forecast?.kind === 'runs_out' ? [{ window, at: window.forecast.at }] : []))
    .sort((left, right) => left.at - right.at)[0]
  if (ending) {
    const words = runsOutOf(shortWindowName(view, ending.window), forecastWords(view, ending.window))
    return { words, at: ending.at }
  }
  const full = usage.windows.find((window) => windowTone(window) !== null && window.resetsAt !== null)
  if (!full) return null
  const words = resetsOf(shortWindowName(view, full), relativeText(view, full.resetsAt!))
  return { words, at: full.resetsAt! }
}

export function NextEvent({ view, account }: { view: ViewContext; account: AccountSummary }) {
  const { words, at } = nextEvent(view, account)
  const exact = at === null ? undefined : exactText(view, at)
  return (
    <a
      class="when"
      title={exact}
      data-exact={exact}
      {...dialogLink(view, `/accounts/${account.id}/explanations/login`)}
    >
      {words}
    </a>
  )
}

export function LastProof({ view, account }: { view: ViewContext; account: AccountSummary }) {
  const at = account.login.lastProofAt
  const exact = at === null ? undefined : exactText(view, at)
  return (
    <a class="when quiet" title={exact} data-exact={exact} href={`/accounts/${account.id}#history`}>
      {at === null ? view.t.row.neverWorked : view.t.row.worked(relativeText(view, at))}
    </a>
  )
}
