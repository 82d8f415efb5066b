/**
 * The shape of the vault: what other rooms may ask of it. Only this room sees both sides of encryption.
 */

import type { Secret } from '../lib/secret.ts'
import type { ExportFacts, ExportParts } from './export-file.ts'

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
  /** Public name of the key that seals, such as `k_7F3A91C0`. A rotation changes it. */
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
  /** The MAC (HMAC-SHA-256, base64url) of one link of the audit chain: over the MAC before it and the event's text. */
  chain(previousMac: string, text: string): string
}

/** A key that opens what it sealed, and seals nothing any more. Instants are epoch milliseconds. */
export interface FormerKey {
  id: string
  /** Where a copy of it is kept for backups. */
  source: KeySource
  since: number
  retiredAt: number
  /** When nothing was left that it had sealed; null while there may be something. */
  emptiedAt: number | null
  /** It is destroyed at a start after this; null: kept until somebody destroys it. */
  keepUntil: number | null
}

/** Changes the keys themselves, where a vault only uses them. */
export interface KeyKeeper {
  /** Newest first. */
  former(): readonly FormerKey[]
  /**
   * Makes a new key, durably, and seals with it from then on; the present one opens until it is destroyed.
   *
   * Errors: KeyRefusal, StoreError, with nothing changed
   */
  addKey(choice: { keepUntil: number | null }): Promise<{ from: string; to: string }>
  /** Notes that nothing is sealed by a former key any more. Errors: as `addKey` */
  markEmptied(keyId: string): Promise<void>
  /**
   * Seals an export of this installation, with the present key in it: only the passphrase opens it.
   *
   * Shape:  `keyId` is the key's public name; the copy must be of a database that names the same
   */
  sealExport(
    facts: Omit<ExportFacts, 'keyId'>,
    parts: Omit<ExportParts, 'key'>,
    passphrase: Secret,
  ): Promise<{ keyId: string; bytes: Buffer }>
  /** Forgets a former key, here and where its copy is kept. Errors: as `addKey` */
  destroy(keyId: string): Promise<void>
}

export type KeySource = 'keyring' | 'file' | 'passphrase'
export type FingerprintPurpose =
  | 'access_token'
  | 'refresh_token'
  | 'state'
  | 'session'
  | 'browser'
  | 'identity'
  | 'file'
