/** Accounts as the API gives them: snake_case, RFC 3339, reasons in words. */

import type { z } from 'zod'
import type { AccountSummary } from '../../../accounts/account-summary.ts'
import type { Reason } from '../../../accounts/health-reason.ts'
import type { RefreshOutcome } from '../../../accounts/refresh-outcome.ts'
import type { Language } from '../../../messages/languages.ts'
import { reasonLine } from '../../../messages/reasons.ts'
import { refreshReasonText } from '../../../messages/refresh-reasons.ts'
import { canActivate } from '../../../views/partials/account-actions.tsx'
import { rfc3339 } from './instants.ts'
import type { account, grantMetadata, refreshResult } from './schemas.ts'
import { windowJson } from './usage-json.ts'

interface Wording {
  language: Language
  /** Epoch milliseconds. */
  now: number
}

/** One account. */
export function accountJson(summary: AccountSummary, wording: Wording): z.infer<typeof account> {
  const { login, data, ownership } = summary
  return {
    id: summary.id,
    provider: summary.provider,
    provider_name: summary.providerName,
    label: summary.label,
    email: summary.email,
    display_name: summary.displayName,
    subject: summary.subject,
    organization: summary.organization,
    plan: summary.plan,
    custody: summary.custody,
    origin: summary.origin,
    credential_path: summary.credentialPath,
    credential_machine: summary.credentialMachine,
    scopes: summary.scopes,
    generation: summary.generation,
    position: summary.position,
    paused: summary.pausedAt !== null,
    created_at: rfc3339(summary.createdAt),
    login: {
      status: login.status,
      ...reasonJson(login.reason, wording),
      access_token_expires_at: rfc3339(login.accessTokenExpiresAt),
      login_expires_at: rfc3339(login.loginExpiresAt),
      last_proof_at: rfc3339(login.lastProofAt),
      next_refresh_at: rfc3339(login.nextRefreshAt),
    },
    data: { status: data.status, ...reasonJson(data.reason, wording), read_at: rfc3339(data.readAt) },
    ownership: {
      status: ownership.status,
      ...reasonJson(ownership.reason, wording),
      holders: ownership.holders.map(({ kind, path, machine, holds, mayRefresh }) => ({
        kind,
        path,
        machine,
        holds,
        may_refresh: mayRefresh,
      })),
    },
    active_in: summary.activeIn,
    refreshing: summary.isRefreshing,
    main_action: summary.mainAction ?? (canActivate(summary) ? 'activate' : null),
    usage: summary.usage.windows.map(windowJson),
  }
}

/** What is stored of an account's grant, without any token. */
export function grantJson(summary: AccountSummary): z.infer<typeof grantMetadata> {
  return {
    provider: summary.provider,
    account_id: summary.id,
    label: summary.label,
    email: summary.email,
    custody: summary.custody,
    origin: summary.origin,
    generation: summary.generation,
    scopes: summary.scopes,
    status: summary.login.status,
    access_token_expires_at: rfc3339(summary.login.accessTokenExpiresAt),
    login_expires_at: rfc3339(summary.login.loginExpiresAt),
    last_proof_at: rfc3339(summary.login.lastProofAt),
    next_refresh_at: rfc3339(summary.login.nextRefreshAt),
  }
}

/** What a refresh came to. */
export function refreshJson(result: RefreshOutcome, { language, now }: Wording): z.infer<typeof refreshResult> {
  return {
    outcome: result.outcome,
    access_token_expires_at: rfc3339(result.accessTokenExpiresAt),
    ...('retryAt' in result ? { retry_at: rfc3339(result.retryAt) } : {}),
    reason: refreshReasonText(language, result.reason, now),
    reason_code: result.reason.code,
  }
}

function reasonJson(reason: Reason, { language, now }: Wording): { reason: string; reason_code: string } {
  return { reason: reasonLine(language, reason, now), reason_code: reason.code }
}
