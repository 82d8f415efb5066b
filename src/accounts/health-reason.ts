/** Why a mark of an account is as it is: codes with the values of their sentences, which stand in messages/. */

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
