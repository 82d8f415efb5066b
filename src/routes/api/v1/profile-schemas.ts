/** What the API takes and gives of profiles. */

import { z } from 'zod'
import { SHARED_KINDS } from '../../../switching/profile-sharing.ts'
import { instant, named } from './schemas.ts'

const sharedKind = z.enum(SHARED_KINDS)

export const profile = named(
  'Profile',
  z.object({
    id: z.string(),
    provider: z.string(),
    directory: z.string(),
    path: z.string(),
    account_id: z.string().nullable(),
    account_name: z.string().nullable(),
    identity: z.string().nullable(),
    state: z.enum(['live', 'missing', 'keyring', 'blanked', 'torn', 'api_key', 'not_permitted', 'foreign']),
    holds_login: z.boolean(),
    used_by: z.array(z.string()).nullable().describe('Null where this system does not show which programs run.'),
    shared: z.array(z.string()),
    created_at: instant,
  }),
)

export const profileRequest = named(
  'ProfileRequest',
  z.strictObject({ shared: z.array(sharedKind).max(20).optional() }),
)

export const profileRemovalQuery = z.strictObject({ lose_login: z.enum(['true', 'false']).optional() })

export const profileRemoval = named(
  'ProfileRemoval',
  z.object({
    profile_id: z.string(),
    account_id: z.string().nullable(),
    login: z.enum(['none', 'returned', 'lost']),
    used_by: z.array(z.string()).nullable().describe('Null where this system does not show which programs run.'),
    files: z.int(),
    bytes: z.int(),
  }),
)

export const accountEnvironment = named(
  'AccountEnvironment',
  z.object({
    account_id: z.string(),
    account_name: z.string(),
    provider: z.string(),
    cli: z.string(),
    directory: z.string().nullable(),
    set: z.record(z.string(), z.string()),
    unset: z.array(z.string()),
    token_variable: z.string(),
  }),
)
