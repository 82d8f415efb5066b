/** @jsxImportSource #html */
/** The page of alerts: what was told, its rules, and where it is told. */

import { Hono } from 'hono'
import { listAccounts } from '../accounts/list-accounts.ts'
import {
  AlertChannelError,
  addChannel,
  CHANNEL_KINDS,
  listAlertChannels,
  removeChannel,
  setChannelPaused,
} from '../alerts/alert-channels.ts'
import { AlertError } from '../alerts/alert-error.ts'
import {
  accountSnoozes,
  listAlerts,
  listUnseen,
  markSeen,
  newsToTell,
  SNOOZES,
  type SnoozeSpan,
  setAccountSnooze,
  snooze,
} from '../alerts/alert-list.ts'
import { ALERT_KINDS, AlertRulesError, changeAlertRules, getAlertRules } from '../alerts/alert-rules.ts'
import { testChannel } from '../alerts/deliver-alerts.ts'
import { minutesOfDay } from '../lib/time-of-day.ts'
import { AlertsPage } from '../views/pages/alerts-page.tsx'
import { failureText, type NewChannel } from '../views/partials/alert-channels.tsx'
import { Bell, SpokenAlert, wordsOf } from '../views/partials/bell.tsx'
import type { FlashMessage } from '../views/partials/flash.tsx'
import type { AppEnvironment } from './dependencies.ts'
import { formFields, frameOf, type PageContext, providerNames } from './page-parts.tsx'
import { respondPage, respondPartial, seeOther, viewOf } from './respond.tsx'

export const alertRoutes = new Hono<AppEnvironment>()
  .get('/alerts', async (c) => await alertsPage(c))
  .get('/alerts/bell', async (c) => {
    const unseen = await listUnseen(c.get('deps').accounts)
    return await respondPartial(c, <Bell view={viewOf(c)} count={unseen.length} />)
  })
  .get('/alerts/news', async (c) => {
    const context = c.get('deps').accounts
    const alert = await newsToTell(context)
    if (!alert) return await respondPartial(c, '')
    const words = wordsOf(viewOf(c), alert, await listAccounts(context), providerNames(c))
    return await respondPartial(c, <SpokenAlert view={viewOf(c)} alert={alert} words={words} />)
  })
  .post('/alerts/seen', async (c) => {
    await markSeen(c.get('deps').accounts)
    return seeOther(c, '/alerts')
  })
  .post('/alerts/:id/seen', async (c) => await acted(c, () => markSeen(c.get('deps').accounts, c.req.param('id'))))
  .post('/alerts/:id/snoozes', async (c) => {
    const { span } = await formFields(c)
    return await acted(c, () => snooze(c.get('deps').accounts, c.req.param('id'), spanOf(span) ?? 'hour'))
  })
  .post('/alerts/account-snoozes', async (c) => {
    const { account = '', span } = await formFields(c)
    await setAccountSnooze(c.get('deps').accounts, account, spanOf(span))
    return seeOther(c, '/alerts')
  })
  // Where the browser comes back to after another form of that page.
  .get('/alerts/rules', async (c) => await alertsPage(c))
  .post('/alerts/rules', async (c) => {
    const fields = await formFields(c)
    try {
      await changeAlertRules(c.get('deps').accounts, rulesOf(fields), c.get('actor'))
    } catch (error) {
      if (!(error instanceof AlertRulesError)) throw error
      const title = viewOf(c).t.alerts.problems[error.problem]
      return await alertsPage(c, { flash: { tone: 'bad', title }, status: 422 })
    }
    return seeOther(c, '/alerts?done=alert_rules_saved')
  })
  .get('/alerts/channels', async (c) => await alertsPage(c))
  .post('/alerts/channels', async (c) => await added(c))
  .get('/alerts/channels/:id/tests', async (c) => await alertsPage(c))
  .post('/alerts/channels/:id/tests', async (c) => {
    return await onChannel(c, async () => {
      const outcome = await testChannel(c.get('deps').accounts, c.req.param('id'))
      const { alerts: t } = viewOf(c).t
      const flash: FlashMessage = outcome.isSent
        ? { tone: 'good', title: t.tested }
        : { tone: 'bad', title: t.notTested(failureText(viewOf(c), outcome.code)) }
      return await alertsPage(c, { flash })
    })
  })
  .post('/alerts/channels/:id/pauses', async (c) => await paused(c, c.req.param('id'), true))
  .post('/alerts/channels/:id/resumptions', async (c) => await paused(c, c.req.param('id'), false))
  .post('/alerts/channels/:id/removals', async (c) => {
    return await onChannel(c, async () => {
      await removeChannel(c.get('deps').accounts, c.req.param('id'), c.get('actor'))
      return seeOther(c, '/alerts#channels')
    })
  })

