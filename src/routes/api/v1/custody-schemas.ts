/** The custody and conflict map, as programs see it, and the choice that settles a conflict. */

import { z } from 'zod'
import { COPY_KINDS } from '../../../accounts/held-copies.ts'
import { instant, named } from './named-schemas.ts'
import { holds } from './schemas.ts'

const heldCopy = named(
  'HeldCopy',
  z.object({
    kind: z.enum(COPY_KINDS),
    place: z.string(),
    machine: z
      .object({
        id: z.string(),
        name: z.string(),
        is_this: z.boolean(),
        last_seen_at: instant,
        is_away: z.boolean().describe('Not seen for three days.'),
        retired_at: instant.nullable().describe('Its logins were moved to another machine.'),
      })
      .nullable(),
    holds,
    generation: z.int().nullable(),
    may_refresh: z.boolean(),
    followed: z.boolean().describe('The file in which the login is followed.'),
    conflicts: z.boolean().describe('It may refresh beside the owner.'),
    seen_at: instant,
    gone_at: instant.nullable(),
  }),
)

export const custodyMap = named(
  'CustodyMap',
  z.object({
    custody: z.enum(['dashboard', 'cli', 'none']),
    conflict: z.boolean(),
    own: z.object({ generation: z.int(), may_refresh: z.boolean() }),
    copies: z.array(heldCopy),
    gone: z.array(heldCopy).describe('The last ones that are no more.'),
    set_aside: z
      .array(z.object({ id: z.string(), generation: z.int(), reason: z.string().nullable(), received_at: instant }))
      .describe('Answers of the provider that did not fit any more; kept sealed.'),
  }),
)

const path = z.string().min(1).max(4096)

export const custodyChoice = named(
  'CustodyChoice',
  z.discriminatedUnion('custodian', [
    z.strictObject({ custodian: z.literal('cli'), path }),
    z.strictObject({
      custodian: z.literal('dashboard'),
      path: path.optional().describe('This file alone; without it, every file of this machine.'),
    }),
  ]),
)
