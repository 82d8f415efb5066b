/** Alerts for programs: what was crossed, the rules, and channels. */

import { accountName } from '../../../accounts/account-summary.ts'
import { listAccounts } from '../../../accounts/list-accounts.ts'
import {
  type AlertChannel,
  addChannel,
  listAlertChannels,
  removeChannel,
  setChannelPaused,
} from '../../../alerts/alert-channels.ts'
import { type Alert, listAlerts, markSeen, newsToTell, setAccountSnooze, snooze } from '../../../alerts/alert-list.ts'
import { type AlertRules, changeAlertRules, getAlertRules, type QuietHours } from '../../../alerts/alert-rules.ts'
import { testChannel } from '../../../alerts/deliver-alerts.ts'
import { minutesOfDay, timeOfDay } from '../../../lib/time-of-day.ts'
import { alertWords } from '../../../messages/alert-words.ts'
import * as schemas from './alert-schemas.ts'
import { rfc3339 } from './instants.ts'
import { refusing } from './refusing.ts'
import { type ApiCall, accountId, apiRoute } from './route.ts'

export const alertRoutes = [
  apiRoute({
    method: 'get',
    path: '/api/alerts',
    summary: 'What was crossed, newest first',
    answer: { status: 200, description: 'Alerts', schema: schemas.alert, isList: true },
    async handle(call) {
      const [alerts, say] = await Promise.all([listAlerts(call.context), wordsOf(call)])
      return alerts.map((each) => alertJson(each, say(each)))
    },
  }),
  apiRoute({
    method: 'get',
    path: '/api/alerts/news',
    summary: 'The newest alert that nobody has seen; none in quiet hours',
    answer: { status: 200, description: 'It, or null', schema: schemas.news },
    async handle(call) {
      const news = await newsToTell(call.context)
      return { alert: news && alertJson(news, (await wordsOf(call))(news)) }
    },
  }),
  apiRoute({
    method: 'post',
    path: '/api/alerts/:id/sightings',
    summary: 'Mark an alert as seen',
    answer: { status: 200, description: 'Its id', schema: schemas.gone },
    handle: async ({ context, param }) => await refusing(() => markSeen(context, param('id')), param('id')),
  }),
  apiRoute({
    method: 'post',
    path: '/api/alerts/:id/snoozes',
    summary: 'Put an alert off; it is told again then, if it is still so',
    body: schemas.snoozeRequest,
    answer: { status: 200, description: 'Its id', schema: schemas.gone },
    handle: async ({ context, param, body }) =>
      await refusing(() => snooze(context, param('id'), body.span), param('id')),
  }),
  apiRoute({
    method: 'post',
    path: '/api/accounts/:id/alert-snoozes',
    summary: 'Tell nothing of an account for a while; null ends that',
    body: schemas.accountSnooze,
    answer: { status: 200, description: 'Its id', schema: schemas.gone },
    async handle(call) {
      const id = await accountId(call)
      await setAccountSnooze(call.context, id, call.body.span)
      return { id }
    },
  }),
  apiRoute({
    method: 'get',
    path: '/api/alert-rules',
    summary: 'Which crossings are told, and when not',
    answer: { status: 200, description: 'The rules', schema: schemas.rules },
    handle: async ({ context }) => rulesJson(await getAlertRules(context)),
  }),
  apiRoute({
    method: 'patch',
    path: '/api/alert-rules',
    summary: 'Change the rules',
    body: schemas.rulesChange,
    answer: { status: 200, description: 'The rules', schema: schemas.rules },
    async handle({ context, body, actor }) {
      const { kinds: chosen, usage_thresholds, login_end_days, quiet_hours } = body
      const changes = {
        ...(chosen && { kinds: chosen as AlertRules['kinds'] }),
        ...(usage_thresholds && { usageThresholds: usage_thresholds }),
        ...(login_end_days && { loginEndDays: login_end_days }),
        ...(quiet_hours !== undefined && { quietHours: quiet_hours && quietHoursOf(quiet_hours) }),
      }
      return rulesJson(await refusing(() => changeAlertRules(context, changes, actor)))
    },
  }),
  apiRoute({
    method: 'get',
    path: '/api/alert-channels',
    summary: 'Where alerts are told beside the pages',
    answer: { status: 200, description: 'Channels, never their addresses', schema: schemas.channel, isList: true },
    handle: async ({ context }) => (await listAlertChannels(context)).map(channelJson),
  }),
  apiRoute({
    method: 'post',
    path: '/api/alert-channels',
    summary: 'Add a channel. A command runs on this machine with all rights of its user',
    isTokenOnly: true,
    body: schemas.newChannel,
    answer: {
      status: 201,
      description: 'Its id, and for a webhook the key that signs, this once',
      schema: schemas.madeChannel,
    },
    async handle({ context, body, actor }) {
      const { kind, name, target, allow_private: isPrivateAllowed, include_names: includesNames } = body
      const request = { kind, name, target, isPrivateAllowed, includesNames, actor }
      const { id, signingKey } = await refusing(() => addChannel(context, request))
      return { id, signing_key: signingKey?.reveal() ?? null }
    },
  }),
  apiRoute({
    method: 'patch',
    path: '/api/alert-channels/:id',
    summary: 'Pause a channel, or end that',
    body: schemas.channelChange,
    answer: { status: 200, description: 'Its id', schema: schemas.gone },
    handle: async ({ context, param, body, actor }) =>
      await refusing(() => setChannelPaused(context, param('id'), body.paused, actor), param('id')),
  }),
  apiRoute({
    method: 'post',
    path: '/api/alert-channels/:id/tests',
    summary: 'Tell a test to a channel now',
    answer: {
      status: 200,
      description: 'How it went',
      schema: schemas.channelTest,
    },
    async handle({ context, param }) {
      const outcome = await refusing(() => testChannel(context, param('id')))
      return { told: outcome.isSent, failure: outcome.isSent ? null : outcome.code }
    },
  }),
  apiRoute({
    method: 'delete',
    path: '/api/alert-channels/:id',
    summary: 'Remove a channel',
    answer: { status: 200, description: 'Its id', schema: schemas.gone },
    handle: async ({ context, param, actor }) =>
      await refusing(() => removeChannel(context, param('id'), actor), param('id')),
  }),
]

