/** @jsxImportSource #html */
/** All accounts together: what each used of its windows in 90 days, one small chart beside the other, on one scale of time. */

import type { AccountSummary } from '../../accounts/account-summary.ts'
import type { WindowOfAccount } from '../../accounts/usage-of-account.ts'
import type { AccountsHistory } from '../../limits/usage-history.ts'
import { type FrameData, Layout } from '../layout.tsx'
import { shortRecordWords } from '../partials/usage-history.tsx'
import { Chart, dayText, isDrawnAsBars } from '../ui/chart.tsx'
import { accountTitle } from '../ui/mask.ts'
import { forecastWords, percentText, windowName } from '../ui/usage-words.ts'
import type { ViewContext } from '../view-context.ts'

export interface UsagePageProps {
  view: ViewContext
  frame: FrameData
  accounts: readonly AccountSummary[]
  history: AccountsHistory
  /** Which page of how many; the first is 1. */
  place: { page: number; pages: number }
}

export function UsagePage({ view, frame, accounts, history, place }: UsagePageProps) {
  const { usageHistory: t } = view.t
  const rows = accounts.flatMap((account) => account.usage.windows.map((window) => ({ account, window })))
  return (
    <Layout view={view} title={t.together} frame={frame} section="usage">
      <div class="page-head">
        <h1 class="page-head__title">{t.together}</h1>
      </div>
      <section class="panel usage-together" aria-label={t.together}>
        {rows.length === 0 ? (
          <p class="quiet">{t.none}</p>
        ) : (
          <table class="history">
            <thead>
              <tr>
                <th scope="col">{t.columns.account}</th>
                <th scope="col">{t.columns.course(dayText(view, history.from), dayText(view, history.until))}</th>
                <th scope="col">{t.columns.now}</th>
                <th scope="col">{view.t.limits.columns.forecast}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Row view={view} {...row} history={history} />
              ))}
            </tbody>
          </table>
        )}
        {place.pages > 1 && (
          <nav class="button-row" aria-label={t.together}>
            {Array.from({ length: place.pages }, (_, index) => (
              <a
                class="btn btn--small"
                href={`/usage?page=${index + 1}`}
                aria-current={place.page === index + 1 ? 'page' : undefined}
              >
                {index + 1}
              </a>
            ))}
          </nav>
        )}
      </section>
    </Layout>
  )
}

interface RowProps {
  view: ViewContext
  account: AccountSummary
  window: WindowOfAccount
  history: AccountsHistory
}

function Row({ view, account, window, history }: RowProps) {
  const { usageHistory: t } = view.t
  const title = accountTitle(view, account)
  const name = windowName(view, window)
  const past = history.windows.find(({ accountId, windowId }) => accountId === account.id && windowId === window.id)
  const highest = past ? Math.max(...past.peaks.map(({ fraction }) => fraction)) : null
  return (
    <tr>
      <th scope="row">
        <a href={`/accounts/${account.id}#usage_history_${account.id}`}>{title}</a>
        <span class="history__details quiet">{name}</span>
      </th>
      <td class="usage-together__course">
        {past ? (
          <Chart
            view={view}
            label={t.chartOf(title, name, percentText(view, highest))}
            from={history.from}
            until={history.until}
            lines={past.lines}
            bars={isDrawnAsBars(window) ? past.peaks : undefined}
            resets={past.resets}
            isSmall
          />
        ) : (
          '—'
        )}
      </td>
      <td class="usage-together__now">
        {percentText(view, window.usedFraction)}
        <span class="history__details quiet">{t.highest(percentText(view, highest))}</span>
      </td>
      <td>
        {forecastWords(view, window)}
        <span class="history__details quiet">{shortRecordWords(view, { record: past?.record ?? null })}</span>
      </td>
    </tr>
  )
}
