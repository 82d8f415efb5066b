/**
 * What a person asked for and cannot have, with a stable code. The sentences (what happened, what it means, what to do)
 * live in messages/, so that pages, API and command line say the same.
 */

import type { ReasonParams } from './health-reason.ts'

export type AccountErrorCode =
  | 'account_not_found' // {account}
  | 'account_ambiguous' // {account, count}
  | 'unknown_provider' // {provider}
  | 'method_not_offered' // {provider, method}
  | 'consent_needed' // {provider}
  | 'authorization_not_found' // {}
  | 'authorization_over' // {status}: complete, failed, expired or cancelled already
  | 'authorization_other_browser' // {}
  | 'authorization_ambiguous' // {}: a bare response, and several sign-ins are pending
  | 'response_empty' // {}
  | 'response_unreadable' // {}
  | 'response_code_missing' // {}
  | 'response_state_missing' // {}
  | 'response_state_mismatch' // {}
  | 'response_issuer_mismatch' // {}
  | 'response_duplicated_parameter' // {}
  | 'sign_in_denied' // {detail}
  | 'provider_error' // {failureCode, detail}
  | 'provider_unreachable' // {failureCode}
  | 'provider_rate_limited' // {retryAt}
  | 'code_rejected' // {detail}: the provider refused the code (used, expired, other sign-in)
  | 'identity_unknown' // {provider}
  | 'identity_mismatch' // {expected, actual}: re-authentication came back as somebody else
  | 'ports_taken' // {ports, holder}
  | 'device_not_enabled' // {provider}
  | 'token_unreadable' // {}
  | 'token_missing' // {field}
  | 'token_refused' // {failureCode}
  | 'file_missing' // {path}
  | 'file_keyring' // {path, cli}
  | 'file_torn' // {path}
  | 'file_blanked' // {path}
  | 'file_unusable' // {path}: an entry that its own tool cannot use
  | 'file_no_login' // {path}: other tools' file, and no login of a provider known here is in it
  | 'file_several_logins' // {path, names}: other tools' file; one must be named
  | 'keychain_not_here' // {path}: no macOS, no `security`, or no place of Claude Code
  | 'keychain_refused' // {item, detail}: no such item, or the person or the system said no
  | 'place_of_tool' // {path, tool}: Tokendeck never writes into it
  | 'file_api_key' // {path}
  | 'file_not_permitted' // {path, detail}
  | 'file_foreign' // {path, detail}: symlink, other owner, directory
  | 'file_unknown_provider' // {path}
  | 'already_linked' // {account}
  | 'already_dashboard' // {account}: this identity is already in dashboard custody
  | 'not_custodian' // {path}
  | 'no_refresh_token' // {}
  | 'reauthorization_required' // {account}
  | 'try_again_later' // {retryAt}
  | 'revoke_would_break_cli' // {path}
  | 'custody_no_copy' // {path}
  | 'custody_copy_older' // {path}: the file's token was spent
  | 'custody_newer_elsewhere' // {path}: another file holds what may be the newest token
  | 'custody_copy_doubtful' // {path}: what the file holds could not be adopted
  | 'custody_elsewhere' // {path}: on another machine, which the path names
  | 'label_invalid' // {}
  | 'home_invalid' // {path}
  | 'profile_not_found' // {}
  | 'profile_in_use' // {path, usedBy}
  | 'profile_login_elsewhere' // {account, path}: a CLI holds the login in another directory
  | 'profile_login_unknown' // {path, identity}: removing it would lose a login that nothing else here knows
  | 'profile_has_login' // {path}: a CLI's sign-in would end the login that lies there
  | 'cli_sign_in_not_running' // {}
  | 'key_rotation_under_way' // {}
  | 'key_rotation_shared' // {}: other machines may be using the database
  | 'key_rotation_refused' // {detail}: the place of the key, in its own words
  | 'activation_unsupported' // {provider}: no CLI of this provider keeps logins on this machine
  | 'activation_conflict' // {account}
  | 'activation_uncertain' // {account}: whether its refresh token still works is not known
  | 'activation_elsewhere' // {account, path}: a CLI holds it in another directory
  | 'activation_current' // {account, path}: the CLI holds it already
  | 'activation_not_held' // {account}: no CLI holds it
  | 'activation_incomplete' // {account, detail}: it lacks what the CLI needs
  | 'activation_outgoing_doubtful' // {path}: whose the login in the file is cannot be confirmed now
  | 'activation_empty' // {path}: no login is there
  | 'activation_changed' // {path}: another program goes on changing the file
  | 'activation_overwritten' // {path, actual}: another program wrote after the switch
  | 'activation_not_verified' // {account, actual}: put back
  | 'activation_not_rolled_back' // {account, path}
  | 'place_busy' // {path, holder}: the CLI holds its locks
  | 'place_lock_unsupported' // {path}
  | 'place_unusual' // {path, detail}
  | 'backup_not_found' // {}
  | 'backup_nothing_to_undo' // {}
  | 'backup_previous_gone' // {path}: its login was replaced since, and its account is gone
  | 'client_id_missing' // {provider, id, url}: the person registers a client
  | 'login_narrower' // {account}: the sign-in that came back may do less than the login that is here
  | 'api_keys_not_offered' // {provider}
  | 'api_key_not_confirmed' // {}
  | 'api_key_used' // {}: the form was sent before
  | 'api_key_refused' // {provider, failureCode, detail}
  | 'api_key_unknown' // {provider, failureCode, url}: a key may have been made that nobody saw
  | 'api_key_not_found' // {}
  | 'api_key_not_kept' // {}
  | 'sign_out_not_found' // {}
  | 'sign_out_over' // {}
  | 'sign_out_pending' // {account, revocation}: this very login is being ended
  | 'store_failed' // {}: the database could not be written

/** An expected refusal. */
export class AccountError extends Error {
  override readonly name = 'AccountError'

  constructor(
    readonly code: AccountErrorCode,
    readonly params: ReasonParams = {},
  ) {
    super(code)
  }
}
