/**
 * The unguessable halves of an authorization: `state` and the PKCE code verifier. Knows nothing of what they are sent to.
 */

import { type Random, randomToken } from '../lib/random.ts'
import { Secret } from '../lib/secret.ts'

/** Random bytes in each: 256 bits, 43 characters of base64url, the shortest verifier that PKCE allows. */
const SECRET_BYTES = 32

/**
 * A new `state`. Never the verifier again: state stands in the browser's address, and the verifier must not.
 *
 * Source: RFC 6749 §10.12
 */
export function newState(random: Random): Secret {
  return new Secret(randomToken(random, SECRET_BYTES))
}

/**
 * A new code verifier, 43 characters.
 *
 * Source: RFC 7636 §4.1
 */
export function newCodeVerifier(random: Random): Secret {
  return new Secret(randomToken(random, SECRET_BYTES))
}
