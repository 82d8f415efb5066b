/** What the API takes and gives of alerts, their rules and their channels. */

import { z } from 'zod'
import { CHANNEL_KINDS } from '../../../alerts/alert-channels.ts'
import { ALERT_KINDS } from '../../../alerts/alert-rules.ts'
import { instant, named } from './named-schemas.ts'

export const alert = named(
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
export const rules = named(
  'AlertRules',
  z.object({
    kinds,
    usage_thresholds: z.array(z.int()).describe('Percent.'),
    login_end_days: z.array(z.int()),
    quiet_hours: quietHours.describe('By the clock of the machine.'),
  }),
)
export const rulesChange = named(
  'AlertRulesChange',
  z.strictObject({
    kinds: kinds.partial().optional(),
    usage_thresholds: z.array(z.int()).max(5).optional(),
    login_end_days: z.array(z.int()).max(5).optional(),
    quiet_hours: quietHours.optional(),
  }),
)
export const channel = named(
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
export const gone = z.object({ id: z.string() })
const span = z.enum(['hour', 'day', 'week'])
export const snoozeRequest = named('Snooze', z.strictObject({ span }))
export const accountSnooze = named('AccountSnooze', z.strictObject({ span: span.nullable() }))
export const madeChannel = named('MadeAlertChannel', z.object({ id: z.string(), signing_key: z.string().nullable() }))
export const channelChange = named('AlertChannelChange', z.strictObject({ paused: z.boolean() }))
export const channelTest = named('ChannelTest', z.object({ told: z.boolean(), failure: z.string().nullable() }))
export const news = z.object({ alert: alert.nullable() })
export const newChannel = named(
  'NewAlertChannel',
  z.strictObject({
    kind: z.enum(CHANNEL_KINDS),
    name: z.string().max(60).default(''),
    target: z.string().min(1).max(2000).describe('An address, or a program with its arguments.'),
    allow_private: z.boolean().default(false),
    include_names: z.boolean().default(false),
  }),
)
