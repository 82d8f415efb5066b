/** Refusals in English. */

import type { ErrorTexts } from '../errors.ts'

export const en: ErrorTexts = {
  account_not_found: ['No such account', 'There is no account “{account}”. It may have been removed.'],
  account_ambiguous: [
    'More than one account fits',
    '“{account}” fits {count} accounts. Use the id or a label that only one account has.',
  ],
  unknown_provider: ['Unknown provider', '“{provider}” is neither built in nor in config.toml.'],
  method_not_offered: ['Not offered', '{provider} does not offer this way to sign in ({method}).'],
  consent_needed: [
    'Your decision is needed first',
    'Signing in to {provider} inside another program is restricted by the provider’s terms. Read the notice in the sign-in dialog and confirm it once.',
  ],
  authorization_not_found: ['No such sign-in', 'This sign-in is not known any more. Start a new one.'],
  authorization_over: ['This sign-in is over', 'It has already ended ({status}). Start a new one.'],
  authorization_other_browser: [
    'Begun in another browser',
    'This sign-in was started in another browser. Finish it there, or start a new one here.',
  ],
  authorization_ambiguous: [
    'Which sign-in is this for?',
    'Several sign-ins are waiting. Paste the whole address or the code with the part after #, or cancel the others.',
  ],
  response_empty: ['Nothing was pasted', 'Paste the code that the provider showed, or the whole address you ended on.'],
  response_unreadable: [
    'This is not a code',
    'The pasted text is neither a code nor an address with one. Copy it again, whole.',
  ],
  response_code_missing: [
    'The code is missing',
    'The address has no code in it. Copy it again after the provider’s last page has loaded.',
  ],
  response_state_missing: ['The part after # is missing', 'Copy the whole code, including # and what follows it.'],
  response_state_mismatch: [
    'This code is from another sign-in',
    'It belongs to another or an older sign-in. Open the link of this one and copy the new code.',
  ],
  response_issuer_mismatch: [
    'Answer from another provider',
    'The answer names another issuer than the one asked. It was not used.',
  ],
  response_duplicated_parameter: ['Malformed answer', 'The address carries a parameter twice. It was not used.'],
  sign_in_denied: ['Sign-in was declined', 'The provider says that the sign-in was declined. {detail}'],
  provider_error: ['The provider reported an error', '{failureCode}: {detail}'],
  provider_unreachable: [
    'The provider cannot be reached',
    'No connection ({failureCode}). Check the network and try again.',
  ],
  provider_rate_limited: ['The provider asks to wait', 'Too many requests. Try again {retryAt}.'],
  code_rejected: [
    'The provider refused the code',
    'Codes work once and for a few minutes. Start the sign-in again. {detail}',
  ],
  identity_unknown: [
    'Whose login is this?',
    '{provider} accepted the sign-in but did not say whose it is, so it was not saved as an account.',
  ],
  identity_mismatch: [
    'That is another account',
    'This account is {expected}, but you signed in as {actual}. Nothing was changed. Sign in as {expected}, or add {actual} as its own account.',
  ],
  ports_taken: [
    'The callback ports are taken',
    'Ports {ports} are in use by {holder}. Use the device code, or paste the address you end on.',
  ],
  device_not_enabled: [
    'Device codes are not enabled',
    '{provider} has device-code sign-in switched off for this account. Enable it in the account’s security settings, or sign in with the browser.',
  ],
  token_unreadable: [
    'This is not a token',
    'The text is not a token of this provider. Paste it alone, without quotes or line breaks.',
  ],
  token_missing: ['A token is missing', '{field} is needed.'],
  token_refused: [
    'The provider refused the token',
    'It is expired, revoked or not for this provider ({failureCode}). Nothing was saved.',
  ],
  file_missing: ['No credential file', 'There is no file at {path}. Sign in with the CLI first.'],
  file_keyring: [
    'The CLI keeps its login in the keyring',
    '{cli} is set to store its login in the system’s keyring, so there is no file at {path} to link. Sign in here, or set the CLI to use a file.',
  ],
  file_unusable: [
    'Not a login that works',
    'What is in {path} cannot be used by the tool that wrote it: something is missing or of another kind. Sign in with that tool again.',
  ],
  file_no_login: [
    'No login of a provider known here',
    '{path} is the file of another tool, and no sign-in that Tokendeck could show is in it. API keys are not sign-ins.',
  ],
  file_several_logins: ['Which login of the file?', 'Several logins lie in {path}. Name one of them: {names}'],
  keychain_not_here: [
    'No Keychain to read',
    'The login of {path} is not in a macOS Keychain that can be opened from here.',
  ],
  keychain_refused: [
    'The Keychain was not opened',
    'macOS gave no login from “{item}” ({detail}): there is no such item, or it was not allowed. Nothing was changed.',
  ],
  place_of_tool: [
    'Another tool’s file',
    '{path} belongs to {tool}. Tokendeck reads that file and never writes it, so nothing was changed. Take the login over under Import, or use {tool} itself.',
  ],
  file_torn: [
    'The file is incomplete',
    '{path} is not whole JSON. It may be being written just now. Try again in a moment.',
  ],
  file_blanked: [
    'The login in this file has ended',
    'The CLI emptied {path} after the provider refused its refresh. Sign in with the CLI again.',
  ],
  file_api_key: ['An API key, not a sign-in', '{path} holds an API key. There is no sign-in to link.'],
  file_not_permitted: ['The file cannot be read', '{path} cannot be read ({detail}). Check its owner and mode.'],
  file_foreign: ['Not an ordinary file of yours', '{path} was left alone: {detail}.'],
  file_unknown_provider: ['Whose file is this?', '{path} is not a credential file of a known CLI.'],
  already_linked: ['Already here', 'This login is already shown as {account}.'],
  already_dashboard: [
    'Tokendeck already has its own login',
    '{account} is refreshed by Tokendeck. Linking the CLI’s file would mix two logins. Remove the account first if the CLI should own it.',
  ],
  not_custodian: [
    'The CLI owns this login',
    'It is kept in {path} and refreshed by the CLI. Refreshing it here could end both. Take it over first if Tokendeck should own it.',
  ],
  no_refresh_token: ['Cannot be refreshed', 'There is no refresh token. Add a new token, or sign in.'],
  reauthorization_required: ['Sign in again', 'The login of {account} has ended at the provider.'],
  try_again_later: ['Try again later', 'The provider could not be reached or asked to wait. Next try {retryAt}.'],
  revoke_would_break_cli: [
    'That would sign the CLI out',
    'The login is also in {path}, and signing out at the provider ends it there too. Forget it here instead, or say a second time that it should end there: tick the box, `confirm_cli=true` in the API, `--even-cli` on the command line.',
  ],
  custody_no_copy: [
    'No copy is there',
    '{path} holds no copy of this login any more. Nothing was changed. Look at the list of copies again.',
  ],
  custody_copy_older: [
    'This file holds a spent token',
    'The login in {path} was refreshed elsewhere since; a CLI that used its old token would end it for everybody. Let Tokendeck own it, then activate the account in the CLI.',
  ],
  custody_newer_elsewhere: [
    'Another file may hold the newest token',
    '{path} holds a token that is not known here and may be the newest. Choose that file, or let Tokendeck own the login, which brings the newest home. Nothing was changed.',
  ],
  custody_copy_doubtful: [
    'What the file holds cannot be confirmed',
    'Nobody could say now whether the login in {path} is the newest of this account. Use the CLI once, or sign in separately. The file was left as it is.',
  ],
  custody_elsewhere: [
    'The copy is on another machine',
    '{path} cannot be changed from here. Settle it in the Tokendeck of that machine, or sign in separately. Nothing was changed.',
  ],
  label_invalid: ['This label cannot be used', 'Use 1 to 80 visible characters.'],
  home_invalid: [
    'This is not a directory to look in',
    '“{path}” is not an absolute path, or there are more than twenty.',
  ],
  profile_not_found: ['No such profile', 'This profile is not known on this machine. It may have been removed.'],
  profile_in_use: ['The profile is in use', '{usedBy} runs in {path}. End it first, then try again.'],
  profile_login_elsewhere: [
    'A CLI holds this login in another directory',
    'The login of {account} lies in {path}, and two directories must not hold the same login. Give it back to Tokendeck first, or sign in through the CLI for a login of its own.',
  ],
  profile_login_unknown: [
    'A login would be lost',
    'In {path} lies a login ({identity}) by which no account here lives. Import it first, or say that it may be lost.',
  ],
  profile_has_login: [
    'There is a login already',
    'The sign-in of a CLI ends the login that it finds in {path}. Nothing was started; begin a new sign-in for a fresh profile.',
  ],
  cli_sign_in_not_running: [
    'The CLI is not waiting any more',
    'It has ended meanwhile. Start it again for a new code.',
  ],
  key_rotation_under_way: [
    'The key is being changed',
    'A change of the encryption key is under way. Wait until it has ended.',
  ],
  key_rotation_shared: [
    'Other machines may be using this database',
    'They would go on with the old key. Stop Tokendeck on all of them, and say so with --others-stopped. Afterwards each needs the new key: “tokendeck key export” here, “tokendeck key import” there.',
  ],
  key_rotation_refused: ['The key was not changed', '{detail}'],
  activation_unsupported: [
    'Nowhere to activate it',
    'No CLI of {provider} keeps its login in a directory of this machine that Tokendeck knows.',
  ],
  activation_conflict: [
    'Its login is held twice',
    '{account} is refreshed here while a file holds a copy of it. Resolve that first: the account’s page shows where the copies are. Nothing was changed.',
  ],
  activation_uncertain: [
    'Not certain that its login works',
    'It is not known whether the newest token of {account} still works. Refresh the account here first, or give it back, and activate it then. Nothing was changed.',
  ],
  activation_elsewhere: [
    'A CLI holds it in another directory',
    '{account} is kept by the CLI in {path}. A second copy would end one of the two at the next refresh. Use it there, or give it back first and activate it then. Nothing was changed.',
  ],
  activation_current: ['Already active', 'The CLI holds {account} in {path} already.'],
  activation_not_held: ['No CLI holds it', '{account} is not kept by a CLI, so there is nothing to give back.'],
  activation_incomplete: [
    'The CLI would not accept it',
    'The login of {account} lacks what the CLI needs ({detail}). Sign in again here, and activate it then. Nothing was changed.',
  ],
  activation_outgoing_doubtful: [
    'Whose login is there now?',
    '{path} holds a newer login that cannot be confirmed just now, so it could be lost. Try again when the provider can be reached. Nothing was changed.',
  ],
  activation_empty: ['No login is there', '{path} holds no login, so there is nothing to take out.'],
  activation_changed: [
    'The file keeps changing',
    'Another program goes on writing {path}. Close running CLIs and try again. Nothing was changed.',
  ],
  activation_overwritten: [
    'Changed by another program',
    'Right after the switch another program wrote a login of {actual} into {path}. That one is there now.',
  ],
  activation_not_verified: [
    'Put back',
    'The CLI named {actual} where {account} was expected. What was there before is there again.',
  ],
  activation_not_rolled_back: [
    'Not confirmed, and not put back',
    'The CLI did not confirm {account}, and {path} could not be put back by itself. Undo the switch, or look at the file.',
  ],
  place_busy: [
    'The CLI is busy',
    'The CLI holds its locks at {path} ({holder}). It may be refreshing its login: try again in a moment. Nothing was changed.',
  ],
  place_lock_unsupported: [
    'Cannot be locked',
    'The files at {path} cannot be locked on this system, so they are not touched.',
  ],
  place_unusual: [
    'An unusual file',
    '{path} cannot be edited without losing something ({detail}). Nothing was changed.',
  ],
  backup_not_found: ['No such backup', 'It may be older than 30 days, or of another machine.'],
  backup_nothing_to_undo: ['Nothing to undo', 'No switch of the last 30 days is left to undo on this machine.'],
  backup_previous_gone: [
    'What was there is no longer valid',
    'The login that {path} held was refreshed since and its account is gone. Putting the old token back would sign you out, so nothing was changed.',
  ],
  client_id_missing: [
    '{provider} needs a client id',
    'No client id comes with Tokendeck for it. Register an OAuth app with device sign-in at {url}, write its id into config.toml as client_id under [providers.{id}], and start Tokendeck again.',
  ],
  login_narrower: [
    'That login may do less than the one here',
    '{account} is here with a login that may do more, and a Console sign-in would replace it. Nothing was changed. In the Console choose another organisation, or make the key with the login that is here.',
  ],
  api_keys_not_offered: [
    'This login makes no API keys',
    '{provider} makes API keys only for a login with that permission. Sign in to the Console to get one.',
  ],
  api_key_not_confirmed: [
    'Say that you mean it',
    'A key bills the organisation’s API account and lives until it is deleted in the Console. Tick the box, or send confirm: true.',
  ],
  api_key_used: [
    'This form was sent before',
    'One form makes one key. Look at the list; open the form anew for another key.',
  ],
  api_key_refused: [
    '{provider} made no key',
    'It refused: {failureCode}. {detail} Often the organisation has no API billing yet, or your role in it may not make keys. Nothing was made and nothing is billed.',
  ],
  api_key_unknown: [
    'Whether a key was made is not known',
    'The answer of {provider} did not arrive whole ({failureCode}). A key may have been made that nobody has seen: look at {url} and delete what you do not know. Nothing is tried again by itself.',
  ],
  api_key_not_found: ['No such key', 'This key is not known here any more.'],
  api_key_not_kept: [
    'This key was not kept',
    'It was shown once and not kept here, or was given up with a former encryption key. Make a new one, and delete the old one in the Console.',
  ],
  sign_out_not_found: ['No such sign-out', 'This sign-out is not known here any more.'],
  sign_out_over: [
    'This sign-out has ended',
    'It is not being tried any more, so there is nothing to try or stop. It can be dismissed.',
  ],
  sign_out_pending: [
    'This login is being signed out',
    'You asked to sign {account} out at the provider, and that is still being tried: the login would stop working soon. Stop that first, under “Signing out at the provider” or with “tokendeck sign-outs stop {revocation}”, or sign in anew, which makes another login.',
  ],
  store_failed: [
    'It could not be saved',
    'The database did not answer or could not be written. Check free space, permissions, and the network where it is remote; nothing was lost.',
  ],
}
