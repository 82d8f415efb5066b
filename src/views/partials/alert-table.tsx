/** @jsxImportSource #html */
/** What was told, newest first, with what can be done about each. */

import type { AccountSummary } from '../../accounts/account-summary.ts'
import type { AlertChannel } from '../../alerts/alert-channels.ts'
import type { Alert } from '../../alerts/alert-list.ts'
import { CsrfField } from '../ui/csrf-field.tsx'
import { MarkShape, type MarkTone } from '../ui/icon.tsx'
import { FullTime, relativeText } from '../ui/time.tsx'
import type { ViewContext } from '../view-context.ts'
import { wordsOf } from './bell.tsx'

interface AlertTableProps {
  view: ViewContext
  alerts: readonly Alert[]
  accounts: readonly AccountSummary[]
  channels: readonly AlertChannel[]
  providerName: (id: string) => string
}

export function AlertTable(props: AlertTableProps) {
  const { view, alerts } = props
  const { alerts: t } = view.t
  const hasUnseen = alerts.some(({ seenAt }) => seenAt === null)
  return (
    <section class="panel alerts__list" aria-labelledby="alerts-title">
      <div class="alerts__head">
        <h2 id="alerts-title" class="panel__title">
          {t.list}
        </h2>
        {hasUnseen && (
          <form method="post" action="/alerts/seen">
            <CsrfField view={view} />
            <button type="submit" class="btn btn--small">
              {t.markAll}
            </button>
          </form>
        )}
      </div>
      <p class="quiet">{t.intro}</p>
      {alerts.length === 0 ? (
        <p class="alerts__none">{t.none}</p>
      ) : (
        <ul class="alerts__rows">
          {alerts.map((alert) => (
            <AlertRow {...props} alert={alert} />
          ))}
        </ul>
      )}
    </section>
  )
}

const BAD = new Set(['sign_in_needed', 'conflict'])

function toneOf({ kind, threshold, clearedAt }: Alert): MarkTone {
  if (clearedAt !== null) return 'idle'
  return BAD.has(kind) || (kind === 'usage' && threshold === 100) ? 'bad' : 'warn'
}

function AlertRow({ view, alert, accounts, channels, providerName }: AlertTableProps & { alert: Alert }) {
  const { alerts: t } = view.t
  const { title, text } = wordsOf(view, alert, accounts, providerName)
  const isSnoozed = alert.snoozedUntil !== null && alert.snoozedUntil > view.now
  const names = alert.notToldTo.flatMap((id) => channels.filter((each) => each.id === id).map(({ name }) => name))
  return (
    <li class="alert-row" data-unseen={alert.seenAt === null && !isSnoozed ? '' : undefined}>
      <MarkShape tone={toneOf(alert)} />
      <div class="alert-row__what">
        <p class="alert-row__title">
          {alert.accountId === null ? title : <a href={`/accounts/${alert.accountId}`}>{title}</a>}{' '}
          {alert.seenAt === null && !isSnoozed && <span class="tag tag--live">{t.states.unseen}</span>}
        </p>
        <p>{text}</p>
        <p class="quiet">
          <FullTime view={view} at={alert.at} /> · {alert.clearedAt === null ? t.states.lasts : t.states.over}
          {isSnoozed && ` · ${t.states.snoozed(relativeText(view, alert.snoozedUntil!))}`}
          {names.map((name) => ` · ${t.notTold(name)}`).join('')}
        </p>
      </div>
      <div class="alert-row__acts">
        {alert.seenAt === null && (
          <form method="post" action={`/alerts/${alert.id}/seen`}>
            <CsrfField view={view} />
            <button type="submit" class="btn btn--small" aria-label={t.seenOf(title)}>
              {t.seen}
            </button>
          </form>
        )}
        {alert.clearedAt === null && (
          <form class="alert-row__snooze" method="post" action={`/alerts/${alert.id}/snoozes`}>
            <CsrfField view={view} />
            <SpanChoice view={view} label={t.snoozeOf(title)} />
            <button type="submit" class="btn btn--small btn--quiet" aria-label={t.snoozeOf(title)}>
              {t.snooze}
            </button>
          </form>
        )}
      </div>
    </li>
  )
}

export function SpanChoice({ view, label }: { view: ViewContext; label: string }) {
  const { snoozeFor } = view.t.alerts
  return (
    <select class="input input--small" name="span" aria-label={label}>
      {(['hour', 'day', 'week'] as const).map((span) => (
        <option value={span}>{snoozeFor[span]}</option>
      ))}
    </select>
  )
}
