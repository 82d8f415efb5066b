/** @jsxImportSource #html */
/** Calls to providers: how many of each kind in a day, and one by one for an account. */

import type { Child } from 'hono/jsx'
import { RelativeTime } from '../ui/time.tsx'
import type { ViewContext } from '../view-context.ts'

export interface CallCountFacts {
  provider: string
  providerName: string
  endpoint: string
  count: number
  failed: number
  lastAt: number
}

export function CallCounts({ view, calls }: { view: ViewContext; calls: readonly CallCountFacts[] }) {
  const { t } = view
  const names = t.calls
  return (
    <CallTable
      view={view}
      columns={[names.provider, names.endpoint, names.count, names.failed, names.last]}
      rows={calls.map((call) => (
        <tr>
          <td>{call.providerName}</td>
          <td>{t.calls.endpoints[call.endpoint] ?? call.endpoint}</td>
          <td>{call.count}</td>
          <td>{call.failed}</td>
          <td class="quiet">
            <RelativeTime view={view} at={call.lastAt} />
          </td>
        </tr>
      ))}
    />
  )
}

export interface CallFacts {
  at: number
  endpoint: string
  why: string
  outcome: string
  httpStatus: number | null
  code: string | null
  durationMs: number
  /** Calls of this kind that the account had left in the hour, after this one; null where nothing limits them. */
  budgetLeft: number | null
}

/** The calls that were made for one account. */
export function AccountCalls({ view, calls }: { view: ViewContext; calls: readonly CallFacts[] }) {
  const { t } = view
  return (
    <CallTable
      view={view}
      columns={[t.account.when, t.calls.endpoint, t.calls.outcome]}
      rows={calls.map((call) => (
        <tr>
          <td class="quiet">
            <RelativeTime view={view} at={call.at} />
          </td>
          <td>
            {t.calls.endpoints[call.endpoint] ?? call.endpoint}
            <span class="history__details quiet">{whyText(view, call.why)}</span>
          </td>
          <td>
            {outcomeText(view, call)}
            <span class="history__details quiet">{detailsText(view, call)}</span>
          </td>
        </tr>
      ))}
    />
  )
}

interface CallTableProps {
  view: ViewContext
  columns: readonly string[]
  rows: readonly Child[]
}

function CallTable({ view, columns, rows }: CallTableProps) {
  const { calls } = view.t
  return (
    <section class="panel" aria-labelledby="calls-title">
      <h2 id="calls-title" class="panel__title">
        {calls.title}
      </h2>
      {rows.length === 0 ? (
        <p class="quiet">{calls.none}</p>
      ) : (
        <table class="history calls">
          <thead>
            <tr>
              {columns.map((name) => (
                <th scope="col">{name}</th>
              ))}
            </tr>
          </thead>
          <tbody>{rows}</tbody>
        </table>
      )}
    </section>
  )
}

function whyText({ t }: ViewContext, why: string): string {
  return t.calls.reasons[why] ?? t.lineage.purposes[why] ?? why
}

function outcomeText({ t }: ViewContext, { outcome, httpStatus, code }: CallFacts): string {
  if (outcome === 'answered') return t.calls.answered(String(httpStatus ?? ''))
  return `${t.calls.outcomes[outcome] ?? outcome}${code ? ` (${code})` : ''}`
}

function detailsText({ t: { calls } }: ViewContext, { durationMs, budgetLeft }: CallFacts): string {
  const took = calls.milliseconds(String(durationMs))
  return budgetLeft === null ? took : `${took} · ${calls.budgetLeft(String(budgetLeft))}`
}
