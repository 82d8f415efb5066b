/** The people of the fake provider. Two of them are one person with one e-mail in two workspaces. */

/** Somebody who can sign in. `organizationType` is Claude's word for the plan, `plan` is Codex's. */
export interface FakeIdentity {
  name: string
  provider: 'claude' | 'codex'
  subject: string
  email: string
  displayName: string
  organizationId: string
  organizationName: string
  organizationType: string | null
  rateLimitTier: string | null
  plan: string | null
}

function identity(
  provider: FakeIdentity['provider'],
  name: string,
  number: number,
  values: Partial<FakeIdentity> = {},
): FakeIdentity {
  const id = (kind: number) => `${String(kind).repeat(8)}-0000-4000-8000-${String(number).padStart(12, '0')}`
  return {
    name,
    provider,
    subject: provider === 'codex' ? `user-FAKE${String(number).padStart(4, '0')}` : id(1),
    email: `${name}@example.com`,
    displayName: `${name[0]!.toUpperCase()}${name.slice(1)} Example`,
    organizationId: id(2),
    organizationName: `${name[0]!.toUpperCase()}${name.slice(1)} Works`,
    organizationType: provider === 'claude' ? 'claude_max' : null,
    rateLimitTier: provider === 'claude' ? 'default_claude_max_5x' : null,
    plan: provider === 'codex' ? 'plus' : null,
    ...values,
  }
}

/** Everybody, unless a test brings people of its own. */
export const FAKE_IDENTITIES: readonly FakeIdentity[] = [
  identity('claude', 'ada', 1),
  identity('claude', 'brook', 2, { organizationType: 'claude_pro', rateLimitTier: 'default_claude_ai' }),
  identity('claude', 'carol', 3, { organizationType: 'claude_team', organizationName: 'Carol & Daughters' }),
  identity('codex', 'grace', 11),
  identity('codex', 'grace-at-work', 12, {
    subject: 'user-FAKE0011',
    email: 'grace@example.com',
    displayName: 'Grace Example',
    organizationName: 'Harbour Systems',
    plan: 'business',
  }),
  identity('codex', 'hopper', 13, { plan: 'pro' }),
]

export { identity as buildFakeIdentity }
