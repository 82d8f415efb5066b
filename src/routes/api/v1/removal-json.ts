/** Removals and sign-outs at providers, as the API takes and gives them. */

import type { z } from 'zod'
import type { removeAccount } from '../../../accounts/remove-account.ts'
import type { Revocation } from '../../../accounts/revocations.ts'
import type { SignOutPreview } from '../../../accounts/sign-out-preview.ts'
import { rfc3339 } from './instants.ts'
import type { removal, removalQuery, revocation, signOutPreview } from './removal-schemas.ts'

type Removal = Awaited<ReturnType<typeof removeAccount>>

/** What a query asks for; the second yes is given by itself alone, never by the first. */
export function removalRequest(query: z.infer<typeof removalQuery>): { revoke: boolean; confirmCli: boolean } {
  return { revoke: query.revoke === 'true', confirmCli: query.confirm_cli === 'true' }
}

/** What a removal came to. */
export function removalJson({ accountId, provider, revocation, revocationCode }: Removal): z.infer<typeof removal> {
  return { account_id: accountId, provider, revocation, revocation_code: revocationCode }
}

/** What a sign-out at the provider would end. */
export function signOutPreviewJson(preview: SignOutPreview): z.infer<typeof signOutPreview> {
  const { reach, isUncertain, needsSecondYes, copies } = preview
  return {
    reach,
    uncertain: isUncertain,
    needs_second_yes: needsSecondYes,
    copies: copies.map(({ kind, place, machine, usedBy }) => ({ kind, place, machine, used_by: usedBy })),
  }
}

/** A sign-out at a provider and how it stands. */
export function revocationJson(of: Revocation): z.infer<typeof revocation> {
  return {
    id: of.id,
    provider: of.provider,
    account_id: of.accountId,
    account_name: of.accountName,
    status: of.status,
    requested_at: rfc3339(of.requestedAt),
    tries: of.tries,
    next_try_at: rfc3339(of.nextTryAt),
    gives_up_at: rfc3339(of.givesUpAt),
    failure_code: of.failureCode,
    ended_at: rfc3339(of.endedAt),
  }
}
