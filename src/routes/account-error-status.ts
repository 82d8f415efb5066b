/** The HTTP status of each expected refusal. The words are in messages/. */

import type { AccountErrorCode } from '../accounts/errors.ts'

const STATUS: Record<AccountErrorCode, number> = {
  account_not_found: 404,
  account_ambiguous: 409,
  unknown_provider: 422,
  method_not_offered: 422,
  consent_needed: 409,
  authorization_not_found: 404,
  authorization_over: 409,
  authorization_other_browser: 403,
  authorization_ambiguous: 409,
  response_empty: 422,
  response_unreadable: 422,
  response_code_missing: 422,
  response_state_missing: 422,
  response_state_mismatch: 422,
  response_issuer_mismatch: 422,
  response_duplicated_parameter: 422,
  sign_in_denied: 422,
  provider_error: 502,
  provider_unreachable: 502,
  provider_rate_limited: 503,
  code_rejected: 422,
  identity_unknown: 422,
  identity_mismatch: 409,
  ports_taken: 409,
  device_not_enabled: 422,
  token_unreadable: 422,
  token_missing: 422,
  token_refused: 422,
  file_missing: 422,
  file_keyring: 422,
  file_torn: 422,
  file_blanked: 422,
  file_api_key: 422,
  file_not_permitted: 422,
  file_foreign: 422,
  file_unknown_provider: 422,
  already_linked: 409,
  already_dashboard: 409,
  not_custodian: 409,
  no_refresh_token: 409,
  reauthorization_required: 409,
  try_again_later: 503,
  revoke_would_break_cli: 409,
  label_invalid: 422,
  key_rotation_under_way: 409,
  key_rotation_shared: 409,
  key_rotation_refused: 409,
  store_failed: 503,
}

/** The status that goes with a refusal. */
export function errorStatus(code: AccountErrorCode): number {
  return STATUS[code]
}
