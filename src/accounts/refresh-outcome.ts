/** What one refresh came to, and why: codes with the values of their sentences, which stand in messages/. */

import type { ReasonParams } from './health-reason.ts'

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
