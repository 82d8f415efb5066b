/** Reasons in English. */

import type { ReasonTexts } from '../reasons.ts'

export const en: ReasonTexts = {
  codes: {
    login_valid: [
      'Login is valid',
      'The access token is valid; it expires {expiresAt}.',
      'The provider accepted this login, and Tokendeck refreshes it before it expires.',
    ],
    login_valid_cli: [
      'Login is valid',
      'The access token in {path} is valid; it expires {expiresAt}.',
      'The CLI owns this login and refreshes it by itself. Tokendeck only reads the file.',
    ],
    login_valid_no_refresh: [
      'Token is valid',
      'The token is valid; it expires {expiresAt}.',
      'This token has no refresh token, so nobody can refresh it. It works until it expires.',
    ],
    login_valid_unknown_end: [
      'Token was accepted',
      'The token was saved; its end is not known.',
      'It carries no expiry date and no refresh token. It works until the provider stops accepting it.',
    ],
    login_due: [
      'Refresh is due',
      'The access token has expired or is about to; its refresh is next.',
      'The login itself is fine: a new access token is fetched with the refresh token.',
    ],
    login_paused: [
      'Paused',
      'This account is paused, so it is not refreshed. Its access token expires {expiresAt}.',
      'A paused login can grow too old to be refreshed.',
    ],
    login_ends_soon: [
      'Login ends soon',
      'The provider ends this login {loginExpiresAt}.',
      'Refreshing does not move that date. After it, only a new sign-in helps.',
    ],
    login_token_ends_soon: [
      'Token ends soon',
      'The token expires {expiresAt}.',
      'It has no refresh token, so it cannot be refreshed.',
    ],
    login_retrying: [
      'Refresh is being retried',
      'Failed refreshes in a row: {failures} ({lastFailureCode}).',
      'The provider did not refuse the login; it could not be reached or asked to wait. One that can be reached again is noticed within a minute. The access token expires {expiresAt}.',
    ],
    login_cli_busy: [
      'Waiting for a CLI',
      'A copy of this login lies with a CLI whose lock could not be taken; the access token expires {expiresAt}.',
      'Nothing was spent: a CLI that refreshes the same login at the same time would end it. It is tried again by itself; settling who owns the login ends the waiting.',
    ],
    login_not_found: [
      'Sign in again',
      'The provider knew nothing of this refresh {failures} times in a row (404), and the access token expired {expiresAt}.',
      'The provider says this of a refresh token that was already used, and also when its address has moved. After so long, this login is most likely over; a refresh is still tried four times a day.',
    ],
    login_unknown_outcome: [
      'Outcome unknown',
      'A refresh was sent {uncertainAt}, and no whole answer came back.',
      'The provider may have replaced the refresh token without our seeing the new one. The present access token, which expires {expiresAt}, is still used.',
    ],
    login_refused: [
      'Sign in again',
      'The provider refused the refresh token {refusedAt} ({refusalCode}).',
      'This login has ended at the provider. No retry can bring it back.',
    ],
    login_key_reset: [
      'Sign in again',
      'The encryption key was replaced {refusedAt}, and this login could only be opened with the former one.',
      'The provider did not end this login; what was kept of it here is gone.',
    ],
    login_moved_away: [
      'Moved to another machine',
      'This login was exported {refusedAt} to be used on another machine, and its copy here was given up.',
      'It goes on there. To use the account here as well, sign in separately: each machine then has a login of its own.',
    ],
    login_machine_retired: [
      'This machine is retired',
      'The logins of this machine were moved to another one {retiredAt}, so nothing is refreshed here.',
      'The other machine refreshes this login. To use it from here again, sign in to the account on this machine, or move everything back with an export made with --move and “tokendeck restore”.',
    ],
    login_not_restored: [
      'Sign in again',
      'The account was restored {refusedAt} from an export of another machine, without its login.',
      'The login goes on where it was. Here the account needs a login of its own.',
    ],
    login_outcome_lost: [
      'Sign in again',
      'The answer to an earlier refresh was lost, and the provider refused the token {refusedAt}.',
      'The provider replaced the refresh token, but the answer never arrived. This login cannot be continued.',
    ],
    login_suspect: [
      'Not certain to be the newest',
      'Since {suspectAt} it is not certain that this refresh token is the newest: the database was replaced by an older copy, or a CLI held the login and may have refreshed it without writing that down.',
      'It may have been used since. It is tried once; if the provider refuses it, a new sign-in is needed.',
    ],
    login_suspect_refused: [
      'Sign in again',
      'The refresh token that we had was not certain to be the newest, and the provider refused it {refusedAt}.',
      'The login went on elsewhere, after an older copy of the database or in a CLI that lost its answer, and what came after is not here. This login cannot be continued.',
    ],
    login_expired_cli: [
      'Waiting for the CLI',
      'The access token in {path} expired {expiresAt}.',
      'The CLI owns this login. It refreshes the token the next time it is used.',
    ],
    login_ended_cli: [
      'Login ended in the CLI',
      'The CLI emptied the login in {path}.',
      'The provider refused the CLI’s refresh, or somebody signed out there.',
    ],
    login_file_missing: [
      'File is gone',
      '{path} is not there any more.',
      'The CLI signed out, moved its login elsewhere, or the file was removed.',
    ],
    login_file_other_account: [
      'Another account is in the file',
      '{path} now holds the login of {email}.',
      'Somebody signed in to another account there. This account’s login is no longer in that file.',
    ],
    login_token_expired: [
      'Token has expired',
      'The token expired {expiresAt}.',
      'It had no refresh token, so it could not be refreshed.',
    ],
    login_period_over: [
      'Sign in again',
      'The provider’s end date for this login was {loginExpiresAt}.',
      'A login ends on that date, however often it was refreshed.',
    ],
    data_fresh: [
      'Data is fresh',
      'Organisation and plan were read {readAt}.',
      'What is shown is what the provider says now.',
    ],
    data_old: [
      'Data is old',
      'Organisation and plan were last read {readAt}.',
      'Later readings did not succeed, so this may have changed ({failure}).',
    ],
    data_not_permitted: [
      'Data is not permitted',
      'This login does not carry the permission to read its profile and limits.',
      'The token works for its purpose, but organisation, plan and limits cannot be read with it.',
    ],
    data_never_read: [
      'Never read',
      'Organisation and plan have not been read yet ({failure}).',
      'Nothing is known about them, so nothing is shown.',
    ],
    data_usage_fresh: [
      'Limits are fresh',
      'The limits were read {readAt}.',
      'What is shown is what the provider says now.',
    ],
    data_usage_old: [
      'Limits are old',
      'The limits were last read {readAt}.',
      'Later readings did not succeed or were not made, so more may be used by now ({failure}).',
    ],
    data_usage_never_read: [
      'Limits never read',
      'The limits could not be read yet ({failure}).',
      'Nothing is known about them, so nothing is shown.',
    ],
    data_other_account: [
      'Same account twice',
      'The provider says that this login belongs to an account that is listed here already.',
      'Nothing was merged: both logins are kept as they are.',
    ],
    owner_dashboard: [
      'Tokendeck owns it',
      'Only Tokendeck holds this login and refreshes it.',
      'A refresh token works once. One owner means that nobody spends it behind another’s back.',
    ],
    owner_cli: [
      'The CLI owns it',
      '{cli} keeps this login in {path} and refreshes it.',
      'Tokendeck watches the file and shows it, but never refreshes it.',
    ],
    owner_nobody: ['Nobody can refresh it', 'There is no refresh token.', 'The token is used as it is until it ends.'],
    owner_conflict: [
      'Two owners',
      '{path} still holds a copy of the login that Tokendeck refreshes.',
      'If {cli} refreshes its copy, the provider may end both. A refresh token works only once.',
    ],
    owner_conflict_older: [
      'Two owners',
      '{path} holds an older generation of the login that Tokendeck refreshes.',
      'Its refresh token has been spent. When {cli} uses it, the provider may take that for theft and end the whole login.',
    ],
    owner_conflict_newer: [
      'Two owners',
      '{path} held a copy of this login; now a token lies there that Tokendeck does not know.',
      '{cli} has probably refreshed its copy, or signed in anew. Nobody can tell which before the newer one is read or the two are kept apart.',
    ],
    owner_conflict_machine: [
      'Two owners',
      '{path} holds the login that Tokendeck refreshes.',
      '{cli} on that machine may refresh its copy, and the provider may then end both. A refresh token works only once.',
    ],
    owner_conflict_clis: [
      'Two owners',
      '{path} holds the login that {cli} also keeps in {other}.',
      'Each of the two files can be refreshed on its own. The first to do so leaves the other with a spent token, and the provider may end both.',
    ],
  },
  next: {
    refresh_planned: 'Tokendeck refreshes it {nextRefreshAt}.',
    retry_planned: 'Tokendeck tries again {nextRefreshAt}.',
    cli_refreshes: 'The CLI refreshes it when it is used; Tokendeck sees the change in {path} at once.',
    nothing: 'Nothing happens by itself.',
    limits_planned: 'The limits are read again {nextReadAt}.',
    profile_planned: 'It is read again once a day and after each sign-in.',
    file_watched: 'The file is watched; a change is shown at once.',
  },
  advice: {
    nothing: 'Nothing needs to be done.',
    sign_in_again: 'Sign in again. The account keeps its name and history.',
    refresh_or_wait: 'Wait, or press Refresh to try now.',
    resume: 'Resume the account to have it refreshed again.',
    use_cli: 'Use the CLI once, or sign in with Tokendeck’s own login.',
    sign_in_with_cli: 'Sign in with the CLI again, sign in here, or remove the account.',
    paste_new_token: 'Add a new token, or sign in.',
    link_or_remove: 'Sign in to this account again, link the account that is in the file now, or remove this one.',
    wider_sign_in: 'Sign in here to get a login that may read its profile.',
    remove_one: 'Remove the one of the two accounts that you do not need.',
    resolve_copy:
      'Say below who owns it from now on: the CLI, Tokendeck, or each with a login of its own. Until then do not use the CLI with this copy.',
    resolve_copy_elsewhere:
      'Say below who owns it from now on, or take the copy out on the machine that it lies on. Until then do not use the CLI there.',
  },
}
