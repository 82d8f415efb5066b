/**
 * What pages, the API and the command line get to see of an account. No token field, so that none can leak.
 */

import type { SignInMethod } from '../oauth/provider.ts'
import type { ExtraUsage, UsageCredits, UsageWindow } from '../usage/usage-reading.ts'
import type { CopyKind, Holding } from './held-copies.ts'

/** Who alone may refresh a grant. */
export type Custody = 'dashboard' | 'cli' | 'none'

export type LoginStatus = 'valid' | 'ends_soon' | 'retrying' | 'unknown_outcome' | 'sign_in_again'
export type DataStatus = 'fresh' | 'old' | 'not_permitted' | 'never_read'
export type OwnershipStatus = 'dashboard' | 'cli' | 'nobody' | 'conflict'

/**
 * Why a mark is as it is: a stable code and the values its sentence needs (instants in epoch milliseconds, counts, codes,
 * paths). The sentences live in messages/, in four languages, and are the same on pages, in the API and on the command line.
 */
export interface Reason {
  code: ReasonCode
  params: ReasonParams
}

export type ReasonParams = Record<string, string | number | null>

/** Every reason there is. A new one needs its sentences in all languages (messages/reasons). */
export type ReasonCode =
  // login
  | 'login_valid' // {expiresAt, nextRefreshAt}
  | 'login_valid_cli' // {expiresAt, path}
  | 'login_valid_no_refresh' // {expiresAt}: custody none, known end
  | 'login_valid_unknown_end' // {}: custody none, end not known
  | 'login_due' // {nextRefreshAt}: access token expired or nearly, refresh is next
  | 'login_paused' // {expiresAt}
  | 'login_ends_soon' // {loginExpiresAt}
  | 'login_token_ends_soon' // {expiresAt}: custody none, ends within 7 days
  | 'login_retrying' // {failures, lastFailureCode, nextRefreshAt, expiresAt}
  | 'login_cli_busy' // {expiresAt, nextRefreshAt}: the lock of a CLI that holds a copy was not to be had
  | 'login_not_found' // {failures, expiresAt, nextRefreshAt}: nothing but 404 for a day, and still tried now and then
  | 'login_unknown_outcome' // {uncertainAt, nextRefreshAt, expiresAt}
  | 'login_refused' // {refusedAt, refusalCode}
  | 'login_key_reset' // {refusedAt}: given up together with the key that sealed it
  | 'login_moved_away' // {refusedAt}: exported to be used on another machine
  | 'login_machine_retired' // {retiredAt}: this machine's logins were moved away, so it refreshes nothing
  | 'login_not_restored' // {refusedAt}: an export was restored without its logins
  | 'login_outcome_lost' // {refusedAt}: refused after an unknown outcome
  | 'login_suspect' // {suspectAt, nextRefreshAt, expiresAt}: it may have been spent where nobody saw it: an older copy of the database, a CLI
  | 'login_suspect_refused' // {suspectAt, refusedAt}
  | 'login_expired_cli' // {expiresAt, path}: the CLI has not refreshed it; it will when used
  | 'login_ended_cli' // {path}: the CLI blanked or removed it
  | 'login_file_missing' // {path}
  | 'login_file_other_account' // {path, email}
  | 'login_token_expired' // {expiresAt}: custody none or no refresh token
  | 'login_period_over' // {loginExpiresAt}
  // data
  | 'data_fresh' // {readAt}
  | 'data_old' // {readAt, failure}
  | 'data_not_permitted' // {}
  | 'data_never_read' // {failure}
  | 'data_usage_fresh' // {readAt, nextReadAt}
  | 'data_usage_old' // {readAt, failure, nextReadAt}
  | 'data_usage_never_read' // {failure, nextReadAt}
  | 'data_other_account' // {}: the provider says that another account here has this very identity
  // ownership
  | 'owner_dashboard' // {}
  | 'owner_cli' // {path, cli}
  | 'owner_nobody' // {}
  | 'owner_conflict' // {path, cli}: a CLI file still holds a copy of a grant that the dashboard refreshes
  | 'owner_conflict_older' // {path, cli}: a CLI file holds an older generation, which works no more and gives reuse away
  | 'owner_conflict_newer' // {path, cli}: in a file that held a copy lies a token that nobody here knows
  | 'owner_conflict_machine' // {path, cli}: the file is on another machine; path names it
  | 'owner_conflict_clis' // {path, other, cli}: two files hold the login of one CLI

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

/**
 * How a window will come out, as foretold when it was last read: the middle, and a band that holds in four of five cases.
 * Instants in epoch milliseconds; `earliest` of `lasts` where it may run out after all, `latest` null where it may last.
 */
export type WindowForecast =
  | { kind: 'lasts'; earliest: number | null }
  | { kind: 'runs_out'; at: number; earliest: number; latest: number | null }

/** A window as it is known now: what was read of a span that has ended since is not known any more. */
export interface WindowOfAccount extends UsageWindow {
  /** The share that an even pace would have used by now; null where the window does not say when it began. */
  evenPaceFraction: number | null
  /** Null when there is not enough data, or nothing was foretold. */
  forecast: WindowForecast | null
}

