/**
 * The shape of the vault: what other rooms may ask of it. Only this room sees both sides of encryption.
 */

import type { Secret } from '../lib/secret.ts'

/** The place an envelope belongs to. It is bound in as associated data: an envelope moved elsewhere does not open. */
export interface SealedPlace {
  table: string
  column: string
  /** The account (or, before there is one, the authorization) that the row belongs to. */
  owner: string
  /** Of a grant; 0 where there are none. */
  generation: number
}

/** Seals and opens token material with the installation's key. Synchronous: about two microseconds a call. */
export interface Vault {
  /** Public name of the key, such as `k_7F3A91C0`. */
  readonly keyId: string
  /** Where the key is kept: `keyring`, `file`, `passphrase`. */
  readonly keySource: KeySource
  /** A readable place: a path for `file`, else a name. */
  readonly keyLocation: string
  seal(place: SealedPlace, secret: Secret): string
  /** Throws EnvelopeError when the envelope was made for another place, by another key, or was changed. */
  open(place: SealedPlace, envelope: string): Secret
  /** A keyed fingerprint (HMAC-SHA-256, 32 hex digits) of a secret: equal secrets have equal ones, nothing else can be learned. */
  fingerprint(purpose: FingerprintPurpose, secret: Secret): string
}

export type KeySource = 'keyring' | 'file' | 'passphrase'
export type FingerprintPurpose = 'access_token' | 'refresh_token' | 'state' | 'session' | 'browser'
