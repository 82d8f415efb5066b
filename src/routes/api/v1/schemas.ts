/** What the API takes and gives. Requests refuse fields they do not know; answers carry no token but where one is asked for. */

import { z } from 'zod'
import { COPY_KINDS } from '../../../accounts/held-copies.ts'
import { PLACE_KINDS } from '../../../accounts/import-candidate.ts'
import { MAX_HOME_LENGTH, MAX_HOMES } from '../../../accounts/other-homes.ts'
import { instant, named } from './named-schemas.ts'
import { usageWindow } from './usage-schemas.ts'

export { instant, named, namedSchemas } from './named-schemas.ts'

const text = (max: number) => z.string().min(1).max(max)
const provider = text(64)
const label = z.string().max(200)
const secret = text(65_536)

export const method = z.enum(['callback', 'paste', 'device', 'cli_profile'])

export const authorizeRequest = named(
  'AuthorizeRequest',
  z.strictObject({
    provider,
    account_id: text(64).optional(),
    label: label.optional(),
    method: z.enum(['callback', 'paste', 'device']).optional(),
    variant: text(32)
      .optional()
      .describe(
        'Another sign-in of the provider: `console` signs in to the Claude Console, whose logins make API keys.',
      ),
  }),
)

export const authorizationStarted = named(
  'AuthorizationStarted',
  z.object({
    authorization_id: z.string(),
    method,
    authorization_url: z.string(),
    redirect_uri: z.string(),
    expires_at: instant,
    user_code: z.string().optional(),
    verification_uri: z.string().optional(),
  }),
)

export const authorizationState = named(
  'AuthorizationState',
  z.object({
    status: z.enum(['pending', 'complete', 'failed', 'expired']),
    account_id: z.string().optional(),
    error: z.object({ code: z.string(), detail: z.string().nullable() }).optional(),
  }),
)

export const exchangeRequest = named(
  'ExchangeRequest',
  z.strictObject({ authorization_id: text(64).optional(), response: z.string().max(16_384) }),
)

const mark = { reason: z.string(), reason_code: z.string() }

export const holds = z
  .enum(['current', 'older', 'newer', 'unknown', 'separate'])
  .describe('Which generation a copy holds, seen from the current one; separate: another login of the same account.')

export const account = named(
  'Account',
  z.object({
    id: z.string(),
    provider: z.string(),
    provider_name: z.string(),
    label: z.string().nullable(),
    email: z.string().nullable(),
    display_name: z.string().nullable(),
    subject: z.string(),
    organization: z.object({ id: z.string(), name: z.string().nullable() }).nullable(),
    plan: z.string().nullable(),
    custody: z.enum(['dashboard', 'cli', 'none']),
    origin: z.string(),
    credential_path: z.string().nullable(),
    credential_machine: z.string().nullable().describe('The machine of that file, where it is another one.'),
    scopes: z.array(z.string()),
    generation: z.int(),
    position: z.int(),
    paused: z.boolean(),
    created_at: instant,
    login: z.object({
      status: z.enum(['valid', 'ends_soon', 'retrying', 'unknown_outcome', 'sign_in_again']),
      ...mark,
      access_token_expires_at: instant.nullable(),
      login_expires_at: instant.nullable(),
      last_proof_at: instant.nullable(),
      next_refresh_at: instant.nullable(),
    }),
    data: z.object({
      status: z.enum(['fresh', 'old', 'not_permitted', 'never_read']),
      ...mark,
      read_at: instant.nullable(),
    }),
    ownership: z.object({
      status: z.enum(['dashboard', 'cli', 'nobody', 'conflict']),
      ...mark,
      holders: z.array(
        z.object({
          kind: z.enum(['dashboard', ...COPY_KINDS]),
          path: z.string().nullable(),
          machine: z.string().nullable().describe('Another machine; null on this one.'),
          holds,
          may_refresh: z.boolean(),
        }),
      ),
    }),
    active_in: z.array(z.string()),
    refreshing: z.boolean(),
    main_action: z
      .enum(['sign_in_again', 'refresh', 'resolve', 'activate'])
      .nullable()
      .describe('The one act that the page offers first; null where nothing is called for.'),
    usage: z.array(usageWindow).describe('Usage windows, the tightest first; empty while none is known.'),
  }),
)

