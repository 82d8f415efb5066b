/** A sign-in as its dialog and programs see it, derived from its row. Knows how its secrets are sealed; changes nothing. */

import type { AuthorizationRow } from '../db/authorization-store.ts'
import type { Secret } from '../lib/secret.ts'
import { authorizationUrl } from '../oauth/authorization-request.ts'
import { forVariant, type Provider, type SignInMethod } from '../oauth/provider.ts'
import type { SealedPlace } from '../vault/vault.ts'
import { accountName } from './account-summary.ts'
import { profileCommand } from './cli-profile.ts'
import type { AccountsContext } from './context.ts'
import { AccountError } from './errors.ts'
import type { ReasonParams } from './health-reason.ts'
import { getAccount } from './list-accounts.ts'

/** A sign-in under way, as its dialog and the API see it. The authorization address holds state, so it is shown to its browser only. */
export interface AuthorizationView {
  id: string
  provider: string
  providerName: string
  method: SignInMethod
  methods: readonly SignInMethod[]
  /** Which of the provider's other sign-ins it is; null for the usual one. */
  variant: string | null
  accountId: string | null
  accountName: string | null
  label: string | null
  authorizationUrl: string
  redirectUri: string
  userCode: string | null
  verificationUri: string | null
  /** cli_profile only: the directory and the exact line to run. */
  profilePath: string | null
  command: string | null
  expiresAt: number
  status: 'pending' | 'complete' | 'failed' | 'expired' | 'cancelled'
  /** What is going on while pending. */
  stage: 'waiting' | 'exchanging' | 'done'
  completedAccountId: string | null
  /** `code` is an AccountErrorCode with the params of its sentence, or `displaced`: another program took the callback port. */
  failure: { code: string; detail: string | null; params?: ReasonParams } | null
  /** Set when the callback ports could not be had: who holds them, where that can be told. */
  portsTaken: { port: number; holder: string | null }[]
}

export type SealedColumn = 'state' | 'code_verifier' | 'device_code'

/** Where a secret of a sign-in belongs: bound to its row. */
export function authorizationPlace(id: string, column: SealedColumn): SealedPlace {
  return { table: 'authorizations', column, owner: id, generation: 0 }
}

/** The provider by id, or the refusal `unknown_provider`. */
export function requireProvider(context: AccountsContext, id: string): Provider {
  const provider = context.providers.get(id)
  if (!provider) throw new AccountError('unknown_provider', { provider: id })
  return provider
}

/** What a row says about itself at `now`. An exchange that runs over the end of the ten minutes may still end well. */
export function authorizationStatus(row: AuthorizationRow, now: number): AuthorizationView['status'] {
  if (row.completedAt !== null) return 'complete'
  if (row.failedAt !== null) return 'failed'
  if (row.cancelledAt !== null) return 'cancelled'
  return row.expiresAt <= now && row.exchangingAt === null ? 'expired' : 'pending'
}

/** The state and verifier of a pending row. */
export function openAuthorization(
  context: AccountsContext,
  row: AuthorizationRow,
): { state: Secret; verifier: Secret } {
  return {
    state: context.vault.open(authorizationPlace(row.id, 'state'), row.stateSealed),
    verifier: context.vault.open(authorizationPlace(row.id, 'code_verifier'), row.codeVerifierSealed),
  }
}

/** The row as its dialog shows it. Errors: AccountError unknown_provider, account_not_found; StoreError */
export async function viewAuthorization(context: AccountsContext, row: AuthorizationRow): Promise<AuthorizationView> {
  const provider = forVariant(requireProvider(context, row.provider), row.variant)
  const status = authorizationStatus(row, context.clock.now())
  return {
    id: row.id,
    provider: row.provider,
    providerName: provider.name,
    method: row.method as AuthorizationView['method'],
    methods: methodsOf(provider, row.variant),
    variant: row.variant,
    accountId: row.accountId,
    accountName: row.accountId === null ? null : await nameOfAccount(context, row.accountId),
    label: row.label,
    authorizationUrl: status === 'pending' ? await addressToOpen(context, provider, row) : '',
    redirectUri: row.redirectUri,
    userCode: row.userCode,
    verificationUri: row.verificationUri,
    profilePath: row.profilePath,
    command: row.profilePath === null ? null : profileCommand(context, provider, row.profilePath),
    expiresAt: row.expiresAt,
    status,
    stage: status !== 'pending' ? 'done' : row.exchangingAt === null ? 'waiting' : 'exchanging',
    completedAccountId: row.completedAccountId,
    failure: viewFailure(row),
    portsTaken: context.callbackListeners.portsTaken(row.id),
  }
}

/** The provider's own CLI knows only the usual sign-in. */
export function methodsOf(provider: Provider, variant: string | null): Provider['methods'] {
  return variant === null ? provider.methods : provider.methods.filter((method) => method !== 'cli_profile')
}

async function nameOfAccount(context: AccountsContext, accountId: string): Promise<string | null> {
  return getAccount(context, accountId).then(accountName, () => null)
}

/** The address that the person opens; '' where there is none. */
async function addressToOpen(context: AccountsContext, provider: Provider, row: AuthorizationRow): Promise<string> {
  if (row.method === 'device') return row.verificationUri ?? ''
  if (row.method === 'cli_profile') return ''
  const { state, verifier } = openAuthorization(context, row)
  return String(await authorizationUrl(provider, { state, codeVerifier: verifier, redirectUri: row.redirectUri }))
}

/** The stored form of a failure: the code, and the values of its sentence as JSON. */
export function failureColumns(error: AccountError): { code: string; detail: string } {
  return { code: error.code, detail: JSON.stringify(error.params) }
}

/** The stored failure as the refusal it was. */
export function storedFailure(row: AuthorizationRow): { code: string; params: ReasonParams } | null {
  if (row.failureCode === null) return null
  return {
    code: row.failureCode,
    params: row.failureDetail === null ? {} : (JSON.parse(row.failureDetail) as ReasonParams),
  }
}

function viewFailure(row: AuthorizationRow): AuthorizationView['failure'] {
  const failure = storedFailure(row)
  if (!failure) return null
  const detail = failure.params.detail || failure.params.failureCode
  return { ...failure, detail: detail ? String(detail) : null }
}
