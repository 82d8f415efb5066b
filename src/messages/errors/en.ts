/** Refusals in English. */

import type { ErrorTexts } from '../errors.ts'
import { switchingEn } from './en-switching.ts'

export const en: ErrorTexts = {
  ...switchingEn,
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
  label_invalid: ['This label cannot be used', 'Use 1 to 80 visible characters.'],
  home_invalid: [
    'This is not a directory to look in',
    '“{path}” is not an absolute path, or there are more than twenty.',
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
