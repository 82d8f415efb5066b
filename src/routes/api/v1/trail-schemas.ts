/** What the API takes and gives about the trails: history, calls to providers, generations. */

import { z } from 'zod'
import { namedSchemas } from './schemas.ts'

const instant = z.iso.datetime({ offset: true })
const id = z.string().min(1).max(64)
const whole = z.string().regex(/^\d{1,15}$/)

/** Newest first; the id of the last one goes on with `before`. */
const paging = {
  before: whole.optional().describe('Only those with a smaller id: the id of the last one of the page before.'),
  limit: z
    .string()
    .regex(/^(?:[1-9]\d?|[1-4]\d\d|500)$/)
    .optional()
    .describe('1 to 500; 100 unless told.'),
}

export const auditQuery = z.strictObject({ account: id.optional(), kind: id.optional(), ...paging })
export const callQuery = z.strictObject({ account: id.optional(), provider: id.optional(), ...paging })

export const auditEvent = z.object({
  id: z.int(),
  at: instant,
  account_id: z.string().nullable(),
  kind: z.string(),
  actor: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  chained: z.boolean().describe('False for a moment after it happened.'),
})

export const auditVerification = z.object({
  whole: z.boolean(),
  events: z.int(),
  pending: z.int().describe('Events that came meanwhile and are linked next.'),
  finding_count: z.int(),
  findings: z
    .array(
      z.object({
        kind: z.enum(['changed', 'missing', 'cut_off', 'not_linked', 'added', 'head_missing', 'head_changed']),
        first_id: z.int(),
        last_id: z.int(),
      }),
    )
    .describe('At most a hundred.'),
  duration_ms: z.int(),
})

export const providerCall = z.object({
  id: z.int(),
  at: instant,
  provider: z.string(),
  account_id: z.string().nullable(),
  endpoint: z.string(),
  why: z.string(),
  outcome: z.enum(['answered', 'not_sent', 'interrupted']),
  http_status: z.int().nullable(),
  code: z.string().nullable(),
  duration_ms: z.int(),
  budget_left: z.int().nullable(),
})

const generation = z.object({
  grant_id: z.string(),
  generation: z.int(),
  how: z.string(),
  custody: z.string(),
  actor: z.string(),
  why: z.string().nullable(),
  at: instant,
  access_token_expires_at: instant.nullable(),
  ended: z.object({ how: z.string(), at: instant, why: z.string().nullable() }).nullable(),
  sentence: z.string().describe('How it came and went, in the language asked for.'),
})

export const lineage = z.object({
  generations: z.array(generation).describe('Newest first, at most two hundred.'),
  losses: z.array(generation).describe('Those that ended other than by the next one, at most ten.'),
})

for (const [name, schema] of Object.entries({
  AuditQuery: auditQuery,
  CallQuery: callQuery,
  AuditEvent: auditEvent,
  AuditVerification: auditVerification,
  ProviderCall: providerCall,
  Generation: generation,
  Lineage: lineage,
})) {
  namedSchemas.add(schema, { id: name })
}