/** What is known of an account's limits. Instants in epoch milliseconds. */
export interface UsageOfAccount {
  /** The tightest first, unknown ones last. */
  windows: WindowOfAccount[]
  /** Of the last good reading; null before the first. */
  readAt: number | null
  nextReadAt: number | null
  /** Stable code of why the last reading failed; null after a good one. */
  failure: string | null
  credits: UsageCredits | null
  extraUsage: ExtraUsage | null
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

/** Something that happened to an account, for its history. */
export interface HistoryEntry {
  at: number
  kind: string
  actor: string
  details: Record<string, string | number | boolean | null>
}

/** What one refresh came to. `accessTokenExpiresAt` and `retryAt` in epoch milliseconds. */
export type RefreshOutcome =
  | { outcome: 'refreshed' | 'unchanged'; accessTokenExpiresAt: number | null; reason: RefreshReason }
  | {
      outcome: 'retry_scheduled' | 'outcome_unknown'
      accessTokenExpiresAt: number | null
      retryAt: number | null
      reason: RefreshReason
    }
  | {
      outcome: 'reauthorization_required' | 'not_custodian'
      accessTokenExpiresAt: number | null
      reason: RefreshReason
    }

/** Stable code and values of the sentence that says why a refresh came to what it came to. Sentences are in messages/. */
export interface RefreshReason {
  code:
    | 'refreshed' // {}
    | 'adopted' // {path}: the file held a newer grant
    | 'still_fresh' // {}: another caller had just refreshed it
    | 'transient' // {failureCode, detail}
    | 'file_newer' // {path}: nothing was spent, because the file may hold a newer login of this account
    | 'cli_lock_busy' // {path}: nothing was spent, because a CLI holds the lock of a place where a copy lies
    | 'cli_lock_refused' // {path}: nothing was spent, because that lock cannot be taken
    | 'misconfigured' // {failureCode, detail}
    | 'unknown_outcome' // {}
    | 'refused' // {refusalCode}
    | 'outcome_lost' // {}
    | 'restored' // {}: refused after the database was restored from an older copy
    | 'key_reset' // {}: given up together with the key that sealed it
    | 'moved_away' // {}: exported to be used on another machine
    | 'machine_retired' // {}: this machine's logins were moved away
    | 'not_restored' // {}: an export was restored without its logins
    | 'no_refresh_token' // {}
    | 'cli_refreshes' // {path}
    | 'nobody_refreshes' // {}
    | 'lease_held' // {}
    | 'identity_changed' // {}: quarantined
    | 'not_saved' // {}: the answer could not be made durable yet
  params: ReasonParams
}

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

/** Stable code of the sentence that says what a found file is and what can be done with it; sentences in messages/. */
export type ImportAdvice =
  | 'link' // live, not followed yet
  | 'link_in_use' // live, and a running CLI uses it now
  | 'linked' // live and followed already
  | 'dashboard_has_own' // live, but this identity is already in dashboard custody with another login
  | 'conflict' // live, and holds a copy of a login that the dashboard refreshes
  | 'expired' // live, its access token has expired: the CLI refreshes it when used
  | 'login_over' // live, but the end of the whole login has passed
  | 'no_refresh_token' // live, but cannot be refreshed by anybody
  | 'identity_unknown' // live, but whose it is cannot be told from the file
  | 'link_tool' // live, in the file of another tool, not followed yet
  | 'link_tool_in_use' // the same, and a running program uses it now
  | 'tool_identity_asked' // the same, and the provider must be asked whose it is
  | 'tool_linked' // the same, and followed already
  | 'tool_conflict' // in the file of another tool, a copy of a login that the dashboard refreshes
  | 'keychain' // in the macOS Keychain: opened on a click only
  | 'keychain_linked' // the same, and linked
  | 'keychain_conflict' // the same, and a copy of a login that the dashboard refreshes
  | 'unusable' // an entry that its own tool cannot use
  | 'blanked'
  | 'torn'
  | 'missing'
  | 'api_key'
  | 'keyring'
  | 'not_permitted'
  | 'foreign'

/** A credential file found on this machine. */
export interface ImportCandidate {
  path: string
  provider: string
  /** default: the CLI's own place; environment: named by CLAUDE_CONFIG_DIR or CODEX_HOME; profile: made by us. */
  kind: 'default' | 'environment' | 'profile' | 'other'
  store: 'file' | 'keychain' | 'keyring'
  /** The other tool whose file it is, and which of the logins in it; null for a CLI's own file. */
  entry: { tool: string | null; name: string | null } | null
  /** The item's name in a keyring; null for a file. */
  storeItem: string | null
  state: 'live' | 'blanked' | 'torn' | 'unusable' | 'missing' | 'api_key' | 'keyring' | 'not_permitted' | 'foreign'
  advice: ImportAdvice
  identity: {
    subject: string
    organizationId: string
    organizationName: string | null
    email: string | null
    plan: string | null
  } | null
  modifiedAt: number | null
  accessTokenExpiresAt: number | null
  loginExpiresAt: number | null
  /** Names of running programs that use the file now; null where this system does not show them. */
  usedBy: string[] | null
  /** The account that already follows or holds it, or null. */
  accountId: string | null
  canLink: boolean
  canTakeOver: boolean
  /** It lies in the macOS Keychain, which is opened on a click only. */
  canReadKeychain: boolean
}