interface PageOptions {
  flash?: FlashMessage
  status?: number
  made?: { name: string; key: string }
  typed?: NewChannel
}

async function alertsPage(c: PageContext, { flash, status = 200, made, typed }: PageOptions = {}): Promise<Response> {
  const context = c.get('deps').accounts
  const [accounts, alerts, rules, channels, snoozes] = await Promise.all([
    listAccounts(context),
    listAlerts(context),
    getAlertRules(context),
    listAlertChannels(context),
    accountSnoozes(context),
  ])
  const frame = await frameOf(c, accounts)
  const page = (
    <AlertsPage
      view={viewOf(c)}
      frame={flash ? { ...frame, flash } : frame}
      accounts={accounts}
      alerts={alerts}
      rules={rules}
      channels={channels}
      snoozes={snoozes}
      zone={context.system.timeZone}
      providerName={providerNames(c)}
      made={made}
      typed={typed}
    />
  )
  return await respondPage(c, page, status)
}

async function acted(c: PageContext, act: () => Promise<void>): Promise<Response> {
  try {
    await act()
  } catch (error) {
    if (!(error instanceof AlertError)) throw error
    return await alertsPage(c, { flash: { tone: 'warn', title: failureText(viewOf(c), error.problem) }, status: 404 })
  }
  return seeOther(c, '/alerts')
}

function spanOf(text: string | undefined): SnoozeSpan | null {
  return text !== undefined && Object.hasOwn(SNOOZES, text) ? (text as SnoozeSpan) : null
}

type Fields = Record<string, string | undefined>

function rulesOf(fields: Fields): Parameters<typeof changeAlertRules>[1] {
  const { quiet_from: from = '', quiet_until: until = '' } = fields
  const kinds = ALERT_KINDS.map((kind) => [kind, fields[`kind_${kind}`] === 'on'])
  return {
    kinds: Object.fromEntries(kinds),
    usageThresholds: numbersOf(fields.thresholds),
    loginEndDays: numbersOf(fields.days),
    quietHours: from === '' && until === '' ? null : { from: minutesOfDay(from), until: minutesOfDay(until) },
  }
}

function numbersOf(text = ''): number[] {
  return text
    .split(/[\s,;、，]+/)
    .flatMap((part) => (part === '' ? [] : [/^\d{1,4}$/.test(part) ? Number(part) : Number.NaN]))
}

async function added(c: PageContext): Promise<Response> {
  const { accounts: context, access } = c.get('deps')
  const { kind = '', name = '', target = '', private: own, names, api_token: token = '' } = await formFields(c)
  const typed = { kind, name, target, isPrivate: own === 'yes', includesNames: names === 'yes' }
  const refused = (code: string) =>
    alertsPage(c, { flash: { tone: 'bad', title: failureText(viewOf(c), code) }, status: 422, typed })
  const known = CHANNEL_KINDS.find((each) => each === kind)
  if (!known) return await refused('not_found')
  // Whoever only has a browser's cookie must not make this machine run programs.
  if (known === 'command' && !access.apiTokenMatches(token)) return await refused('api_token')
  try {
    const { isPrivate: isPrivateAllowed, includesNames } = typed
    const request = { kind: known, name, target, isPrivateAllowed, includesNames, actor: c.get('actor') }
    const { signingKey } = await addChannel(context, request)
    if (signingKey === null) return seeOther(c, '/alerts#channels')
    return await alertsPage(c, { made: { name: name || known, key: signingKey.reveal() } })
  } catch (error) {
    if (!(error instanceof AlertChannelError)) throw error
    return await refused(error.problem)
  }
}

async function paused(c: PageContext, id: string, isPaused: boolean): Promise<Response> {
  return await onChannel(c, async () => {
    await setChannelPaused(c.get('deps').accounts, id, isPaused, c.get('actor'))
    return seeOther(c, '/alerts#channels')
  })
}

async function onChannel(c: PageContext, act: () => Promise<Response>): Promise<Response> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof AlertChannelError)) throw error
    return await alertsPage(c, { flash: { tone: 'warn', title: failureText(viewOf(c), error.problem) }, status: 404 })
  }
}
