/** Alerts as a person sees them: what is new, what was, seen and snoozed. */

import type { AccountsContext } from '../accounts/context.ts'
import { getAccount } from '../accounts/list-accounts.ts'
import { namingStoreRefusals } from '../accounts/store-refusals.ts'
import { listFailedDeliveries } from '../db/alert-channel-store.ts'
import {
  type AlertRow,
  findAlert,
  listToldAlerts,
  listUnseenAlerts,
  markAlertsSeen,
  readSnoozes,
  snoozeAccount,
  snoozeAlert,
} from '../db/alert-store.ts'
import { DAY_MS, HOUR_MS } from '../lib/clock.ts'
import { AlertError } from './alert-error.ts'
import { getAlertRules } from './alert-rules.ts'
import { quietUntil } from './quiet-hours.ts'

export type Alert = Pick<
  AlertRow,
  | 'id'
  | 'kind'
  | 'provider'
  | 'accountId'
  | 'windowId'
  | 'threshold'
  | 'at'
  | 'details'
  | 'clearedAt'
  | 'seenAt'
  | 'snoozedUntil'
> & {
  /** Channels that could not be told, by their ids. */
  notToldTo: string[]
}

/** How many unseen ones the bell counts; more than a person reads. */
const MOST_UNSEEN = 100
const LISTED = 200
const FAILED_LISTED = 500

/** Spans for which something can be put off. */
export const SNOOZES = { hour: HOUR_MS, day: DAY_MS, week: 7 * DAY_MS } as const
export type SnoozeSpan = keyof typeof SNOOZES

/** What was told, newest first. Errors: AccountError store_failed */
export function listAlerts(context: AccountsContext): Promise<Alert[]> {
  return namingStoreRefusals(async () => {
    const [rows, failed] = await Promise.all([
      listToldAlerts(context.database, LISTED),
      listFailedDeliveries(context.database, FAILED_LISTED),
    ])
    return rows.map((row) => alertOf(row, failed))
  })
}

/** What nobody has seen yet, newest first; without what is put off. One query. Errors: AccountError store_failed */
export function listUnseen(context: AccountsContext): Promise<Alert[]> {
  return namingStoreRefusals(async () => {
    const rows = await listUnseenAlerts(context.database, context.clock.now(), MOST_UNSEEN)
    return rows.map((row) => alertOf(row, []))
  })
}

function alertOf(row: AlertRow, failed: readonly { alertId: string; channelId: string }[]): Alert {
  const { id, kind, provider, accountId, windowId, threshold, at, details, clearedAt, seenAt, snoozedUntil } = row
  const notToldTo = failed.filter(({ alertId }) => alertId === id).map(({ channelId }) => channelId)
  return { id, kind, provider, accountId, windowId, threshold, at, details, clearedAt, seenAt, snoozedUntil, notToldTo }
}

/** The newest unseen alert, unless these are quiet hours: for who is told at once. Errors: AccountError store_failed */
export async function newsToTell(context: AccountsContext): Promise<Alert | null> {
  const { quietHours } = await getAlertRules(context)
  const now = context.clock.now()
  if (quietUntil(quietHours, now, context.system.timeZone) > now) return null
  return (await listUnseen(context))[0] ?? null
}

/** Marks one alert as seen, or all that there are. Errors: AlertError not_found; AccountError store_failed */
export function markSeen(context: AccountsContext, id?: string): Promise<void> {
  return namingStoreRefusals(async () => {
    const { database, clock } = context
    const at = clock.now()
    if (id !== undefined && !(await findAlert(database, id))) throw new AlertError('not_found')
    await markAlertsSeen(database, { id, until: at + 1, at })
    context.events.publish({ type: 'alerts.changed' })
  })
}

/** Puts an alert off: it is told again then, if it is still so. Errors: AlertError not_found; AccountError store_failed */
export function snooze(context: AccountsContext, id: string, span: SnoozeSpan): Promise<void> {
  return namingStoreRefusals(async () => {
    if (!(await snoozeAlert(context.database, id, context.clock.now() + SNOOZES[span])))
      throw new AlertError('not_found')
    context.events.publish({ type: 'alerts.changed' })
  })
}

/** Tells nothing of an account for a while; null ends that. Errors: AccountError account_not_found, store_failed */
export async function setAccountSnooze(
  context: AccountsContext,
  accountId: string,
  span: SnoozeSpan | null,
): Promise<void> {
  await getAccount(context, accountId)
  await namingStoreRefusals(async () => {
    const now = context.clock.now()
    const until = span === null ? now : now + SNOOZES[span]
    await snoozeAccount(context.database, { accountId, until, now })
    context.events.publish({ type: 'alerts.changed' })
  })
}

/** Accounts of which nothing is told now, with the instant until when. Errors: AccountError store_failed */
export function accountSnoozes(context: AccountsContext): Promise<Map<string, number>> {
  return namingStoreRefusals(() => readSnoozes(context.database, context.clock.now()))
}
