/**
 * Who a grant belongs to: provider + subject + organisation. Two workspaces with one e-mail are two identities.
 */

/** An identity as a provider tells it. Texts are cleaned; unknown is null, never empty (but see `organizationId`). */
export interface Identity {
  /** The provider's stable id of the person or account: never the e-mail. */
  subject: string
  /** Organisation or workspace id; '' where the provider has none. */
  organizationId: string
  organizationName: string | null
  email: string | null
  displayName: string | null
  plan: string | null
  rateLimitTier: string | null
}

/** True when both name the same account at the same provider. */
export function isSameIdentity(
  left: Pick<Identity, 'subject' | 'organizationId'>,
  right: Pick<Identity, 'subject' | 'organizationId'>,
): boolean {
  return left.subject === right.subject && left.organizationId === right.organizationId
}
