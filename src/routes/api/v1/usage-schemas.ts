/** Limits as the API takes and gives them. */

import { z } from 'zod'
import { instant, named } from './named-schemas.ts'

const fraction = z.number().nullable().describe('0 = nothing, 1 = all of it, above 1 = over it; null: not known.')

export const usageWindow = named(
  'UsageWindow',
  z.object({
    id: z.string(),
    kind: z.enum(['session', 'weekly', 'monthly', 'other']),
    label: z.string().nullable(),
    scope: z.string().nullable(),
    duration_seconds: z.number().nullable(),
    used_fraction: fraction,
    even_pace_fraction: z.number().nullable(),
    resets_at: instant.nullable(),
    active: z.boolean(),
    forecast: z
      .object({
        kind: z.enum(['lasts', 'runs_out']),
        at: instant.nullable(),
        earliest: instant.nullable(),
        latest: instant.nullable(),
      })
      .nullable()
      .describe('When it runs out, and a band that holds in four of five cases; null: not enough data.'),
  }),
)

const usage = {
  account_id: z.string(),
  provider: z.string(),
  label: z.string().nullable(),
  email: z.string().nullable(),
  plan: z.string().nullable(),
  read_at: instant.nullable(),
  next_read_at: instant.nullable(),
  failure: z.string().nullable().describe('Stable code of why the last reading failed; null after a good one.'),
  old: z.boolean().describe('True when the last good reading is older than two readings should be, or there is none.'),
  windows: z.array(usageWindow).describe('The tightest first.'),
  credits: z
    .object({ has_credits: z.boolean().nullable(), unlimited: z.boolean().nullable(), balance: z.string().nullable() })
    .nullable(),
  extra_usage: z
    .object({
      enabled: z.boolean().nullable(),
      used: z.string().nullable(),
      limit: z.string().nullable(),
      currency: z.string().nullable(),
      used_fraction: fraction,
    })
    .nullable(),
}

export const accountUsage = named('AccountUsage', z.object(usage))

export const accountUsageHistory = named(
  'AccountUsageHistory',
  z.object({
    ...usage,
    from: instant,
    to: instant,
    history: z.array(
      z.object({
        window_id: z.string(),
        points: z.array(
          z.object({
            at: instant,
            used_fraction: z.number(),
            highest_fraction: z.number(),
            resets_at: instant.nullable(),
            resolution: z.enum(['full', 'hour', 'day']),
          }),
        ),
      }),
    ),
  }),
)

export const historyQuery = z.strictObject({
  from: instant.optional().describe('Seven days before `to` unless told.'),
  to: instant.optional().describe('Now unless told.'),
})

export const usageReading = named(
  'UsageReadingResult',
  z.object({
    outcome: z.enum(['read', 'not_read']),
    code: z.string().nullable().describe('Stable code of why it was not read, such as `too_soon` or `not_permitted`.'),
    retry_at: instant.nullable(),
    usage: accountUsage,
  }),
)
