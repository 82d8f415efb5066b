/**
 * Failures of the protocol, one class per next step. Messages are for people and never hold a body, a code or a token.
 */

/** The request to a provider did not bring a whole answer. */
export class OAuthTransportError extends Error {
  override readonly name = 'OAuthTransportError'

  /**
   * @param code stable code: `refused_host`, `unreachable`, `tls_failed`, `timed_out`, `redirected`, `too_large`, `interrupted`
   * @param maybeSent false only when it is certain that the provider never saw the request
   */
  constructor(
    readonly code: TransportFailureCode,
    readonly maybeSent: boolean,
    message: string,
  ) {
    super(message)
  }
}

export type TransportFailureCode =
  | 'refused_host'
  | 'unreachable'
  | 'tls_failed'
  | 'timed_out'
  | 'redirected'
  | 'too_large'
  | 'interrupted'

/** An authorization response that cannot be used, with a stable code that pages explain. */
export class AuthorizationResponseError extends Error {
  override readonly name = 'AuthorizationResponseError'

  /**
   * @param code `empty`, `unreadable`, `state_missing`, `state_mismatch`, `code_missing`, `duplicated_parameter`,
   *   `issuer_mismatch`, `denied` (RFC 6749 §4.1.2.1 `access_denied`), `provider_error` (any other error of the provider)
   * @param detail the provider's own words, cleaned and cut; null when there are none
   */
  constructor(
    readonly code: AuthorizationResponseFailure,
    readonly detail: string | null = null,
  ) {
    super(`The authorization response cannot be used: ${code}.`)
  }
}

export type AuthorizationResponseFailure =
  | 'empty'
  | 'unreadable'
  | 'state_missing'
  | 'state_mismatch'
  | 'code_missing'
  | 'duplicated_parameter'
  | 'issuer_mismatch'
  | 'denied'
  | 'provider_error'