export const grantMetadata = named(
  'GrantMetadata',
  z.object({
    provider: z.string(),
    account_id: z.string(),
    label: z.string().nullable(),
    email: z.string().nullable(),
    custody: z.enum(['dashboard', 'cli', 'none']),
    origin: z.string(),
    generation: z.int(),
    scopes: z.array(z.string()),
    status: z.string(),
    access_token_expires_at: instant.nullable(),
    login_expires_at: instant.nullable(),
    last_proof_at: instant.nullable(),
    next_refresh_at: instant.nullable(),
  }),
)

export const newAccount = named(
  'NewAccount',
  z.strictObject({
    provider,
    kind: z.enum(['access_token', 'token_pair', 'setup_token']),
    access_token: secret,
    refresh_token: secret.optional(),
    id_token: secret.optional(),
    expires_at: instant.optional(),
    label: label.optional(),
  }),
)

export const accountChanges = named(
  'AccountChanges',
  z.strictObject({
    label: label.nullable().optional(),
    position: z.int().min(0).max(1_000_000).optional(),
    paused: z.boolean().optional(),
  }),
)

export const refreshResult = named(
  'RefreshResult',
  z.object({
    outcome: z.enum([
      'refreshed',
      'unchanged',
      'retry_scheduled',
      'reauthorization_required',
      'outcome_unknown',
      'not_custodian',
    ]),
    access_token_expires_at: instant.nullable(),
    retry_at: instant.nullable().optional(),
    ...mark,
  }),
)

/** A year: nobody has a longer-lived access token. */
const MAX_VALIDITY_SECONDS = 31_536_000

export const tokenRequest = named(
  'TokenRequest',
  z.strictObject({ min_validity_seconds: z.int().min(0).max(MAX_VALIDITY_SECONDS).optional() }),
)

export const issuedToken = named(
  'IssuedToken',
  z.object({ access_token: z.string(), token_type: z.literal('Bearer'), expires_at: instant.nullable() }),
)

export const importCandidate = named(
  'ImportCandidate',
  z.object({
    path: z.string(),
    provider: z.string(),
    kind: z.enum(PLACE_KINDS),
    store: z.enum(['file', 'keychain', 'keyring']),
    store_item: z.string().nullable(),
    state: z.enum(['live', 'blanked', 'torn', 'unusable', 'missing', 'api_key', 'keyring', 'not_permitted', 'foreign']),
    entry: z
      .object({ tool: z.string().nullable(), name: z.string().nullable() })
      .nullable()
      .describe('The other tool whose file it is, and which of the logins in it.'),
    advice: z.string().describe('What it is and what can be done, in the language asked for.'),
    advice_code: z.string(),
    identity: z
      .object({
        subject: z.string(),
        organization: z.object({ id: z.string(), name: z.string().nullable() }).nullable(),
        email: z.string().nullable(),
        plan: z.string().nullable(),
      })
      .nullable(),
    modified_at: instant.nullable(),
    age_seconds: z.int().nullable(),
    access_token_expires_at: instant.nullable(),
    login_expires_at: instant.nullable(),
    used_by: z.array(z.string()).nullable().describe('Null where this system does not show which programs run.'),
    account_id: z.string().nullable(),
    can_link: z.boolean(),
    can_take_over: z.boolean(),
    can_read_keychain: z.boolean().describe('On a click on the page only: macOS asks the person.'),
  }),
)

export const otherHomes = named(
  'OtherHomes',
  z.strictObject({ homes: z.array(z.string().max(MAX_HOME_LENGTH)).max(MAX_HOMES) }),
)

export const importRequest = named(
  'ImportRequest',
  z.strictObject({
    provider: provider.optional().describe('Needed where neither a path nor its file tells.'),
    path: text(4_096).optional(),
    mode: z.enum(['link', 'take_over']),
    label: label.optional(),
  }),
)

export const signInLink = named('SignInLink', z.object({ url: z.string(), expires_at: instant }))

export const installationExport = named(
  'InstallationExport',
  z.object({
    /** Public name of the encryption key that is in it. */
    key_id: z.string(),
    /** The bytes of the file, in base64. */
    export: z.base64(),
  }),
)

export const keyRotation = named(
  'KeyRotation',
  z.object({
    from: z.string(),
    to: z.string(),
    is_resumed: z.boolean(),
    resealed: z.int(),
    left: z.int(),
    unreadable: z.int(),
    old_key_kept_until: instant.nullable(),
  }),
)

/** RFC 9457, with a stable code. */
export const problem = named(
  'Problem',
  z.object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    code: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    error_id: z.string().optional(),
  }),
)

/** For routes that take no body and no query. */
export const nothing = z.strictObject({})
