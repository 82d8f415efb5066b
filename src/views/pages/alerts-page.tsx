/** @jsxImportSource #html */
/** What was crossed, and the person's choices: rules, quiet hours, this browser, channels. */

import type { AccountSummary } from '../../accounts/account-summary.ts'
import type { AlertChannel } from '../../alerts/alert-channels.ts'
import type { Alert } from '../../alerts/alert-list.ts'
import type { AlertRules } from '../../alerts/alert-rules.ts'
import { type FrameData, Layout } from '../layout.tsx'
import { AccountSnoozes } from '../partials/account-snoozes.tsx'
import { AlertChannels, type NewChannel } from '../partials/alert-channels.tsx'
import { AlertRulesForm } from '../partials/alert-rules-form.tsx'
import { AlertTable } from '../partials/alert-table.tsx'
import { BrowserNotices } from '../partials/browser-notices.tsx'
import type { ViewContext } from '../view-context.ts'

export interface AlertsPageProps {
  view: ViewContext
  frame: FrameData
  accounts: readonly AccountSummary[]
  alerts: readonly Alert[]
  rules: AlertRules
  channels: readonly AlertChannel[]
  /** Accounts of which nothing is told, and until when. */
  snoozes: ReadonlyMap<string, number>
  /** The time zone of quiet hours. */
  zone: string
  providerName: (id: string) => string
  /** A channel that was just made, with its key. */
  made?: { name: string; key: string } | null
  /** What was typed for a channel that could not be made. */
  typed?: NewChannel | null
}

export function AlertsPage(props: AlertsPageProps) {
  const { view, frame, accounts, snoozes } = props
  const { alerts: t } = view.t
  return (
    <Layout view={view} title={t.title} frame={frame} section="alerts">
      <div class="page-head">
        <h1 class="page-head__title">{t.title}</h1>
      </div>
      <div class="alerts">
        <div class="alerts__main">
          <AlertTable {...props} />
          <AlertChannels view={view} channels={props.channels} made={props.made} typed={props.typed} />
        </div>
        <div class="alerts__side">
          <AlertRulesForm view={view} rules={props.rules} zone={props.zone} />
          <BrowserNotices view={view} />
          <AccountSnoozes view={view} accounts={accounts} snoozes={snoozes} />
        </div>
      </div>
    </Layout>
  )
}