type Words = (alert: Alert) => { title: string; text: string }

async function wordsOf({ context, language, now }: ApiCall<unknown, unknown>): Promise<Words> {
  const accounts = await listAccounts(context)
  return ({ kind, threshold, provider, accountId, details }) => {
    const account = accounts.find(({ id }) => id === accountId)
    const name = account ? accountName(account) : null
    const facts = {
      kind,
      threshold,
      provider: context.providers.get(provider)?.name ?? provider,
      account: name,
      details,
    }
    return alertWords(language, facts, now, context.system.timeZone)
  }
}

function alertJson(each: Alert, words: { title: string; text: string }) {
  const { id, kind, provider, accountId, windowId, threshold, at, clearedAt, seenAt, snoozedUntil, notToldTo } = each
  return {
    ...{ id, kind, ...words, provider, account_id: accountId, window_id: windowId, threshold, at: rfc3339(at) },
    ...{ over_at: rfc3339(clearedAt), seen_at: rfc3339(seenAt), snoozed_until: rfc3339(snoozedUntil) },
    not_told_to: notToldTo,
  }
}

function rulesJson({ kinds: chosen, usageThresholds, loginEndDays, quietHours: quiet }: AlertRules) {
  const times = quiet && { from: timeOfDay(quiet.from), until: timeOfDay(quiet.until) }
  return { kinds: chosen, usage_thresholds: usageThresholds, login_end_days: loginEndDays, quiet_hours: times }
}

function quietHoursOf({ from, until }: { from: string; until: string }): QuietHours {
  return { from: minutesOfDay(from), until: minutesOfDay(until) }
}

function channelJson(each: AlertChannel) {
  const { id, kind, name, hint, isPrivateAllowed, includesNames, createdAt, pausedAt, last } = each
  return {
    ...{ id, kind, name, hint, private_allowed: isPrivateAllowed, includes_names: includesNames },
    ...{ created_at: rfc3339(createdAt), paused_at: rfc3339(pausedAt) },
    last_delivered_at: rfc3339(last?.deliveredAt ?? null),
    failure: last?.failureCode ?? null,
    retry_at: rfc3339(last?.nextTryAt ?? null),
    gave_up_at: rfc3339(last?.gaveUpAt ?? null),
  }
}
