/** What the API takes and gives about removals and sign-outs at providers. */

import { z } from 'zod'
import { COPY_KINDS } from '../../../accounts/held-copies.ts'
import { instant, named } from './schemas.ts'

const flag = z.enum(['true', 'false'])
const confirmCli = flag
  .optional()
  .describe('The second yes: sign out at the provider although a CLI or another machine holds the login.')

export const removalQuery = named('RemovalQuery', z.strictObject({ revoke: flag.optional(), confirm_cli: confirmCli }))
export const tokenRemovalQuery = named(
  'TokenRemovalQuery',
  z.strictObject({ account: z.string().min(1).max(64).optional(), revoke: flag.optional(), confirm_cli: confirmCli }),
)

export const removal = named(
  'Removal',
  z.object({
    account_id: z.string(),
    provider: z.string(),
    revocation: z
      .enum(['not_asked', 'confirmed', 'pending', 'not_confirmed', 'not_supported'])
      .describe('`pending`: the provider could not do it yet and goes on being asked; see /api/revocations.'),
    revocation_code: z.string().nullable(),
  }),
)

export const revocation = named(
  'Revocation',
  z.object({
    id: z.string(),
    provider: z.string(),
    account_id: z.string(),
    account_name: z.string(),
    status: z
      .enum(['pending', 'confirmed', 'not_confirmed'])
      .describe('While `pending` the login must be taken for valid at the provider.'),
    requested_at: instant,
    tries: z.int(),
    next_try_at: instant.nullable(),
    gives_up_at: instant.nullable(),
    failure_code: z.string().nullable(),
    ended_at: instant.nullable(),
  }),
)

export const signOutPreview = named(
  'SignOutPreview',
  z.object({
    reach: z.enum(['login', 'access_token', 'setup_token', 'not_supported', 'key_reset']),
    uncertain: z.boolean().describe('The provider may have handed out a newer token that never arrived here.'),
    needs_second_yes: z.boolean().describe('Signing out needs `confirm_cli=true`.'),
    copies: z.array(
      z.object({
        kind: z.enum([...COPY_KINDS, 'machine']),
        place: z.string(),
        machine: z.string().nullable(),
        used_by: z.array(z.string()),
      }),
    ),
  }),
)
