/** What the API takes and gives about handing accounts to CLIs. */

import { z } from 'zod'
import { PLACE_KINDS } from '../../../accounts/import-candidate.ts'
import { instant, named } from './schemas.ts'

const directory = z
  .string()
  .min(1)
  .max(4096)
  .optional()
  .describe('The CLI’s directory, where it is not the one that it uses by itself.')

export const activationRequest = named('ActivationRequest', z.strictObject({ directory }))
export const planQuery = named('ActivationPlanQuery', z.strictObject({ directory }))

export const activation = named(
  'Activation',
  z.object({
    activation_id: z.string(),
    account_id: z.string(),
    verified_as: z.string(),
    verified_by: z.enum(['cli', 'file']),
    backup_id: z.string(),
  }),
)

export const clearing = named(
  'Clearing',
  z.object({
    account_ids: z.array(z.string()).describe('Whose logins are refreshed here again.'),
    backup_id: z.string().nullable().describe('Null when the file held none of them any more and was left alone.'),
  }),
)

export const plan = named(
  'ActivationPlan',
  z.object({
    provider: z.string(),
    cli: z.string(),
    directory: z.string(),
    incoming: z.object({ account_id: z.string(), name: z.string(), refreshed_first: z.boolean() }).nullable(),
    outgoing: z
      .object({
        account_id: z.string().nullable(),
        name: z.string(),
        fate: z.enum(['returns', 'welcomed', 'backup_only']),
      })
      .nullable(),
    files: z.array(
      z.object({
        path: z.string(),
        is_new: z.boolean(),
        is_removed: z.boolean(),
        changes: z.array(z.object({ key: z.string(), act: z.enum(['add', 'change', 'remove']) })),
      }),
    ),
    warnings: z.array(z.object({ code: z.string(), text: z.string() })),
    refusal: z.object({ code: z.string(), title: z.string(), detail: z.string() }).nullable(),
  }),
)

export const running = named(
  'RunningPlace',
  z.object({
    cli: z.string(),
    provider: z.string(),
    directory: z.string(),
    kind: z.enum(PLACE_KINDS),
    state: z.string(),
    holder: z.object({ account_id: z.string().nullable(), name: z.string() }).nullable(),
    path: z.string(),
    used_by: z.array(z.string()).nullable().describe('Null where this system does not show which programs run.'),
  }),
)

const holder = z.object({ account_id: z.string(), name: z.string() }).nullable()

export const backup = named(
  'Backup',
  z.object({
    id: z.string(),
    activation_id: z.string(),
    provider: z.string(),
    directory: z.string(),
    paths: z.array(z.string()),
    previous: holder.describe('Whose login it holds.'),
    next: holder.describe('What took its place.'),
    is_undo: z.boolean(),
    verified_as: z.string().nullable(),
    at: instant,
    expires_at: instant,
    restored_at: instant.nullable(),
  }),
)

export const restoration = named(
  'Restoration',
  z.object({
    activation_id: z.string(),
    account_id: z.string().nullable(),
    verified_as: z.string(),
    verified_by: z.enum(['cli', 'file']),
    backup_id: z.string().describe('Of what was replaced by putting this back.'),
    is_exact: z.boolean().describe('Every file is byte for byte as it was.'),
  }),
)
