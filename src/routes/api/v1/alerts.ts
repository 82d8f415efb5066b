/** Alerts for programs: what was crossed, the rules, and channels. */

import { z } from 'zod'
import { accountName } from '../../../accounts/account-summary.ts'
import { listAccounts } from '../../../accounts/list-accounts.ts'
import {
  type AlertChannel,
  addChannel,
  CHANNEL_KINDS,
  listAlertChannels,
  removeChannel,
  setChannelPaused,
} from '../../../alerts/alert-channels.ts'
import { type Alert, listAlerts, markSeen, newsToTell, setAccountSnooze, snooze } from '../../../alerts/alert-list.ts'
import { ALERT_KINDS, type AlertRules, changeAlertRules, getAlertRules } from '../../../alerts/alert-rules.ts'
import { testChannel } from '../../../alerts/deliver-alerts.ts'
import { alertWords } from '../../../messages/alert-words.ts'
import { rfc3339 } from './instants.ts'
import { refusing } from './refusing.ts'
import { type ApiCall, apiRoute } from './route.ts'
import { instant, named } from './schemas.ts'

const alert = named(
  'Alert',
  z.object({
    id: z.string(),
    kind: z.enum(ALERT_KINDS),
    title: z.string(),
    text: z.string(),
    provider: z.string(),
    account_id: z.string().nullable(),
    window_id: z.string().nullable(),
    threshold: z.number().nullable().describe('Percent of use, or days before the end of a login.'),
    at: instant,
    over_at: instant.nullable(),
    seen_at: instant.nullable(),
    snoozed_until: instant.nullable(),
    not_told_to: z.array(z.string()).describe('Ids of channels that could not be told.'),
  }),
)
const kinds = z.strictObject(
  Object.fromEntries(ALERT_KINDS.map((kind) => [kind, z.boolean()])) as Record<
    (typeof ALERT_KINDS)[number],
    z.ZodBoolean
  >,
)
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/)
const quietHours = z.strictObject({ from: time, until: time }).nullable()
const rules = named(
  'AlertRules',
  z.object({
    kinds,
    usage_thresholds: z.array(z.int()).describe('Percent.'),
    login_end_days: z.array(z.int()),
    quiet_hours: quietHours.describe('By the clock of the machine.'),
  }),
)
const rulesChange = named(
  'AlertRulesChange',
  z.strictObject({
    kinds: kinds.partial().optional(),
    usage_thresholds: z.array(z.int()).max(5).optional(),
    login_end_days: z.array(z.int()).max(5).optional(),
    quiet_hours: quietHours.optional(),
  }),
)
const channel = named(
  'AlertChannel',
  z.object({
    id: z.string(),
    kind: z.enum(CHANNEL_KINDS),
    name: z.string(),
    hint: z.string().nullable().describe('The host of its address, or its program.'),
    private_allowed: z.boolean(),
    includes_names: z.boolean(),
    created_at: instant,
    paused_at: instant.nullable(),
    last_delivered_at: instant.nullable(),
    failure: z.string().nullable(),
    retry_at: instant.nullable(),
    gave_up_at: instant.nullable(),
  }),
)
const gone = z.object({ id: z.string() })
const span = z.enum(['hour', 'day', 'week'])

