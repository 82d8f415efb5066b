/** What pages, the API and the command line get to see of an account. No token field, so that none can leak. */

import type { Reason } from './health-reason.ts'
import type { CopyKind, Holding } from './held-copies.ts'
import type { UsageOfAccount } from './usage-of-account.ts'

/** Who alone may refresh a grant. */
export type Custody = 'dashboard' | 'cli' | 'none'

export type LoginStatus = 'valid' | 'ends_soon' | 'retrying' | 'unknown_outcome' | 'sign_in_again'
export type DataStatus = 'fresh' | 'old' | 'not_permitted' | 'never_read'
export type OwnershipStatus = 'dashboard' | 'cli' | 'nobody' | 'conflict'

/** Somebody who holds a copy of the grant. */
export interface Holder {
  kind: 'dashboard' | CopyKind
  /** Path of the file; null for the dashboard's own database. */
  path: string | null
  /** The name of another machine; null on this one. */
  machine: string | null
  /** Which generation it holds, seen from the current one. */
  holds: Holding
  mayRefresh: boolean
}

/** One account as one row. Instants in epoch milliseconds. */
export interface AccountSummary {
  id: string
  provider: string
  providerName: string
  label: string | null
  email: string | null
  displayName: string | null
  subject: string
  organization: { id: string; name: string | null } | null
  plan: string | null
  rateLimitTier: string | null
  custody: Custody
  /** How the grant came here (grants.origin). */
  origin: string
  credentialPath: string | null
  /** The name of the machine that this file is on, where that is another one: it is not read here. */
  credentialMachine: string | null
  scopes: string[]
  generation: number
  position: number
  pausedAt: number | null
  createdAt: number
  login: {
    status: LoginStatus
    reason: Reason
    accessTokenExpiresAt: number | null
    loginExpiresAt: number | null
    lastProofAt: number | null
    nextRefreshAt: number | null
  }
  data: { status: DataStatus; reason: Reason; readAt: number | null }
  usage: UsageOfAccount
  ownership: { status: OwnershipStatus; reason: Reason; holders: Holder[] }
  /** The provider's CLI, to which it can be handed; null where there is none. */
  cli: string | null
  /** CLI credential places whose live file holds this very account now, such as `claude` or `codex`. */
  activeIn: string[]
  isRefreshing: boolean
  /** The one act that this state calls for, or null when nothing does. */
  mainAction: 'sign_in_again' | 'refresh' | 'resolve' | null
}

/** The name a person knows the account by: label, else e-mail, else a short form of the subject. */
export function accountName(account: Pick<AccountSummary, 'label' | 'email' | 'subject' | 'providerName'>): string {
  return account.label ?? account.email ?? `${account.providerName} ${account.subject.slice(0, 8)}`
}
