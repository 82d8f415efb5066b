/** @jsxImportSource #html */
/** The bell of the header: how many alerts nobody has seen, and the newest of them for who cannot see the page. */

import type { AccountSummary } from '../../accounts/account-summary.ts'
import type { Alert } from '../../alerts/alert-list.ts'
import type { ToldFacts } from '../../lib/telling.ts'
import { alertWords } from '../../messages/alert-words.ts'
import { hx } from '../ui/hx.ts'
import { Icon } from '../ui/icon.tsx'
import { accountTitle } from '../ui/mask.ts'
import type { ViewContext } from '../view-context.ts'

export function Bell({ view, count }: { view: ViewContext; count: number }) {
  const shown = count > 99 ? '99+' : String(count)
  // What is seen is part of what is read.
  const words = view.t.alerts.bell(count).replace(String(count), shown)
  return (
    <a
      id="bell"
      class="btn btn--icon btn--quiet bell"
      href="/alerts"
      aria-label={words}
      title={words}
      {...hx(view, {
        get: '/alerts/bell',
        trigger: 'alert-raised from:body, alerts-changed from:body',
        swap: 'outerHTML',
      })}
    >
      <Icon name="bell" />
      {count > 0 && (
        <span class="bell__count" aria-hidden="true">
          {shown}
        </span>
      )}
    </a>
  )
}

/** Asks for the words of a new alert and has them spoken; a script shows them as a notification where that was chosen. */
export function AlertNews({ view }: { view: ViewContext }) {
  const attributes = hx(view, {
    get: '/alerts/news',
    target: '#announcer',
    trigger: 'alert-raised from:body',
    swap: 'innerHTML',
  })
  return <div id="alert-news" hidden {...attributes} />
}

/** The newest alert, for the live region. */
export function SpokenAlert({ view, alert, words }: { view: ViewContext; alert: Alert; words: Words }) {
  return (
    <span data-alert-id={alert.id} data-alert-title={words.title} data-alert-text={words.text}>
      {view.t.alerts.raised(words.title)}
    </span>
  )
}

export interface Words {
  title: string
  text: string
}

/** An alert in the words of this view; personal data hidden where that is asked for. */
export function wordsOf(
  view: ViewContext,
  alert: Pick<Alert, 'kind' | 'threshold' | 'details' | 'accountId' | 'provider'>,
  accounts: readonly AccountSummary[],
  providerName: (id: string) => string,
): Words {
  const account = accounts.find(({ id }) => id === alert.accountId)
  const facts: ToldFacts = {
    kind: alert.kind,
    threshold: alert.threshold,
    provider: providerName(alert.provider),
    account: account ? accountTitle(view, account) : null,
    details: alert.details,
  }
  return alertWords(view.language, facts, view.now, view.timeZone)
}