export const alertRoutes = [
  apiRoute({
    method: 'get',
    path: '/api/alerts',
    summary: 'What was crossed, newest first',
    answer: { status: 200, description: 'Alerts', schema: alert, isList: true },
    async handle(call) {
      const [alerts, say] = await Promise.all([listAlerts(call.context), wordsOf(call)])
      return alerts.map((each) => alertJson(each, say(each)))
    },
  }),
  apiRoute({
    method: 'get',
    path: '/api/alerts/news',
    summary: 'The newest alert that nobody has seen; none in quiet hours',
    answer: { status: 200, description: 'It, or null', schema: z.object({ alert: alert.nullable() }) },
    async handle(call) {
      const news = await newsToTell(call.context)
      return { alert: news && alertJson(news, (await wordsOf(call))(news)) }
    },
  }),
  apiRoute({
    method: 'post',
    path: '/api/alerts/:id/sightings',
    summary: 'Mark an alert as seen',
    answer: { status: 200, description: 'Its id', schema: gone },
    handle: async ({ context, param }) => await refusing(() => markSeen(context, param('id')), param('id')),
  }),
  apiRoute({
    method: 'post',
    path: '/api/alerts/:id/snoozes',
    summary: 'Put an alert off; it is told again then, if it is still so',
    body: named('Snooze', z.strictObject({ span })),
    answer: { status: 200, description: 'Its id', schema: gone },
    handle: async ({ context, param, body }) =>
      await refusing(() => snooze(context, param('id'), body.span), param('id')),
  }),
  apiRoute({
    method: 'post',
    path: '/api/accounts/:id/alert-snoozes',
    summary: 'Tell nothing of an account for a while; null ends that',
    body: named('AccountSnooze', z.strictObject({ span: span.nullable() })),
    answer: { status: 200, description: 'Its id', schema: gone },
    async handle({ context, param, body }) {
      await setAccountSnooze(context, param('id'), body.span)
      return { id: param('id') }
    },
  }),
  apiRoute({
    method: 'get',
    path: '/api/alert-rules',
    summary: 'Which crossings are told, and when not',
    answer: { status: 200, description: 'The rules', schema: rules },
    handle: async ({ context }) => rulesJson(await getAlertRules(context)),
  }),
  apiRoute({
    method: 'patch',
    path: '/api/alert-rules',
    summary: 'Change the rules',
    body: rulesChange,
    answer: { status: 200, description: 'The rules', schema: rules },
    async handle({ context, body, actor }) {
      const { kinds: chosen, usage_thresholds, login_end_days, quiet_hours } = body
      const changes = {
        ...(chosen && { kinds: chosen as AlertRules['kinds'] }),
        ...(usage_thresholds && { usageThresholds: usage_thresholds }),
        ...(login_end_days && { loginEndDays: login_end_days }),
        ...(quiet_hours !== undefined && { quietHours: quiet_hours && minutesOf(quiet_hours) }),
      }
      return rulesJson(await refusing(() => changeAlertRules(context, changes, actor)))
    },
  }),
  apiRoute({
    method: 'get',
    path: '/api/alert-channels',
    summary: 'Where alerts are told beside the pages',
    answer: { status: 200, description: 'Channels, never their addresses', schema: channel, isList: true },
    handle: async ({ context }) => (await listAlertChannels(context)).map(channelJson),
  }),
  apiRoute({
    method: 'post',
    path: '/api/alert-channels',
    summary: 'Add a channel. A command runs on this machine with all rights of its user',
    isTokenOnly: true,
    body: named(
      'NewAlertChannel',
      z.strictObject({
        kind: z.enum(CHANNEL_KINDS),
        name: z.string().max(60).default(''),
        target: z.string().min(1).max(2000).describe('An address, or a program with its arguments.'),
        allow_private: z.boolean().default(false),
        include_names: z.boolean().default(false),
      }),
    ),
    answer: {
      status: 201,
      description: 'Its id, and for a webhook the key that signs, this once',
      schema: named('MadeAlertChannel', z.object({ id: z.string(), signing_key: z.string().nullable() })),
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
    body: named('AlertChannelChange', z.strictObject({ paused: z.boolean() })),
    answer: { status: 200, description: 'Its id', schema: gone },
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
      schema: named('ChannelTest', z.object({ told: z.boolean(), failure: z.string().nullable() })),
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
    answer: { status: 200, description: 'Its id', schema: gone },
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
  const times = quiet && { from: timeOf(quiet.from), until: timeOf(quiet.until) }
  return { kinds: chosen, usage_thresholds: usageThresholds, login_end_days: loginEndDays, quiet_hours: times }
}

function timeOf(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

function minutesOf({ from, until }: { from: string; until: string }) {
  const minutes = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))
  return { from: minutes(from), until: minutes(until) }
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
