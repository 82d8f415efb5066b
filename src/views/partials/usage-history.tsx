/** @jsxImportSource #html */
/** What was used of each window in 90 days: a chart with its resets, how forecasts did, and a table of the same. */

import type { PastForecast, PastSpan, UnexplainedUse, UsageHistory, WindowHistory } from '../../limits/usage-history.ts'
import { Chart, type ChartBand, isDrawnAsBars } from '../ui/chart.tsx'
import { durationText, exactText } from '../ui/time.tsx'
import { percentText, windowName } from '../ui/usage-words.ts'
import type { ViewContext } from '../view-context.ts'

interface HistoryProps {
  view: ViewContext
  accountId: string
  history: UsageHistory
}

export function UsageHistoryPanel({ view, accountId, history }: HistoryProps) {
  const { usageHistory: t } = view.t
  const windows = history.windows.filter(({ lines }) => lines.length > 0)
  return (
    <section id={`usage_history_${accountId}`} class="panel usage-history" aria-labelledby="usage-history-title">
      <div class="usage-history__head">
        <h2 id="usage-history-title" class="panel__title">
          {t.title}
        </h2>
        <a href="/usage">{t.together}</a>
      </div>
      {windows.length === 0 ? <p class="quiet">{t.none}</p> : <Legend view={view} />}
      {windows.map((window) => (
        <WindowPast view={view} window={window} history={history} />
      ))}
    </section>
  )
}

function Legend({ view }: { view: ViewContext }) {
  const { legend } = view.t.usageHistory
  const signs = [
    ['chart__line', 'M1 8L15 3', legend.use],
    ['chart__reset', 'M8 1V11', legend.reset],
    ['chart__end', 'M8 6h0', legend.ranOut],
    ['chart__band', 'M1 6H15', legend.held],
    ['chart__band chart__band--missed', 'M1 6H15', legend.missed],
  ] as const
  return (
    <ul class="chart-legend quiet">
      {signs.map(([name, d, words]) => (
        <li>
          <svg class="chart-legend__sign" viewBox="0 0 16 12" aria-hidden="true" focusable="false">
            <path class={name} d={d} />
          </svg>
          {words}
        </li>
      ))}
    </ul>
  )
}

function WindowPast({ view, window, history }: { view: ViewContext; window: WindowHistory; history: UsageHistory }) {
  const { usageHistory: t } = view.t
  const name = windowName(view, window)
  const forecasts = window.spans.flatMap(({ forecast }) => forecast ?? [])
  return (
    <div class="usage-history__window">
      <h3 class="usage-history__name">{name}</h3>
      <Chart
        view={view}
        label={t.chart(name)}
        from={history.from}
        until={history.until}
        lines={window.lines}
        bars={isDrawnAsBars(window) ? window.peaks : undefined}
        resets={window.resets}
        bands={window.spans.flatMap(bandOf)}
        ends={forecasts.flatMap(({ ranOutAt }) => ranOutAt ?? [])}
      />
      <p>{recordWords(view, window)}</p>
      {window.unexplained !== null && <p>{unexplainedWords(view, window.unexplained)}</p>}
      {window.spans.length > 0 && <SpanTable view={view} name={name} spans={window.spans} />}
    </div>
  )
}

function bandOf({ resetsAt, forecast }: PastSpan): ChartBand[] {
  if (forecast === null || forecast.earliestAt === null || forecast.isInBand === null) return []
  return [{ from: forecast.earliestAt, until: forecast.latestAt ?? resetsAt, isHeld: forecast.isInBand }]
}

/** How forecasts of a window did, beside a straight line. */
function recordWords(view: ViewContext, { record }: Pick<WindowHistory, 'record'>): string {
  const { usageHistory: t } = view.t
  if (record === null || record.scored === 0) return t.noRecord
  const held = record.bands === 0 ? t.noBands : t.held(String(record.held), String(record.bands))
  return `${held} ${t.errors(spanText(view, record.errorMs), spanText(view, record.linearErrorMs))}`
}

/** The same for narrow places. */
export function shortRecordWords(view: ViewContext, { record }: Pick<WindowHistory, 'record'>): string {
  const { usageHistory: t } = view.t
  if (record === null || record.scored === 0) return t.noRecord
  const errors = t.errorsShort(spanText(view, record.errorMs), spanText(view, record.linearErrorMs))
  return record.bands === 0 ? errors : t.heldShort(String(record.held), String(record.bands), errors)
}

function spanText(view: ViewContext, ms: number): string {
  return durationText(view, Math.round(ms / 60_000) * 60_000)
}

function unexplainedWords(view: ViewContext, use: UnexplainedUse): string {
  const { elsewhere, explained, cannotTell } = view.t.usageHistory
  if (use.kind === 'cannot_tell') return cannotTell[use.why]
  const high = percentText(view, use.high)
  return use.kind === 'explained' ? explained(high) : elsewhere(percentText(view, use.low), high)
}

function SpanTable({ view, name, spans }: { view: ViewContext; name: string; spans: readonly PastSpan[] }) {
  const { usageHistory: t } = view.t
  return (
    <details class="usage-history__table">
      <summary>{t.table(name)}</summary>
      <section class="usage-history__scroll" tabindex={0} aria-label={t.table(name)}>
        <table class="history">
          <thead>
            <tr>
              <th scope="col">{t.columns.reset}</th>
              <th scope="col">{t.columns.highest}</th>
              <th scope="col">{t.columns.ranOut}</th>
              <th scope="col">{t.columns.foretold}</th>
              <th scope="col">{t.columns.linear}</th>
              <th scope="col">{t.columns.band}</th>
            </tr>
          </thead>
          <tbody>
            {spans.map((span) => (
              <tr>
                <th scope="row">{exactText(view, span.resetsAt)}</th>
                <td>{percentText(view, span.highestFraction)}</td>
                <ForecastCells view={view} forecast={span.forecast} />
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  )
}

function ForecastCells({ view, forecast }: { view: ViewContext; forecast: PastForecast | null }) {
  const { usageHistory: t } = view.t
  if (forecast === null) {
    return (
      <>
        <td>—</td>
        <td>—</td>
        <td>—</td>
        <td>—</td>
      </>
    )
  }
  const at = (instant: number | null) => (instant === null ? t.lasts : exactText(view, instant))
  return (
    <>
      <td>{forecast.ranOutAt === null ? t.lasted : exactText(view, forecast.ranOutAt)}</td>
      <td>
        {at(forecast.runsOutAt)}
        {forecast.earliestAt !== null && (
          <span class="history__details quiet">
            {forecast.latestAt === null
              ? t.openBand(exactText(view, forecast.earliestAt))
              : t.band(exactText(view, forecast.earliestAt), exactText(view, forecast.latestAt))}
          </span>
        )}
        <span class="history__details quiet">{t.saidAt(exactText(view, forecast.madeAt))}</span>
      </td>
      <td>{at(forecast.linearAt)}</td>
      <td>{forecast.isInBand === null ? '—' : forecast.isInBand ? t.bandHeld : t.bandMissed}</td>
    </>
  )
}
